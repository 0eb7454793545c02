"""How are entries read from the tables, each with what people wrote in it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from data.ledger import Entry, Text, commitments, opened
from data.sql.connection import Connection
from data.store import Cursor, StoredEvent

PAGE = 500


def all_entries(conn: Connection, texts: dict[str, Text]) -> Iterator[Entry]:
    """All of them in the order of their positions; `texts` always holds those of the page at hand."""
    reached = -(2**63)
    while rows := conn.execute(
        f"""SELECT stream, version, stored, digest, position FROM events
        WHERE position > ? ORDER BY position LIMIT {PAGE}""",  # noqa: S608 - a number of this file
        (reached,),
    ).fetchall():
        texts.clear()
        texts.update(texts_of_page(conn, [position for *_, position in rows]))
        yield from (Entry(*row) for row in rows)
        reached = rows[-1][-1]


def texts_of_page(conn: Connection, positions: list[Any]) -> dict[str, Text]:
    """Where a position is no number, `verify` stops there and needs no texts."""
    numbers = [position for position in positions if isinstance(position, int)]
    if not numbers:
        return {}
    within = "(stream, version) IN (SELECT stream, version FROM events WHERE position BETWEEN ? AND ?)"
    return texts_where(conn, within, (min(numbers), max(numbers)))


def texts_where(conn: Connection, where: str, values: tuple[Any, ...]) -> dict[str, Text]:
    found = conn.execute(f"SELECT commitment, salt, text FROM prose WHERE {where}", values)  # noqa: S608
    return {commitment: Text(commitment, salt, text) for commitment, salt, text in found}


def forget(conn: Connection, stream: str, version: int, containing: str) -> int:
    """Each text of an entry in which this stands, however it is capitalized. Returns how many there were."""
    texts, sought = texts_where(conn, "stream = ? AND version = ?", (stream, version)), containing.casefold()
    meant = [(one.commitment,) for one in texts.values() if not sought or sought in one.text.casefold()]
    if meant:
        conn.executemany("DELETE FROM prose WHERE commitment = ?", meant)
    return len(meant)


def words_of(conn: Connection, stream: str) -> dict[int, tuple[str | None, ...]]:
    """By entry, each text that it has a commitment to; None where it is gone. Entries without any are left out."""
    rows = conn.execute(
        "SELECT version, stored FROM events WHERE stream = ? ORDER BY version", (stream,)
    ).fetchall()
    texts = texts_where(conn, "stream = ?", (stream,))
    found: dict[int, tuple[str | None, ...]] = {}
    for version, stored in rows:
        kept = [texts.get(one) for one in commitments(msgspec.json.decode(stored)["event"])]
        if kept:
            found[version] = tuple(one.text if one else None for one in kept)
    return found


def stored_event(row: tuple[Any, ...], texts: dict[str, Text]) -> StoredEvent:
    xid, position, stream, version, stored = row
    return StoredEvent(
        position=position,
        stream=stream,
        version=version,
        event=opened(stored, texts.get),
        cursor=Cursor(xid, position),
    )


def states(conn: Connection, prefix: str) -> dict[str, bytes]:
    """Stream -> its encoded state, of all whose names begin with this; their first characters are ASCII."""
    rows = conn.execute(
        "SELECT stream, state FROM states WHERE stream >= ? AND stream < ?", (prefix, f"{prefix}\x7f")
    ).fetchall()
    return {stream: bytes(state) for stream, state in rows}


def streams(conn: Connection, prefix: str) -> tuple[str, ...]:
    """In the order they were opened."""
    rows = conn.execute(
        "SELECT stream FROM events WHERE version = 1 AND substr(stream, 1, ?) = ? ORDER BY position",
        (len(prefix), prefix),
    ).fetchall()
    return tuple(stream for (stream,) in rows)
