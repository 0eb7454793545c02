"""What a retirement is after one more event. Total and pure: an event that was stored always folds."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from data import events
from data.records.retirement import (
    Duty,
    ManualCheck,
    Obligation,
    Plan,
    Progress,
    Retirement,
    State,
    StepKind,
    StepProgress,
    Waiver,
)
from workflows.rules.lifecycle import moved


def evolve(state: Retirement, event: events.RetirementEvent) -> Retirement:
    """The state after `event`. Raises `Refused`, changing nothing, for a move the table does not have."""
    state = replace(state, version=state.version + 1, state=moved(state.state, type(event)))
    match event:
        case events.Proposed():
            return replace(
                state,
                plan=event.plan,
                why=event.why,
                policy=event.policy,
                proposer_id=event.by,
                coordinator_id=event.coordinator_id,
                proposed_at=event.at,
                impact=event.impact,
                impact_notes=event.impact_notes,
                round=event.round,
                rounds=event.round.number,
                steps=tuple(StepProgress(kind=step.kind) for step in event.plan.steps),
            )
        case events.Revised():
            return replace(
                state,
                plan=event.plan,
                why=event.why,
                impact=event.impact,
                impact_notes=event.impact_notes,
                round=event.round,
                rounds=event.round.number,
                approved_digest="",
                steps=tuple(_restarted(step) for step in state.steps),
            )
        case events.Voted():
            assert state.round is not None
            return replace(state, round=state.round.with_ballot(event.ballot))
        case events.Approved():
            return replace(state, approved_digest=event.plan_digest)
        case events.CancellationProposed():
            return replace(state, round=event.round, rounds=event.round.number)
        case events.CancellationDropped():
            return replace(state, round=None)
        case events.Announced():
            announced = replace(state, obligations=event.obligations, announced=state.announced + 1)
            return _step(announced, StepKind.ANNOUNCE, Progress.DONE, event)
        case events.Amended():
            return replace(state, plan=event.plan, obligations=_moved_along(state, event.plan))
        case events.DutyChanged():
            return replace(
                state,
                obligations=_changed(
                    state,
                    event.consumer_id,
                    lambda duty: replace(
                        duty,
                        duty=event.duty,
                        note=event.note,
                        extension=event.extension,
                        changed_by=event.by,
                        changed_at=event.at,
                    ),
                ),
            )
        case events.ExtensionDecided():
            return replace(
                state,
                obligations=_changed(
                    state,
                    event.consumer_id,
                    lambda duty: replace(
                        duty,
                        duty=duty.extension.before if duty.extension else duty.duty,
                        extension=None,
                        changed_by=event.by,
                        changed_at=event.at,
                    ),
                ),
            )
        case events.Waived():
            waiver = Waiver(what=event.what, by=event.by, at=event.at, reason=event.reason)
            return replace(
                state,
                waivers=(*state.waivers, waiver),
                obligations=_changed(
                    state,
                    event.what,
                    lambda duty: replace(
                        duty, duty=Duty.WAIVED, note=event.reason, changed_by=event.by, changed_at=event.at
                    ),
                ),
            )
        case events.Reminded():
            return replace(state, reminded=(*state.reminded, event.milestone))
        case events.Escalated():
            return replace(state, escalated=(*state.escalated, f"{event.milestone}/{event.level}"))
        case events.StepStarted():
            return _step(state, event.step, Progress.RUNNING, event)
        case events.StepHeld():
            return _step(state, event.step, Progress.HELD, event, held_by=event.reasons)
        case events.StepFailed():
            return _step(state, event.step, Progress.HELD, event, held_by=(event.reason,))
        case events.ArchiveStored():
            return _step(replace(state, archived=event.archived), StepKind.ARCHIVE, Progress.DONE, event)
        case events.DrillPassed():
            return _step(replace(state, drilled_at=event.at), StepKind.DRILL, Progress.DONE, event)
        case events.MigrationClosed():
            return _step(state, StepKind.MIGRATE, Progress.DONE, event)
        case events.EndpointDisabled():
            return replace(state, disabled_ids=(*state.disabled_ids, event.endpoint_id))
        case events.Disabled():
            return _step(state, StepKind.DISABLE, Progress.DONE, event)
        case events.Closed():
            return _step(state, StepKind.CLOSE, Progress.DONE, event)
        case events.RestoreStarted():
            return replace(state, restoring=event.by)
        case events.EndpointRestored():
            left = tuple(kept for kept in state.disabled_ids if kept != event.endpoint_id)
            return replace(state, disabled_ids=left)
        case events.RolledBack():
            return replace(state, restoring="")
        case events.ManualReported():
            report = ManualCheck(
                endpoint_id=event.endpoint_id,
                action=event.action,
                confirmed_by=event.by,
                evidence=event.evidence,
            )
            others = tuple(
                check for check in state.manual if _differs(check, event.endpoint_id, event.action)
            )
            return replace(state, manual=(*others, report))
        case events.ManualChecked():
            checked = tuple(
                check
                if _differs(check, event.endpoint_id, event.action)
                else replace(check, checked_by=event.by)
                for check in state.manual
            )
            return replace(state, manual=checked)
        case events.Paused():
            return replace(state, paused_at=event.at, paused_by=event.by)
        case events.Resumed():
            return replace(state, paused_at=None, paused_by="")
        case events.HandedOver():
            return replace(state, coordinator_id=event.coordinator_id)
        case events.Rejected() | events.Expired() | events.Withdrawn() | events.Cancelled():
            return state
        case _:
            assert_never(event)


def _step(
    state: Retirement,
    kind: StepKind,
    progress: Progress,
    event: events.Event,
    held_by: tuple[str, ...] = (),
) -> Retirement:
    now = StepProgress(kind=kind, progress=progress, held_by=held_by, at=event.at)
    return replace(state, steps=tuple(now if step.kind is kind else step for step in state.steps))


def _restarted(step: StepProgress) -> StepProgress:
    """A new plan is announced anew; what is archived and proven stays so."""
    keeps = step.progress is Progress.DONE and step.kind in (StepKind.ARCHIVE, StepKind.DRILL)
    return step if keeps else StepProgress(kind=step.kind)


def _changed(
    state: Retirement, consumer_id: str, change: Callable[[Obligation], Obligation]
) -> tuple[Obligation, ...]:
    return tuple(
        change(duty) if duty.consumer.consumer_id == consumer_id else duty for duty in state.obligations
    )


def _moved_along(state: Retirement, plan: Plan) -> tuple[Obligation, ...]:
    """Obligations keep everything but their date."""
    migrate_by = plan.step(StepKind.MIGRATE).due_at
    return tuple(
        duty if duty.is_settled else replace(duty, migrate_by=migrate_by) for duty in state.obligations
    )


def _differs(check: ManualCheck, endpoint_id: str, action: str) -> bool:
    return (check.endpoint_id, check.action) != (endpoint_id, action)


def is_living(state: Retirement) -> bool:
    """Between proposal and its end."""
    return state.state in (State.PROPOSED, State.APPROVED, State.MIGRATING, State.DISABLED)
