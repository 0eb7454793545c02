"""Does this SQLite file have the tables of this version? Adds what is missing, and leaves newer files alone."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database, Migrations

from data import schema
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
    schema.check_known((step.name for step in migrations.applied(db)), STEPS, path)


def check_complete(db: Database, path: object) -> None:
    """Refuse to read a record that lacks tables."""
    if migrations.pending(db):
        raise schema.incomplete(path)
