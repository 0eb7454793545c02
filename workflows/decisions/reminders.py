"""Telling owners again, and telling those above them: each milestone once, and nobody while it is paused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from data import events
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.retirement import Duty, Obligation, Retirement, State
from workflows.commands import Escalate, Remind
from workflows.decisions.decided import RetirementDecision, decided, escalation_timer, nothing
from workflows.rules import milestones
from workflows.rules.hours import day_of
from workflows.rules.lines import next_above
from workflows.rules.obligations import people_of
from workflows.rules.permissions import check


def remind(state: Retirement, command: Remind, facts: Facts, now: datetime) -> RetirementDecision:
    """Remind every owner of what is still open, once per milestone; after downtime only the latest counts.

    Who snoozed it is reminded on the day they chose instead.
    """
    check("remind", command.by, state, facts)
    told_already = command.milestone in state.reminded
    if told_already or state.state is not State.MIGRATING or state.paused_at is not None:
        return nothing()
    owed = people_of(milestones.concerned(state, command.milestone))
    if command.milestone.startswith(milestones.SNOOZED):
        people = tuple(one for one in owed if _wanted_it(one, command.milestone, state))
    elif milestones.is_overtaken(command.milestone, state, now):
        return nothing()
    else:
        people = tuple(one for one in owed if not _is_snoozed(one, state, now))
    if not people:
        return nothing()
    return decided(
        state, events.Reminded(at=now, by=events.EMERITUS, milestone=command.milestone, people=people)
    )


def _is_snoozed(person: str, state: Retirement, now: datetime) -> bool:
    """Does the reminder they wanted instead still come? One that a pause lay over does not."""
    until = state.snoozed.get(person)
    if until is None or now >= until + timedelta(days=1):
        return False
    return _chosen(until, state) not in state.reminded


def _wanted_it(person: str, milestone: str, state: Retirement) -> bool:
    """Is this the day on which they wanted to be reminded, and not a later one they chose since?"""
    until = state.snoozed.get(person)
    return until is not None and _chosen(until, state) == milestone


def _chosen(until: datetime, state: Retirement) -> str:
    """The milestone on which they are reminded instead."""
    assert state.policy is not None
    return milestones.snoozed(day_of(until, state.policy))


def escalate(state: Retirement, command: Escalate, facts: Facts, now: datetime) -> RetirementDecision:
    """To the owners' managers, then to the governance channel; each once.

    A manager hears of the consumers of people they manage, and of no other; who cannot be reached is passed over for
    the next one above, and nobody is their own manager. The channel hears of all. Consumers above whose owners
    nobody is known, and those that were handed back, which no manager can answer for and the coordinator finds an
    owner of, do not wait for the channel's own date: it hears of them with the managers.
    After downtime each is told what is due by its own date, once: of a deadline that another has overtaken, and
    of what the channel is told of at this moment anyway, nothing is said.
    Nobody hears of what no owner has had for the policy's working hours: it is looked at again when one will have.
    """
    check("escalate", command.by, state, facts)
    if not _is_wanted(command, state, now):
        return nothing()
    untold = milestones.to_tell(command.milestone, command.level, state)
    early = [duty for duty in untold if _is_early(duty, state, facts)]
    later = _later(command, early, facts)
    open_ones = [duty for duty in untold if duty not in early]
    silent = [duty for duty in open_ones if duty.duty is not Duty.NOT_MINE]
    above = {person: next_above(person, facts.managers, state.unreached) for person in people_of(silent)}
    assert state.policy is not None
    channel = state.policy.governance_channel
    if command.level == 1:
        to = _by_manager(silent, {who: one for who, one in above.items() if who not in facts.busy_until})
        unmanaged = _ids(duty for duty in open_ones if duty not in silent or not _managers(duty, above))
        if unmanaged and not milestones.is_due(command.milestone, 2, state, now):
            to[channel] = unmanaged
    else:
        to = {channel: _ids(open_ones)} if open_ones else {}
    if not to:
        return RetirementDecision(timers=later)
    return decided(
        state,
        events.Escalated(
            at=now,
            by=events.EMERITUS,
            milestone=command.milestone,
            level=command.level,
            consumer_ids=_ids(open_ones),
            to=to,
            unreachable=tuple(person for person, manager in above.items() if not manager),
            handed_back=_ids(duty for duty in open_ones if duty not in silent),
            left=_ids(early),
        ),
        timers=later,
    )


def _is_wanted(command: Escalate, state: Retirement, now: datetime) -> bool:
    """Not where all are told, its date moved, nobody has it any more, or another deadline has overtaken it."""
    mark = milestones.mark(command.milestone, command.level)
    is_asked = state.state is State.MIGRATING and state.paused_at is None and mark not in state.escalated
    return (
        is_asked
        and milestones.is_due(command.milestone, command.level, state, now)
        and not milestones.is_escalation_overtaken(command.milestone, command.level, state, now)
    )


def _is_early(duty: Obligation, state: Retirement, facts: Facts) -> bool:
    """Has none of its owners had it for long enough? Of what was handed back nobody has to have it."""
    reached = [one for one in duty.consumer.owners.slack_ids if one not in state.unreached]
    is_asked = bool(reached) and duty.duty is not Duty.NOT_MINE
    return is_asked and all(one in facts.busy_until for one in reached)


def _later(command: Escalate, early: Iterable[Obligation], facts: Facts) -> tuple[Timer, ...]:
    """When to look again: once the first of these owners will have had it for long enough."""
    ends = [facts.busy_until[person] for person in people_of(early) if person in facts.busy_until]
    return (escalation_timer(command.milestone, command.level, min(ends)),) if ends else ()


def _by_manager(duties: Iterable[Obligation], above: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Manager -> the consumers of people they manage, both in the order of the obligations."""
    found: dict[str, list[Obligation]] = {}
    for duty in duties:
        for manager in _managers(duty, above):
            found.setdefault(manager, []).append(duty)
    return {manager: _ids(theirs) for manager, theirs in found.items()}


def _managers(duty: Obligation, above: Mapping[str, str]) -> tuple[str, ...]:
    known = (above.get(person, "") for person in duty.consumer.owners.slack_ids)
    return tuple(dict.fromkeys(manager for manager in known if manager))


def _ids(duties: Iterable[Obligation]) -> tuple[str, ...]:
    return tuple(duty.consumer.consumer_id for duty in duties)
