"""Where does each chip stand, and where does each line run between them? Lines get the room they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from bot.pictures.routes import Block, Key, Place, Sides, Way, channels, corridors, tracks, ways
from bot.pictures.sizes import (
    BAND_HEAD,
    BETWEEN,
    GAP,
    HEAD,
    MARGIN,
    MODEL_WIDTH,
    ONE_ROW_UP_TO,
    PADDING,
    ROOMY,
    SUCCESSION,
    TIP,
    WIDTH,
    Size,
)
from data.catalog.neighbourhood import Link, Node

ROOM = WIDTH - 2 * MARGIN - 2 * PADDING
RASTER = 2.0
"""Pixels: no two lines in a channel are nearer, where there is room."""
CHANNEL_MAX = 36.0
"""Of more lines in one channel each comes nearer to the next."""


class Chip(NamedTuple):
    """A node, or the consumers of a team in one layer, with the place it stands in."""

    node: Node
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


class Route(NamedTuple):
    """A dependency as a line: from who depends to what it depends on, in straight stretches."""

    link: Link
    points: tuple[tuple[float, float], ...]


class Grid(NamedTuple):
    """The nodes of a layer by column and row; the column of one in a shorter row may be half.

    begins   where lines from the first row upwards may stand, which is beside the title
    """

    cells: tuple[tuple[Node, float, int], ...]
    columns: int
    rows: int
    size: Size
    is_head: bool
    begins: float


class Placed(NamedTuple):
    """`bands`: of each its chips, its top and its height."""

    bands: tuple[tuple[tuple[Chip, ...], float, float], ...]
    routes: tuple[Route, ...]
    bottom: float


class _Lie(NamedTuple):
    """How a layer lies across: where it begins, how wide its chips are, and how far they stand apart."""

    left: float
    width: float
    gap: float


def gridded(
    nodes: Sequence[Node], size: Size, *, is_head: bool, by_rows: bool = False, begins: float = 0.0
) -> Grid:
    """In rows as even as can be. By columns, so that who follows whom in order stands near; or by rows, to be read."""
    most = max(size.columns, min(len(nodes), ONE_ROW_UP_TO))
    rows = -(-len(nodes) // most)
    columns = -(-len(nodes) // rows)
    if by_rows:
        cells = []
        for number, node in enumerate(nodes):
            row, column = divmod(number, columns)
            short = columns - min(columns, len(nodes) - row * columns)
            cells.append((node, column + short / 2, row))
    else:
        full = len(nodes) - (rows - 1) * columns
        first = (columns - full) // 2
        heights = [rows - (not first <= column < first + full) for column in range(columns)]
        places = [(column, row) for column, height in enumerate(heights) for row in range(height)]
        cells = [(node, float(column), row) for node, (column, row) in zip(nodes, places, strict=True)]
    return Grid(tuple(cells), columns, rows, ROOMY if is_head else size, is_head, begins)


def placed(grids: Sequence[Grid], links: Iterable[Link]) -> Placed:
    """Lines first, as chips stand apart by how many there are; then across, then down."""
    blocks, places = _numbered(grids)
    all_ways = ways(places, blocks, links)
    in_channels = channels(all_ways)
    lies = [_lie(grid, number, in_channels) for number, grid in enumerate(grids)]
    xs = {
        node.id: lie.left + column * (lie.width + lie.gap) + lie.width / 2
        for grid, lie in zip(grids, lies, strict=True)
        for node, column, _ in grid.cells
    }
    halves = {
        node.id: lie.width / 2 for grid, lie in zip(grids, lies, strict=True) for node, _, _ in grid.cells
    }
    lane_at = {
        (block, channel, key): _lane_x(lies[block], (block, channel), lane, len(set(those.values())))
        for (block, channel), those in in_channels.items()
        for key, lane in those.items()
    }
    begins = {block.first_row: grid.begins for grid, block in zip(grids, blocks, strict=True)}
    found = tracks(all_ways, Sides(xs, halves, begins), lane_at)
    down = _down(grids, blocks, found.across)
    chips: dict[str, Chip] = {}
    bands = []
    for grid, block, lie, (y, height) in zip(grids, blocks, lies, down.bands, strict=True):
        own = tuple(
            Chip(
                node,
                xs[node.id] - lie.width / 2,
                down.tops[block.first_row + row],
                lie.width,
                grid.size.height,
            )
            for node, _, row in grid.cells
        )
        chips |= {chip.node.id: chip for chip in own}
        bands.append((own, y, height))
    routes = tuple(
        _route(way, turns, chips, [down.lane_y(one, found.across[one][way.key]) for one in corridors(way)])
        for way, turns in zip(all_ways, found.turns, strict=True)
    )
    return Placed(tuple(bands), routes, down.bottom)


def _numbered(grids: Sequence[Grid]) -> tuple[list[Block], dict[str, Place]]:
    blocks: list[Block] = []
    places: dict[str, Place] = {}
    for number, grid in enumerate(grids):
        first = blocks[-1].first_row + blocks[-1].rows if blocks else 0
        blocks.append(Block(first, grid.rows, grid.columns))
        places |= {node.id: Place(first + row, int(column), number) for node, column, row in grid.cells}
    return blocks, places


def _lie(grid: Grid, number: int, in_channels: Mapping[tuple[int, int], Mapping[Key, int]]) -> _Lie:
    """As wide as in a row of its size, and narrower where many lines need the room."""
    most = max(grid.size.columns, min(len(grid.cells), ONE_ROW_UP_TO))
    width, gap, beside = (ROOM - (most - 1) * GAP) / most, GAP, 0.0
    if grid.is_head:
        width, gap = MODEL_WIDTH, SUCCESSION
    many = {
        channel: max(those.values()) + 1 for (block, channel), those in in_channels.items() if block == number
    }
    if many and not grid.is_head:
        gap = min(CHANNEL_MAX, max(GAP, 8 + grid.size.lane * max(many.values())))
        beside = 2 * gap if {0, grid.columns} & set(many) else 0.0
    width = min(width, (ROOM - beside - (grid.columns - 1) * gap) / grid.columns)
    whole = grid.columns * width + (grid.columns - 1) * gap
    return _Lie((WIDTH - whole) / 2, width, gap)


def _lane_x(lie: _Lie, where: tuple[int, int], lane: int, lanes: int) -> float:
    """Spread over the channel, on a raster: that of the next block lies between, so that no line ends on another."""
    block, channel = where
    left = lie.left + channel * (lie.width + lie.gap) - lie.gap
    shift = RASTER / 2 * (block % 2)
    first = ceil((left + RASTER / 2 - shift) / RASTER)
    slots = floor((left + lie.gap - RASTER / 2 - shift) / RASTER) - first + 1
    if lanes > slots:
        return left + (lane + 1) * lie.gap / (lanes + 1)
    return (first + round((lane + 1) * (slots + 1) / (lanes + 1)) - 1) * RASTER + shift


class _Down(NamedTuple):
    """How everything lies from above to below. `lanes`: corridor -> where its first lane is, and how far the next."""

    tops: list[float]
    bands: list[tuple[float, float]]
    lanes: dict[int, tuple[float, float]]
    bottom: float

    def lane_y(self, corridor: int, lane: int) -> float:
        first, step = self.lanes[corridor]
        return first + lane * step


def _down(grids: Sequence[Grid], blocks: Sequence[Block], across: Mapping[int, Mapping[Key, int]]) -> _Down:
    tops: list[float] = []
    bands, lanes, y = [], {}, HEAD
    for grid, block in zip(grids, blocks, strict=True):
        step, corridor = grid.size.lane, block.first_row
        if corridor:
            room = _room(across, corridor, step)
            between = max(BETWEEN, room + 2 * TIP)
            lanes[corridor] = (y + (between - room + step) / 2, step)
            y += between
        else:
            lanes[corridor] = (y + BAND_HEAD - 2 * TIP, -step)
        top, row_y = y, y + BAND_HEAD
        for row in range(grid.rows):
            if row:
                room = _room(across, corridor + row, step)
                gap = max(grid.size.row_gap, room + 1.5 * TIP) if room else grid.size.row_gap
                lanes[corridor + row] = (row_y + TIP + (gap - 1.5 * TIP - room + step) / 2, step)
                row_y += gap
            tops.append(row_y)
            row_y += grid.size.height
        bands.append((top, row_y + PADDING - top))
        y = row_y + PADDING
    return _Down(tops, bands, lanes, y)


def _room(across: Mapping[int, Mapping[Key, int]], corridor: int, step: float) -> float:
    return step * (max(across.get(corridor, {}).values(), default=-1) + 1)


def _route(way: Way, turns: Sequence[float], chips: Mapping[str, Chip], ys: Sequence[float]) -> Route:
    start, end = chips[way.link.from_id], chips[way.link.to_id]
    points = [(turns[0], start.y if way.is_up else start.y + start.height)]
    for (x, to_x), y in zip(pairwise(turns), ys, strict=True):
        points += [(x, y), (to_x, y)]
    points.append((turns[-1], end.y if way.key[1] else end.y + end.height))
    return Route(way.link, tuple(points))
