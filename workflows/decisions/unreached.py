"""Nobody is asked in vain without a word: who cannot be reached is named, and the next one above is told.

For a channel that is whoever coordinates, and for a coordinator an owner of the model, who may then act instead. What
the lost one should have heard of others is told on to whoever hears instead of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from data import events
from data.records.decision import Effect
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import RecordUnreached
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.rules.hours import day_of
from workflows.rules.people.lines import next_above
from workflows.rules.permissions import check
from workflows.rules.restriction import channel_of
from workflows.rules.telling import messages
from workflows.rules.telling.messages import is_person


def record_unreached(
    state: Retirement, command: RecordUnreached, facts: Facts, now: datetime
) -> RetirementDecision:
    """Once per person and announcement, however many of their messages come back."""
    check("record unreached", command.by, state, facts)
    if not is_person(command.person):
        return _channel_lost(state, command, facts, now)
    is_coordinator = command.person == state.coordinator_id
    if not state.is_migrating and not is_coordinator:
        return nothing()
    above = next_above(command.person, facts.managers, state.unreached)
    told = (_first(facts.owners, {*state.unreached, command.person}) if is_coordinator else "") or above
    effects = tuple(_told_on(state, command.person, command.unheard, told=told, above=above, now=now))
    if command.person in state.unreached:
        return decided(state, effects=effects)
    event = events.Unreached(at=now, by=events.EMERITUS, person=command.person, why=command.why, told=told)
    return decided(state, event, effects=effects)


def _told_on(
    state: Retirement, lost: str, unheard: Mapping[str, str], *, told: str, above: str, now: datetime
) -> Iterable[Effect]:
    """An escalation goes one further up; above whom nobody is known, to the governance channel."""
    assert state.policy is not None
    about = {name: value for name, value in unheard.items() if name != "notice"}
    match unheard.get("notice", ""):
        case "escalation":
            to = above or channel_of(state)
            key = f"{state.id}/escalate/{about['milestone']}/{about['level']}/{to}/for/{lost}"
            yield messages.direct(key, "escalation", to, **about, instead_of=lost)
        case "unreached" if told:
            key = f"{messages.unreached_key(state, about['person'])}/for/{lost}"
            yield messages.direct(key, "unreached", told, **about)
        case "channel lost" if told:
            yield _of_channel(state, about["where"], about["why"], told, now)


def _channel_lost(
    state: Retirement, command: RecordUnreached, facts: Facts, now: datetime
) -> RetirementDecision:
    """Nobody reads there what is due, so the coordinator hears of it: every day for as long as it lasts."""
    channel = command.person
    told = _first((state.coordinator_id, *facts.owners), state.unreached)
    happened = events.Unreached(at=now, by=events.EMERITUS, person=channel, why=command.why, told=told)
    return decided(
        state,
        *(() if channel in state.unreached else (happened,)),
        effects=(_of_channel(state, channel, command.why, told, now),) if told else (),
    )


def _of_channel(state: Retirement, channel: str, why: str, told: str, now: datetime) -> Effect:
    assert state.policy is not None
    key = f"{state.id}/unreached/{channel}/{day_of(now, state.policy)}/{told}"
    return messages.direct(key, "channel lost", told, where=channel, why=why)


def _first(people: Iterable[str], out_of_reach: Collection[str]) -> str:
    return next((person for person in people if person not in out_of_reach), "")
