"""Is there more on record of a retirement than its bundle has? The log as files says, to whoever has them.

A bundle cannot: that something is in the log can be proven by a few hashes, that nothing else is only by all of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from data.audit.checking import Audited
from data.audit.reading import LEAF
from data.errors import Corrupt
from data.log.checkpoints import Head, opened
from data.log.keys import PublicKey, read_key
from data.log.merkle import Growing, entry_hash
from data.log.tiles import Tile, entries_path, tiles_of
from data.printable import printable

_LENGTH = struct.Struct(">H")


def compared(found: Audited, folder: Path, trusted: Sequence[PublicKey] = ()) -> Audited:
    """A bundle that holds, beside the tree that `emeritus log export` wrote; `bad` where the two disagree."""
    try:
        return _compared(found, folder, trusted or [read_key(found.key)])
    except OSError as error:
        return replace(found, bad=printable(f"the log in {folder}: {error.filename} cannot be read"))
    except (Corrupt, ValueError, struct.error, msgspec.MsgspecError) as error:
        why = str(error) if isinstance(error, Corrupt) else "it is no log"
        return replace(found, bad=printable(f"the log in {folder}: {why}"))


def _compared(found: Audited, folder: Path, keys: Sequence[PublicKey]) -> Audited:
    head, _ = opened((folder / "checkpoint").read_bytes(), keys)
    if head.origin != found.log or head.size < found.size:
        raise Corrupt(f"it is {head.origin} with {head.size:,} entries, and not what the bundle is from")
    growing, here, later = Growing(), 0, 0
    for entry in _entries(folder, head):
        growing.add(entry_hash(entry))
        if LEAF.decode(entry).stream == found.retirement:
            here, later = (here + 1, later) if growing.size <= found.size else (here, later + 1)
        if growing.size == found.size and growing.root().hex() != found.root:
            raise Corrupt(f"its first {found.size:,} entries are not those the bundle was made from")
    if (growing.size, growing.root()) != (head.size, head.root):
        raise Corrupt("its entries do not hash to its checkpoint")
    if here != found.entries:
        raise Corrupt(
            f"it has {here:,} entries of {found.retirement} by then, and the bundle {found.entries:,}"
        )
    return replace(found, log_size=head.size, later=later)


def _entries(folder: Path, head: Head) -> Iterator[bytes]:
    for tile in tiles_of(head.size):
        if tile.place.level == 0:
            yield from _unbundled((folder / entries_path(tile)).read_bytes(), tile)


def _unbundled(bundle: bytes, tile: Tile) -> Iterator[bytes]:
    place = 0
    for _ in range(tile.width):
        (length,) = _LENGTH.unpack_from(bundle, place)
        place += _LENGTH.size + length
        yield bundle[place - length : place]
    if place != len(bundle):
        raise Corrupt(f"{entries_path(tile)} has another length than its entries")
