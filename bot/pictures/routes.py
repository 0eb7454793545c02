"""Which way does each dependency take, so that it never passes behind a chip and one can see where it leads?

Lines run between the chips: across in corridors, above and below each row, and up and down in channels, beside each
column. Whatever leads to the same chip shares its line; what leads elsewhere has a lane of its own beside it. Nothing
here knows pixels but for the order in which things stand: `tracks` turns ways into lines once chips have places.
Rejected: a layout library, as none keeps the rows people read teams in; and curves, which nobody follows in a crowd.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from data.catalog.neighbourhood import Link

Key = tuple[str, bool]
"""The chip a line leads to, and whether it comes from above."""
Span = tuple[float, float]
CLEARANCE = 8.0
"""Pixels between the ends of lines in one lane, and between an upright line and one that leads elsewhere."""


class Block(NamedTuple):
    """The rows of a layer: their number within the whole picture, and how many columns they have."""

    first_row: int
    rows: int
    columns: int


class Place(NamedTuple):
    row: int
    column: int
    block: int


class Pass(NamedTuple):
    """Along a channel of a block, from one corridor to another. Channel 0 is left of column 0."""

    block: int
    channel: int
    start: int
    end: int


class Way(NamedTuple):
    """From a chip into the first corridor, along the passes, and out of the last corridor into another chip.

    Corridor n is the one above row n.
    """

    link: Link
    key: Key
    is_up: bool
    first: int
    last: int
    passes: tuple[Pass, ...]


def ways(places: Mapping[str, Place], blocks: Sequence[Block], links: Iterable[Link]) -> tuple[Way, ...]:
    """One for each link between places."""
    return tuple(
        _way(link, places[link.from_id], places[link.to_id], blocks)
        for link in links
        if link.from_id in places and link.to_id in places
    )


def _way(link: Link, start: Place, end: Place, blocks: Sequence[Block]) -> Way:
    if end.row < start.row:
        first, last, crossed = start.row, end.row + 1, range(start.row - 1, end.row, -1)
    elif end.row > start.row:
        first, last, crossed = start.row + 1, end.row, range(start.row + 1, end.row)
    else:
        # Beside each other: over both.
        first, last, crossed = start.row, start.row, range(0)
    is_up = end.row < start.row
    at = [number for number, block in enumerate(blocks) for _ in range(block.rows)]
    passes: list[Pass] = []
    across, goal = _across(start, blocks), _across(end, blocks)
    for number, rows in groupby(crossed, key=at.__getitem__):
        among = list(rows)
        channel = _channel(number, (start, end), (across, goal), blocks[number].columns)
        across = (channel - blocks[number].columns / 2) / blocks[number].columns
        begins, ends = (among[0] + 1, among[-1]) if is_up else (among[0], among[-1] + 1)
        passes.append(Pass(number, channel, begins, ends))
    return Way(link, (link.to_id, not is_up), is_up or end.row == start.row, first, last, tuple(passes))


def _across(place: Place, blocks: Sequence[Block]) -> float:
    """How far from the middle, in widths of the picture."""
    columns = blocks[place.block].columns
    return (place.column + 0.5 - columns / 2) / columns


def _channel(number: int, ends: tuple[Place, Place], way: Span, columns: int) -> int:
    """Beside the chip it leads to; failing that, beside the one it comes from; else the nearest on the way.

    way   how far from the middle it is by now, and where it leads
    """
    (start, end), (across, goal) = ends, way
    candidates: Sequence[int] = range(columns + 1)
    toward = (across + goal) / 2
    if number == end.block:
        candidates, toward = (end.column, end.column + 1), across
    elif number == start.block:
        candidates, toward = (start.column, start.column + 1), goal
    return min(candidates, key=lambda one: (abs((one - columns / 2) / columns - toward), one))


def lanes(spans: Mapping[Key, Span], *, apart: float = 0.0) -> dict[Key, int]:
    """A number for each, other ones where two lie beside each other within `apart`."""
    ends: list[float] = []
    found: dict[Key, int] = {}
    for key, (start, end) in sorted(spans.items(), key=lambda one: (one[1], one[0])):
        lane = next((number for number, until in enumerate(ends) if until + apart < start), len(ends))
        ends[lane : lane + 1] = [end]
        found[key] = lane
    return found


def channels(all_ways: Iterable[Way]) -> dict[tuple[int, int], dict[Key, int]]:
    """Block and channel -> the lane of each line in it."""
    spans: dict[tuple[int, int], dict[Key, Span]] = defaultdict(dict)
    for way in all_ways:
        for one in way.passes:
            _widened(spans[one.block, one.channel], way.key, one.start, one.end)
    return {where: lanes(those) for where, those in spans.items()}


class Tracks(NamedTuple):
    """Where lines run, across: `across` has for each corridor the lanes of its lines."""

    turns: tuple[tuple[float, ...], ...]
    across: dict[int, dict[Key, int]]


class Sides(NamedTuple):
    """Where chips are, across. `begins`: corridor -> where lines out of chips below it may stand, if they can."""

    middles: Mapping[str, float]
    half_widths: Mapping[str, float]
    begins: Mapping[int, float]

    def free(
        self, name: str, taken: Iterable[tuple[float, Key]], own: set[Key], begins: float = 0.0
    ) -> float:
        """Near the middle of a chip, where no line that leads elsewhere stands upright in the same corridor."""
        others = [x for x, key in taken if key not in own]
        reach = int(self.half_widths[name] / CLEARANCE) - 1
        near = sorted(range(1 - reach, reach), key=lambda step: (abs(step), step))
        free = [
            x
            for x in (self.middles[name] + step * CLEARANCE for step in near)
            if all(abs(x - other) >= CLEARANCE for other in others)
        ]
        return next((x for x in free if x >= begins), next(iter(free), self.middles[name]))


def tracks(all_ways: Sequence[Way], sides: Sides, lane_at: Mapping[tuple[int, int, Key], float]) -> Tracks:
    """The x of each upright stretch of each way, and the lanes of the stretches between them."""
    taken: dict[int, list[tuple[float, Key]]] = defaultdict(list)
    for way in all_ways:
        for one in way.passes:
            for corridor in (one.start, one.end):
                taken[corridor].append((lane_at[one.block, one.channel, way.key], way.key))
    landings: dict[Key, float] = {}
    for way in all_ways:
        if way.key not in landings:
            landings[way.key] = sides.free(way.link.to_id, taken[way.last], {way.key})
            taken[way.last].append((landings[way.key], way.key))
    own: dict[tuple[str, int], set[Key]] = defaultdict(set)
    for way in all_ways:
        own[way.link.from_id, way.first].add(way.key)
    exits = {
        (name, corridor): sides.free(name, taken[corridor], keys, sides.begins.get(corridor, 0.0))
        for (name, corridor), keys in own.items()
    }
    turns = tuple(
        (
            exits[way.link.from_id, way.first],
            *(lane_at[one.block, one.channel, way.key] for one in way.passes),
            landings[way.key],
        )
        for way in all_ways
    )
    spans: dict[int, dict[Key, Span]] = defaultdict(dict)
    for way, xs in zip(all_ways, turns, strict=True):
        for corridor, x, to_x in zip(corridors(way), xs, xs[1:], strict=False):
            _widened(spans[corridor], way.key, x, to_x)
    return Tracks(turns, {corridor: lanes(those, apart=CLEARANCE) for corridor, those in spans.items()})


def corridors(way: Way) -> tuple[int, ...]:
    """Those it runs across in: before, between and behind its passes."""
    return (way.first, *(one.end for one in way.passes))


def _widened(spans: dict[Key, Span], key: Key, one: float, other: float) -> None:
    low, high = spans.get(key, (one, one))
    spans[key] = (min(low, one, other), max(high, one, other))
