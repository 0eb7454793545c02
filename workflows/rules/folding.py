"""What a retirement is after one more event. Total and pure: an event that was stored always folds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from data import events
from data.events.brownouts import BrownoutEvent
from data.events.fixity import ArchiveMended
from data.events.granting import ArchiveRead, ReadEnded, ReadGranted, ReadRevoked
from data.records.artifacts import ArtifactClass
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Obligation, Retirement, State
from workflows.rules.consumers import callers, checking, ids, objecting, obligations, waiving
from workflows.rules.gating import attesting, closing
from workflows.rules.hindsight import reviewing
from workflows.rules.keeping import auditing, granting, holds, pruning
from workflows.rules.lifecycle import CALLED_OFF, ENDED, moved
from workflows.rules.people import below
from workflows.rules.plans import break_glass, browned, parts, replanning
from workflows.rules.plans.switches import settled, switched
from workflows.rules.telling import milestones
from workflows.rules.voting import approval, rounds, weighing


def evolve(  # noqa: PLR0911, PLR0912, PLR0915 - one case per event
    state: Retirement, event: events.RetirementEvent
) -> Retirement:
    """The state after `event`. Raises `Refused`, changing nothing, for a move the table does not have."""
    state = _entered(moved(state.state, type(event)), replace(state, version=state.version + 1), event.at)
    match event:
        case events.Proposed():
            return replace(
                state,
                plan=event.plan,
                why=event.why,
                interim=event.interim,
                policy=event.policy,
                proposer_id=event.by,
                coordinator_id=event.coordinator_id,
                proposed_at=event.at,
                impact=event.impact,
                impact_notes=event.impact_notes,
                round=event.round,
                rounds=event.round.number,
                steps=tuple(StepProgress(kind=step.kind) for step in event.plan.steps),
                like=event.like,
                like_name=str(event.like_name),
            )
        case events.Revised():
            return replanning.revised(state, event)
        case (
            events.Voted()
            | events.RoundExtended()
            | events.RoundProlonged()
            | events.RoundReopened()
            | events.VotersChanged()
        ):
            return rounds.went_on(state, event)
        case events.Approved():
            return approval.given(state, event)
        case events.CancellationProposed():
            return replace(state, round=event.round, rounds=event.round.number)
        case events.CancellationDropped():
            return replace(state, round=None)
        case events.ExtensionProposed():
            return replace(state, round=event.round, rounds=event.round.number, later=event.dates)
        case events.ExtensionAgreed():
            agreed = replace(state, approved_digest=event.plan_digest, extended=_extended(state, "agreed"))
            return replace(agreed, round=None, later=None)
        case events.ExtensionDropped():
            ends = state.extended if event.because else _extended(state, "declined")
            return replace(state, round=None, later=None, extended=ends)
        case events.ObjectionProposed() | events.ObjectionEnded():
            return objecting.after(state, event)
        case events.Announced():
            fresh = replace(
                state,
                announced=state.announced + 1,
                unreached=(),
                left=(),
                snoozed={},
                told_late=dict.fromkeys(state.told_late, ()),
            )
            return _done(replace(fresh, obligations=event.obligations), StepKind.ANNOUNCE, event)
        case events.Amended():
            return replanning.amended(state, event)
        case events.DutyChanged():
            return replace(
                state,
                obligations=_changed(
                    state,
                    event.consumer_id,
                    lambda duty: obligations.answered(duty, event, state),
                ),
            )
        case events.TakenOver():
            taken = _changed(state, event.consumer_id, lambda duty: obligations.taken(duty, event.by))
            return replace(state, obligations=taken)
        case events.OwnersChanged():
            return _handed(state, event)
        case events.IdsChanged():
            return ids.changed(state, event)
        case events.ExtensionDecided():
            return replace(state, obligations=_changed(state, event.consumer_id, obligations.without_request))
        case events.Waived():
            waiver = waiving.given(event)
            return replace(
                state,
                waivers=(*state.waivers, waiver),
                obligations=_changed(state, event.what, lambda duty: obligations.waived(duty, waiver)),
            )
        case events.WaiverContested():
            kept = tuple(waiver for waiver in state.waivers if waiver.what != event.consumer_id)
            owed = _changed(
                state,
                event.consumer_id,
                lambda duty: obligations.contested(duty, state, event.on_behalf_of or event.by),
            )
            return replace(state, waivers=kept, obligations=owed)
        case events.WaiverOutdated():
            return waiving.asked_after_all(state, event)
        case events.CallersSeen() | events.CallerClaimed() | events.CallerDeclared() | events.Reopened():
            return callers.met(state, event)
        case events.ServiceMissed():
            ids_of = tuple(one.consumer.consumer_id for one in event.callers)
            return replace(state, missed_by=(*state.missed_by, *ids_of))
        case events.PartsChanged():
            return replace(state, parts=parts.known(state, event))
        case events.Weighed():
            return weighing.after(state, event)
        case events.Reminded():
            return replace(state, reminded=(*state.reminded, event.milestone))
        case events.Snoozed():
            return replace(state, snoozed={**state.snoozed, event.on_behalf_of or event.by: event.until})
        case events.Escalated():
            told = replace(state, told_late=below.with_those(state, event))
            return replace(told, escalated=(*state.escalated, *milestones.marks(event)))
        case events.Unreached():
            owed = obligations.given_back(state.obligations, event.person)
            return replace(state, unreached=(*state.unreached, event.person), obligations=owed)
        case events.StepStarted():
            return _step(
                state,
                StepProgress(kind=event.step, progress=Progress.RUNNING, started=state.version, at=event.at),
            )
        case events.StepHeld():
            return _held(state, event, event.reasons, event.gates)
        case events.StepFailed():
            # It stopped because the endpoint it was to switch off was seen to serve.
            known = settled(state, action="disable") if event.step is StepKind.DISABLE else state
            return _held(known, event, (event.reason,), lacks=event.lacks)
        case events.ArchiveStored():
            return _done(replace(state, archived=event.archived, audit=None), StepKind.ARCHIVE, event)
        case events.DrillPassed():
            return _done(replace(state, drilled_at=event.at, audit=None), StepKind.DRILL, event)
        case events.ArchiveAudited() | events.ArchiveConfirmed() | ArchiveMended():
            return auditing.after(state, event)
        case events.AskedAgain() | events.ApprovalLapsed():
            return state
        case events.ArchiveLost():
            for kind in (StepKind.ARCHIVE, StepKind.DRILL):
                state = _step(state, StepProgress(kind=kind))
            lost = state.archived.preservation_id if state.archived else state.lost_id
            held = _held(state, event, (event.reason,))
            return replace(held, archived=None, drilled_at=None, audit=None, lost_id=lost)
        case events.MigrationClosed():
            return _done(state, StepKind.MIGRATE, event)
        case (
            events.EndpointDisabled()
            | events.EndpointGone()
            | events.EndpointRestored()
            | events.SwitchDelayed()
            | events.ManualReported()
            | events.ManualChecked()
            | events.ManualContradicted()
        ):
            return switched(state, event)
        case events.Disabled():
            return _done(state, StepKind.DISABLE, event)
        case events.Closed():
            return _done(state, StepKind.CLOSE, event)
        case events.RestoreStarted():
            return replace(state, restoring=event.by)
        case events.RolledBack():
            return replace(state, restoring="", rolled_back_at=event.at)
        case events.Paused():
            return replace(state, paused_at=event.at, paused_by=event.by)
        case events.Resumed():
            return replace(state, paused_at=None, paused_by="")
        case events.BreakGlassAsked() | events.BreakGlassConfirmed() | events.BreakGlassReviewed():
            return break_glass.after(state, event)
        case BrownoutEvent():
            return browned.after(state, event)
        case events.Attested():
            return attesting.after(state, event)
        case events.CloseConfirmed():
            return closing.after(state, event)
        case events.HoldPlaced() | events.HoldReleased():
            return holds.after(state, event)
        case ReadGranted() | ReadRevoked() | ReadEnded() | ArchiveRead():
            return granting.after(state, event)
        case events.Erased():
            return state
        case events.PruneAsked() | events.PruneConfirmed() | events.PruneDropped() | events.ClassPruned():
            return pruning.after(state, event)
        case events.ChecksDeclared() | events.ChecksStarted() | events.CheckEnded():
            return checking.after(state, event)
        case events.ChecksWaiverOutdated():
            return replace(state, waivers=tuple(one for one in state.waivers if one.what != event.what))
        case events.HandedOver():
            return replace(state, coordinator_id=event.coordinator_id)
        case events.Reviewed():
            return reviewing.reviewed(state, event)
        case events.PlaybookMade(name=name):
            return replace(state, playbook=str(name))
        case events.PlaybookTakenBack():
            return replace(state, playbook="")
        case (
            events.Rejected()
            | events.Expired()
            | events.Withdrawn()
            | events.Cancelled()
            | events.ArchivePruned()
        ):
            return state
        case _:
            assert_never(event)


def _extended(state: Retirement, how: str) -> dict[str, str]:
    return {**state.extended, **dict.fromkeys(state.later.consumer_ids if state.later else (), how)}


def _step(state: Retirement, now: StepProgress) -> Retirement:
    return replace(state, steps=tuple(now if step.kind is now.kind else step for step in state.steps))


def _held(
    state: Retirement,
    event: events.StepHeld | events.StepFailed | events.ArchiveLost,
    reasons: tuple[str, ...],
    gates: tuple[str, ...] = (),
    lacks: tuple[ArtifactClass, ...] = (),
) -> Retirement:
    held = StepProgress(
        kind=event.step, progress=Progress.HELD, held_by=reasons, gates=gates, at=event.at, lacks=lacks
    )
    return _step(state, held)


def _done(state: Retirement, kind: StepKind, event: events.Event) -> Retirement:
    return _step(state, StepProgress(kind=kind, progress=Progress.DONE, at=event.at))


def _changed(
    state: Retirement, consumer_id: str, change: Callable[[Obligation], Obligation]
) -> tuple[Obligation, ...]:
    return tuple(
        change(duty) if duty.consumer.consumer_id == consumer_id else duty for duty in state.obligations
    )


def _entered(now: State, state: Retirement, at: datetime) -> Retirement:
    """Once it has ended there is nothing left that a pause could hold."""
    if now in CALLED_OFF and state.called_off_at is None:
        state = replace(state, called_off_at=at)
    if now in ENDED:
        return replace(state, state=now, paused_at=None, paused_by="")
    return replace(state, state=now)


def _handed(state: Retirement, event: events.OwnersChanged) -> Retirement:
    owed = tuple(
        obligations.owned_by(
            duty,
            event.owners.get(duty.consumer.consumer_id, duty.consumer.owners),
            event.answer_by,
            event.asks,
        )
        for duty in state.obligations
    )
    return obligations.handed_on(state, owed)
