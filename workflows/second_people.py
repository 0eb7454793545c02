"""For whose hands does an endpoint wait, and for whose word what takes two people? By the catalog as it stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from data.catalog.snapshot import Snapshot
from data.records.base import Record
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.membership import glass_breakers, people_now, with_keepers
from workflows.rules.gating import by_hand
from workflows.rules.gating.by_hand import Hand
from workflows.rules.keeping import pruning
from workflows.rules.people.delegating import InForce, answers_for, receiver
from workflows.rules.permissions import may
from workflows.rules.plans import break_glass

GATE = "two people/"


class ToSwitch(Record, frozen=True, kw_only=True):
    """What somebody may switch and report, or look at after who reported it."""

    state: Retirement
    hand: Hand


def to_switch(
    retirements: Iterable[Retirement], there: Snapshot, delegations: InForce, now: datetime
) -> list[tuple[ToSwitch, Facts]]:
    """All that waits for people's hands, with who may do what about it."""
    return [
        (ToSwitch(state=one, hand=hand), facts)
        for one in retirements
        if (hands := by_hand.waiting(one))
        for facts in (people_now(one, there, delegations, now),)
        for hand in hands
    ]


def may_switch(person_id: str, asked: ToSwitch, facts: Facts) -> bool:
    """May this person do what is asked for now? Who reported it, or stands in for who did, is no second person."""
    reporter = asked.hand.reported_by
    if reporter and (person_id == reporter or answers_for(person_id, [reporter], facts.delegations)):
        return False
    return may("check manual" if reporter else "report manual", person_id, asked.state, facts)


def switchers(asked: ToSwitch, facts: Facts) -> tuple[str, ...]:
    """Slack ids of those it waits for."""
    owners = facts.owners if asked.hand.reported_by else ()
    every = (asked.state.coordinator_id, *facts.endpoint_owners, *owners)
    found = dict.fromkeys(receiver(one, facts.delegations) for one in every)
    return tuple(one for one in found if may_switch(one, asked, facts))


def is_asked(state: Retirement) -> bool:
    """Does a shorter notice, or the end of an archive, wait for a second person?"""
    return break_glass.request(state) is not None or pruning.is_asked(state)


def seconds(state: Retirement, there: Snapshot, delegations: InForce, now: datetime) -> tuple[str, ...]:
    """Slack ids of who may be that second person."""
    if not is_asked(state):
        return ()
    known = people_now(state, there, delegations, now)
    assert known.policy is not None
    if (glass := break_glass.request(state)) is not None:
        first, may_be = glass.asked_by, glass_breakers(there, known.policy, known.owners)
    else:
        assert state.prune is not None
        first = state.prune.asked_by
        may_be = pruning.entitled(state, with_keepers(known, there, known.policy))
    return tuple(one for one in may_be if one != first and not answers_for(one, [first], delegations))


def asked(
    state: Retirement, gate: str, there: Snapshot, delegations: InForce, now: datetime
) -> tuple[str, ...]:
    """Whom this waits for, by the name it has among what a retirement waits for."""
    if gate == GATE:
        return seconds(state, there, delegations, now)
    waiting = to_switch([state], there, delegations, now)
    return next((switchers(one, facts) for one, facts in waiting if one.hand.gate == gate), ())


@dataclass(frozen=True)
class Waiting:
    """All of it, read once for many people."""

    retirements: tuple[Retirement, ...]
    there: Snapshot
    delegations: InForce
    now: datetime

    def hands(self, person_id: str) -> tuple[ToSwitch, ...]:
        return tuple(one for one, facts in self._to_switch if may_switch(person_id, one, facts))

    def seconds(self, person_id: str) -> tuple[Retirement, ...]:
        return tuple(one for one, people in self._seconds if person_id in people)

    @cached_property
    def _to_switch(self) -> list[tuple[ToSwitch, Facts]]:
        return to_switch(self.retirements, self.there, self.delegations, self.now)

    @cached_property
    def _seconds(self) -> list[tuple[Retirement, tuple[str, ...]]]:
        asked = (one for one in self.retirements if is_asked(one))
        return [(one, seconds(one, self.there, self.delegations, self.now)) for one in asked]
