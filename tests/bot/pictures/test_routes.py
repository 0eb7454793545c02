"""Lines that can be followed: none passes behind a chip that is not its end, or lies on one that leads elsewhere."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from bot.pictures.layout import Layout, laid_out
from bot.pictures.placing import Chip
from bot.pictures.sizes import MARGIN, WIDTH
from data.catalog.neighbourhood import Link, Neighbourhood
from tests.bot.pictures.graphs import a_neighbourhood

SIZES = (1, 3, 7, 12, 30, 60, 61, 300)
Stretch = tuple[tuple[float, float], tuple[float, float]]


def tangled(count: int, seed: int) -> Neighbourhood:
    """As no layers would have it: upwards, downwards, beside each other, past several, several from one."""
    shown = a_neighbourhood(count)
    rand = random.Random(seed)
    ids = [node.id for node in shown.nodes]
    pairs = {tuple(rand.sample(ids, 2)) for _ in range(count)}
    more = [Link(from_id=one, to_id=other) for one, other in sorted(pairs)]
    return replace(
        shown, links=tuple({(link.from_id, link.to_id): link for link in (*shown.links, *more)}.values())
    )


ALL = [
    *[pytest.param(a_neighbourhood(count), id=f"{count} nodes") for count in SIZES],
    *[
        pytest.param(tangled(count, seed), id=f"{count} tangled, {seed}")
        for count in (3, 7, 12, 30)
        for seed in range(5)
    ],
    pytest.param(tangled(300, 1), id="300 tangled", marks=pytest.mark.long),
]


def chips_of(layout: Layout) -> dict[str, Chip]:
    return {chip.node.id: chip for band in layout.bands for chip in band.chips}


def crosses(stretch: Stretch, chip: Chip) -> bool:
    """More than at its edge."""
    (x, y), (to_x, to_y) = stretch
    is_across = max(x, to_x) > chip.x and min(x, to_x) < chip.x + chip.width
    return is_across and max(y, to_y) > chip.y and min(y, to_y) < chip.y + chip.height


@pytest.mark.parametrize("shown", ALL)
def test_no_line_passes_behind_a_chip(shown: Neighbourhood) -> None:
    layout = laid_out(shown)
    chips = chips_of(layout)
    assert len(layout.routes) == len(shown.links)
    hidden = [
        (route.link, name)
        for route in layout.routes
        for name, chip in chips.items()
        for stretch in pairwise(route.points)
        if crosses(stretch, chip)
    ]
    assert hidden == []


@pytest.mark.parametrize("shown", ALL)
def test_each_line_begins_at_who_depends_and_ends_at_what_it_depends_on(shown: Neighbourhood) -> None:
    layout = laid_out(shown)
    chips = chips_of(layout)
    assert [route.link for route in layout.routes] == list(shown.links)
    for route in layout.routes:
        for (x, y), name in ((route.points[0], route.link.from_id), (route.points[-1], route.link.to_id)):
            chip = chips[name]
            assert chip.x < x < chip.x + chip.width
            assert y in {chip.y, chip.y + chip.height}
        assert all(x == to_x or y == to_y for (x, y), (to_x, to_y) in pairwise(route.points))
        assert all(MARGIN <= x <= WIDTH - MARGIN for x, _ in route.points)
        assert all(0 <= y <= layout.height for _, y in route.points)


@pytest.mark.parametrize("count", SIZES)
def test_lines_that_lead_elsewhere_lie_on_each_other_nowhere(count: int) -> None:
    shared = []
    for near in side_by_side(laid_out(a_neighbourhood(count))):
        for one, other in combinations(near, 2):
            is_elsewhere = one.link.to_id != other.link.to_id and one.link.from_id != other.link.from_id
            if is_elsewhere and abs(one.at - other.at) < 1 and overlap(one, other) > 1:
                shared.append((one, other))
    assert shared == []


class Run(NamedTuple):
    """A stretch of a line: along one axis from `low` to `high`, at a place of the other."""

    link: Link
    at: float
    low: float
    high: float


def overlap(one: Run, other: Run) -> float:
    return min(one.high, other.high) - max(one.low, other.low)


def side_by_side(layout: Layout) -> Iterator[list[Run]]:
    """All stretches along one axis that lie within two pixels of each other, in the lines of a picture."""
    strips: dict[tuple[int, int], list[Run]] = defaultdict(list)
    for route in layout.routes:
        for start, end in pairwise(route.points):
            for axis in (0, 1):
                if (at := start[axis]) == end[axis]:
                    low, high = sorted((start[1 - axis], end[1 - axis]))
                    for strip in (int(at), int(at) + 1):
                        strips[axis, strip].append(Run(route.link, at, low, high))
    yield from strips.values()


def test_what_leads_to_the_same_chip_shares_its_line() -> None:
    layout = laid_out(a_neighbourhood(30))
    ends = {route.link.to_id: route.points[-1] for route in layout.routes}
    assert all(route.points[-1] == ends[route.link.to_id] for route in layout.routes)


@pytest.mark.parametrize("count", SIZES)
def test_chips_stand_evenly_in_their_rows_and_overlap_nowhere(count: int) -> None:
    layout = laid_out(a_neighbourhood(count))
    for band in layout.bands:
        for one, other in combinations(band.chips, 2):
            assert (
                one.x + one.width < other.x
                or other.x + other.width < one.x
                or (one.y + one.height < other.y or other.y + other.height < one.y)
            )
        gaps = {
            round(other.x - one.x - one.width, 6)
            for one, other in pairwise(sorted(band.chips, key=lambda chip: (chip.y, chip.x)))
            if one.y == other.y
        }
        assert len(gaps) <= 1
