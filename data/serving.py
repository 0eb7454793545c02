"""Which endpoint serves which model? Read off the edges, because either end may declare them, in any import.

An endpoint with edges to one model, or to versions of it, serves it. One with edges to several is a server
they share: switching it off for one would take the others down. So each of its models gets an endpoint of its
own, `server#model`, that only a person can switch off; the server itself stays in the graph, serves nothing,
and depends on all of them. Endpoints that name the same thing to switch off (same kind, same ref) for
different models are left to people likewise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from data.records.catalog import Dependency, EndpointKind, Entity, Kind


def serving(
    entities: Iterable[Entity], dependencies: Iterable[Dependency]
) -> tuple[tuple[Entity, ...], tuple[Dependency, ...]]:
    """The same catalog with `model_id` set on every endpoint and shared servers split by model."""
    nodes = {entity.id: entity for entity in entities}
    served: dict[str, list[Dependency]] = defaultdict(list)
    edges: list[Dependency] = []
    for edge in dependencies:
        model_id = _model_of(nodes, edge.to_id) if _is(nodes, edge.from_id, Kind.ENDPOINT) else ""
        if model_id and all(link.to_id != model_id for link in served[edge.from_id]):
            served[edge.from_id].append(msgspec.structs.replace(edge, to_id=model_id))
        if model_id != edge.to_id:
            edges.append(edge)
    for node in nodes.values():
        if node.kind == Kind.VERSION and node.model_id in nodes:
            edges.append(Dependency(from_id=node.id, to_id=node.model_id, declared_in=node.declared_in))
        linked = {link.to_id for link in served.get(node.id, ())}
        if node.kind == Kind.ENDPOINT and node.model_id in nodes and node.model_id not in linked:
            stated = Dependency(from_id=node.id, to_id=node.model_id, declared_in=node.declared_in)
            served[node.id].append(stated)
    for server_id, links in served.items():
        server = nodes[server_id]
        if len(links) == 1:
            nodes[server_id] = msgspec.structs.replace(server, model_id=links[0].to_id)
            edges.extend(links)
            continue
        nodes[server_id] = msgspec.structs.replace(_by_hand(server), model_id="")
        for link in links:
            share = _share(server, nodes[link.to_id], [nodes[other.to_id] for other in links])
            nodes[share.id] = share
            edges.append(msgspec.structs.replace(link, to_id=share.id))
            edges.append(msgspec.structs.replace(link, from_id=share.id))
    nodes.update(_same_switch(nodes.values()))
    return tuple(nodes.values()), tuple(edges)


def server_of(endpoint_id: str) -> str:
    """The shared server an endpoint is a part of; the endpoint itself when it is not shared."""
    return endpoint_id.partition("#")[0]


def _is(nodes: dict[str, Entity], node_id: str, kind: Kind) -> bool:
    return node_id in nodes and nodes[node_id].kind == kind


def _model_of(nodes: dict[str, Entity], node_id: str) -> str:
    """The model that is served when this is: itself, or the one it is a version of."""
    if _is(nodes, node_id, Kind.MODEL):
        return node_id
    model_id = nodes[node_id].model_id if _is(nodes, node_id, Kind.VERSION) else ""
    return model_id if _is(nodes, model_id, Kind.MODEL) else ""


def _by_hand(endpoint: Entity) -> Entity:
    return msgspec.structs.replace(endpoint, endpoint_kind=EndpointKind.MANUAL)


def _share(server: Entity, model: Entity, models: list[Entity]) -> Entity:
    is_ambiguous = sum(other.id.rpartition("/")[2] == model.id.rpartition("/")[2] for other in models) > 1
    suffix = model.id if is_ambiguous else model.id.rpartition("/")[2]
    return msgspec.structs.replace(
        server,
        id=f"{server.id}#{suffix}",
        name=f"{server.name}#{model.name}",
        title="",
        model_id=model.id,
        endpoint_kind=EndpointKind.MANUAL,
        endpoint_ref=f"{server.endpoint_ref or server.name}: {model.name} only, it serves other models too",
    )


def _driven_name(endpoint: Entity) -> str:
    """SageMaker takes a name or its ARN, and capitals make no other endpoint there."""
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
