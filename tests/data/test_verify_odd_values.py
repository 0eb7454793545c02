"""Does `emeritus verify` say what is wrong, in a sentence, whatever somebody put into the record's file?"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from data.errors import Corrupt
from data.ledger import chained
from data.sql.copying import TABLES
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW
from tests.data.recorded import record
from workflows.machine import RetirementMachine

Run = Callable[[], Result]

# The tables that verify reads, opening included.
COLUMNS = {
    **{
        name: tuple(TABLES[name].columns.split(", "))
        for name in ("events", "states", "prose", "fold_version", "leaves", "tiles", "heads")
    },
    "sealed_until": ("xid", "position"),
    "_sqlite_migrations": ("id", "migration_set", "name", "applied_at"),
}

ODD = {
    "number": "99",
    "nothing": "NULL",
    "empty": "''",
    "words": "'words\n\x1b[2J'",
    "no UTF-8": "CAST(x'52ff' AS TEXT)",
    "bytes": "x'00ff'",
    "fraction": "0.5",
}

# What verify must not pass over, for any of these values; where it stands is named, or else the column.
PROMISED = {
    "events": ("stream", "version", "stored", "digest"),
    "states": ("stream", "version", "digest", "state"),
    "prose": ("salt", "text"),
    "fold_version": ("version",),
    "_sqlite_migrations": ("migration_set", "name"),
    "leaves": ("number", "position", "stream", "version", "digest"),
    "tiles": ("level", "number", "hashes"),
    "heads": ("root",),
}
NAMES = {
    "events": (" entry 1", "the entry at position "),
    "states": ("RET-1 entry ",),
    "prose": ("RET-1 entry ",),
    "fold_version": ("emeritus.db ",),
    "_sqlite_migrations": ("emeritus.db ",),
    **dict.fromkeys(("leaves", "tiles", "heads"), (" the log",)),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A retirement with entries, texts and a catalog, as a file that holds."""
    path = tmp_path_factory.mktemp("whole") / "emeritus.db"
    with closing(SqliteStore(path, RetirementMachine())) as store:
        record(store, "paused")
        store.seal(NOW)
    SqliteStore(path, RetirementMachine()).close()
    return path


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "emeritus.db"))


@pytest.fixture
def verify(path: Path) -> Run:
    return lambda: CliRunner(env={"EMERITUS_STORE": str(path)}).invoke(cli, ["verify"], prog_name="emeritus")


