"""Is a backup one moment of the record, whole and verified, whoever writes meanwhile; and does it come back?"""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import Corrupt, Refused, Unavailable
from data.schema import STEPS, statements
from data.sql.record import SqlStore
from data.sqlite.backup import BackedUp, Restored, back_up, restore
from data.sqlite.store import SqliteStore
from data.store import Verified
from tests.contract.scripted import NOW, Scripted, a_command, at, count_up, tally

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "emeritus.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(path, Scripted())
    yield opened
    opened.close()


@pytest.fixture
def backup(store: SqliteStore, tmp_path: Path) -> Path:
    """Of a record with one entry, that has gone on since."""
    count_up(store, "k1")
    made = tmp_path / "backup.db"
    backed_up(store.path, made)
    count_up(store, "k2")
    return made


def backed_up(source: Path, destination: Path) -> BackedUp:
    return back_up(source, destination, Scripted(), NOW)


def brought_back(source: Path, destination: Path, *, replace: bool = False) -> Restored:
    return restore(source, destination, Scripted(), at(60), replace=replace, redraw=lambda _: None)


def entries(path: Path) -> int:
    with closing(SqliteStore(path, Scripted(), read_only=True)) as reader:
        checked = reader.verify()
        assert checked.bad == ""
        return checked.entries


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_a_backup_is_one_private_file_that_holds(store: SqliteStore, tmp_path: Path) -> None:
    count_up(store, "k1")
    (tmp_path / "there").mkdir()
    destination = tmp_path / "there" / "backup.db"
    made = backed_up(store.path, destination)

    size = destination.stat().st_size
    assert made == BackedUp(path=str(destination), taken_at=NOW, entries=1, streams=1, bytes=size)
    assert names(destination.parent) == {"backup.db"}
    assert destination.stat().st_mode & 0o777 == 0o600
    assert entries(destination) == 1
    assert count_up(store, "k2").version == 2, "the bot goes on"


