"""Who depends on what retires, and what was seen of it calling: facts read off one snapshot of the catalog."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from data.catalog.called import SHARED, is_shared
from data.catalog.snapshot import Snapshot
from data.records.callers import Calls
from data.records.catalog import Dependency, Impacted, Origin, Owners
from data.records.facts import Facts
from data.records.plan import Subject
from data.records.retirement import Retirement
from workflows import serving
from workflows.erasable import answering, by_name, erasable
from workflows.rules.consumers import callers, ids
from workflows.veiling import ids_without_names, veiled


def consumers(there: Snapshot, state: Retirement, known: Facts) -> Facts:
    """The facts with everybody a running retirement reaches, and what was seen of them."""
    assert state.plan is not None
    subject = state.plan.subject
    endpoint_ids = [endpoint.id for endpoint in subject.endpoints]
    parts = serving.parts(there, state)
    reached = there.impact(subject.model_id, endpoint_ids or None).consumers
    whole = (*reached, *serving.still_asked(there, parts, subject.model_id))
    unnamed = ids_without_names(there, subject.model_id)
    named = by_name(state)
    found = erasable(there, veiled(there, whole, subject.model_id), named)
    under = {one.consumer_id: now.consumer_id for one, now in zip(whole, found, strict=True)}
    asked = {one.consumer.consumer_id: one for one in callers.open_ones(state)}
    joined = {
        caller_id: thing_id for caller_id in asked if (thing_id := _declared_as(there, state, caller_id))
    }
    staying = serving.staying(there, subject) if joined else frozenset()
    stays = {caller_id: thing_id for caller_id, thing_id in joined.items() if thing_id in staying}
    unowned = _unowned(there, state, found)
    seen_as = {thing_id: caller_id for caller_id, thing_id in unowned.items()}
    unanswered = [asked[caller_id] for caller_id in sorted(stays)]
    calls = (
        replace(
            one,
            consumer_id=seen_as.get(under[one.consumer_id], under[one.consumer_id]),
            to_id=unnamed.get(one.to_id, one.to_id),
        )
        for one in _calls(there, subject, whole)
    )
    now = {one: unnamed.get(at, at) for one in ids.known(state) for at in (there.id_of(one),)}
    return replace(
        known,
        impact=(
            *as_asked(there, state, found),
            *claimed(there, state, (one.consumer for one in unanswered)),
        ),
        calls=(*calls, *(one.calls for one in unanswered if one.calls)),
        ids={one: at for one, at in now.items() if at != state.id_of(one)},
        joined={one: at for one, at in joined.items() if one not in stays and one not in unowned},
        staying=stays,
        unowned=unowned,
        parts=parts,
        not_alone=serving.not_alone(there, subject),
        shared={
            one: " and ".join(unnamed.get(thing, thing) for thing in things)
            for one in asked
            if (things := _shared(there, one))
        },
    )


def stands_as(there: Snapshot, one: str) -> str:
    """The id of a thing by now: what a caller turned out to be, or what several sources tell of."""
    return there.declared_as(one) or there.id_of(one)


def as_asked(there: Snapshot, state: Retirement, impact: Iterable[Impacted]) -> tuple[Impacted, ...]:
    """With callers as they were seen, for as long as the question whose they are is not answered."""
    impact = tuple(impact)
    names = {one.consumer.consumer_id: one.consumer.name for one in state.callers}
    seen_as: dict[str, list[str]] = {}
    for caller_id, thing_id in _unowned(there, state, impact).items():
        seen_as.setdefault(thing_id, []).append(caller_id)
    asked: list[Impacted] = []
    for one in impact:
        nobody = Owners(
            noted=one.owners.noted
        )  # that somebody in the team could be reached is what is missing
        seen = seen_as.get(one.consumer_id, ())
        asked += [replace(one, consumer_id=its, name=names[its], owners=nobody) for its in seen] or [one]
    return claimed(there, state, asked)


def _unowned(there: Snapshot, state: Retirement, impact: Iterable[Impacted]) -> dict[str, str]:
    """Callers of which the catalog says no more than a name: nobody who can be reached owns what it is.

    Who asks whose they are has no answer by that. What people voted on without an owner, and what has a duty
    already, is itself.
    """
    open_ones = [one.consumer.consumer_id for one in callers.open_ones(state)]
    joined = {one: thing_id for one in open_ones if (thing_id := _declared_as(there, state, one))}
    if not joined:
        return {}
    known = {there.id_of(one) for one in ids.known(state)}
    unowned = {one.consumer_id for one in impact if not one.owners.slack_ids} - known
    return {one: thing_id for one, thing_id in joined.items() if thing_id in unowned}


def _declared_as(there: Snapshot, state: Retirement, caller_id: str) -> str:
    """What a caller turned out to be, under its id in the plan; empty while nobody declares it."""
    assert state.plan is not None
    unnamed = ids_without_names(there, state.plan.subject.model_id)
    seen_as = next((one for one, at in unnamed.items() if at == caller_id), caller_id)
    found = there.declared_as(seen_as)
    return unnamed.get(found, found)


def _shared(there: Snapshot, caller_id: str) -> list[str]:
    """What files shared in Slack call so: whoever looks whose it is may begin there."""
    caller = there.find(caller_id)
    ids = there.joins.at(caller.seen_as.casefold()) if caller is not None and caller.seen_as else ()
    return [one for one in ids if is_shared(there.joins.entities[one])]


def of_shared(there: Snapshot, state: Retirement, consumer_ids: Collection[str]) -> tuple[str, ...]:
    """Those of whose dependence only files shared in Slack tell."""
    assert state.plan is not None
    if not consumer_ids:
        return ()
    model_id = there.id_of(state.plan.subject.model_id)
    reached = {*there.reached(model_id), model_id} if model_id in there else frozenset()
    return tuple(one for one in consumer_ids if _is_of_shared(there, one, reached))


def _is_of_shared(there: Snapshot, one: str, reached: Collection[str]) -> bool:
    edges = [there.dependency(one, to_id) for to_id in there.used_by(one) if to_id in reached]
    told = [edge.declared_in.startswith(SHARED) for edge in edges if edge.origin is Origin.DECLARED]
    return bool(told) and all(told)


def claimed(there: Snapshot, state: Retirement, impact: Iterable[Impacted]) -> tuple[Impacted, ...]:
    """Callers answer to the team that said they are its own, as that stands now, unless the catalog says who else does.

    So does what a caller turned out to be.
    """
    teams = {one.consumer.consumer_id: one.team_id for one in state.callers if one.team_id}
    named = by_name(state)
    teams |= {thing_id: team for one, team in teams.items() if (thing_id := _declared_as(there, state, one))}
    return tuple(
        replace(one, owners=answering(there, teams[one.consumer_id], named))
        if one.consumer_id in teams and not one.owners.slack_ids
        else one
        for one in impact
    )


def teams_of(there: Snapshot, slack_id: str) -> tuple[Owners, ...]:
    """The teams somebody can speak for; themselves, where they are in none."""
    groups = tuple(answering(there, group.id, ()) for group in there.groups_of(slack_id))
    person = there.person_by_slack(slack_id)
    if groups or person is None or person.id in there.unseen:
        return groups
    return (answering(there, person.id, ()),)


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
