"""What do these statements ask of a database? A connection as `sqlite3` has it; any other is made to look like it.

Statements are written for SQLite. What PostgreSQL needs besides stands in a comment that only it reads,
`/*! FOR UPDATE */`: several processes write to it at once, and rows that a decision rests on must be locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """All of the block or nothing of it, within the transaction that is open."""
    conn.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        # A full disk or a lost server can end the whole transaction; there is nothing left to take back then.
        if conn.in_transaction:
            conn.execute("ROLLBACK TO part")
            conn.execute("RELEASE part")
        raise
    conn.execute("RELEASE part")