def test_backups_made_while_a_process_writes_hold_all_that_was_acknowledged_before(
    path: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.data.hammer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            acknowledged = 0
            for number in range(5):
                acknowledged += len([process.stdout.readline() for _ in range(40)])
                made = backed_up(path, tmp_path / f"backup-{number}.db")
                # An entry for the count and one for the words of each command.
                assert made.entries >= 2 * acknowledged
                assert made.entries % 2 == 0
        finally:
            process.kill()
    sizes = [entries(tmp_path / f"backup-{number}.db") for number in range(5)]
    assert sizes == sorted(set(sizes)), "each has more than the one before: somebody wrote all along"
    brought_back(tmp_path / "backup-0.db", path, replace=True)
    with closing(SqliteStore(path, Scripted())) as again:
        assert again.transact("k0", "RET-0", a_command(), None, NOW).repeated
        assert again.verify() == Verified(entries=sizes[0], streams=3)


def test_what_is_there_is_never_overwritten_by_a_backup(store: SqliteStore, tmp_path: Path) -> None:
    count_up(store, "k1")
    taken = tmp_path / "backup.db"
    taken.write_bytes(b"the only copy of something")
    with pytest.raises(Refused) as refused:
        backed_up(store.path, taken)

    assert str(refused.value) == f"{taken} exists already. Give a new name, e.g. one with the date"
    assert taken.read_bytes() == b"the only copy of something"
    assert names(tmp_path) & {"backup.db"} == {"backup.db"}
    assert not [name for name in names(tmp_path) if name.endswith(".partial")]


def test_a_record_that_does_not_hold_is_not_backed_up(store: SqliteStore, tmp_path: Path) -> None:
    count_up(store, "k1")
    store.write(lambda conn: conn.execute("UPDATE events SET digest = zeroblob(32)"))
    before = names(tmp_path)
    with pytest.raises(Corrupt) as corrupt:
        backed_up(store.path, tmp_path / "backup.db")

    assert str(corrupt.value) == (
        "The record does not hold (RET-1 entry 1: stored bytes do not match their hash). "
        "No backup was made; keep the older ones, and restore the last that holds"
    )
    assert names(tmp_path) == before


def test_a_place_that_cannot_be_written_is_told(store: SqliteStore, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "backup.db"
    with pytest.raises(Refused) as refused:
        backed_up(store.path, nowhere)
    assert str(refused.value) == (
        f"{nowhere} cannot be written (No such file or directory). "
        "Give a path in a directory that is there and can be written"
    )


def test_a_copy_that_does_not_fit_leaves_nothing_behind(store: SqliteStore, tmp_path: Path) -> None:
    store.transact("k1", "RET-1", a_command(says=("x" * 500_000,)), b"", NOW)
    before = names(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(Unavailable, match="disk I/O error"):
            backed_up(store.path, tmp_path / "backup.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert names(tmp_path) == before
    assert backed_up(store.path, tmp_path / "backup.db").entries == 1


def test_a_backup_is_read_but_never_gone_on_with(backup: Path) -> None:
    assert entries(backup) == 1
    with pytest.raises(Refused) as refused:
        SqliteStore(backup, Scripted())
    assert str(refused.value) == (
        f"{backup} is a backup: it stands as on 2026-03-02 09:00 UTC, and more was sent since. "
        f"Run emeritus store restore {backup}, which looks that up before anything is sent again"
    )


def test_a_backup_comes_back_on_another_machine(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    place = tmp_path / "new" / "emeritus.db"
    done = brought_back(backup, place)

    assert (done.entries, done.taken_at, done.kept) == (1, NOW, "")
    assert names(place.parent) == {"emeritus.db", "emeritus.db.lock"}
    assert place.stat().st_mode & 0o777 == 0o600
    with closing(SqliteStore(place, Scripted())) as again:
        assert again.transact("k1", "RET-1", a_command(), None, NOW).repeated
        assert count_up(again, "k3").version == 2
    assert entries(backup) == 1, "the backup stays as it is, and may be used again"


def test_while_an_emeritus_runs_nothing_is_restored(store: SqliteStore, backup: Path, tmp_path: Path) -> None:
    before = names(tmp_path)
    with pytest.raises(Unavailable) as used:
        brought_back(backup, store.path, replace=True)

    assert str(used.value) == (
        f"{store.path} is in use by another Emeritus (process {os.getpid()}). "
        "Stop that one, then try again; at the same time they run on PostgreSQL only (EMERITUS_STORE=postgresql://...)"
    )
    assert names(tmp_path) == before
    assert entries(store.path) == 2


def test_a_record_that_is_there_is_moved_aside_only_when_told_to(
    store: SqliteStore, backup: Path, tmp_path: Path
) -> None:
    store.close()
    with pytest.raises(Refused) as refused:
        brought_back(backup, store.path)
    assert str(refused.value) == (
        f"{store.path} holds a record already. Say --replace to move it aside; it is kept under another name"
    )
    assert entries(store.path) == 2

    done = brought_back(backup, store.path, replace=True)

    assert done.kept == str(tmp_path / "emeritus.db.before-20260302T090100Z")
    assert (entries(store.path), entries(Path(done.kept))) == (1, 2)


def test_what_a_killed_bot_left_in_its_log_is_kept_with_the_old_record(path: Path, tmp_path: Path) -> None:
    other = SqliteStore(tmp_path / "other.db", Scripted())
    count_up(other, "k1")
    other.close()
    backed_up(other.path, tmp_path / "backup.db")
    command = [sys.executable, "-m", "tests.data.hammer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(20)]
        process.kill()
    assert path.with_name("emeritus.db-wal").stat().st_size > 0

    done = brought_back(tmp_path / "backup.db", path, replace=True)

    assert entries(path) == 1
    assert entries(Path(done.kept)) >= 2 * len(acknowledged)


@pytest.mark.parametrize("damage", ["an entry", "half of the file", "another file"])
def test_a_backup_that_does_not_hold_changes_nothing(
    store: SqliteStore, backup: Path, tmp_path: Path, damage: str
) -> None:
    store.close()
    if damage == "an entry":
        with closing(sqlite3.connect(backup)) as conn:
            conn.execute("UPDATE events SET stored = x'7b7d'")
            conn.commit()
    elif damage == "half of the file":
        os.truncate(backup, backup.stat().st_size // 2)
    else:
        backup.write_text("These are notes. " * 100)
    before = names(tmp_path)
    with pytest.raises(Corrupt):
        brought_back(backup, store.path, replace=True)

    assert names(tmp_path) == before
    assert entries(store.path) == 2


def test_a_damaged_record_makes_room_for_its_backup(store: SqliteStore, backup: Path) -> None:
    store.close()
    store.path.write_bytes(b"torn" * 2000)
    done = brought_back(backup, store.path, replace=True)

    assert entries(store.path) == 1
    assert Path(done.kept).read_bytes() == b"torn" * 2000


@pytest.mark.parametrize("which", ["none", "itself"])
def test_only_another_file_can_be_restored(store: SqliteStore, tmp_path: Path, which: str) -> None:
    store.close()
    source = store.path if which == "itself" else tmp_path / "none.db"
    says = {
        "none": f"{source} does not exist. Give the file of a backup",
        "itself": f"{source} is the place to restore to. Set EMERITUS_STORE to the file to run on",
    }
    with pytest.raises(Refused) as refused:
        brought_back(source, store.path, replace=True)
    assert str(refused.value) == says[which]


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as conn:
        names_ = list(STEPS)[:4]
        for step in names_:
            for statement in statements(STEPS[step]):
                conn.execute(statement)
        conn.execute(
            "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)"
        )
        conn.executemany(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('emeritus', ?, '')",
            [(name,) for name in names_],
        )
        conn.execute("INSERT INTO numbers VALUES ('RET', 7)")
        conn.commit()
    brought_back(old, tmp_path / "emeritus.db")

    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as again:
        assert count_up_anew(again) == "RET-108"


def count_up_anew(store: SqlStore) -> str:
    return store.transact("k1", "RET-*", a_command(counts=1), None, NOW).stream


def test_restored_states_are_those_of_the_backup(store: SqliteStore, tmp_path: Path) -> None:
    store.transact("k1", "RET-1", a_command(says=("first",)), None, NOW)
    backed_up(store.path, tmp_path / "backup.db")
    store.transact("k2", "RET-1", a_command(says=("second",)), None, NOW)
    store.close()
    brought_back(tmp_path / "backup.db", store.path, replace=True)

    with closing(SqliteStore(store.path, Scripted())) as again:
        assert tally(again.state("RET-1")).said == ("first",)
