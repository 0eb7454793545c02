"""What stands around a model that retires: what serves it, what follows it, who depends on it and on whom.

The nodes of a picture and the edges between them, in layers; how they look is not decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum

from data.catalog.known_edges import known_edge
from data.catalog.serving import server_of
from data.catalog.snapshot import Snapshot
from data.records.base import Record
from data.records.catalog import Entity, Impacted, Kind, Origin


class Mark(StrEnum):
    """What must be seen of a node at once."""

    RETIRES = "retires"
    SUCCESSOR = "successor"
    PART = "part"
    UNOWNED = "nobody answers for it"
    ONLY_SEEN = "seen calling, declared nowhere"
    UNSEEN = "left the catalog"


MODEL_LAYER, PART_LAYER, FIRST_LAYER = 0, 1, 2
"""Of the model and its successor, of what serves it, and of who depends on it directly."""


class Node(Record, frozen=True, kw_only=True):
    """`layer` is the distance of a consumer plus one. `about`: its team or kind, and what is unclear of it."""

    id: str
    name: str
    layer: int
    team: str = ""
    about: str = ""
    marks: frozenset[Mark] = frozenset()


class Link(Record, frozen=True, kw_only=True):
    """`from_id` depends on `to_id`; `is_seen` where that is known from calls alone."""

    from_id: str
    to_id: str
    is_seen: bool = False


class Neighbourhood(Record, frozen=True, kw_only=True):
    """The model first, then its successor if it has one, then layer by layer."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    @property
    def consumers(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.layer >= FIRST_LAYER)


def around(
    there: Snapshot,
    model: Entity,
    consumers: Sequence[Impacted],
    *,
    endpoint_ids: Collection[str] | None = None,
    successor_id: str = "",
) -> Neighbourhood:
    """The neighbourhood of a model that retires with these endpoints, or with all, as the catalog knows it."""
    retiring = Node(id=model.id, name=model.name, layer=MODEL_LAYER, marks=frozenset({Mark.RETIRES}))
    nodes = {model.id: retiring}
    if successor_id and successor_id != model.id:
        nodes[successor_id] = _successor(there, successor_id)
    for part in _parts(there, model.id, endpoint_ids):
        nodes.setdefault(part.id, part)
    for consumer in consumers:
        nodes.setdefault(consumer.consumer_id, _consumer(there, consumer))
    links = _links(there, nodes, consumers)
    return Neighbourhood(nodes=tuple(nodes.values()), links=links)


def _successor(there: Snapshot, successor_id: str) -> Node:
    known = there.find(successor_id)
    name = known.name if known is not None else successor_id
    return Node(id=successor_id, name=name, layer=MODEL_LAYER, marks=frozenset({Mark.SUCCESSOR}))


def _parts(there: Snapshot, model_id: str, endpoint_ids: Collection[str] | None) -> Iterator[Node]:
    """Versions, endpoints, and the servers that several models share."""
    every = [one.id for one in there.endpoints_of(model_id)]
    served = every if endpoint_ids is None else tuple(endpoint_ids)
    versions = [one.id for one in there.versions_of(model_id)]
    for one in (*versions, *served, *map(server_of, served)):
        entity = there.entity(one)
        about = f"{entity.endpoint_kind} endpoint" if entity.kind is Kind.ENDPOINT else str(entity.kind)
        yield Node(id=one, name=entity.name, layer=PART_LAYER, about=about, marks=frozenset({Mark.PART}))


def _consumer(there: Snapshot, consumer: Impacted) -> Node:
    marks: set[Mark] = set()
    said = [consumer.owners.team_name]
    if not consumer.owners.slack_ids:
        marks.add(Mark.UNOWNED)
        said.append("nobody can be reached" if consumer.owners.team_name else "nobody answers for it")
    edge = known_edge(there, consumer)
    if edge is not None and edge.origin is Origin.OBSERVED:
        marks.add(Mark.ONLY_SEEN)
        said.append("only seen calling")
    if since := there.unseen.get(consumer.consumer_id):
        marks.add(Mark.UNSEEN)
        said.append(f"unseen since {since[:10]}")
    return Node(
        id=consumer.consumer_id,
        name=consumer.name,
        layer=consumer.distance + PART_LAYER,
        team=consumer.owners.team_name,
        about=" · ".join(filter(None, said)),
        marks=frozenset(marks),
    )


def _links(there: Snapshot, nodes: Collection[str], consumers: Iterable[Impacted]) -> tuple[Link, ...]:
    """All edges between these. What is passed through, such as another model's endpoint, is left out of the way."""
    onward = {
        one: further
        for consumer in consumers
        for one, further in zip(consumer.path, consumer.path[1:], strict=False)
        if one not in nodes
    }
    found: dict[tuple[str, str], bool] = {}
    for node in nodes:
        for target in there.used_by(node):
            reached = target
            while reached in onward:
                reached = onward[reached]
            if reached in nodes and reached != node:
                edge = there.edge(node, target)
                is_seen = edge is not None and edge.origin is Origin.OBSERVED
                found[node, reached] = found.get((node, reached), True) and is_seen
    return tuple(Link(from_id=a, to_id=b, is_seen=seen) for (a, b), seen in sorted(found.items()))
