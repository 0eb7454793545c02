"""How is a log laid out as files that anybody can serve and nobody needs us to read? C2SP tlog-tiles.

A tile is up to 256 hashes side by side: of entries at level 0, of full tiles of the level below elsewhere. A full one
never changes, and one that still grows only gets longer. https://c2sp.org/tlog-tiles
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from data.errors import Corrupt
from data.log.merkle import HASH_BYTES, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRY_BYTES_MAX = 65_535
"""Entries are prefixed with their length in two bytes."""

_LENGTH = struct.Struct(">H")


class Place(NamedTuple):
    """Which tile: its level, and its number within that."""

    level: int
    number: int


class Tile(NamedTuple):
    place: Place
    width: int


Edge = Mapping[Place, bytes]
"""The tiles that still grow."""


def tiles_of(size: int, *, after: int = 0) -> Iterator[Tile]:
    """Every tile of a log of this size; of those that one of the size `after` has, only what grew."""
    level = 0
    while count := size >> HEIGHT * level:
        known = after >> HEIGHT * level
        for number in range(known // WIDTH, (count - 1) // WIDTH + 1):
            width = min(WIDTH, count - number * WIDTH)
            if width > known - number * WIDTH:
                yield Tile(Place(level, number), width)
        level += 1


def edge_of(size: int) -> tuple[Place, ...]:
    """The tiles of a log of this size that still grow."""
    return tuple(place for place, width in _last_ones(size) if width < WIDTH)


def _last_ones(size: int) -> Iterator[Tile]:
    level = 0
    while count := size >> HEIGHT * level:
        number = (count - 1) // WIDTH
        yield Tile(Place(level, number), count - number * WIDTH)
        level += 1


def grown(size: int, hashes: Iterable[bytes], edge: Edge) -> dict[Place, bytes]:
    """The tiles that change when a log of this size goes on with entries of these hashes."""
    changed: dict[Place, bytearray] = {}

    def add(level: int, hashed: bytes) -> None:
        place = Place(level, counts[level] // WIDTH)
        if place not in changed:
            changed[place] = bytearray(edge.get(place, b""))
        assert len(changed[place]) == counts[level] % WIDTH * HASH_BYTES, "a tile is not what was kept of it"
        changed[place] += hashed
        counts[level] += 1
        if counts[level] % WIDTH == 0:
            add(level + 1, _top(bytes(changed[place])))

    # Levels of a log of 2**64 entries.
    counts = [size >> HEIGHT * level for level in range(64 // HEIGHT + 1)]
    for hashed in hashes:
        add(0, hashed)
    return {place: bytes(tile) for place, tile in changed.items()}


def _top(hashes: bytes) -> bytes:
    """The hash over a complete part of a tile."""
    parts = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(parts) > 1:
        parts = [node_hash(parts[at], parts[at + 1]) for at in range(0, len(parts), 2)]
    return parts[0]


class Tiles:
    """The hashes of a log's tree, read from its tiles as they are asked for."""

    def __init__(self, read: Callable[[Place], bytes]) -> None:
        self._read = read
        self._known: dict[Place, bytes] = {}

    def hash_of(self, level: int, index: int) -> bytes:
        """As `merkle.HashOf`. Raises `Corrupt` where a tile is too short."""
        first = index << level % HEIGHT
        place = Place(level // HEIGHT, first // WIDTH)
        if place not in self._known:
            self._known[place] = self._read(place)
        start = first % WIDTH * HASH_BYTES
        count = HASH_BYTES << level % HEIGHT
        part = self._known[place][start : start + count]
        if len(part) < count:
            raise Corrupt(f"{path(Tile(place, WIDTH))} of the log lacks hashes. Restore the last backup")
        return _top(part)


def path(tile: Tile) -> str:
    """Where the file of a tile lies; one that still grows says how wide it is."""
    return f"tile/{tile.place.level}/{_numbered(tile)}"


def entries_path(tile: Tile) -> str:
    """Where the entries lie whose hashes are in this tile of level 0."""
    assert tile.place.level == 0
    return f"tile/entries/{_numbered(tile)}"


def _numbered(tile: Tile) -> str:
    digits = str(tile.place.number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join((*(f"x{part}" for part in parts[:-1]), parts[-1]))
    return number if tile.width == WIDTH else f"{number}.p/{tile.width}"


def bundle(entries: Iterable[bytes]) -> bytes:
    """The entries of a tile in one file."""
    parts: list[bytes] = []
    for entry in entries:
        assert len(entry) <= ENTRY_BYTES_MAX
        parts += (_LENGTH.pack(len(entry)), entry)
    return b"".join(parts)
