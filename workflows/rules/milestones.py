"""When somebody is reminded, and when it goes to their manager: the dates of a running retirement.

A milestone's name carries its date, so a moved date is a new milestone and always told again, and the same
notice never goes out twice.
"""

from __future__ import annotations

from datetime import date, datetime

from data import events
from data.records.base import Record
from data.records.retirement import Duty, Obligation, Retirement, StepKind
from workflows.rules.hours import days_later
from workflows.rules.obligations import is_asked_late

ACKNOWLEDGE = "acknowledge"
MIGRATE = "migrate"
MOVED = "moved@"
SNOOZED = "snoozed@"
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


def moved(state: Retirement) -> str:
    """Under which name people are told of the last day as it is now."""
    assert state.plan is not None
    return f"{MOVED}{state.plan.step(StepKind.DISABLE).due_at:%Y-%m-%d}"


def snoozed(day: date) -> str:
    """Under which name those are reminded who wanted to be so on this day."""
    return f"{SNOOZED}{day:%Y-%m-%d}"


def escalations(state: Retirement) -> tuple[Milestone, ...]:
    """Escalation follows either deadline: to managers when it passes, to the channel days later.

    Who took something over has a day of their own to acknowledge by.
    """
    assert state.policy is not None
    assert state.plan is not None
    again = state.policy.escalate_again_days
    by = state.plan.step(StepKind.MIGRATE).due_at
    deadlines = {f"{MIGRATE}@{by:%Y-%m-%d}": by}
    for duty in state.obligations:
        if not duty.is_settled:
            name = _to_acknowledge(duty)
            deadlines[name] = max(duty.acknowledge_by, deadlines.get(name, duty.acknowledge_by))
    return tuple(
        Milestone(
            name=name,
            due_at=days_later(by, again * (level - 1), state.policy),
            level=level,
        )
        for name, by in sorted(deadlines.items())
        for level in LEVELS
    )


def ahead(milestones: tuple[Milestone, ...], now: datetime) -> tuple[Milestone, ...]:
    """Those still to come: offsets already past when an obligation is created are skipped."""
    return tuple(milestone for milestone in milestones if milestone.due_at > now)


def mark(milestone: str, level: int) -> str:
    """Under which name it stands in `Retirement.escalated` once it was told."""
    return f"{milestone}/{level}"


def marks(event: events.Escalated) -> tuple[str, ...]:
    """The names under which it stands there: while some are left, one for each consumer that was told of."""
    whole = mark(event.milestone, event.level)
    return tuple(f"{whole}/{consumer_id}" for consumer_id in event.consumer_ids) if event.left else (whole,)


def is_begun(milestone: str, level: int, state: Retirement) -> bool:
    """Was anybody told at this level, of some of its consumers at least?"""
    whole = mark(milestone, level)
    return any(one == whole or one.startswith(f"{whole}/") for one in state.escalated)


def to_tell(milestone: str, level: int, state: Retirement) -> tuple[Obligation, ...]:
    """The obligations nobody was told of yet at this level."""
    whole = mark(milestone, level)
    if whole in state.escalated:
        return ()
    late = concerned(state, milestone)
    return tuple(duty for duty in late if f"{whole}/{duty.consumer.consumer_id}" not in state.escalated)


def to_escalate(state: Retirement, now: datetime) -> tuple[Milestone, ...]:
    """Those still to come, and those a pause may have lain over.

    Of these the second level of what managers were told, and what those above were not told yet, as the owners had
    not had it for long enough.
    """
    return tuple(
        found
        for found in escalations(state)
        if found.due_at > now
        or (
            found.level > 1
            and is_begun(found.name, found.level - 1, state)
            and mark(found.name, found.level) not in state.escalated
        )
        or any(duty.duty is not Duty.NOT_MINE for duty in to_tell(found.name, found.level, state))
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
    due = {found.name: found.due_at for found in escalations(state) if found.level == level}
    return milestone.startswith(ACKNOWLEDGE) and any(
        due.get(milestone, at) <= at <= now for name, at in due.items() if name.startswith(MIGRATE)
    )


def _to_acknowledge(duty: Obligation) -> str:
    return f"{ACKNOWLEDGE}@{duty.acknowledge_by:%Y-%m-%d}"


def concerned(state: Retirement, milestone: str) -> tuple[Obligation, ...]:
    """The obligations this milestone is about: those unanswered by this day, or unsettled ones.

    Who was asked when the day to migrate was past did not miss it: they are held to their day to acknowledge. Of
    what somebody handed back nobody is reminded: the coordinator finds whose it is.
    """
    if milestone.startswith(ACKNOWLEDGE):
        unanswered = (duty for duty in state.obligations if duty.duty in (Duty.OPEN, Duty.NOT_MINE))
        return tuple(duty for duty in unanswered if _to_acknowledge(duty) == milestone)
    unsettled = (duty for duty in state.obligations if not duty.is_settled)
    if milestone.startswith(f"{MIGRATE}@"):
        return tuple(duty for duty in unsettled if not is_asked_late(duty))
    return tuple(duty for duty in unsettled if duty.duty is not Duty.NOT_MINE)
