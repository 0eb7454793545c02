"""`emeritus log` and `emeritus key`: sealed, signed, exported, and kept where the record cannot change it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from data.log.checkpoints import head_of, opened
from data.log.keys import read_key
from data.sqlite.store import SqliteStore
from tests.data.recorded import record
from workflows.machine import RetirementMachine

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A record with a retirement in a directory of its own."""
    home = tmp_path / "home"
    home.mkdir()
    with closing(SqliteStore(home / "emeritus.db", RetirementMachine())) as store:
        record(store, "paused")
    SqliteStore(home / "emeritus.db", RetirementMachine()).close()
    return home


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    def run(*arguments: str, key: str = "key") -> Result:
        environ = {
            "EMERITUS_STORE": str(home / "emeritus.db"),
            "EMERITUS_SIGNING_KEY": str(tmp_path / key) if key and (tmp_path / key).exists() else "",
        }
        return CliRunner(env=environ).invoke(cli, arguments, prog_name="emeritus")

    return run


@pytest.fixture
def signed(run: Run, tmp_path: Path) -> str:
    """The public key of a log that was sealed and signed."""
    made = run("key", "new", str(tmp_path / "key"), "--name", "example.com/record")
    assert made.exit_code == 0, made.output
    sealed = run("log", "seal")
    assert sealed.exit_code == 0, sealed.output
    return made.stdout.strip()


def test_a_key_is_made_for_this_user_alone_and_shown_without_its_private_part(
    run: Run, tmp_path: Path
) -> None:
    made = run("key", "new", str(tmp_path / "key"), "--name", "example.com/record")

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert read_key(made.stdout).name == "example.com/record"
    assert run("key", "show").stdout == made.stdout
    assert run("key", "show", "--pem").stdout.startswith("-----BEGIN PUBLIC KEY-----\n")
    again = run("key", "new", str(tmp_path / "key"))
    assert again.stderr == f"Error: {tmp_path}/key exists already. Give a new name, and keep that one\n"


