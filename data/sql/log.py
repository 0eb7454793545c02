"""What is kept of the log: its leaves in their order, the tiles of their hashes, and every head there ever was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.errors import Corrupt
from data.events import SigningKeyUsed
from data.ledger import opened
from data.log.heads import KeptHead
from data.log.leaves import Leaf
from data.log.tiles import Place, Tile, path
from data.records.log import STREAM
from data.schema import instant, micros
from data.sql.connection import Connection

if TYPE_CHECKING:
    from data.log.keys import PublicKey

PAGE = 1000


def size_of(conn: Connection) -> int:
    """How many entries are in the log."""
    return int(conn.execute("SELECT coalesce(max(number) + 1, 0) FROM leaves").fetchone()[0])


def last_head(conn: Connection, *, signed: bool = False) -> KeptHead | None:
    """The newest head; with `signed` the newest that is a checkpoint."""
    row = conn.execute(
        f"""SELECT size, root, checkpoint, sealed_at FROM heads {"WHERE checkpoint <> ''" if signed else ""}
        ORDER BY size DESC, sealed_at DESC LIMIT 1"""  # noqa: S608 - words of this line
    ).fetchone()
    return _head(row) if row else None


def first_checkpoint(conn: Connection, size: int) -> KeptHead | None:
    """The earliest checkpoint of a log with at least so many entries."""
    row = conn.execute(
        """SELECT size, root, checkpoint, sealed_at FROM heads WHERE size >= ? AND checkpoint <> ''
        ORDER BY size, sealed_at LIMIT 1""",
        (size,),
    ).fetchone()
    return _head(row) if row else None


def has_head(conn: Connection, size: int, root: bytes) -> bool:
    """Whether the log ever stood like this, and somebody signed it then."""
    row = conn.execute(
        "SELECT 1 FROM heads WHERE size = ? AND root = ? AND checkpoint <> '' LIMIT 1", (size, root)
    ).fetchone()
    return row is not None


def size_at(conn: Connection, at: datetime) -> int:
    """How many entries were sealed by then."""
    row = conn.execute(
        "SELECT coalesce(max(size), 0) FROM heads WHERE sealed_at <= ?", (micros(at),)
    ).fetchone()
    return int(row[0])


def _head(row: tuple[Any, ...]) -> KeptHead:
    size, root, checkpoint, sealed_at = row
    return KeptHead(size, bytes(root), checkpoint, instant(sealed_at))


def tile(conn: Connection, place: Place) -> bytes:
    """Raises `Corrupt` where there is none."""
    row = conn.execute("SELECT hashes FROM tiles WHERE level = ? AND number = ?", place).fetchone()
    if row is None:
        raise Corrupt(f"{path(Tile(place, 0))} of the log is gone. Restore the last backup")
    return bytes(row[0])


def leaves(conn: Connection, first: int, end: int) -> Iterator[Leaf]:
    """The leaves with these numbers, in order."""
    for start in range(first, end, PAGE):
        yield from (
            Leaf(position, stream, version, bytes(digest))
            for position, stream, version, digest in conn.execute(
                """SELECT position, stream, version, digest FROM leaves WHERE number >= ? AND number < ?
                ORDER BY number""",
                (start, min(start + PAGE, end)),
            ).fetchall()
        )


def numbers_of(conn: Connection, stream: str) -> dict[int, int]:
    """Version -> its number in the log, of all entries of a stream that are in it."""
    return dict(
        conn.execute(
            "SELECT version, number FROM leaves WHERE stream = ? ORDER BY version", (stream,)
        ).fetchall()
    )


def keys_on_record(conn: Connection) -> tuple[PublicKey, ...]:
    """Every key that ever signed heads of this log, the newest last."""
    from data.log.keys import read_key  # noqa: PLC0415 - takes a while to load, and most never need it

    found = (
        opened(bytes(stored), no_text)
        for (stored,) in conn.execute(
            "SELECT stored FROM events WHERE stream = ? ORDER BY version", (STREAM,)
        )
    )
    return tuple(read_key(event.key) for event in found if isinstance(event, SigningKeyUsed))


def no_text(_: str) -> None:
    """Nobody writes anything on streams of our own."""
