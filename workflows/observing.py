"""Who depends on what retires, and what was seen of it calling: facts read off one snapshot of the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from data.records.callers import Calls
from data.records.catalog import Dependency, Impacted, Origin, Owners
from data.records.facts import Facts
from data.records.retirement import Retirement, Subject
from data.serving import server_of
from data.snapshot import Snapshot
from workflows.rules import ids


def consumers(there: Snapshot, state: Retirement, known: Facts) -> Facts:
    """The facts with everybody a running retirement reaches, and what was seen of them."""
    assert state.plan is not None
    subject = state.plan.subject
    endpoint_ids = [endpoint.id for endpoint in subject.endpoints]
    now = {one: there.id_of(one) for one in ids.known(state)}
    impact = claimed(there, state, there.impact(subject.model_id, endpoint_ids or None).consumers)
    asked = {caller.consumer.consumer_id: caller for caller in state.callers if not caller.declared_as}
    joined = {caller_id: thing_id for caller_id in asked if (thing_id := there.declared_as(caller_id))}
    staying = _staying(there, subject) if joined else frozenset()
    stays = {caller_id: thing_id for caller_id, thing_id in joined.items() if thing_id in staying}
    unanswered = [asked[caller_id] for caller_id in sorted(stays)]
    return replace(
        known,
        impact=(*impact, *claimed(there, state, (one.consumer for one in unanswered))),
        calls=(*_calls(there, subject, impact), *(one.calls for one in unanswered if one.calls)),
        ids={one: at for one, at in now.items() if at != state.id_of(one)},
        joined={caller_id: thing_id for caller_id, thing_id in joined.items() if caller_id not in stays},
        staying=stays,
    )


def _staying(there: Snapshot, subject: Subject) -> frozenset[str]:
    """Endpoints of the model that the plan does not have: they go on, and call what does not.

    As part of the model they are nobody's consumer. A caller that is declared as one would be asked about no more, and
    what it does would fail: it is asked about until the plan has that endpoint, or somebody answers for it.
    """
    planned = {endpoint.id for endpoint in subject.endpoints}
    planned |= {there.id_of(one) for end in planned for one in (end, server_of(end))}
    every = (endpoint.id for endpoint in there.endpoints_of(subject.model_id))
    return frozenset(name for one in every for name in (one, server_of(one)) if not {one, name} & planned)


def claimed(there: Snapshot, state: Retirement, impact: Iterable[Impacted]) -> tuple[Impacted, ...]:
    """Callers nobody declares answer to the team that said they are its own, as that stands now."""
    teams = {caller.consumer.consumer_id: caller.team_id for caller in state.callers if caller.team_id}
    return tuple(
        replace(one, owners=there.answering(teams[one.consumer_id])) if one.consumer_id in teams else one
        for one in impact
    )


def teams_of(there: Snapshot, slack_id: str) -> tuple[Owners, ...]:
    """The teams somebody can speak for; themselves, where they are in none."""
    groups = tuple(there.answering(group.id) for group in there.groups_of(slack_id))
    person = there.person_by_slack(slack_id)
    if groups or person is None or person.id in there.unseen:
        return groups
    return (there.answering(person.id),)


def _calls(there: Snapshot, subject: Subject, impact: Iterable[Impacted]) -> Iterator[Calls]:
    """The latest calls of each consumer to any part of the subject.

    A server that other models share is no part of it: its callers may have moved and call it for another one. Only
    of who is unknown everything is told.
    """
    every = [endpoint.id for endpoint in there.endpoints_of(subject.model_id)]
    endpoints = [endpoint.id for endpoint in subject.endpoints] or every
    versions = (one.id for one in there.versions_of(subject.model_id))
    parts = (subject.model_id, *versions, *endpoints)
    for consumer in impact:
        called = (*parts, consumer.path[1]) if consumer.is_unknown else parts
        edges = [there.edge(consumer.consumer_id, part) for part in dict.fromkeys(called)]
        seen = [edge for edge in edges if edge is not None and _is_seen(edge)]
        if seen:
            latest = max(seen, key=lambda edge: edge.last_seen)
            yield Calls(
                consumer_id=consumer.consumer_id,
                to_id=latest.to_id,
                seen_in=latest.declared_in if latest.origin is Origin.OBSERVED else "",
                sources=latest.sources,
                first_seen=latest.first_seen,
                last_seen=latest.last_seen,
                calls_per_day="" if latest.calls_per_day is None else f"{latest.calls_per_day:.6g}",
            )


def _is_seen(edge: Dependency) -> bool:
    return bool(edge.last_seen) or edge.calls_per_day is not None or edge.origin is Origin.OBSERVED
