"""Is this SQLite file ours, with the tables of this version? Adds what is missing; leaves newer and others' alone.

The steps are those of data/sqlite/steps.py. To look which of them were applied takes no library: most starts find all
of them, and sqlite-utils takes longer to load than the rest of the store.
"""

from __future__ import annotations

import sqlite3

from data import schema
from data.errors import Refused
from data.schema import STEPS, STEPS_SET

STEPS_TABLE = "_sqlite_migrations"
"""Where sqlite-utils keeps which steps were applied, each with the name of its set."""

# "Emer", in the header of every file of ours: https://sqlite.org/pragma.html#pragma_application_id
APPLICATION_ID = 0x456D6572

# What a file holds whose very first opening was cut off.
_BEGINNINGS = frozenset((STEPS_TABLE, "sqlite_sequence"))


def check_ours(conn: sqlite3.Connection, path: object) -> None:
    """Refuse a file that another program filled. Only reads: what is refused keeps every byte."""
    (marked,) = conn.execute("PRAGMA application_id").fetchone()
    if marked == APPLICATION_ID:
        return
    next_step = "Set EMERITUS_STORE to a file of its own"
    if marked:
        raise schema.foreign(
            path, f"it is marked as of another program ({marked:#010x})", next_step=next_step
        )
    # Files were not marked at first.
    if (others := _tables(conn)) and not _applied(conn):
        some = ", ".join(sorted(map(ascii, others))[:3])
        raise schema.foreign(path, f"it has tables of another program ({some})", next_step=next_step)


def mark(conn: sqlite3.Connection) -> None:
    """Say in the header whose file this is, where it does not say so yet."""
    if conn.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def check_known(conn: sqlite3.Connection, path: object) -> None:
    applied = _applied(conn)
    if not applied and _tables(conn):
        raise schema.unsaid(path, "it names no step of ours")
    schema.check_known(applied, STEPS, path)


def check_complete(conn: sqlite3.Connection, path: object) -> None:
    """Refuse to read a record that lacks tables."""
    if STEPS.keys() - _applied(conn):
        raise schema.incomplete(path)


def check_in_use(conn: sqlite3.Connection, path: object) -> None:
    """Refuse to go on with a backup as if no time had passed: what was sent since would be sent again."""
    row = conn.execute("SELECT taken_at FROM backups WHERE restored_at IS NULL").fetchone()
    if row:
        raise Refused(
            f"{path} is a backup",
            reasons=[f"it stands as on {schema.instant(row[0]):%Y-%m-%d %H:%M} UTC, and more was sent since"],
            next_step=f"Run emeritus store restore {path}, which looks that up before anything is sent again",
        )


def bring_up_to_date(conn: sqlite3.Connection) -> None:
    """All steps that are missing, in one commit: a file is as it was, or as this version has it."""
    if STEPS.keys() - _applied(conn):
        from data.sqlite.steps import apply_all  # noqa: PLC0415 - see above

        apply_all(conn)


def _tables(conn: sqlite3.Connection) -> set[object]:
    """Whatever somebody made, us included."""
    names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in names if name not in _BEGINNINGS}


def _applied(conn: sqlite3.Connection) -> list[object]:
    """Asked as a statement of ours: the library looks for its columns by name only once it has a row."""
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (STEPS_TABLE,)).fetchone():
        return []
    steps = conn.execute(
        f"SELECT name, applied_at FROM {STEPS_TABLE} WHERE migration_set = ?",  # noqa: S608 - the library's
        (STEPS_SET,),
    )
    return [name for name, _ in steps]
