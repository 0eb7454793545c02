"""A step that cannot go on says why, is looked at again later, and tells people only what is news."""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.records.artifacts import ArtifactClass
from data.records.decision import Decision
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.decisions.decided import RetirementDecision, decided, step_timer
from workflows.rules.gating.readiness import Readiness


def held(state: Retirement, step: StepKind, ready: Readiness, now: datetime) -> RetirementDecision:
    """Look again later; tell people only what they have not been told. A count that moved is not news."""
    assert state.policy is not None
    again = step_timer(step, now + timedelta(hours=state.policy.recheck_hours))
    if set(state.progress(step).gates) == set(ready.gates):
        return Decision(timers=(again,))
    event = events.StepHeld(at=now, by=events.EMERITUS, step=step, reasons=ready.reasons, gates=ready.gates)
    return decided(state, event, timers=(again,))


def failed(
    state: Retirement, step: StepKind, reason: str, now: datetime, *, lacks: tuple[ArtifactClass, ...] = ()
) -> RetirementDecision:
    """Held with the reason, and tried again later, also ahead of its date where a person had it begun then."""
    assert state.policy is not None
    again_at = now + timedelta(hours=state.policy.recheck_hours)
    event = events.StepFailed(at=now, by=events.EMERITUS, step=step, reason=reason, lacks=lacks)
    return decided(state, event, timers=(step_timer(step, again_at),))
