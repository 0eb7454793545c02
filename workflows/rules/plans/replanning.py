"""What is a retirement whose plan is another one by now: voted on anew, or with later dates that were agreed?"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from data import events
from data.records.checks import CHECKS
from data.records.plan import Plan
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Obligation, Retirement
from data.records.rounds import Round
from data.records.waivers import ARCHIVE, BROWNOUTS, TRAFFIC
from workflows.rules.consumers import obligations
from workflows.rules.plans import parts


def revised(state: Retirement, event: events.Revised) -> Retirement:
    """Voted on anew. It has dates of its own, and who vouched for silence did so for the old ones."""
    return replace(
        _restarted(state, event.plan),
        plan=event.plan,
        why=event.why,
        interim=event.interim,
        impact=event.impact,
        impact_notes=event.impact_notes,
        drawn_by=_drawn_by(state, event.round),
        weighed=None,
        round=event.round,
        rounds=event.round.number,
        approved_digest="",
        approved_at=None,
        break_glass=None,
        later=None,
        objected=0,
        paused_at=None,
        paused_by="",
        waivers=tuple(waiver for waiver in state.waivers if not _is_over(waiver.what, state, event.plan)),
        gone_ids=(),
        brownouts=(),
        brownouts_told=(),
        exempt=(),
        parts=parts.left_by(state, event.plan),
    )


def amended(state: Retirement, event: events.Amended) -> Retirement:
    """The same vote, with later dates."""
    return replace(
        state,
        plan=event.plan,
        obligations=_moved_along(state, event),
        steps=tuple(_reopened(step, state, event.plan) for step in state.steps),
    )


def _drawn_by(state: Retirement, round_: Round) -> tuple[str, ...]:
    """Whoever opened the vote on it; what is voted on anew by itself is still the plan of whoever drew it up."""
    if round_.opened_by == events.EMERITUS:
        return state.drawn_by
    return tuple(one for one in (round_.opened_by, round_.opened_for) if one not in ("", state.proposer_id))


def _restarted(state: Retirement, plan: Plan) -> Retirement:
    """A new plan is announced anew; the same artifacts stay archived and proven, others have to be."""
    assert state.plan is not None
    if plan.subject.preserved != state.plan.subject.preserved:
        fresh = tuple(StepProgress(kind=step.kind) for step in plan.steps)
        return replace(state, archived=None, drilled_at=None, audit=None, attested=(), steps=fresh)
    kept = (StepKind.ARCHIVE, StepKind.DRILL)
    come = (state.progress(step.kind) for step in plan.steps)
    steps = tuple(
        step if step.progress is Progress.DONE and step.kind in kept else StepProgress(kind=step.kind)
        for step in come
    )
    return replace(state, steps=steps)


def _is_over(what: str, state: Retirement, plan: Plan) -> bool:
    """Who went without a class of artifacts did so for what was to be archived then."""
    assert state.plan is not None
    if what.startswith(ARCHIVE):
        return plan.subject.preserved != state.plan.subject.preserved
    return _is_of_old_dates(what, state)


def _is_of_old_dates(what: str, state: Retirement) -> bool:
    """Did somebody vouch for it on the day it was asked: silence, checks, endpoints that were gone, or that go on?"""
    assert state.plan is not None
    beside = (part.id for part in state.parts)
    of_old_dates = {TRAFFIC, BROWNOUTS, *(endpoint.id for endpoint in state.plan.subject.endpoints), *beside}
    return what in of_old_dates or what.startswith(CHECKS)


def _reopened(step: StepProgress, state: Retirement, plan: Plan) -> StepProgress:
    """A step that was done and has a later date now is done again then."""
    assert state.plan is not None
    if step.progress is not Progress.DONE or not plan.has(step.kind):
        return step
    is_later = plan.step(step.kind).due_at > state.plan.step(step.kind).due_at
    return StepProgress(kind=step.kind) if is_later else step


def _moved_along(state: Retirement, event: events.Amended) -> tuple[Obligation, ...]:
    """Obligations keep all but their dates: the one to move by, and the one to answer by if still ahead."""
    assert state.plan is not None
    migrate_by = event.plan.step(StepKind.MIGRATE).due_at
    later = event.plan.step(StepKind.CLOSE).due_at - state.plan.step(StepKind.CLOSE).due_at
    stood_still_at = state.paused_at or event.at

    def along(duty: Obligation) -> Obligation:
        is_ahead = event.answer_by == "moves" and duty.acknowledge_by > stood_still_at
        return obligations.moved(duty, migrate_by, later if is_ahead else timedelta(0))

    return tuple(along(duty) for duty in state.obligations)