def told(result: Result) -> str:
    """What it said; that it was a sentence, and not a bug's traceback."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1)
    assert result.output.count("\n") == 1
    assert "\x1b" not in result.output
    return result.output


def freed(conn: sqlite3.Connection, table: str) -> None:
    """The table with its rows, and without any rule on what they may be."""
    columns = ", ".join(COLUMNS[table])
    conn.execute(f"CREATE TABLE loose ({columns})")
    conn.execute(f"INSERT INTO loose SELECT {columns} FROM {table}")  # noqa: S608 - from above
    conn.execute(f"DROP TABLE {table}")
    conn.execute(f"ALTER TABLE loose RENAME TO {table}")


ODD_VALUES = [
    pytest.param((table, column), value, id=f"{name} as {table}.{column}")
    for table, columns in COLUMNS.items()
    for column in columns
    for name, value in ODD.items()
]


def test_the_record_these_tests_spoil_holds(verify: Run) -> None:
    assert told(verify()) == "18 entries of 2 streams hold; 18 are sealed in the log, unsigned\n"


@pytest.mark.parametrize("is_free", [False, True], ids=["under its rules", "rules dropped"])
@pytest.mark.parametrize(("place", "value"), ODD_VALUES)
def test_an_odd_value_is_named_where_it_matters(
    path: Path, verify: Run, place: tuple[str, str], value: str, is_free: bool
) -> None:
    table, column = place
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        if is_free:
            freed(conn, table)
        try:
            last = f"(SELECT max(rowid) FROM {table})"  # noqa: S608 - from above
            conn.execute(f"UPDATE {table} SET {column} = {value} WHERE rowid = {last}")  # noqa: S608 - as above
        except sqlite3.IntegrityError:
            return  # the table's own rules keep this out
    result = verify()

    said = told(result)
    if column in PROMISED.get(table, ()):
        assert result.exit_code == 1
        assert any(name in said for name in NAMES[table]), said


NO_EVENTS = {
    "no JSON": (b"", "JSON is malformed: invalid character (byte 9)"),
    "no UTF-8": (b'"\xff"', ""),
    "nothing": (b"null", ""),
    "a list": (b"[]", ""),
    "another kind of value": (b'{"event":7}', ""),
    "nested without end": (b"[" * 100_000 + b"]" * 100_000, ""),
    "an event nobody knows": (b'{"event":"eaten"}', "Invalid value 'eaten'"),
    "a field of another type": (
        b'{"at":"2026-03-02T08:00:00Z","by":7,"event":"resumed"}',
        "Expected `str`, got `int` - at `$.by`",
    ),
    "a field nobody knows": (
        b'{"at":"2026-03-02T08:00:00Z","by":"U1","event":"resumed","hue":1}',
        "Object contains unknown field `hue`",
    ),
}


@pytest.mark.parametrize(("inside", "why"), NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_no_event_is_named_though_every_hash_fits(
    path: Path, verify: Run, inside: bytes, why: str
) -> None:
    stored = b'{"event":' + inside + b',"stream":"RET-1","version":17}'
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        (before,) = conn.execute(
            "SELECT digest FROM events WHERE stream = 'RET-1' AND version = 16"
        ).fetchone()
        digest = chained(before, stored)
        conn.execute(
            "UPDATE events SET stored = ?, digest = ? WHERE stream = 'RET-1' AND version = 17",
            (stored, digest),
        )
        conn.execute("UPDATE states SET digest = ? WHERE stream = 'RET-1'", (digest,))
    result = verify()

    assert result.exit_code == 1
    assert told(result).startswith(
        f"The record does not hold: RET-1 entry 17: it cannot be read as an event{' (' if why else ''}{why}"
    )


@pytest.mark.parametrize("table", COLUMNS)
def test_a_dropped_table_is_named(path: Path, verify: Run, table: str) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"DROP TABLE {table}")
    result = verify()

    assert result.exit_code == 1
    if table == "_sqlite_migrations":
        assert told(result) == (
            f"Error: {path} does not say which tables it has: it names no step of ours. "
            "Keep a copy of it, then restore the last backup\n"
        )
    else:
        assert told(result) == (
            f"Error: {path} is damaged or no record (no such table: {table}). "
            "Keep a copy of it, then restore the last backup\n"
        )


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in COLUMNS.items() for column in columns]
)
def test_a_column_that_is_missing_is_named_where_it_is_read(
    path: Path, verify: Run, table: str, column: str
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        freed(conn, table)
        conn.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO elsewhere")
    result = verify()

    if (table, column) in {("prose", "stored_at"), ("_sqlite_migrations", "id")}:
        assert result.exit_code == 0
    else:
        assert result.exit_code == 1
        # Leaves are read beside their entries.
        shown = f"leaves.{column}" if table == "leaves" else column
        assert told(result) == (
            f"Error: {path} is damaged or no record (no such column: {shown}). "
            "Keep a copy of it, then restore the last backup\n"
        )


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("first_tables", "table events already exists"),
        ("timers_know_their_setting", "duplicate column name: set_at"),
        ("states_know_their_fold", "table fold_version already exists"),
    ],
)
def test_a_record_that_forgot_a_step_is_not_built_anew(path: Path, step: str, said: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (step,))
    with pytest.raises(Corrupt) as refused:
        SqliteStore(path, RetirementMachine())

    assert str(refused.value) == (
        f"{path} is damaged or no record ({said}). Keep a copy of it, then restore the last backup"
    )


@pytest.mark.parametrize("kept", [0.01, 0.3, 0.6, 0.9, 0.99])
def test_a_file_that_was_cut_short_does_not_hold(path: Path, verify: Run, kept: float) -> None:
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * kept))
    result = verify()

    assert result.exit_code == 1
    assert "hold" not in told(result).replace("does not hold", "")


@pytest.mark.parametrize("page", range(8))
def test_pages_overwritten_with_noise_never_hold_and_never_break_the_command(
    path: Path, verify: Run, page: int
) -> None:
    with path.open("r+b") as file:
        file.seek(page * 4096 + 100 * (page == 0))
        file.write(Random(page).randbytes(1024))
    result = verify()

    assert result.exit_code == 1
    assert "hold" not in told(result).replace("does not hold", "")


GARBLED = {
    "no UTF-8": (b"AUTOINCREMENT", b"AUTOINC\xd0EMENT", "its schema is not text"),
    "a control character": (
        b"CREATE TABLE prose",
        b"CREATE\x1bTABLE prose",
        "malformed database schema (prose)",
    ),
    "no column of that name": (b"ON events (position)", b"ON events (potision)", "malformed database schema"),
}


@pytest.mark.parametrize(("was", "now", "said"), GARBLED.values(), ids=GARBLED)
def test_a_garbled_schema_is_a_sentence(path: Path, verify: Run, was: bytes, now: bytes, said: str) -> None:
    held = path.read_bytes()
    assert was in held
    path.write_bytes(held.replace(was, now))
    result = verify()

    assert result.exit_code == 1
    assert f"{path} is damaged or no record ({said}" in told(result)
