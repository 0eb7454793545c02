"""Whose name does a retirement wait for? Who may attest what is missing before a switch-off, or confirm an end.

As roles and groups stand now. Nobody's delegate attests or confirms in their place, nor does whoever stands in for
somebody that confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from data.catalog.snapshot import Snapshot
from data.records.attestations import Attestation
from data.records.base import Record
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows import second_people
from workflows.membership import attesters, people_now
from workflows.rules.gating import attesting, by_hand, closing
from workflows.rules.people.delegating import InForce, answers_for


class ToAttest(Record, frozen=True, kw_only=True):
    """What nobody's name stands under yet, or no more, and theirs could."""

    state: Retirement
    wanted: Attestation


def to_attest(retirements: Iterable[Retirement], there: Snapshot, now: datetime) -> dict[str, list[ToAttest]]:
    """By person, in the order of the retirements."""
    found: dict[str, list[ToAttest]] = defaultdict(list)
    for state in retirements:
        if not attesting.is_asked(state):
            continue
        people = may_attest(state, there)
        for wanted in attesting.missing(state, now):
            for person_id in people.get(wanted.name, ()):
                found[person_id].append(ToAttest(state=state, wanted=wanted))
    return found


def may_attest(state: Retirement, there: Snapshot) -> dict[str, tuple[str, ...]]:
    """Attestation -> Slack ids."""
    assert state.policy is not None
    assert state.plan is not None
    return attesters(there, state.policy, there.owners_now([state.plan.subject.model_id]))


Closing = tuple[Retirement, Facts]
"""An end that waits for people, and who may do what about it."""


def to_confirm(
    retirements: Iterable[Retirement], there: Snapshot, delegations: InForce, now: datetime
) -> list[Closing]:
    """Those whose end waits, in their order."""
    return [(one, people_now(one, there, delegations, now)) for one in retirements if closing.is_asked(one)]


def may_confirm(person_id: str, asked: Closing) -> bool:
    """May this person, and is it not done yet?"""
    state, facts = asked
    confirmed = [one.by for one in state.confirmed]
    if person_id in confirmed or answers_for(person_id, confirmed, facts.delegations):
        return False
    return person_id in closing.entitled(state, facts)


def asked(
    state: Retirement, gate: str, there: Snapshot, delegations: InForce, now: datetime
) -> tuple[str, ...]:
    """Whose name, hands or word open this gate, by roles of their own; nobody's where none does."""
    if gate.startswith((by_hand.GATE, second_people.GATE)):
        return second_people.asked(state, gate, there, delegations, now)
    if gate.startswith(attesting.GATE):
        return may_attest(state, there).get(gate.removeprefix(attesting.GATE), ())
    if not gate.startswith(closing.GATE):
        return ()
    facts = people_now(state, there, delegations, now)
    return tuple(one for one in closing.entitled(state, facts) if may_confirm(one, (state, facts)))


def named(
    person_id: str,
    retirements: Iterable[Retirement],
    there: Snapshot,
    delegations: InForce,
    now: datetime,
) -> frozenset[str]:
    """Ids of those that wait for this person's name."""
    every = tuple(retirements)
    attested = {one.state.id for one in to_attest(every, there, now).get(person_id, ())}
    asked = to_confirm(every, there, delegations, now)
    return frozenset(attested | {one[0].id for one in asked if may_confirm(person_id, one)})
