"""The steps of data/schema.py as migrations of sqlite-utils, for a SQLite file that lacks some of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database, Migrations

from data.schema import STEPS, STEPS_SET, statements

migrations = Migrations(STEPS_SET)


def _applying(step: str) -> Callable[[Database], None]:
    def apply(db: Database) -> None:
        for statement in statements(step):
            db.execute(statement)

    return apply


for _name, _step in STEPS.items():
    migrations(name=_name)(_applying(_step))


def apply_all(conn: sqlite3.Connection) -> None:
    """All that are missing, in one commit."""
    db = Database(conn)
    with db.atomic():
        migrations.apply(db)
