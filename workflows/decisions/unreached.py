"""Nobody is asked in vain without a word: who cannot be reached is named, and the next one above is told."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.records.decision import Effect
from data.records.facts import Facts
from data.records.retirement import Retirement, State
from workflows.commands import RecordUnreached
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.rules import messages
from workflows.rules.lines import next_above
from workflows.rules.permissions import check


def record_unreached(
    state: Retirement, command: RecordUnreached, facts: Facts, now: datetime
) -> RetirementDecision:
    """Once per person and announcement, however many of their messages come back."""
    check("record unreached", command.by, state, facts)
    if state.state is not State.MIGRATING:
        return nothing()
    told = next_above(command.person, facts.managers, state.unreached)
    effects = (_told_on(state, command, told),) if command.escalation else ()
    if command.person in state.unreached:
        return decided(state, effects=effects)
    event = events.Unreached(at=now, by=events.EMERITUS, person=command.person, why=command.why, told=told)
    return decided(state, event, effects=effects)


def _told_on(state: Retirement, command: RecordUnreached, told: str) -> Effect:
    """The escalation goes one further up; above whom nobody is known, to the governance channel."""
    assert state.policy is not None
    to = told or state.policy.governance_channel
    about = command.escalation
    key = f"{state.id}/escalate/{about['milestone']}/{about['level']}/{to}/for/{command.person}"
    return messages.direct(state, key, "escalation", to, **about, instead_of=command.person)
