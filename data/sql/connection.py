"""What do these statements ask of a database? A connection as `sqlite3` has it; any other is made to look like it.

Statements are written for SQLite. What PostgreSQL needs besides stands in a comment that only it reads,
`/*! FOR UPDATE */`: several processes write to it at once, and rows that a decision rests on must be locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Values = Sequence[Any] | Mapping[str, Any]


class Rows(Protocol):
    """What a statement found, or how many rows it changed."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """Placeholders are `?`, or `:name` where the values are a mapping."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, statement: str, values: Values = ..., /) -> Rows: ...

    def executemany(self, statement: str, rows: Iterable[Values], /) -> object: ...


class savepoint:  # noqa: N801 - reads as what it is where it is used
    """All of the block or nothing of it, within the transaction that is open."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def __enter__(self) -> None:
        self._conn.execute("SAVEPOINT part")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        # A full disk or a lost server can end the whole transaction; there is nothing left to take back then.
        if kind is not None and self._conn.in_transaction:
            self._conn.execute("ROLLBACK TO part")
        if kind is None or self._conn.in_transaction:
            self._conn.execute("RELEASE part")
