"""Telling owners again, and telling those above them: each milestone once, and nobody while it is paused."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.records.facts import Facts
from data.records.retirement import Obligation, Retirement, State
from workflows.commands import Escalate, Remind
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.rules import milestones
from workflows.rules.permissions import check


def remind(state: Retirement, command: Remind, facts: Facts, now: datetime) -> RetirementDecision:
    """Remind every owner of what is still open, once per milestone; after downtime only the latest counts."""
    check("remind", command.by, state, facts)
    told_already = command.milestone in state.reminded
    if told_already or state.state is not State.MIGRATING or state.paused_at is not None:
        return nothing()
    if milestones.is_overtaken(command.milestone, state, now):
        return nothing()
    people = _people(milestones.concerned(state, command.milestone))
    if not people:
        return nothing()
    return decided(
        state, events.Reminded(at=now, by=events.EMERITUS, milestone=command.milestone, people=people)
    )


def escalate(state: Retirement, command: Escalate, facts: Facts, now: datetime) -> RetirementDecision:
    """To the owners' managers, then to the governance channel; each once. Without a manager, it says so."""
    check("escalate", command.by, state, facts)
    mark = f"{command.milestone}/{command.level}"
    if mark in state.escalated or state.state is not State.MIGRATING or state.paused_at is not None:
        return nothing()
    open_ones = milestones.concerned(state, command.milestone)
    if not open_ones:
        return nothing()
    assert state.policy is not None
    people = _people(open_ones)
    managers = tuple(dict.fromkeys(facts.managers[person] for person in people if person in facts.managers))
    unreachable = tuple(person for person in people if person not in facts.managers)
    to_managers = command.level == 1 and bool(managers)
    return decided(
        state,
        events.Escalated(
            at=now,
            by=events.EMERITUS,
            milestone=command.milestone,
            level=command.level,
            consumer_ids=tuple(duty.consumer.consumer_id for duty in open_ones),
            to=managers if to_managers else (state.policy.governance_channel,),
            unreachable=unreachable,
        ),
    )


def _people(duties: tuple[Obligation, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for duty in duties for person in duty.consumer.owners.slack_ids))
