"""Does this SQLite file have the tables of this version? Adds what is missing, and leaves newer files alone."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database, Migrations

from data.errors import Unavailable
from data.schema import STEPS, statements

migrations = Migrations("emeritus")


def _applying(step: str) -> Callable[[Database], None]:
    def apply(db: Database) -> None:
        for statement in statements(step):
            db.execute(statement)

    return apply


for _name, _step in STEPS.items():
    migrations(name=_name)(_applying(_step))


def check_known(db: Database, path: object) -> None:
    """Refuse a record that a later version has changed already: nobody here knows its rules."""
    newer = sorted({step.name for step in migrations.applied(db)} - STEPS.keys())
    if newer:
        raise Unavailable(
            f"{path} was written by a newer Emeritus ({', '.join(newer)}). Install that version"
        )


def check_complete(db: Database, path: object) -> None:
    """Refuse to read a record that lacks tables; only whoever writes may add them."""
    if migrations.pending(db):
        raise Unavailable(
            f"{path} lacks tables of this version. Run emeritus serve on it once, which adds them"
        )
