"""How are rows of very many keys found? A few hundred at a time, each by the index: nothing else is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from data.sql.connection import Connection

KEYS_MAX = 500
"""In one statement: some databases take a thousand values in one, and a longer list saves nothing."""


def rows_among(
    conn: Connection, query: str, column: str, keys: Collection[str], *more: object, order: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Those rows of a query that have one of the keys in this column; `order` is kept within each statement only.

    query   ends in a WHERE with what else must hold, whose values are `more`
    """
    rest = iter(keys)
    while chunk := tuple(islice(rest, KEYS_MAX)):
        marks = ", ".join("?" * len(chunk))
        yield from conn.execute(f"{query} {column} IN ({marks}) {order}", (*more, *chunk))
