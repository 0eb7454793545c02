"""Under which id does the catalog have a consumer, once several sources turn out to tell of it, or not any more?

People vote on exact ids, and what they voted on stays as it was voted on. The record only says which id each of them
is read as, so nobody is new who is the same thing, and nobody owes one thing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from data import events
from data.records.catalog import Impacted
from data.records.progress import StepKind
from data.records.retirement import Duty, Obligation, Retirement
from workflows.rules.consumers import obligations
from workflows.rules.consumers.vouching import waivers

FINISHED = (
    Duty.OPEN,
    Duty.NOT_MINE,
    Duty.OBJECTS,
    Duty.NEEDS_TIME,
    Duty.ACKNOWLEDGED,
    Duty.MIGRATING,
    Duty.MIGRATED,
    Duty.WAIVED,
)
"""Least finished first: of two obligations for one thing, what is still to do counts."""


def known(state: Retirement) -> frozenset[str]:
    """Every id by which this retirement has a consumer in its plan, on its list, or vouched for."""
    asked = {duty.consumer.consumer_id for duty in state.obligations} - set(state.reads_as.values())
    return _own(state) | _vouched(state) | asked | state.reads_as.keys()


class Follows(NamedTuple):
    """For obligations: which of them turn out to be of one thing, and what is asked for by itself again."""

    merged: tuple[str, ...]
    apart: tuple[str, ...]


def follows(state: Retirement, ids: Mapping[str, str]) -> Follows:
    """From consumers standing under these ids."""
    after = replace(state, reads_as={**state.reads_as, **ids})
    found = list(_read_as(state, after))
    now: dict[str, list[str]] = {}
    for duty, read in found:
        now.setdefault(_stays(duty, read), []).append(duty.consumer.consumer_id)
    merged = sorted(one for was in now.values() if len(was) > 1 for one in was)
    apart = dict.fromkeys(one for _, read in found for one in read if one not in now)
    return Follows(tuple(merged), tuple(apart))


def changed(state: Retirement, event: events.IdsChanged) -> Retirement:
    """Obligations follow, each with its owners, its answer and its days; what is apart again has days of its own."""
    assert state.plan is not None
    read_as = {one: now for one, now in {**state.reads_as, **event.ids}.items() if one != now}
    after = replace(state, reads_as=read_as)
    consumers = {one.consumer_id: one for one in event.consumers}
    owed: dict[str, Obligation] = {}
    moved: dict[str, str] = {}
    for duty, read in _read_as(state, after):
        at = moved[duty.consumer.consumer_id] = _stays(duty, read)
        kept = replace(duty, consumer=_known_as(at, duty.consumer, consumers.get(at)))
        owed[at] = min(owed.get(at, kept), kept, key=lambda one: FINISHED.index(one.duty))
    migrate_by, vouched = state.plan.step(StepKind.MIGRATE).due_at, waivers(after)
    for one in event.apart_ids:
        if event.answer_by is not None and one in consumers:
            owed[one] = obligations.asked(consumers[one], event.answer_by, migrate_by, vouched.get(one))
    stood_as = {one: moved.get(at, at) for one, at in {**state.stood_as, **moved}.items()}
    after = replace(
        after,
        escalated=tuple(_mark(one, moved) for one in state.escalated),
        missed_by=tuple(moved.get(one, one) for one in state.missed_by),
        stood_as={one: at for one, at in stood_as.items() if one not in owed and one not in read_as},
    )
    return obligations.handed_on(after, tuple(owed.values()))


def _own(state: Retirement) -> frozenset[str]:
    """The ids that people voted on, a caller was declared as, or somebody vouched for who had no other."""
    assert state.plan is not None
    declared = (one.declared_as for one in state.callers if one.declared_as)
    vouched = _vouched(state).difference(state.reads_as.values())
    return frozenset((*state.plan.consumer_ids, *declared, *vouched))


def _vouched(state: Retirement) -> frozenset[str]:
    assert state.plan is not None
    endpoints = {one.id for one in state.plan.subject.endpoints} | {one.id for one in state.parts}
    return frozenset(one.what for one in state.waivers if one.what not in endpoints)


def _read_as(state: Retirement, after: Retirement) -> Iterator[tuple[Obligation, list[str]]]:
    """Every obligation, and what those ids are read as by now of which it was."""
    own = _own(state)
    origins: dict[str, list[str]] = {}
    for one, now in state.reads_as.items():
        origins.setdefault(now, []).append(one)
    for duty in state.obligations:
        here = duty.consumer.consumer_id
        was = origins.get(here, [])
        ids = [here, *was] if here in own or not was else was
        yield duty, list(dict.fromkeys(map(after.id_of, ids)))


def _stays(duty: Obligation, read: list[str]) -> str:
    """Under its own id where that still stands; else under the first of those it was asked as."""
    return duty.consumer.consumer_id if duty.consumer.consumer_id in read else read[0]


def _known_as(consumer_id: str, before: Impacted, now: Impacted | None) -> Impacted:
    """Who answers for it is for the catalog to say, as of any other consumer (rules/consumers/obligations.py)."""
    return replace(now or before, consumer_id=consumer_id, owners=before.owners)


def _mark(escalated: str, moved: Mapping[str, str]) -> str:
    """Under which name it is told already (rules/telling/milestones.py)."""
    milestone, _, rest = escalated.partition("/")
    level, _, consumer_id = rest.partition("/")
    return f"{milestone}/{level}/{moved[consumer_id]}" if consumer_id in moved else escalated
