"""What is due of a running retirement, by when, and from whom? Nothing is while it is paused, or comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from data.records.plan import Step
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, Obligation, Retirement, State
from workflows.rules.hours import day_of, late_at
from workflows.rules.plans.browned import ahead

GRACE = timedelta(days=1)
"""Ours: steps begin at the hour at which digests are sent, and a long copy takes its time: neither is at risk yet."""
UNANSWERED = (Duty.OPEN, Duty.NOT_MINE)


def owes(duty: Obligation, state: Retirement) -> Iterator[tuple[str, datetime]]:
    """What is still asked of a consumer, with its date."""
    if not state.is_migrating or state.paused_at is not None or duty.is_settled:
        return
    if duty.duty in UNANSWERED:
        yield "acknowledge", duty.acknowledge_by
    if duty.duty is not Duty.OBJECTS:
        yield "migrate", min(duty.moves_on or duty.migrate_by, duty.migrate_by)


def overdue(duty: Obligation, state: Retirement, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """What was to be done of it by a day that is over, with that day; nothing while dates wait."""
    return () if is_waiting(state) else tuple(one for one in owes(duty, state) if is_over(one[1], state, now))


def is_over(by: datetime, state: Retirement, now: datetime) -> bool:
    """Is the day over until which somebody had, as escalation goes by it?"""
    assert state.policy is not None
    return late_at(by, state.policy) <= now


def put_off_until(owed: Iterable[Obligation], state: Retirement) -> date | None:
    """The last day on which a reminder of these still comes in time: the one before something of it is due."""
    left = (duty for duty in owed if not duty.is_settled and duty.duty is not Duty.NOT_MINE)
    by = [duty.acknowledge_by if duty.duty is Duty.OPEN else duty.migrate_by for duty in left]
    if not by:
        return None
    assert state.policy is not None
    return day_of(min(by), state.policy) - timedelta(days=1)


def steps_ahead(state: Retirement) -> Iterator[Step]:
    """Steps that are not done, of brownouts each that is ahead; while the plan is voted on it has none."""
    if state.plan is None or state.state is State.PROPOSED:
        return
    for step in state.plan.steps:
        if step.kind is StepKind.BROWNOUT:
            yield from (replace(step, due_at=one.starts_at, windows=(one,)) for _, one in ahead(state))
        elif state.progress(step.kind).progress is not Progress.DONE:
            yield step


def is_waiting(state: Retirement) -> bool:
    """Do its dates wait, or are they void?"""
    return state.paused_at is not None or bool(state.restoring)


def is_overdue(state: Retirement, step: Step, now: datetime) -> bool:
    is_held = state.progress(step.kind).progress is Progress.HELD
    return step.due_at <= (now if is_held else now - GRACE)
