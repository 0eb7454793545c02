"""The catalog changed: do others answer for a consumer now? They are told, and may answer from then on."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.retirement import Retirement, State
from workflows.commands import MeetOwners, encoded
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    escalation_timers,
    folded,
    nothing,
)
from workflows.rules import obligations
from workflows.rules.permissions import check


def timer(now: datetime) -> Timer:
    return Timer(name="owners", due_at=now, command=encoded(MeetOwners(by=events.EMERITUS)))


def meet_owners(state: Retirement, command: MeetOwners, facts: Facts, now: datetime) -> RetirementDecision:
    """Before the announcement nobody was asked yet; once all is dark nobody is asked any more."""
    check("meet owners", command.by, state, facts)
    if state.state is not State.MIGRATING:
        return nothing()
    elsewhere = obligations.owners_elsewhere(state, facts.impact)
    if not elsewhere:
        return nothing()
    event = events.OwnersChanged(
        at=now, by=events.EMERITUS, owners=elsewhere, answer_by=obligations.answer_by(state, now)
    )
    is_paused = state.paused_at is not None
    timers = () if is_paused else escalation_timers(folded(state, (event,)), now)
    return decided(state, event, timers=timers)
