"""Telling owners again: each milestone once, and nobody while it is paused."""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import Remind
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.rules.consumers.obligations import people_of
from workflows.rules.hours import day_of
from workflows.rules.permissions import check
from workflows.rules.telling import milestones


def remind(state: Retirement, command: Remind, facts: Facts, now: datetime) -> RetirementDecision:
    """Remind every owner of what is still open, once per milestone; after downtime only the latest counts.

    Who snoozed it is reminded on the day they chose instead.
    """
    check("remind", command.by, state, facts)
    told_already = command.milestone in state.reminded
    if told_already or not state.is_migrating or state.paused_at is not None:
        return nothing()
    owed = people_of(milestones.concerned(state, command.milestone))
    if command.milestone.startswith(milestones.SNOOZED):
        people = tuple(one for one in owed if _wanted_it(one, command.milestone, state))
    elif command.milestone.startswith(milestones.MOVING):
        people = owed  # they said so themselves
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
