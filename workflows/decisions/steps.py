"""Running the plan's steps: a step starts when it is due and every gate holds, else it is held and says why."""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.errors import Refused
from data.records.decision import Effect, EffectKind, OnUnknown, Timer
from data.records.facts import Facts
from data.records.catalog import EndpointKind
from data.records.retirement import Progress, Retirement, StepKind
from workflows.commands import RecordArchive, RecordDisabled, RecordDrill, RecordFailure, RunStep
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    folded,
    nothing,
    running_timers,
    step_timer,
)
from workflows.rules import obligations, plan as plans
from workflows.rules.hours import first_at_or_after
from workflows.rules.permissions import check
from workflows.rules.readiness import readiness


def run_step(state: Retirement, command: RunStep, facts: Facts, now: datetime) -> RetirementDecision:
    """Start a step, or say everything that keeps it from starting. Asking twice changes nothing."""
    check("run step", command.by, state, facts)
    if state.plan is None:
        return nothing()
    progress = state.progress(command.step).progress
    if progress in (Progress.DONE, Progress.RUNNING):
        return nothing(f"{command.step} of {state.id} is {progress}.")
    by_person = command.by != events.EMERITUS
    ready = readiness(state, state.plan.step(command.step), facts, now, early=by_person)
    if ready.unmet:
        if by_person:
            raise Refused(
                f"Cannot {command.step} {state.plan.subject.model_name}",
                reasons=ready.unmet,
                next_step=f"/retire show {state.id} shows where it stands",
            )
        return _held(state, command.step, ready.unmet, now)
    match command.step:
        case StepKind.ANNOUNCE:
            return _announce(state, facts, now)
        case StepKind.MIGRATE:
            open_ids = tuple(duty.consumer.consumer_id for duty in state.obligations if not duty.is_settled)
            return decided(state, events.MigrationClosed(at=now, by=command.by, open_ids=open_ids))
        case StepKind.CLOSE:
            return decided(state, events.Closed(at=now, by=command.by))
        case StepKind.ARCHIVE | StepKind.DRILL | StepKind.DISABLE:
            started = events.StepStarted(at=now, by=command.by, step=command.step, evidence=ready.evidence)
            return decided(
                state,
                started,
                effects=_work(state, command.step),
                reply=f"{command.step} of {state.id} has started.",
            )


def _announce(state: Retirement, facts: Facts, now: datetime) -> RetirementDecision:
    """Open every obligation. A late announcement moves the remaining dates, so that nobody's notice is cut short."""
    assert state.plan is not None
    assert state.policy is not None
    notice = timedelta(days=state.policy.notice_days(state.plan.subject.tier))
    short = first_at_or_after(now + notice, state.policy) - state.plan.step(StepKind.DISABLE).due_at
    happened: tuple[events.RetirementEvent, ...] = ()
    if short > timedelta(0):
        running = folded(state, (events.StepStarted(at=now, by=events.EMERITUS, step=StepKind.ANNOUNCE),))
        because = f"the vote closed late, and {notice.days} days of notice are owed"
        happened = (
            events.Amended(at=now, by=events.EMERITUS, plan=plans.shifted(running, short), because=because),
        )
    amended = folded(state, happened)
    announced = events.Announced(
        at=now, by=events.EMERITUS, obligations=obligations.opened(amended, facts.impact, now)
    )
    after = folded(amended, (announced,))
    return decided(state, *happened, announced, timers=running_timers(after, now))


def _held(state: Retirement, step: StepKind, unmet: tuple[str, ...], now: datetime) -> RetirementDecision:
    """Look again later; tell people only what they have not been told."""
    assert state.policy is not None
    again = step_timer(step, now + timedelta(hours=state.policy.recheck_hours))
    if state.progress(step).held_by == unmet:
        return RetirementDecision(timers=(again,))
    return decided(
        state, events.StepHeld(at=now, by=events.EMERITUS, step=step, reasons=unmet), timers=(again,)
    )


