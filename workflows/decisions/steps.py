"""Running the plan's steps: a step starts when it is due and every gate holds, else it is held and says why.

What proofs of the archive lead to is in proofs.py; switching endpoints off, in darkness.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.errors import Refused
from data.records.decision import EffectKind
from data.records.facts import Facts
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, State
from workflows.commands import RecordArchive, RecordFailure, RunStep
from workflows.decisions.callers import reopened
from workflows.decisions.checking import first_checked
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    folded,
    nothing,
    running_timers,
    step_timer,
)
from workflows.decisions.holding import failed, held
from workflows.decisions.proofs import PROVEN_FIRST, lost, working
from workflows.rules.consumers import obligations
from workflows.rules.gating import by_hand
from workflows.rules.gating.gates import ARCHIVE_HOLDS
from workflows.rules.gating.readiness import Readiness, has_failed_early, is_overtaken, readiness
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import ENDED
from workflows.rules.permissions import check
from workflows.rules.plans import break_glass
from workflows.rules.plans import plan as plans


def run_step(state: Retirement, command: RunStep, facts: Facts, now: datetime) -> RetirementDecision:
    """Start a step, or say everything that keeps it from starting. Asking twice changes nothing."""
    check("run step", command.by, state, facts, doing=command.step)
    assert state.plan is not None
    progress = state.progress(command.step).progress
    if progress in (Progress.DONE, Progress.RUNNING):
        return nothing(f"{command.step} of {state.id} is {progress}.{_what_waits(state, command.step)}")
    by_person = command.by != events.EMERITUS
    if not by_person and is_overtaken(state, command.step):
        return nothing()
    may_be_early = by_person or has_failed_early(state, command.step)
    ready = readiness(state, state.plan.step(command.step), facts, now, early=may_be_early)
    # It is read back in full first, which finds more than this look, and has it archived anew where it is gone.
    is_proven_first = command.step in PROVEN_FIRST and set(ready.gates) == {ARCHIVE_HOLDS}
    checked = (
        first_checked(state, ready, facts, command.by, now) if command.step is StepKind.DISABLE else None
    )
    if checked is not None:
        return checked
    if ready.unmet and not is_proven_first:
        if by_person:
            raise Refused(
                f"Cannot {command.step} {state.plan.subject.model_name}",
                reasons=ready.reasons,
                next_step=f"/retire show {state.id} shows where it stands",
            )
        return held(state, command.step, ready, now)
    return _started(state, command, ready, facts, now)


def _what_waits(state: Retirement, step: StepKind) -> str:
    """What a step that runs waits for; what holds the end of one that is done, as when something serves again."""
    if state.progress(step).progress is Progress.RUNNING and state.paused_at is not None:
        since = f"{state.paused_at:%Y-%m-%d %H:%M} UTC"
        return f" It is paused since {since}: nothing more begins before /retire resume {state.id}."
    if step is StepKind.ARCHIVE and state.audit is not None and state.audit.trouble:
        return f" It is damaged: /retire show {state.id} says what of it, and since when."
    if step is not StepKind.DISABLE:
        return ""
    names = ", ".join(endpoint.name for endpoint in by_hand.awaited(state))
    ask = f" Asked of people, in its thread: {names}." if names else ""
    held_by = "; ".join(state.progress(StepKind.CLOSE).held_by)
    return ask + (f" Its close is held: {held_by}." if held_by else "")


def _started(
    state: Retirement, command: RunStep, ready: Readiness, facts: Facts, now: datetime
) -> RetirementDecision:
    match command.step:
        case StepKind.ANNOUNCE:
            return _announce(state, facts, now)
        case StepKind.MIGRATE:
            open_ids = tuple(duty.consumer.consumer_id for duty in state.obligations if not duty.is_settled)
            return decided(state, events.MigrationClosed(at=now, by=command.by, open_ids=open_ids))
        case StepKind.BROWNOUT:
            return nothing("Each brownout begins by itself, when its time has come.")
        case StepKind.ARCHIVE | StepKind.DRILL | StepKind.DISABLE | StepKind.CLOSE:
            started = events.StepStarted(at=now, by=command.by, step=command.step, evidence=ready.evidence)
            reply = f"{command.step} of {state.id} has started."
            if command.step in PROVEN_FIRST:
                reply += " First the archive is read back in full."
            kind = EffectKind.ARCHIVE if command.step is StepKind.ARCHIVE else EffectKind.DRILL
            return decided(state, started, effects=(working(state, kind, command.step),), reply=reply)


def _announce(state: Retirement, facts: Facts, now: datetime) -> RetirementDecision:
    """Open every obligation. A late announcement moves the remaining dates: nobody's notice is cut short."""
    assert state.plan is not None
    assert state.policy is not None
    notice = timedelta(days=break_glass.notice_days(state))
    last_day = day_of(state.plan.step(StepKind.DISABLE).due_at, state.policy)
    short = day_of(now, state.policy) + notice - last_day
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
    # Who had moved under an earlier plan may have been seen since.
    again = reopened(after, facts, now)
    after = folded(after, again)
    return decided(state, *happened, announced, *again, timers=running_timers(after, now))


def record_archive(
    state: Retirement, command: RecordArchive, facts: Facts, now: datetime
) -> RetirementDecision:
    """The copy is stored; prove it on its day."""
    check("record archive", command.by, state, facts)
    if not state.progress(StepKind.ARCHIVE).is_running(command.started):
        return nothing()
    if state.state is State.DISABLED and command.archived.preservation_id != state.lost_id:
        # Another model may live there by now.
        reason = (
            f"what lies at its sources now is not what was proven before the switch-off ({state.lost_id}): "
            f"put that back, or bring service back: /retire restore {state.id} REASON"
        )
        return failed(state, StepKind.ARCHIVE, reason, now)
    assert state.plan is not None
    drill_at = max(state.plan.step(StepKind.DRILL).due_at, now)
    event = events.ArchiveStored(at=now, by=events.EMERITUS, archived=command.archived)
    return decided(state, event, timers=(step_timer(StepKind.DRILL, drill_at),))


def record_failure(
    state: Retirement, command: RecordFailure, facts: Facts, now: datetime
) -> RetirementDecision:
    """It was tried and did not hold: the step is held with the reason, and tried again later."""
    check("record failure", command.by, state, facts)
    if state.state in ENDED or not state.progress(command.step).is_running(command.started):
        return nothing()
    if command.is_archive_lost:
        return lost(state, command.step, command.reason, now)
    return failed(state, command.step, command.reason, now, lacks=command.lacks)
