"""The catalog's graph told in the plainest way, all at once and with networkx: catalog/things.py must agree with it.

This is how it was told before it was told of one thing at a time. Nothing here is fast, nor meant to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import networkx as nx
from msgspec.structs import replace

from data.catalog.graph import Dependant
from data.records.catalog import Dependency, EndpointKind, Entity, Kind, Origin


def serving(
    entities: Iterable[Entity], dependencies: Iterable[Dependency]
) -> tuple[dict[str, Entity], dict[tuple[str, str], Dependency]]:
    """The same catalog with `model_id` set on every endpoint and shared servers split by model."""
    nodes = {entity.id: entity for entity in entities}
    served: dict[str, list[Dependency]] = defaultdict(list)
    edges: list[Dependency] = []
    for edge in dependencies:
        is_stated = _is(nodes, edge.from_id, Kind.ENDPOINT) and edge.origin is not Origin.OBSERVED
        model_id = _model_of(nodes, edge.to_id) if is_stated else ""
        if model_id and all(link.to_id != model_id for link in served[edge.from_id]):
            served[edge.from_id].append(replace(edge, to_id=model_id))
        if model_id != edge.to_id:
            edges.append(edge)
    for node in nodes.values():
        if node.kind == Kind.VERSION and node.model_id in nodes:
            edges.append(Dependency(from_id=node.id, to_id=node.model_id, declared_in=node.declared_in))
        linked = {link.to_id for link in served.get(node.id, ())}
        if node.kind == Kind.ENDPOINT and node.model_id in nodes and node.model_id not in linked:
            stated = Dependency(from_id=node.id, to_id=node.model_id, declared_in=node.declared_in)
            served[node.id].append(stated)
    declared = dict(nodes)
    for server_id, links in served.items():
        server, is_alone = declared[server_id], len(links) == 1
        nodes[server_id] = replace(
            server if is_alone else _by_hand(server), model_id=links[0].to_id if is_alone else ""
        )
        edges.extend(links if is_alone else ())
    # Should something be declared under the id of a part of a shared server, the part counts.
    for server_id, links in served.items():
        for link in links if len(links) > 1 else ():
            models = [declared[other.to_id] for other in links]
            share = _share(declared[server_id], declared[link.to_id], models)
            nodes[share.id] = share
            edges.append(replace(link, to_id=share.id))
            edges.append(replace(link, from_id=share.id))
    nodes.update(_same_switch(nodes.values()))
    there = {(edge.from_id, edge.to_id): edge for edge in edges}
    return nodes, {ends: edge for ends, edge in there.items() if ends[0] in nodes and ends[1] in nodes}


def _is(nodes: dict[str, Entity], node_id: str, kind: Kind) -> bool:
    return node_id in nodes and nodes[node_id].kind == kind


def _model_of(nodes: dict[str, Entity], node_id: str) -> str:
    if _is(nodes, node_id, Kind.MODEL):
        return node_id
    model_id = nodes[node_id].model_id if _is(nodes, node_id, Kind.VERSION) else ""
    return model_id if _is(nodes, model_id, Kind.MODEL) else ""


def _by_hand(endpoint: Entity) -> Entity:
    return replace(endpoint, endpoint_kind=EndpointKind.MANUAL)


def _share(server: Entity, model: Entity, models: list[Entity]) -> Entity:
    is_ambiguous = sum(other.id.rpartition("/")[2] == model.id.rpartition("/")[2] for other in models) > 1
    suffix = model.id if is_ambiguous else model.id.rpartition("/")[2]
    return replace(
        server,
        id=f"{server.id}#{suffix}",
        name=f"{server.name}#{model.name}",
        title="",
        model_id=model.id,
        endpoint_kind=EndpointKind.MANUAL,
        endpoint_ref=f"{server.endpoint_ref or server.name}: {model.name} only, it serves other models too",
    )


def _driven_name(endpoint: Entity) -> str:
    if endpoint.endpoint_kind != EndpointKind.SAGEMAKER:
        return endpoint.endpoint_ref
    return endpoint.endpoint_ref.rpartition(":endpoint/")[2].casefold()


def _same_switch(entities: Iterable[Entity]) -> dict[str, Entity]:
    switches: dict[tuple[EndpointKind, str], list[Entity]] = defaultdict(list)
    for entity in entities:
        if entity.kind == Kind.ENDPOINT and entity.endpoint_kind != EndpointKind.MANUAL:
            switches[entity.endpoint_kind, _driven_name(entity)].append(entity)
    return {
        endpoint.id: _by_hand(endpoint)
        for sharers in switches.values()
        if len({endpoint.model_id for endpoint in sharers}) > 1
        for endpoint in sharers
    }


def dependants(graph: nx.DiGraph[Any], *roots: str, spared: Collection[str] = ()) -> tuple[Dependant, ...]:
    """Level by level over networkx's own adjacency, with all paths at once."""
    level = sorted({root for root in roots if root in graph})
    paths: dict[str, tuple[str, ...]] = {root: (root,) for root in level}
    found: list[Dependant] = []
    distance = 0
    while level:
        reached: list[str] = []
        for node in level:
            for dependant in graph.pred[node]:
                if dependant not in paths and not (distance == 0 and dependant in spared):
                    paths[dependant] = (dependant, *paths[node])
                    reached.append(dependant)
        distance += 1
        reached.sort()
        found.extend(Dependant(id=node, distance=distance, path=paths[node]) for node in reached)
        level = reached
    return tuple(found)


def consumers_of(
    graph: nx.DiGraph[Any], nodes: dict[str, Entity], model_id: str, endpoint_ids: Collection[str] | None
) -> tuple[Dependant, ...]:
    def parts(kind: Kind) -> list[str]:
        found = graph.pred[model_id] if model_id in graph else ()
        return sorted(one for one in found if nodes[one].model_id == model_id and nodes[one].kind == kind)

    def is_passed_through(one: Dependant) -> bool:
        node, towards = nodes[one.id], one.path[1]
        if node.kind not in (Kind.ENDPOINT, Kind.VERSION):
            return False
        return towards == node.model_id or towards.partition("#")[0] == one.id

    endpoints = parts(Kind.ENDPOINT)
    chosen = endpoints if endpoint_ids is None else endpoint_ids
    servers = [one.partition("#")[0] for one in chosen]
    subject = dict.fromkeys((model_id, *parts(Kind.VERSION), *chosen, *servers))
    spared = frozenset(endpoints).difference(subject)
    return tuple(one for one in dependants(graph, *subject, spared=spared) if not is_passed_through(one))
