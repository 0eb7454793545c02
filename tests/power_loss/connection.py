"""What does the product's writer hold instead of an `sqlite3.Connection`? The part of one that it uses, on a `Disk`.

The settings are the product's own: they are asked of a connection that it opened itself, on a real file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import apsw

Values = Sequence[Any] | Mapping[str, Any]

_SETTINGS = (
    "journal_mode",
    "synchronous",
    "secure_delete",
    "fullfsync",
    "checkpoint_fullfsync",
    "journal_size_limit",
    "cache_size",
    "cache_spill",
    "foreign_keys",
    "wal_autocheckpoint",
    "query_only",
)
# What PRAGMA answers and what it has to be told are not always the same word.
_TOLD: dict[tuple[str, object], str] = {("secure_delete", 2): "FAST"}


def settings_of(opened: sqlite3.Connection) -> dict[str, str | int]:
    """Everything that decides what is written when."""
    rows = {name: opened.execute(f"PRAGMA {name}").fetchone() for name in _SETTINGS}
    return {name: row[0] for name, row in rows.items() if row is not None}


class Cursor:
    def __init__(self, cursor: apsw.Cursor, rowcount: int, lastrowid: int) -> None:
        self._cursor = cursor
        self.rowcount, self.lastrowid = rowcount, lastrowid

    @property
    def description(self) -> Sequence[tuple[str, ...]]:
        """apsw knows the columns while there are rows; where there are none, nobody needs them."""
        try:
            return [(name,) for name, _ in self._cursor.getdescription()]
        except apsw.ExecutionCompleteError:
            return []

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._cursor)

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._cursor.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._cursor.fetchall()


class Connection:
    """In autocommit mode, as the product's."""

    row_factory = None

    def __init__(self, path: str, vfs: str, settings: Mapping[str, str | int]) -> None:
        self._conn = apsw.Connection(path, vfs=vfs)
        self._committed: Callable[[Connection], None] | None = None
        for name, value in settings.items():
            self.execute(f"PRAGMA {name} = {_TOLD.get((name, value), value)}")
        now = {name: self.execute(f"PRAGMA {name}").fetchall()[0][0] for name in settings}
        assert now == settings, f"asked for {settings}, got {now}"

    def tell(self, committed: Callable[[Connection], None]) -> None:
        """Call this each time a commit came back."""
        self._committed = committed

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction

    @property
    def total_changes(self) -> int:
        return self._conn.total_changes()

    def execute(self, sql: str, values: Values = ()) -> Cursor:
        before = self._conn.total_changes()
        cursor = self._conn.execute(sql, values)
        if sql == "COMMIT" and self._committed:
            self._committed(self)
        return Cursor(cursor, self._conn.total_changes() - before, self._conn.last_insert_rowid())

    def executemany(self, sql: str, rows: Iterable[Values]) -> Cursor:
        before = self._conn.total_changes()
        cursor = self._conn.executemany(sql, rows)
        return Cursor(cursor, self._conn.total_changes() - before, self._conn.last_insert_rowid())

    def close(self) -> None:
        self._conn.close()
