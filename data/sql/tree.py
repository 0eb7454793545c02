"""The log as files for everybody: a static tree (C2SP tlog-tiles) that any web server can serve.

What is there already is not written again, since tiles only grow. The checkpoint comes last, so all that it stands
for is there before it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from data.errors import Corrupt, Refused
from data.log.checkpoints import Head, head_of
from data.log.merkle import HASH_BYTES, root
from data.log.tiles import WIDTH, Tile, Tiles, bundle, entries_path, path, tiles_of
from data.sql.connection import Connection
from data.sql.log import keys_on_record, last_head, leaves, tile

CHECKPOINT = "checkpoint"
KEYS = "keys"
"""The public keys, one a line, the one in use last. Not of the specification, which leaves them to its users."""


class Exported(NamedTuple):
    """`files` were written for a log of `size` entries."""

    origin: str
    size: int
    files: int


def export(conn: Connection, folder: Path) -> Exported:
    """Bring the tree in this directory up to the newest checkpoint.

    Raises `Refused` where none is signed, or the directory holds another log, or one that went on otherwise.
    """
    last = last_head(conn, signed=True)
    if last is None:
        raise Refused(
            "No head of the log is signed", next_step="Set EMERITUS_SIGNING_KEY, and run emeritus log seal"
        )
    head = head_of(last.checkpoint.encode())
    tiles = Tiles(lambda place: tile(conn, place))
    known = _known(folder, head, tiles)
    count = 0
    for one in tiles_of(head.size, after=known):
        count += _put(folder, one, path(one), tile(conn, one.place)[: one.width * HASH_BYTES])
        if one.place.level == 0:
            first = one.place.number * WIDTH
            entries = (leaf.entry for leaf in leaves(conn, first, first + one.width))
            count += _put(folder, one, entries_path(one), bundle(entries))
    keys = "".join(f"{key}\n" for key in keys_on_record(conn))
    for name, text in ((KEYS, keys), (CHECKPOINT, last.checkpoint)):
        count += _written(folder / name, text.encode())
    return Exported(head.origin, head.size, count)


def _known(folder: Path, head: Head, tiles: Tiles) -> int:
    """How many entries are in the tree that is there."""
    there = folder / CHECKPOINT
    if not there.exists():
        # A first export that was cut off has left tiles.
        if folder.exists() and any(one.name not in ("tile", KEYS) for one in folder.iterdir()):
            raise Refused(f"{folder} holds no log, but something else", next_step="Give an empty directory")
        return 0
    try:
        known = head_of(there.read_bytes())
    except Corrupt as corrupt:
        raise Refused(f"{there}: {corrupt}", next_step="Give another directory") from corrupt
    if known.origin != head.origin:
        raise Refused(
            f"{folder} holds the log {known.origin}, and this one is {head.origin}",
            next_step="Give another directory",
        )
    if known.size > head.size or root(known.size, tiles.hash_of) != known.root:
        raise Refused(
            f"{folder} holds a log of {known.size} entries that this one does not begin with",
            next_step=f"Keep it as it is, and run emeritus verify --checkpoint {there}",
        )
    return known.size


def _put(folder: Path, one: Tile, name: str, content: bytes) -> int:
    """A tile that is full makes those that it grew from superfluous."""
    count = _written(folder / name, content)
    if one.width == WIDTH:
        shutil.rmtree(folder / f"{name}.p", ignore_errors=True)
    return count


def _written(file: Path, content: bytes) -> int:
    """1 where it was written, 0 where it stood there already. Whoever reads it meanwhile reads all of it."""
    if file.is_file() and file.read_bytes() == content:
        return 0
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
    return 1
