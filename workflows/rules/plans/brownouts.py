"""When are the brownouts of a plan, and why are there fewer than its policy wants?

They are on working days, so that people are there who can end one: what is known of everybody's hours is `[windows]` in
the zone of the plan's steps, and nobody's own count. Short ones end within that day's hours; long ones begin there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from data.records.brownouts import RUNS_OVER_MINUTES
from data.records.facts import Facts
from data.records.hours import Hours
from data.records.plan import Plan, Step, Subject, Window
from data.records.policy import Policy
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.hours import days_later
from workflows.rules.people.escalation import COMPANY
from workflows.rules.people.windows import working_days
from workflows.rules.wording import counted, named

AFTER_OPENING = timedelta(hours=1)
"""People have come, and read that there is one, where the day is long enough."""
SATURDAY = 5
Days = Sequence[tuple[datetime, datetime]]
"""Of each working day, when it opens and when it closes."""


class Outages(NamedTuple):
    """How many minutes each lasts, and when there are people who can end one."""

    minutes: tuple[int, ...] = ()
    hours: Hours | None = None


NO_OUTAGES = Outages()
HASTENED = "no brownout, as its notice is shortened"


def wanted(subject: Subject, policy: Policy, facts: Facts) -> Outages:
    """None where nothing can hold them, or nobody looked."""
    reached = facts.brownouts_at
    if not reached or all(reached.values()):
        return NO_OUTAGES
    return Outages(policy.brownouts(subject.tier), facts.hours.get(COMPANY))


def moved_by(announce_at: datetime, disable_at: datetime, policy: Policy) -> datetime:
    """By when consumers of such a plan must have moved: before the first, and not before they can acknowledge it."""
    acknowledged_at = days_later(announce_at, policy.acknowledge_days, policy)
    return max(acknowledged_at, days_later(disable_at, -policy.brownout_lead_days, policy))


def windows(outages: Outages, moved_at: datetime, disable_at: datetime, policy: Policy) -> tuple[Window, ...]:
    """As many of them, the shortest first, as there is room for from the day after `moved_at` on."""
    minutes, hours = outages
    first_at, days = days_later(moved_at, 1, policy), []
    if first_at < disable_at and hours is not None:
        for _, opens, closes in working_days(first_at, hours):
            if opens >= disable_at:
                break
            if opens >= first_at:
                days.append((opens, closes))
    for many in range(len(minutes), 0, -1):
        if found := _spread(minutes[:many], days, disable_at):
            return found
    return ()


def _spread(minutes: Sequence[int], days: Days, disable_at: datetime) -> tuple[Window, ...]:
    """All of them, one a day at most, as evenly as may be; none where there is no room for all."""
    fit = [day for day in days if (one := _on(day, minutes[-1])) and one.ends_at <= disable_at]
    gaps = max(len(minutes) - 1, 1)
    found: list[Window] = []
    for number, lasts in enumerate(minutes):
        days_left = fit[round(number * (len(fit) - 1) / gaps) :]
        free = [one for day in days_left if (one := _on(day, lasts))]
        free = [one for one in free if not found or one.starts_at >= found[-1].ends_at]
        if not free:
            return ()
        found.append(free[0])
    return tuple(found)


def _on(day: tuple[datetime, datetime], minutes: int) -> Window | None:
    opens, closes = day
    lasts = timedelta(minutes=minutes)
    until = closes if minutes < RUNS_OVER_MINUTES else closes + lasts
    for starts_at in (opens + AFTER_OPENING, opens):
        if starts_at < closes and starts_at + lasts <= until:
            return Window(starts_at=starts_at, ends_at=starts_at + lasts)
    return None


def lacking(plan: Plan, policy: Policy, facts: Facts) -> str:
    """Why it has fewer than its policy wants; empty where it has them all. Where nobody looked, as it was."""
    minutes, reached = policy.brownouts(plan.subject.tier), facts.brownouts_at
    if reached is None:
        return plan.brownouts_lack
    if not minutes:
        return ""
    names = {one.id: one.name for one in plan.subject.endpoints}
    without = named([f"{names[one]}: {why}" for one, why in reached.items() if why])
    if not reached or all(reached.values()):
        return (
            f"no brownout, as nothing that could hold one stands in front of it ({without or 'no endpoint'})"
        )
    held = len(plan.windows)
    said = [f"none at {without}"] if without else []
    if held < len(minutes):
        few = f"{held} of {counted(len(minutes), 'brownout')}" if held else "no brownout"
        said = [f"{few}, as no more fit on working days between the day to migrate and the switch-off", *said]
    return "; ".join(said)


def moved_along(step: Step, state: Retirement, days: int) -> Step:
    """With those that are not over so many days later, at the same hour and as long, whatever clocks do meanwhile.

    What would begin on a weekend, where none did, begins on the next day of the week if that is before what follows it.
    """
    assert state.plan is not None
    assert state.policy is not None
    policy, over = state.policy, {one.number for one in state.brownouts}
    zone = ZoneInfo(policy.zone)
    is_of_week = all(one.starts_at.astimezone(zone).weekday() < SATURDAY for one in step.windows)
    before = days_later(state.plan.step(StepKind.DISABLE).due_at, days, policy)
    windows: list[Window] = []
    for number, window in reversed(tuple(enumerate(step.windows, start=1))):
        moved = window if number in over else _at(window, days_later(window.starts_at, days, policy))
        later = moved
        while number not in over and is_of_week and later.starts_at.astimezone(zone).weekday() >= SATURDAY:
            later = _at(window, days_later(later.starts_at, 1, policy))
        windows.append(later if later.ends_at <= before else moved)
        before = windows[-1].starts_at
    return replace(step, due_at=windows[-1].starts_at, windows=tuple(reversed(windows)))


def _at(window: Window, starts_at: datetime) -> Window:
    return Window(starts_at=starts_at, ends_at=starts_at + (window.ends_at - window.starts_at))


def is_at_work(window: Window, facts: Facts) -> bool:
    """Does it begin in working hours, as far as anybody knows?"""
    hours = facts.hours.get(COMPANY)
    if hours is None:
        return True
    _, opens, closes = next(working_days(window.starts_at, hours))
    return opens <= window.starts_at < closes


def lasting(window: Window) -> str:
    """ "15 minutes", "4 hours"."""
    minutes = (window.ends_at - window.starts_at) // timedelta(minutes=1)
    return counted(minutes // 60, "hour") if minutes % 60 == 0 else counted(minutes, "minute")
