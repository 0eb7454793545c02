"""Nobody is asked in vain without a word: who cannot be reached is named, and the next one above is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from data import events
from data.records.facts import Facts
from data.records.retirement import Retirement, State
from workflows.commands import RecordUnreached
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.rules.permissions import check


def record_unreached(
    state: Retirement, command: RecordUnreached, facts: Facts, now: datetime
) -> RetirementDecision:
    """Once per person and announcement, however many of their messages come back."""
    check("record unreached", command.by, state, facts)
    if state.state is not State.MIGRATING or command.person in state.unreached:
        return nothing()
    told = _next_above(command.person, facts.managers, (*state.unreached, command.person))
    return decided(
        state,
        events.Unreached(at=now, by=events.EMERITUS, person=command.person, why=command.why, told=told),
    )


def _next_above(person: str, managers: Mapping[str, str], out_of_reach: Sequence[str]) -> str:
    """The first in the line above whom a message may reach; empty when there is none. Lines may be circles."""
    passed: set[str] = set()
    while person in out_of_reach:
        if person in passed:
            return ""
        passed.add(person)
        person = managers.get(person, "")
    return person
