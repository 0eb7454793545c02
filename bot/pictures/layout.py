"""Where does everything of a neighbourhood stand? In layers from the model down, at a width of 1,200 pixels.

A layer is a band, its nodes chips on a grid in it. Up to `NODES_MAX` every node has a chip; of more, teams have.
Between the chips there is as much room as the lines there need (placing.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.pictures.lettering import set_in
from bot.pictures.placing import Chip, Route, gridded, placed
from bot.pictures.sizes import DENSE, FOOT, MARGIN, PADDING, ROOMY, TITLE_SIZE, Size
from data.catalog.neighbourhood import FIRST_LAYER, MODEL_LAYER, PART_LAYER, Mark, Neighbourhood, Node
from workflows.rules.wording import counted

NODES_MAX = 300
LAYERS_MAX = 6
"""Bands of consumers; the last one has all that are further away."""
TEAMS_MAX = 24
"""Chips of a band that shows teams; the last one has all the others."""
ROOMY_UP_TO = 60
NOBODY = "nobody answers"


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
    """`routes` join chips; of teams only the `flows` between their layers are shown."""

    bands: tuple[Band, ...]
    routes: tuple[Route, ...]
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
    titles = [_title(layer, counts[layer], len(shown[layer])) for layer in sorted(shown)]
    grids = [
        gridded(shown[layer], size, is_head=layer == MODEL_LAYER, by_rows=is_summary, begins=_end(title))
        for layer, title in zip(sorted(shown), titles, strict=True)
    ]
    found = placed(grids, () if is_summary else neighbourhood.links)
    bands = [
        Band(title, chips, y, height) for title, (chips, y, height) in zip(titles, found.bands, strict=True)
    ]
    ranked = sorted(teams, key=lambda team: (-teams[team], team))
    flows = _flows(neighbourhood, sorted(shown), bands) if is_summary else ()
    return Layout(tuple(bands), found.routes, flows, size, found.bottom + FOOT, is_summary, tuple(ranked))


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


def _end(title: str) -> float:
    """Where a band's title ends, beside which lines can be seen."""
    return MARGIN + PADDING + set_in(title, is_bold=True).width * TITLE_SIZE


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
