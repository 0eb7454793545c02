"""What belongs to a model by the catalog that its plan does not have: facts read off one snapshot of the catalog."""

from __future__ import annotations

from collections.abc import Iterable

from data.catalog.serving import server_of
from data.catalog.snapshot import Snapshot
from data.records.catalog import EndpointKind, Entity, Impacted, Kind
from data.records.parts import Part
from data.records.plan import Subject
from data.records.retirement import Retirement
from workflows.veiling import NAME


def staying(there: Snapshot, subject: Subject) -> frozenset[str]:
    """Endpoints of the model that the plan does not have: they go on, and call what does not.

    As part of the model they are nobody's consumer. A caller that is declared as one would be asked about no more, and
    what it does would fail: it is asked about until the plan has that endpoint, or somebody answers for it.
    """
    return frozenset(name for one in _unplanned(there, subject) for name in (one.id, _server(there, one.id)))


def parts(there: Snapshot, state: Retirement) -> tuple[Part, ...]:
    """Endpoints that were not there when the plan was drawn up, and versions that were consumers then.

    Each under the id by which the record knows it, whatever the catalog calls it since.
    """
    assert state.plan is not None
    subject = state.plan.subject
    spared = _names(there, subject.spared)
    known = {name: part.id for part in state.parts for name in _names(there, (part.id,))}
    voted_on = {there.id_of(one): one for one in state.plan.consumer_ids}
    endpoints = (one for one in _unplanned(there, subject) if not {one.id, _server(there, one.id)} & spared)
    versions = (one for one in there.versions_of(subject.model_id) if one.id in voted_on)
    return tuple(
        Part(
            id=known.get(one.id) or known.get(_server(there, one.id)) or one.id,
            name=one.name,
            kind=Kind(one.kind),
            consumer_id=voted_on.get(one.id) or voted_on.get(_server(there, one.id)) or "",
        )
        for one in (*endpoints, *versions)
    )


def still_asked(there: Snapshot, found: Iterable[Part], model_id: str) -> tuple[Impacted, ...]:
    """What people voted on as a consumer is asked to move all the same, whatever the catalog calls it since."""
    asked = {there.id_of(one.consumer_id): there.id_of(one.id) for one in found if one.consumer_id}
    model = there.id_of(model_id)
    return tuple(
        Impacted(
            consumer_id=one,
            name=there.entity(one).name,
            owners=there.owners_of(there.entity(one)),
            distance=1,
            path=(one, model) if there.edge(one, model) is not None else (one, part, model),
        )
        for one, part in asked.items()
    )


def not_alone(there: Snapshot, subject: Subject) -> dict[str, str]:
    """Endpoints that an adapter would switch off as the plan has them, and that only people may by now: what else they

    serve would go dark with them (data/catalog/serving.py).
    """
    driven = [one.id for one in subject.endpoints if one.kind is not EndpointKind.MANUAL]
    now = {one: found for one in driven if (found := there.find(one)) is not None}
    return {
        one: ", ".join(_others(there, found.id, subject.model_id))
        for one, found in now.items()
        if found.endpoint_kind is EndpointKind.MANUAL
    }


def _others(there: Snapshot, server_id: str, model_id: str) -> list[str]:
    """Names of the other models of a server that several share."""
    shares = [there.entity(one) for one in there.used_by(server_id)]
    ids = {there.id_of(one.model_id) for one in shares if one.kind is Kind.ENDPOINT} - {there.id_of(model_id)}
    names = (NAME if one in there.audiences else there.entity(one).name for one in ids if one in there)
    return sorted(names)


def _unplanned(there: Snapshot, subject: Subject) -> tuple[Entity, ...]:
    planned = _names(there, (endpoint.id for endpoint in subject.endpoints))
    every = there.endpoints_of(subject.model_id)
    return tuple(one for one in every if not {one.id, _server(there, one.id)} & planned)


def _names(there: Snapshot, endpoint_ids: Iterable[str]) -> frozenset[str]:
    """These, and the servers they are a part of, as they were and as they stand."""
    return frozenset(name for one in endpoint_ids for name in (one, there.id_of(one), _server(there, one)))


def _server(there: Snapshot, endpoint_id: str) -> str:
    """The server it is a part of, as that stands; itself where it is none, though its id may have the sign."""
    server = server_of(endpoint_id)
    return there.id_of(server) if server in there else endpoint_id