def _work(state: Retirement, step: StepKind) -> tuple[Effect, ...]:
    """The work outside. Its keys carry the version, so that a step tried again is a new outcome."""
    assert state.plan is not None
    if step is StepKind.DISABLE:
        return tuple(
            Effect(
                key=f"{state.id}/disable/{state.version}/{endpoint.id}",
                kind=EffectKind.DISABLE,
                lane=f"{state.id}/work",
                body={"endpoint_id": endpoint.id},
            )
            for endpoint in state.plan.subject.endpoints
            if endpoint.kind is not EndpointKind.MANUAL and endpoint.id not in state.disabled_ids
        )
    kind = EffectKind.ARCHIVE if step is StepKind.ARCHIVE else EffectKind.DRILL
    return (
        Effect(
            key=f"{state.id}/{step}/{state.version}",
            kind=kind,
            lane=f"{state.id}/work",
            on_unknown=OnUnknown.RESEND,
        ),
    )


def record_archive(
    state: Retirement, command: RecordArchive, facts: Facts, now: datetime
) -> RetirementDecision:
    """The copy is stored; prove it on its day."""
    check("record archive", command.by, state, facts)
    if state.progress(StepKind.ARCHIVE).progress is not Progress.RUNNING:
        return nothing()
    assert state.plan is not None
    drill_at = max(state.plan.step(StepKind.DRILL).due_at, now)
    event = events.ArchiveStored(at=now, by=events.EMERITUS, archived=command.archived)
    return decided(state, event, timers=(step_timer(StepKind.DRILL, drill_at),))


def record_drill(state: Retirement, command: RecordDrill, facts: Facts, now: datetime) -> RetirementDecision:
    """Everything was read back and matched. A drill of anything but the recorded manifest proves nothing."""
    check("record drill", command.by, state, facts)
    if state.archived is None or command.manifest_digest != state.archived.manifest_digest:
        return nothing()
    event = events.DrillPassed(
        at=now,
        by=events.EMERITUS,
        manifest_digest=command.manifest_digest,
        files=command.files,
        bytes=command.bytes,
    )
    return decided(state, event)


def record_disabled(
    state: Retirement, command: RecordDisabled, facts: Facts, now: datetime
) -> RetirementDecision:
    """One endpoint is dark; with the last one the retirement is disabled."""
    check("record disabled", command.by, state, facts)
    return went_dark(state, command.endpoint_id, command.by, now)


def went_dark(
    state: Retirement,
    endpoint_id: str,
    by: str,
    now: datetime,
    before: tuple[events.RetirementEvent, ...] = (),
) -> RetirementDecision:
    """`before` are events of the same decision, such as the second person's check."""
    if endpoint_id in state.disabled_ids or state.progress(StepKind.DISABLE).progress is not Progress.RUNNING:
        return decided(state, *before) if before else nothing()
    assert state.plan is not None
    happened: tuple[events.RetirementEvent, ...] = (
        *before,
        events.EndpointDisabled(at=now, by=by, endpoint_id=endpoint_id),
    )
    timers: tuple[Timer, ...] = ()
    dark = {*state.disabled_ids, endpoint_id}
    if dark >= {endpoint.id for endpoint in state.plan.subject.endpoints}:
        happened = (*happened, events.Disabled(at=now, by=by))
        timers = (step_timer(StepKind.CLOSE, max(state.plan.step(StepKind.CLOSE).due_at, now)),)
    return decided(state, *happened, timers=timers, cancels=("remind/*", "escalate/*"))


def record_failure(
    state: Retirement, command: RecordFailure, facts: Facts, now: datetime
) -> RetirementDecision:
    """It was tried and did not hold: the step is held with the reason, and tried again later."""
    check("record failure", command.by, state, facts)
    if state.progress(command.step).progress is not Progress.RUNNING:
        return nothing()
    assert state.policy is not None
    again = step_timer(command.step, now + timedelta(hours=state.policy.recheck_hours))
    event = events.StepFailed(at=now, by=events.EMERITUS, step=command.step, reason=command.reason)
    return decided(state, event, timers=(again,))
