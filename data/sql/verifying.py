"""Does the whole record hold: every entry, the log over all of them, and what others kept of that log?

The chains see what was changed within a stream. The log sees what was taken away as a whole: a stream, or the newest
entries; and a checkpoint that somebody kept elsewhere sees that everything was brought back to what it was before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from data.errors import Corrupt
from data.events.anchors import CheckpointAnchored
from data.ledger import SHOWN_MAX, Head, Text, opened, verified
from data.log import checkpoints
from data.log.leaves import Leaf
from data.log.merkle import EMPTY_ROOT, Growing
from data.log.tiles import WIDTH, Place, Tile, grown, path
from data.printable import printable
from data.records.anchors import STREAM as ANCHORS
from data.sql.connection import Connection
from data.sql.entries import all_entries
from data.sql.log import PAGE, keys_on_record, no_text
from data.sql.tail import Order
from data.store import Machine, Verified


def verify(conn: Connection, machine: Machine, order: Order, kept: Sequence[bytes]) -> Verified:
    """Names the first that does not hold. `kept`: checkpoints that somebody has of this log."""
    rows = conn.execute("SELECT stream, version, digest, state FROM states ORDER BY stream")
    heads = {name: Head(*head) for name, *head in rows}
    texts: dict[str, Text] = {}
    found = verified(all_entries(conn, texts), heads, texts.get, machine)
    if found.bad:
        return found
    try:
        sealed, checked = _log(conn, order, kept)
    except _Bad as bad:
        return replace(found, bad=printable(str(bad)[:SHOWN_MAX]))
    return replace(found, sealed=sealed, checkpoints=checked)


class _Bad(Exception):
    """What does not hold, as a sentence."""


class _Claim(NamedTuple):
    """Somebody says that the log had this root once."""

    size: int
    root: bytes
    who: str


def _log(conn: Connection, order: Order, kept: Sequence[bytes]) -> tuple[int, int]:
    """How many entries are in the log, and how many of its heads are signed."""
    heads = conn.execute("SELECT size, root, checkpoint FROM heads ORDER BY size, sealed_at").fetchall()
    signed = [row for row in heads if row[2] != ""]
    # Where nobody had a key, what checks signatures need not be loaded.
    keys = keys_on_record(conn) if signed or kept else ()
    claims = [_claimed(row, keys) for row in heads]
    given, strange = _given(kept, keys)
    claims += given
    roots = _walked(conn, {claim.size for claim in claims})
    size = max(roots)
    for claim in claims:
        if claim.size > size:
            raise _Bad(f"{claim.who}: the log has only {size} entries; it was cut, or rolled back")
        if roots[claim.size] != claim.root:
            raise _Bad(f"{claim.who}: the first {claim.size} entries of the log are others now")
    ours = {(row[0], row[1]) for row in signed}
    for claim in (*given, *_anchored(conn)):
        # It was kept before anybody saw it, so somebody has taken it out since.
        if (claim.size, claim.root) not in ours:
            raise _Bad(f"{claim.who}: it was signed, and the record has no head of it any more")
    last = max((row[0] for row in heads), default=0)
    # The last page of what is sealed has its head, and is the only one that is not full.
    if (size - last) % PAGE:
        raise _Bad(f"the log's head of {size} entries: it is gone; the last one there is has {last}")
    if strange is not None:
        raise strange
    _check_all_sealed(conn, order)
    return size, len(signed)


def _claimed(row: Sequence[Any], keys: Sequence[checkpoints.Key]) -> _Claim:
    size, root, checkpoint = row
    if not isinstance(size, int) or not isinstance(root, bytes) or not isinstance(checkpoint, str):
        raise _Bad(f"the log's head of {size!a} entries: it cannot be read")
    who = f"the log's head of {size} entries"
    if checkpoint:
        head = _opened(checkpoint.encode(errors="surrogateescape"), keys, who)
        if (head.size, head.root) != (size, root):
            raise _Bad(f"{who}: its checkpoint is that of another")
    return _Claim(size, root, who)


def _given(kept: Sequence[bytes], keys: Sequence[checkpoints.Key]) -> tuple[list[_Claim], _Bad | None]:
    """One that no key of this log signed hides none of those that one did, and is told after them."""
    given, strange = [], None
    for checkpoint in kept:
        try:
            head = _opened(checkpoint, keys, "the kept checkpoint")
        except _Bad as bad:
            strange = strange or bad
        else:
            given.append(_Claim(head.size, head.root, f"the kept checkpoint of {head.size} entries"))
    return given, strange


def _anchored(conn: Connection) -> Iterator[_Claim]:
    """What was put elsewhere, as entries of the record say: they hold, so these were heads of it."""
    rows = conn.execute("SELECT version, stored FROM events WHERE stream = ? ORDER BY version", (ANCHORS,))
    for version, stored in rows.fetchall():
        event = opened(bytes(stored), no_text)
        if isinstance(event, CheckpointAnchored):
            head = checkpoints.head_of(event.checkpoint.encode())
            who = f"the checkpoint of {head.size} entries that {ANCHORS} entry {version} tells of"
            yield _Claim(head.size, head.root, who)


def _opened(checkpoint: bytes, keys: Sequence[checkpoints.Key], who: str) -> checkpoints.Head:
    try:
        return checkpoints.opened(checkpoint, keys)[0]
    except Corrupt as corrupt:
        raise _Bad(f"{who}: {corrupt}") from corrupt


def _walked(conn: Connection, wanted: set[int]) -> dict[int, bytes]:
    """The roots of the log at these sizes and at its own, once every leaf is that of its entry."""
    growing, edge, tiles = Growing(), dict[Place, bytes](), 0
    roots = {0: EMPTY_ROOT}
    while leaves := _page(conn, growing.size):
        changed = grown(growing.size, leaves, edge)
        for hashed in leaves:
            growing.add(hashed)
            if growing.size in wanted:
                roots[growing.size] = growing.root()
        edge = {place: hashes for place, hashes in {**edge, **changed}.items() if not _is_full(hashes)}
        for place, hashes in changed.items():
            if _is_full(hashes):
                _check_tile(conn, place, hashes)
                tiles += 1
    for place, hashes in edge.items():
        _check_tile(conn, place, hashes)
    if conn.execute("SELECT count(*) FROM tiles").fetchone()[0] != tiles + len(edge):
        raise _Bad("the log: it has tiles of entries that it does not have")
    roots[growing.size] = growing.root()
    return roots


def _page(conn: Connection, first: int) -> list[bytes]:
    """The hashes of the next leaves."""
    rows = conn.execute(
        f"""SELECT leaves.number, leaves.stream, leaves.version, leaves.position, leaves.digest,
            events.position, events.digest
        FROM leaves LEFT JOIN events ON events.stream = leaves.stream AND events.version = leaves.version
        WHERE leaves.number >= ? ORDER BY leaves.number LIMIT {PAGE}""",  # noqa: S608 - a number of log.py
        (first,),
    ).fetchall()
    hashes = []
    for expected, (number, stream, version, *sealed, position, digest) in enumerate(rows, first):
        if number != expected:
            raise _Bad(f"leaf {expected} of the log: missing, leaf {number!a} is stored in its place")
        here = f"{stream} entry {version}"
        if digest is None:
            raise _Bad(f"{here}: sealed as leaf {number} of the log, and gone from the record")
        if sealed != [position, digest]:
            raise _Bad(f"{here}: not the one that was sealed as leaf {number} of the log")
        hashes.append(Leaf(position, stream, version, digest).hashed)
    return hashes


def _is_full(hashes: bytes) -> bool:
    return len(hashes) == WIDTH * len(EMPTY_ROOT)


def _check_tile(conn: Connection, place: Place, hashes: bytes) -> None:
    row = conn.execute("SELECT hashes FROM tiles WHERE level = ? AND number = ?", place).fetchone()
    if row is None or row[0] != hashes:
        raise _Bad(f"{path(Tile(place, WIDTH))} of the log: it is not what the entries hash to")


def _check_all_sealed(conn: Connection, order: Order) -> None:
    """What came in behind the log's back stands before its end, and is not in it."""
    until = conn.execute("SELECT xid, position FROM sealed_until").fetchall()
    if len(until) != 1 or not all(isinstance(number, int) for number in until[0]):
        raise _Bad("the log: it does not say up to where it has all entries")
    row = conn.execute(
        f"""SELECT stream, version FROM events
        WHERE NOT EXISTS (
            SELECT 1 FROM leaves WHERE leaves.stream = events.stream AND leaves.version = events.version)
        AND {order.until} LIMIT 1""",  # noqa: S608 - a constant of the store
        {"xid": until[0][0], "position": until[0][1]},
    ).fetchone()
    if row is not None:
        raise _Bad(f"{row[0]} entry {row[1]}: it stands before the end of the log, and is not in it")
