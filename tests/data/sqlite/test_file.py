"""Is the record's file safe: from a second process, kills, full disks, wrong files and versions?"""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from data.errors import Corrupt, Refused, Unavailable
from data.records.decision import ClaimKind, Done
from data.schema import STEPS, statements
from data.sqlite.steps import migrations
from data.sqlite.store import SqliteStore
from data.store import Verified
from tests.contract.scripted import NOW, Scripted, a_command, count_up

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "emeritus.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(path, Scripted())
    yield opened
    opened.close()


def test_a_second_writer_is_refused_and_told_who_has_the_file(store: SqliteStore) -> None:
    with pytest.raises(Unavailable) as refused:
        SqliteStore(store.path, Scripted())

    assert str(refused.value) == (
        f"{store.path} is in use by another Emeritus (process {os.getpid()}). "
        "Stop that one, then try again; at the same time they run on PostgreSQL only (EMERITUS_STORE=postgresql://...)"
    )
    assert count_up(store, "k1").version == 1


def test_a_reader_may_look_while_another_writes_but_not_write(store: SqliteStore) -> None:
    count_up(store, "k1")
    reader = SqliteStore(store.path, Scripted(), read_only=True)
    count_up(store, "k2")

    assert reader.verify() == Verified(entries=2, streams=1)
    with pytest.raises(Unavailable) as refused:
        count_up(reader, "k3")
    reader.close()
    assert str(refused.value) == (
        f"{store.path} was opened for reading only. Use the running Emeritus to change it"
    )


def test_a_closed_record_is_one_file_that_can_be_copied(store: SqliteStore, tmp_path: Path) -> None:
    count_up(store, "k1")
    store.state("RET-1")
    store.close()
    store.close()

    assert sorted(file.name for file in tmp_path.iterdir()) == ["emeritus.db", "emeritus.db.lock"]
    copy = tmp_path / "copy.db"
    shutil.copy(store.path, copy)
    reader = SqliteStore(copy, Scripted(), read_only=True)
    assert reader.verify() == Verified(entries=1, streams=1)
    reader.close()
    for use in (lambda: count_up(store, "k2"), lambda: store.state("RET-1")):
        with pytest.raises(Unavailable, match=r"is closed\. Start Emeritus again"):
            use()


