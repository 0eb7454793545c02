"""Which endpoint serves which model? Read off the edges, because either end may declare them, in any import.

An endpoint with declared edges to one model, or to versions of it, serves it. One with edges to several is a server
they share: switching it off for one would take the others down. So each of its models gets an endpoint of its
own, `server#model`, that only a person can switch off; the server itself stays in the graph, serves nothing,
and depends on all of them. Endpoints that name the same thing to switch off (same kind, same ref) for
different models are left to people likewise (`switch_of`).

All of it is told of one thing at a time, from what it states and what that is: so when something changes, only
what is around it is read anew (data/catalog/things.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from data.records.catalog import Dependency, EndpointKind, Entity, Kind, Origin

UNNAMED = "a shared server"
"""What one is called that has the name of a restricted model, where others read of it."""


class Served(NamedTuple):
    """One thing as it stands in the graph.

    things   itself, and of a server that models share the part of each
    edges    of all of these
    """

    things: tuple[Entity, ...]
    edges: tuple[Dependency, ...]


def served(thing: Entity, stated: Iterable[Dependency], known: Mapping[str, Entity]) -> Served:
    """What is declared, with `model_id` set on an endpoint and a shared server split by model.

    stated   the edges that lead from it
    known    everything declared, by id
    """
    if thing.kind == Kind.VERSION and thing.model_id:
        return Served((thing,), _each_once((*stated, _to_model(thing))))
    if thing.kind != Kind.ENDPOINT:
        return Served((thing,), tuple(stated))
    edges: list[Dependency] = []
    links: dict[str, Dependency] = {}
    for edge in stated:
        # Who calls a model does not serve it by that: an ensemble calls several.
        model_id = "" if edge.origin is Origin.OBSERVED else _model_of(known, edge.to_id)
        if model_id:
            links.setdefault(model_id, replace(edge, to_id=model_id))
        if model_id != edge.to_id:
            edges.append(edge)
    if thing.model_id in known:
        links.setdefault(thing.model_id, _to_model(thing))
    elif thing.model_id:
        # Leads nowhere yet; whoever declares that model finds it by this.
        edges.append(_to_model(thing))
    if len(links) < 2:
        model_id = next(iter(links), thing.model_id)
        return Served((replace(thing, model_id=model_id),), _each_once((*edges, *links.values())))
    models = [known[model_id] for model_id in links]
    shares = [_share(thing, model, models) for model in models]
    for share, link in zip(shares, links.values(), strict=True):
        edges += (replace(link, to_id=share.id), replace(link, from_id=share.id))
    shown = _shown(thing, "", models)
    server = replace(
        by_hand(thing), model_id="", name=shown, title=thing.title if shown == thing.name else ""
    )
    return Served((server, *shares), _each_once(edges))


def server_of(endpoint_id: str) -> str:
    """The shared server an endpoint is a part of; the endpoint itself when it is not shared."""
    return endpoint_id.partition("#")[0]


def servers_of(endpoint_id: str) -> Iterable[str]:
    """All it may be, or be a part of: an id of its own may hold the sign, too."""
    parts = endpoint_id.split("#")
    return ("#".join(parts[:count]) for count in range(1, len(parts) + 1))


def by_hand(endpoint: Entity) -> Entity:
    return replace(endpoint, endpoint_kind=EndpointKind.MANUAL)


def switch_of(endpoint: Entity) -> str:
    """What switches it off, the same for whatever that takes down together; empty where people do.

    SageMaker takes a name or its ARN, and capitals make no other endpoint there.
    """
    if endpoint.endpoint_kind == EndpointKind.MANUAL:
        return ""
    name = endpoint.endpoint_ref
    if endpoint.endpoint_kind == EndpointKind.SAGEMAKER:
        name = name.rpartition(":endpoint/")[2].casefold()
    return f"{endpoint.endpoint_kind} {name}"


def _model_of(known: Mapping[str, Entity], thing_id: str) -> str:
    """The model that is served when this is: itself, or the one it is a version of."""
    thing = known.get(thing_id)
    if thing is not None and thing.kind == Kind.VERSION:
        thing = known.get(thing.model_id)
    return thing.id if thing is not None and thing.kind == Kind.MODEL else ""


def _to_model(part: Entity) -> Dependency:
    return Dependency(from_id=part.id, to_id=part.model_id, declared_in=part.declared_in)


def _each_once(edges: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """What is told last of an edge counts: how it is served, not how that was stated."""
    return tuple({(edge.from_id, edge.to_id): edge for edge in edges}.values())


def _share(server: Entity, model: Entity, models: list[Entity]) -> Entity:
    is_ambiguous = sum(other.id.rpartition("/")[2] == model.id.rpartition("/")[2] for other in models) > 1
    suffix = model.id if is_ambiguous else model.id.rpartition("/")[2]
    shown = _shown(server, model.id, models)
    ref = (server.endpoint_ref if shown == server.name else "") or shown
    return replace(
        server,
        id=f"{server.id}#{suffix}",
        name=f"{shown}#{model.name}",
        title="",
        model_id=model.id,
        endpoint_kind=EndpointKind.MANUAL,
        endpoint_ref=f"{ref}: {model.name} only, it serves other models too",
    )


def _shown(server: Entity, model_id: str, models: Iterable[Entity]) -> str:
    """The name of a shared server as whoever may know of this model reads it; without one that tells of another, which
    is restricted."""
    restricted = (one for one in models if one.restricted_to is not None and one.id != model_id)
    tells = any(one.name.casefold() in server.name.casefold() for one in restricted)
    return UNNAMED if tells else server.name
