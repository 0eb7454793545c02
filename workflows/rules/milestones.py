"""When somebody is reminded, and when it goes to their manager: the dates of a running retirement.

A milestone's name carries its date, so a moved date is a new milestone and always told again, and the same
notice never goes out twice.
"""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record
from data.records.retirement import Duty, Obligation, Retirement, StepKind
from workflows.rules.hours import days_later

ACKNOWLEDGE = "acknowledge"
MIGRATE = "migrate"
LEVELS = (1, 2)
"""1: the owner's manager; 2: the governance channel."""


class Milestone(Record, frozen=True, kw_only=True):
    """`due_at` is when it fires. `name` is "migrate-30d@2027-01-05", `level` is 0 for a reminder."""

    name: str
    due_at: datetime
    level: int = 0


def reminders(state: Retirement) -> tuple[Milestone, ...]:
    """Reminders before the migration date, at the policy's offsets, earliest first."""
    assert state.policy is not None
    assert state.plan is not None
    by = state.plan.step(StepKind.MIGRATE).due_at
    return tuple(
        Milestone(name=f"{MIGRATE}-{days}d@{by:%Y-%m-%d}", due_at=days_later(by, -days, state.policy))
        for days in sorted(state.policy.reminder_days, reverse=True)
    )


def escalations(state: Retirement) -> tuple[Milestone, ...]:
    """Escalation follows either deadline: to managers when it passes, to the channel days later."""
    assert state.policy is not None
    assert state.plan is not None
    again = state.policy.escalate_again_days
    deadlines = {MIGRATE: state.plan.step(StepKind.MIGRATE).due_at}
    if state.obligations:
        deadlines[ACKNOWLEDGE] = max(duty.acknowledge_by for duty in state.obligations)
    return tuple(
        Milestone(
            name=f"{what}@{by:%Y-%m-%d}",
            due_at=days_later(by, again * (level - 1), state.policy),
            level=level,
        )
        for what, by in sorted(deadlines.items())
        for level in LEVELS
    )


def ahead(milestones: tuple[Milestone, ...], now: datetime) -> tuple[Milestone, ...]:
    """Those still to come: offsets already past when an obligation is created are skipped."""
    return tuple(milestone for milestone in milestones if milestone.due_at > now)


def mark(milestone: str, level: int) -> str:
    """Under which name it stands in `Retirement.escalated` once it was told."""
    return f"{milestone}/{level}"


def to_escalate(state: Retirement, now: datetime) -> tuple[Milestone, ...]:
    """Those still to come, and the second level of what managers were told: a pause may have lain over its day."""
    return tuple(
        found
        for found in escalations(state)
        if found.due_at > now
        or (
            found.level > 1
            and mark(found.name, found.level - 1) in state.escalated
            and mark(found.name, found.level) not in state.escalated
        )
    )


def is_overtaken(milestone: str, state: Retirement, now: datetime) -> bool:
    """Has a later reminder fallen due meanwhile? After downtime, overdue ones collapse to the last."""
    names = [later.name for later in reminders(state) if later.due_at <= now]
    return milestone not in names or names[-1] != milestone


def is_due(milestone: str, level: int, state: Retirement, now: datetime) -> bool:
    """Has this level of an escalation fallen due by its own date?"""
    known = ((found.name, found.level) for found in escalations(state) if found.due_at <= now)
    return (milestone, level) in known


def is_escalation_overtaken(milestone: str, level: int, state: Retirement, now: datetime) -> bool:
    """Has the same level fallen due for the later deadline, too? Whoever had to answer by then had to move."""
    return milestone.startswith(ACKNOWLEDGE) and any(
        is_due(found.name, level, state, now)
        for found in escalations(state)
        if found.name.startswith(MIGRATE)
    )


def concerned(state: Retirement, milestone: str) -> tuple[Obligation, ...]:
    """The obligations this milestone is about: unanswered ones, or unsettled ones."""
    if milestone.startswith(ACKNOWLEDGE):
        return tuple(duty for duty in state.obligations if duty.duty in (Duty.OPEN, Duty.NOT_MINE))
    return tuple(duty for duty in state.obligations if not duty.is_settled)
