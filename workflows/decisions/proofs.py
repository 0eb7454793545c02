"""The archive is read back in full: as the drill, and again right before what cannot do without it.

What a proof leads to is decided only once it holds, on facts gathered after it: it may have taken hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.records.decision import Effect, EffectKind
from data.records.facts import Facts
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.commands import RecordDrill
from workflows.decisions.darkness import as_dark_as_it_is, switching_off
from workflows.decisions.decided import RetirementDecision, decided, nothing, step_timer
from workflows.decisions.holding import failed, held
from workflows.decisions.manual import asking_again
from workflows.rules.gating.readiness import readiness
from workflows.rules.lifecycle import ENDED
from workflows.rules.permissions import check

PROVEN_FIRST = (StepKind.DISABLE, StepKind.CLOSE)
"""What cannot be had again: a service that goes dark, and the last day on which it can come back."""


def working(state: Retirement, kind: EffectKind, step: StepKind) -> Effect:
    """The work of a step. The key carries the version, so that a step tried again is a new outcome."""
    return Effect(
        key=f"{state.id}/{step}/{state.version}",
        kind=kind,
        lane=f"{state.id}/work",
        body={"step": step, "started": str(state.version + 1)},
    )


def record_drill(state: Retirement, command: RecordDrill, facts: Facts, now: datetime) -> RetirementDecision:
    """Everything was read back and matched. A proof of anything but the recorded manifest proves nothing."""
    check("record drill", command.by, state, facts)
    if state.state in ENDED or not state.progress(command.step).is_running(command.started):
        return nothing()
    assert state.archived is not None
    assert state.plan is not None
    if command.manifest_digest != state.archived.manifest_digest:
        reason = f"the proof read {command.manifest_digest}, recorded is {state.archived.manifest_digest}"
        return failed(state, command.step, reason, now)
    if command.step is StepKind.DRILL:
        passed = events.DrillPassed(
            at=now,
            by=events.EMERITUS,
            manifest_digest=command.manifest_digest,
            files=command.files,
            bytes=command.bytes,
            noticed=command.noticed,
        )
        return decided(state, passed)
    ready = readiness(state, state.plan.step(command.step), facts, now)
    if ready.unmet:
        return held(state, command.step, ready, now)
    confirmed = events.ArchiveConfirmed(
        at=now,
        by=events.EMERITUS,
        step=command.step,
        manifest_digest=command.manifest_digest,
        files=command.files,
        bytes=command.bytes,
        noticed=command.noticed,
    )
    if command.step is StepKind.CLOSE:
        return decided(state, confirmed, events.Closed(at=now, by=events.EMERITUS))
    return as_dark_as_it_is(
        state, (confirmed,), now, effects=switching_off(state), timers=asking_again(state, "disable", now)
    )


def lost(state: Retirement, step: StepKind, reason: str, now: datetime) -> RetirementDecision:
    """Make and prove it again, and only then go on; never before the dates of the plan."""
    assert state.plan is not None
    assert state.policy is not None
    again_at = now + timedelta(hours=state.policy.recheck_hours)
    event = events.ArchiveLost(at=now, by=events.EMERITUS, step=step, reason=reason)
    timers = tuple(
        step_timer(kind, max(again_at, state.plan.step(kind).due_at))
        for kind in dict.fromkeys((StepKind.ARCHIVE, step))
        if kind is not StepKind.DRILL
    )
    return decided(state, event, timers=timers)