def test_a_log_is_sealed_signed_kept_and_goes_on_from_what_was_kept(
    run: Run, signed: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(run("log", "checkpoint").stdout)

    head, by = opened(kept.read_bytes(), [read_key(signed)])
    assert (head.origin, head.size, str(by)) == ("example.com/record", 19, signed)
    checked = run("verify", "--checkpoint", str(kept))
    assert checked.stdout == "19 entries of 3 streams hold; 19 are sealed in the log, under 1 checkpoint\n"
    assert json.loads(run("log", "seal", "--json").stdout) == {"sealed": 0, "size": 19, "signed_by": signed}


def test_a_record_that_was_rolled_back_does_not_go_on_from_what_was_kept(
    run: Run, home: Path, tmp_path: Path
) -> None:
    shutil.copy(home / "emeritus.db", tmp_path / "before.db")
    run("key", "new", str(tmp_path / "key"), "--name", "example.com/record")
    run("log", "seal")
    (tmp_path / "kept").write_text(run("log", "checkpoint").stdout)
    shutil.copy(tmp_path / "before.db", home / "emeritus.db")

    assert run("verify").exit_code == 0
    rolled_back = run("verify", "--checkpoint", str(tmp_path / "kept"))
    assert rolled_back.exit_code == 1
    assert rolled_back.stdout == (
        "The record does not hold: the kept checkpoint: no key that is known of example.com/record signed it\n"
    )


def test_a_key_that_is_replaced_leaves_what_it_signed(run: Run, signed: str, tmp_path: Path) -> None:
    other = run("key", "new", str(tmp_path / "other"), key="")
    assert read_key(other.stdout).name == "example.com/record", "the log keeps its name"
    sealed = run("log", "seal", key="other")

    assert sealed.stdout == (
        f"1 entry sealed; the log has 20, signed by example.com/record+{read_key(other.stdout).id.hex()}\n"
    )
    assert "20 are sealed in the log, under 2 checkpoints" in run("verify").stdout
    folder = tmp_path / "log"
    run("log", "export", str(folder))
    assert (folder / "keys").read_text().split() == [signed, other.stdout.strip()]


def test_a_key_of_another_log_is_refused(run: Run, signed: str, tmp_path: Path) -> None:
    run("key", "new", str(tmp_path / "other"), "--name", "example.com/other")
    refused = run("log", "seal", key="other")

    assert refused.exit_code == 1
    assert refused.stderr == (
        "Error: The key is that of a log called example.com/other, and this one is called example.com/record. "
        "Make one with emeritus key new FILE --name example.com/record. Then name it with EMERITUS_SIGNING_KEY\n"
    )


def test_the_log_is_exported_and_only_what_is_new_is_written_again(
    run: Run, signed: str, home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    first = run("log", "export", str(folder))
    again = run("log", "export", str(folder))
    run("key", "new", str(tmp_path / "other"))
    run("log", "seal", key="other")
    later = run("log", "export", str(folder), "--json")

    assert first.stdout == f"19 entries of example.com/record are in {folder}, 4 files new\n"
    assert again.stdout == f"19 entries of example.com/record are in {folder}, 0 files new\n"
    assert json.loads(later.stdout) == {"origin": "example.com/record", "size": 20, "files": 4}
    assert head_of((folder / "checkpoint").read_bytes()).size == 20
    assert (folder / "tile/0/000.p/20").stat().st_size == 32 * 20
    assert (folder / "tile/entries/000.p/20").read_bytes().endswith(b'"stream":"log","version":2}')


def test_what_is_no_tree_of_this_log_is_left_alone(run: Run, signed: str, home: Path, tmp_path: Path) -> None:
    full, other, ahead = tmp_path / "full", tmp_path / "other", tmp_path / "ahead"
    for folder in (full, other, ahead):
        folder.mkdir()
    (full / "thesis").touch()
    checkpoint = run("log", "checkpoint").stdout
    (other / "checkpoint").write_text(checkpoint.replace("example.com/record", "example.com/other", 1))
    (ahead / "checkpoint").write_text(checkpoint.replace("\n19\n", "\n99\n", 1))

    assert [run("log", "export", str(folder)).stderr for folder in (full, other, ahead)] == [
        f"Error: {full} holds no log, but something else. Give an empty directory\n",
        (
            f"Error: {other} holds the log example.com/other, and this one is example.com/record. "
            "Give another directory\n"
        ),
        (
            f"Error: {ahead} holds a log of 99 entries that this one does not begin with. "
            f"Keep it as it is, and run emeritus verify --checkpoint {ahead}/checkpoint\n"
        ),
    ]
    assert [path.name for path in full.iterdir()] == ["thesis"]
    assert run("log", "export", str(full / "thesis")).stderr == (
        f"Error: {full}/thesis cannot be written (Not a directory). Give another directory\n"
    )


def test_without_a_key_entries_are_sealed_and_nothing_is_exported(run: Run, tmp_path: Path) -> None:
    assert run("log", "seal").stdout == "18 entries sealed; the log has 18, unsigned\n"
    unsigned = "Error: No head of the log is signed. Set EMERITUS_SIGNING_KEY, and run emeritus log seal\n"
    assert run("log", "checkpoint").stderr == unsigned
    assert run("log", "export", str(tmp_path / "log")).stderr == unsigned
    assert not (tmp_path / "log").exists()


def test_a_retirement_that_is_taken_away_is_named(run: Run, signed: str, home: Path) -> None:
    with closing(sqlite3.connect(home / "emeritus.db")) as conn, conn:
        conn.execute("DELETE FROM events WHERE stream = 'RET-1'")
        conn.execute("DELETE FROM states WHERE stream = 'RET-1'")

    taken = run("verify")
    assert taken.exit_code == 1
    assert taken.stdout.startswith("The record does not hold: RET-1 entry 1: sealed as leaf ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("verify", "--checkpoint", "nowhere"), 2, "nowhere cannot be read (No such file or directory)"),
        (
            ("key", "new", "x", "--name", "a b"),
            2,
            '--name "a b": letters, digits and . _ / : ~ - only, e.g. ',
        ),
        (("key", "show"), 1, "EMERITUS_SIGNING_KEY names no key. Make one with emeritus key new FILE"),
        (
            ("key", "new", "/nowhere/key", "--name", "x"),
            1,
            "/nowhere/key cannot be written (No such file",
        ),
    ],
)
def test_wrong_use_is_told_with_the_next_step(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    told = run(*arguments)

    assert told.exit_code == code
    assert said in told.stderr
