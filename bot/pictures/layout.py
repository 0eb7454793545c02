"""Where does everything of a neighbourhood stand? In layers from the model down, at a width of 1,200 pixels.

A layer is a band, its nodes chips on a grid in it. Up to `NODES_MAX` every node has a chip; of more, teams have.
The layers come from the catalog's distances, so no layout library has anything left to compute.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from data.neighbourhood import FIRST_LAYER, MODEL_LAYER, PART_LAYER, Link, Mark, Neighbourhood, Node
from workflows.rules.wording import counted

WIDTH = 1200.0
NODES_MAX = 300
LAYERS_MAX = 6
"""Bands of consumers; the last one has all that are further away."""
TEAMS_MAX = 24
"""Chips of a band that shows teams; the last one has all the others."""
MARGIN, PADDING, GAP, SUCCESSION = 32.0, 16.0, 14.0, 96.0
HEAD, BAND_HEAD, BETWEEN, FOOT = 104.0, 36.0, 40.0, 74.0
MODEL_WIDTH = 300.0
NOBODY = "nobody answers"


class Size(NamedTuple):
    """How large the chips of a picture are: many are smaller, and their letters never under 9 pixels."""

    columns: int
    height: float
    name: float
    about: float
    row_gap: float


ROOMY, DENSE = Size(4, 52.0, 15.0, 11.5, 18.0), Size(6, 36.0, 12.0, 10.0, 8.0)
ROOMY_UP_TO = 60
ONE_ROW_UP_TO = 6


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


class Band(NamedTuple):
    title: str
    chips: tuple[Chip, ...]
    y: float
    height: float


class Flow(NamedTuple):
    """How many dependencies lead from one band to the one above it, in the gap between them."""

    top: float
    bottom: float
    dependencies: int


class Layout(NamedTuple):
    """`links` join chips by the ids of their nodes; of teams only the `flows` between their layers are shown."""

    bands: tuple[Band, ...]
    links: tuple[Link, ...]
    flows: tuple[Flow, ...]
    size: Size
    height: float
    is_summary: bool
    teams: tuple[str, ...]


def laid_out(neighbourhood: Neighbourhood) -> Layout:
    """The same neighbourhood gives the same picture, to the pixel."""
    is_summary = len(neighbourhood.nodes) > NODES_MAX
    shown = _summed_up(neighbourhood) if is_summary else _in_full(neighbourhood)
    size = ROOMY if sum(map(len, shown.values())) <= ROOMY_UP_TO else DENSE
    teams = Counter(node.team for node in neighbourhood.consumers if node.team)
    counts = Counter(_layer(node) for node in neighbourhood.consumers)
    bands, y = [], HEAD
    for layer in sorted(shown):
        chips, height = _grid(shown[layer], size, y + BAND_HEAD, is_head=layer == MODEL_LAYER)
        bands.append(
            Band(_title(layer, counts[layer], len(shown[layer])), chips, y, height + BAND_HEAD + PADDING)
        )
        y += bands[-1].height + BETWEEN
    ranked = sorted(teams, key=lambda team: (-teams[team], team))
    links = () if is_summary else neighbourhood.links
    flows = _flows(neighbourhood, sorted(shown), bands) if is_summary else ()
    return Layout(tuple(bands), links, flows, size, y - BETWEEN + FOOT, is_summary, tuple(ranked))


def _layer(node: Node) -> int:
    return min(node.layer, PART_LAYER + LAYERS_MAX)


def _in_full(neighbourhood: Neighbourhood) -> dict[int, list[Node]]:
    """Every node, near to what it depends on, and teams together."""
    layers: dict[int, list[Node]] = defaultdict(list)
    for node in neighbourhood.nodes:
        layers[_layer(node)].append(node)
    above: dict[str, list[str]] = defaultdict(list)
    for link in neighbourhood.links:
        above[link.from_id].append(link.to_id)
    places: dict[str, float] = {}
    for layer in sorted(layers):
        if layer > MODEL_LAYER:
            layers[layer].sort(key=lambda node: _rank(node, above[node.id], places))
        many = len(layers[layer])
        places |= {node.id: (place + 0.5) / many for place, node in enumerate(layers[layer])}
    return dict(layers)


def _rank(node: Node, above: Sequence[str], places: Mapping[str, float]) -> tuple[float, str, str, str]:
    known = [places[one] for one in above if one in places]
    return (round(sum(known) / len(known), 3) if known else 0.5, node.team, node.name, node.id)


def _summed_up(neighbourhood: Neighbourhood) -> dict[int, list[Node]]:
    """Of each layer its teams, those with most consumers first."""
    layers: dict[int, list[Node]] = {}
    for layer in sorted({_layer(node) for node in neighbourhood.nodes}):
        own = [node for node in neighbourhood.nodes if _layer(node) == layer]
        layers[layer] = own if layer == MODEL_LAYER else _groups(layer, own)
    return layers


def _groups(layer: int, nodes: Sequence[Node]) -> list[Node]:
    groups: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        groups[node.team if layer >= FIRST_LAYER else node.about].append(node)
    ranked = sorted(groups, key=lambda team: (-len(groups[team]), team))
    most = TEAMS_MAX - (len(ranked) > TEAMS_MAX)
    found = [_group(layer, name, groups[name]) for name in ranked[:most]]
    if others := ranked[most:]:
        about = counted(sum(len(groups[name]) for name in others), "consumer")
        name = counted(len(others), "more team")
        found.append(Node(id=f"{layer}/others", name=name, layer=layer, about=about))
    return found


def _flows(neighbourhood: Neighbourhood, layers: Sequence[int], bands: Sequence[Band]) -> tuple[Flow, ...]:
    """Between bands that follow each other; whoever is so far away depends on somebody in the one above."""
    at = {node.id: _layer(node) for node in neighbourhood.nodes}
    counts = Counter((at[link.from_id], at[link.to_id]) for link in neighbourhood.links)
    return tuple(
        Flow(above.y + above.height, below.y, counts[lower, upper])
        for (upper, above), (lower, below) in pairwise(zip(layers, bands, strict=True))
    )


def _group(layer: int, name: str, nodes: Sequence[Node]) -> Node:
    if layer < FIRST_LAYER:
        return Node(
            id=f"{layer}/{name}",
            name=counted(len(nodes), name),
            layer=layer,
            about="what serves it",
            marks=frozenset({Mark.PART}),
        )
    unowned = sum(Mark.UNOWNED in node.marks for node in nodes)
    about = counted(len(nodes), "consumer")
    if name and unowned:
        about += f" · {unowned:,} with nobody to ask"
    marks = frozenset({Mark.UNOWNED}) if unowned == len(nodes) else frozenset[Mark]()
    return Node(
        id=f"{layer}/team/{name}", name=name or NOBODY, layer=layer, team=name, about=about, marks=marks
    )


def _grid(nodes: Sequence[Node], size: Size, top: float, *, is_head: bool) -> tuple[tuple[Chip, ...], float]:
    """Chips in rows as even as can be, each in the middle; those of the model and its successor are larger."""
    # Few stand in one row, if narrower: of two rows, edges of the lower one pass behind the upper.
    most = max(size.columns, min(len(nodes), ONE_ROW_UP_TO))
    rows = -(-len(nodes) // most)
    columns = -(-len(nodes) // rows)
    room = WIDTH - 2 * MARGIN - 2 * PADDING
    width = MODEL_WIDTH if is_head else (room - (most - 1) * GAP) / most
    gap = SUCCESSION if is_head else GAP
    height = ROOMY.height if is_head else size.height
    chips = []
    for place, node in enumerate(nodes):
        row, column = divmod(place, columns)
        in_row = min(columns, len(nodes) - row * columns)
        left = (WIDTH - in_row * width - (in_row - 1) * gap) / 2
        y = top + row * (height + size.row_gap)
        chips.append(Chip(node, left + column * (width + gap), y, width, height))
    return tuple(chips), rows * height + (rows - 1) * size.row_gap


def _title(layer: int, consumers: int, chips: int) -> str:
    if layer == MODEL_LAYER:
        return "What retires" if chips == 1 else "What retires, and what follows it"
    if layer == PART_LAYER:
        return "What serves it"
    steps = layer - PART_LAYER
    how = "directly" if steps == 1 else f"over {steps} steps"
    if steps == LAYERS_MAX:
        how = f"over {steps} steps or more"
    return f"{'Depends' if consumers == 1 else 'Depend'} on it {how} · {consumers:,}"
