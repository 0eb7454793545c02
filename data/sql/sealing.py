"""How do entries get into the log, without anybody's commit waiting for it? Afterwards, a page at a time.

What is new is read and hashed beside whoever writes; the commit only stores it. The order of leaves is fixed there,
once for all processes: whoever finds that another was faster begins anew. A head is kept with the last page, so there
is none of a log that is not stored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from data.errors import Corrupt
from data.log.checkpoints import Head, Signs
from data.log.heads import KeptHead, Sealed
from data.log.leaves import Leaf
from data.log.merkle import root
from data.log.tiles import Place, Tiles, edge_of, grown
from data.schema import micros
from data.sql.connection import Connection
from data.sql.log import PAGE, last_head, size_of, tile
from data.sql.tail import Order
from data.store import Cursor

T = TypeVar("T")

TRIES_MAX = 3
"""Each time another process was faster: what is left is left to it."""


class Tables(Protocol):
    def write(self, job: Callable[[Connection], T]) -> T: ...

    def snapshot(self) -> AbstractContextManager[Connection]: ...


class _Page(NamedTuple):
    """What one commit adds to a log of `size` entries; `until`: up to where in the tail it then has all."""

    size: int
    until: Cursor
    rows: list[tuple[Any, ...]]
    tiles: dict[Place, bytes]
    head: KeptHead | None
    is_last: bool


def seal(store: Tables, order: Order, now: datetime, signer: Signs | None) -> Sealed:
    count, tries = 0, 0
    while True:
        with store.snapshot() as conn:
            page = _next(conn, order, now, signer) if tries < TRIES_MAX else None
            if page is None:
                return Sealed(count, last_head(conn))
        if not store.write(partial(_stored, page=page)):
            tries += 1
            continue
        count += len(page.rows)
        if page.is_last:
            return Sealed(count, page.head)


def _next(conn: Connection, order: Order, now: datetime, signer: Signs | None) -> _Page | None:
    until = Cursor(*conn.execute("SELECT xid, position FROM sealed_until").fetchone())
    rows = conn.execute(
        f"""SELECT {order.xid}, position, stream, version, digest FROM events
        WHERE NOT EXISTS (
            SELECT 1 FROM leaves WHERE leaves.stream = events.stream AND leaves.version = events.version)
        AND {order.after} LIMIT {PAGE}""",  # noqa: S608 - constants of the store
        until._asdict(),
    ).fetchall()
    size, last = size_of(conn), last_head(conn)
    _check_goes_on(conn, size, last)
    found = [Leaf(position, stream, version, bytes(digest)) for _, position, stream, version, digest in rows]
    kept = {place: tile(conn, place) for place in edge_of(size)}
    changed = grown(size, (leaf.hashed for leaf in found), kept)
    is_last, head = len(rows) < PAGE, None
    if is_last:
        hashes = Tiles(lambda place: changed.get(place) or kept.get(place) or tile(conn, place))
        head = _head(size + len(rows), root(size + len(rows), hashes.hash_of), now, signer)
        if not rows and (not size or _stands(last, head, signer)):
            return None
    return _Page(
        size=size,
        until=Cursor(*rows[-1][:2]) if rows else until,
        rows=[(size + count, *leaf) for count, leaf in enumerate(found)],
        tiles=changed,
        head=head,
        is_last=is_last,
    )


def _check_goes_on(conn: Connection, size: int, last: KeptHead | None) -> None:
    """No head is signed that the one before it contradicts: whoever has both would hold it against us."""
    if last is None:
        return
    if last.size > size or root(last.size, Tiles(partial(tile, conn)).hash_of) != last.root:
        raise Corrupt(
            f"The log of {size:,} entries does not begin with the {last.size:,} of its last head; nothing was sealed. "
            "Run emeritus verify, and restore the last backup that holds"
        )


def _head(size: int, root: bytes, now: datetime, signer: Signs | None) -> KeptHead:
    checkpoint = signer.sign(Head(signer.public.name, size, root)) if signer else ""
    return KeptHead(size, root, checkpoint, now)


def _stands(last: KeptHead | None, head: KeptHead, signer: Signs | None) -> bool:
    """Whether the last head says all that this one would. Ed25519 signs the same the same way."""
    return last is not None and last.size == head.size and (not signer or last.checkpoint == head.checkpoint)


def _stored(conn: Connection, page: _Page) -> bool:
    """False, and nothing is stored, where the log has grown since the page was put together."""
    conn.execute("SELECT xid FROM sealed_until /*! FOR UPDATE */").fetchone()
    if size_of(conn) != page.size:
        return False
    conn.executemany(
        "INSERT INTO leaves (number, position, stream, version, digest) VALUES (?, ?, ?, ?, ?)", page.rows
    )
    conn.executemany(
        """INSERT INTO tiles (level, number, hashes) VALUES (?, ?, ?)
        ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes""",
        [(*place, hashes) for place, hashes in page.tiles.items()],
    )
    conn.execute("UPDATE sealed_until SET xid = ?, position = ?", page.until)
    if page.head is not None:
        conn.execute(
            """INSERT INTO heads (size, root, checkpoint, sealed_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (size, checkpoint) DO NOTHING""",
            (page.head.size, page.head.root, page.head.checkpoint, micros(page.head.sealed_at)),
        )
    return True