@pytest.mark.parametrize("acknowledged", [1, 8, 60])
def test_killing_the_process_loses_nothing_that_was_acknowledged(path: Path, acknowledged: int) -> None:
    command = [sys.executable, "-m", "tests.data.hammer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        keys = [process.stdout.readline().strip() for _ in range(acknowledged)]
        process.kill()
        keys += process.stdout.read().split("\n")[:-1]

    store = SqliteStore(path, Scripted())
    receipts = [
        store.transact(key, f"RET-{number % 3}", a_command(counts=1), b"", NOW)
        for number, key in enumerate(keys)
    ]
    assert all(receipt.repeated for receipt in receipts)
    verified = store.verify()
    committed = verified.entries // 2
    assert (verified.bad, verified.entries % 2) == ("", 0)
    # At most the one command that was on its way is there without having been acknowledged.
    assert committed - len(keys) in (0, 1)
    assert len(store.claim(ClaimKind.TIMER, NOW, 9999)) == committed
    assert len(store.claim(ClaimKind.EFFECT, NOW, 9999)) == committed
    store.close()


def test_a_full_file_is_unavailable_and_the_store_goes_on_afterwards(store: SqliteStore) -> None:
    count_up(store, "k1")
    store.write(lambda conn: conn.execute("PRAGMA max_page_count = 1").fetchone())
    with pytest.raises(Unavailable) as full:
        store.transact("k2", "RET-1", a_command(says=("x" * 100_000,)), b"", NOW)

    assert str(full.value) == (
        f"The disk has no room for {store.path}; nothing was recorded. Free some space, then try again"
    )
    store.write(lambda conn: conn.execute("PRAGMA max_page_count = 1000000").fetchone())
    assert store.transact("k2", "RET-1", a_command(says=("x" * 100_000,)), b"", NOW).version == 2
    assert store.verify() == Verified(entries=2, streams=1)


def test_a_write_that_fails_is_unavailable_and_the_store_goes_on_afterwards(
    store: SqliteStore,
) -> None:
    count_up(store, "k1")
    log = store.path.with_name("emeritus.db-wal").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log + 8192, hard))
    try:
        with pytest.raises(Unavailable) as failed:
            store.transact("k2", "RET-1", a_command(says=("x" * 100_000,)), b"", NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert str(failed.value) == (
        f"{store.path} does not answer (disk I/O error). "
        "Check the path, the disk and its rights, then try again"
    )
    assert store.transact("k2", "RET-1", a_command(counts=1), b"", NOW).version == 2
    assert store.verify() == Verified(entries=2, streams=1)


def test_a_connection_that_broke_is_replaced(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        store.write(lambda conn: conn.close())

    assert count_up(store, "k1").version == 1


def test_a_file_that_may_not_be_written_is_unavailable(store: SqliteStore) -> None:
    store.write(lambda conn: conn.execute("PRAGMA query_only = ON"))
    with pytest.raises(Unavailable) as refused:
        count_up(store, "k1")

    assert str(refused.value) == (
        f"{store.path} is read-only; nothing was recorded. Let this user write to it, then try again"
    )


def test_a_path_that_cannot_hold_a_record_says_what_to_check(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"lock cannot be opened \(No such file or directory\)"):
        SqliteStore(tmp_path / "nowhere" / "emeritus.db", Scripted())
    with pytest.raises(Unavailable, match=r"does not answer \(unable to open database file\)"):
        SqliteStore(tmp_path / "missing.db", Scripted(), read_only=True)
    (tmp_path / "notes.db").write_text("These are notes. " * 100)
    with pytest.raises(Corrupt, match="is damaged or no record"):
        SqliteStore(tmp_path / "notes.db", Scripted())


def test_a_record_of_a_newer_version_is_left_alone(store: SqliteStore) -> None:
    store.write(
        lambda conn: conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('emeritus', 'of_2031', '')"
        )
    )
    store.close()
    for read_only in (False, True):
        with pytest.raises(Unavailable) as refused:
            SqliteStore(store.path, Scripted(), read_only=read_only)
        assert str(refused.value) == (
            f"{store.path} was written by a newer Emeritus (of_2031). Install that version"
        )


def test_a_record_of_the_first_version_is_brought_up_to_date_with_what_it_holds(path: Path) -> None:
    conn = sqlite3.connect(path)
    for step in ("first_tables", "timers_know_their_setting"):
        for statement in statements(STEPS[step]):
            conn.execute(statement)
    conn.executescript(
        """CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT);
        CREATE UNIQUE INDEX names ON _sqlite_migrations (migration_set, name);
        INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES
            ('emeritus', 'first_tables', ''), ('emeritus', 'timers_know_their_setting', '');
        CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, slack_id TEXT NOT NULL,
            record TEXT NOT NULL, file TEXT NOT NULL, unseen_since TEXT) WITHOUT ROWID;
        INSERT INTO person VALUES ('user:default/u', 'u', 'U0U', '{}', 'a.yaml', NULL);
        INSERT INTO inbox (key, command, reply_to, ready_at) VALUES ('m1', 'vote', '{"user":"U1"}', 0);"""
    )
    conn.close()
    store = SqliteStore(path, Scripted())

    assert [claim.key for claim in store.claim(ClaimKind.INBOX, NOW, 9)] == ["m1"]
    assert store.read().execute("SELECT id FROM person").fetchall() == [("user:default/u",)]
    assert store.receive("m2", "vote", {"user": "U1"}, NOW)
    store.close()


FOREIGN = {
    "tables of others": "CREATE TABLE albums (title TEXT); INSERT INTO albums VALUES ('Kind of Blue');",
    "a table of a name of ours": "CREATE TABLE events (day TEXT); INSERT INTO events VALUES ('Monday');",
    "steps of others": """CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT,
        applied_at TEXT); INSERT INTO _sqlite_migrations VALUES (1, 'albums', 'first', '');
        CREATE TABLE albums (title TEXT);""",
}


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
@pytest.mark.parametrize("script", FOREIGN.values(), ids=FOREIGN)
def test_a_file_of_another_program_is_refused_and_keeps_every_byte(
    path: Path, script: str, read_only: bool
) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(script)
    before = path.read_bytes()
    with pytest.raises(Refused) as refused:
        SqliteStore(path, Scripted(), read_only=read_only)

    table = "events" if "events" in script else "albums"
    assert str(refused.value) == (
        f"{path} is no record of Emeritus: it has tables of another program ('{table}'), "
        "and what others keep is never written to. Set EMERITUS_STORE to a file of its own"
    )
    assert path.read_bytes() == before


def test_a_file_that_says_it_is_another_programs_is_refused_though_it_is_empty(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA application_id = 252006673")
    before = path.read_bytes()
    with pytest.raises(Refused) as refused:
        SqliteStore(path, Scripted())

    assert str(refused.value) == (
        f"{path} is no record of Emeritus: it is marked as of another program (0x0f055111), "
        "and what others keep is never written to. Set EMERITUS_STORE to a file of its own"
    )
    assert path.read_bytes() == before


def test_a_record_says_in_its_header_whose_it_is(store: SqliteStore) -> None:
    store.close()

    assert store.path.read_bytes()[68:72] == b"Emer"


def test_a_record_from_before_files_were_marked_is_marked_when_it_is_opened(store: SqliteStore) -> None:
    count_up(store, "k1")
    store.close()
    with closing(sqlite3.connect(store.path)) as conn:
        conn.execute("PRAGMA application_id = 0")
    reader = SqliteStore(store.path, Scripted(), read_only=True)
    assert reader.verify() == Verified(entries=1, streams=1)
    reader.close()
    SqliteStore(store.path, Scripted()).close()

    assert store.path.read_bytes()[68:72] == b"Emer"


def test_a_record_whose_very_first_opening_was_cut_off_is_opened_again(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        migrations.ensure_migrations_table(Database(conn))
    SqliteStore(path, Scripted()).close()

    reader = SqliteStore(path, Scripted(), read_only=True)
    assert reader.verify() == Verified(entries=0, streams=0)
    reader.close()


def test_an_empty_database_is_not_read_as_a_record(path: Path) -> None:
    sqlite3.connect(path).close()
    path.touch()
    with pytest.raises(Unavailable) as refused:
        SqliteStore(path, Scripted(), read_only=True)

    assert str(refused.value) == (
        f"{path} lacks tables of this version. Run emeritus serve on it once, which adds them"
    )


def test_a_record_is_for_its_owner_alone_to_read(store: SqliteStore, path: Path) -> None:
    count_up(store, "k1")
    assert {file.name: file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == dict.fromkeys(
        ("emeritus.db", "emeritus.db-wal", "emeritus.db-shm", "emeritus.db.lock"), 0
    )


@pytest.mark.parametrize(
    "length", [20, 2_000, 50_000], ids=["short", "as long as half a page", "over many pages"]
)
def test_erased_words_are_gone_from_the_file(store: SqliteStore, path: Path, length: int) -> None:
    said = " ".join(f"whistle{number:06}" for number in range(length // 14 + 1))
    store.transact("k1", "RET-1", a_command(says=("words that stay",)), b"", NOW)
    store.transact("k2", "RET-1", a_command(says=(said,)), b"", NOW)
    store.transact("k3", "RET-2", a_command(says=("words that stay",)), b"", NOW)
    store.erase("RET-1", 2)
    store.close()

    files = [file.read_bytes() for file in path.parent.iterdir()]
    assert (sum(b"whistle" in held for held in files), sum(b"words that stay" in held for held in files)) == (
        0,
        1,
    )


def test_an_answered_command_is_gone_from_the_file(store: SqliteStore, path: Path) -> None:
    store.receive("m1", "whistle " * 5_000, {"user": "U1"}, NOW)
    (claim,) = store.claim(ClaimKind.INBOX, NOW, 9)
    store.settle(claim, Done(), NOW)
    store.close()

    assert not any(b"whistle" in file.read_bytes() for file in path.parent.iterdir())
