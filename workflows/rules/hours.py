"""At which instant a date begins to count: the policy's hour in the policy's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.records.policy import Policy


def instant_on(day: date, policy: Policy) -> datetime:
    """The instant on `day` at which steps run, in UTC."""
    return datetime.combine(day, time(policy.step_hour), ZoneInfo(policy.zone)).astimezone(UTC)


def day_of(at: datetime, policy: Policy) -> date:
    return zoned_day(at, policy.zone)


def days_later(at: datetime, days: int, policy: Policy) -> datetime:
    """The same hour of the day in the policy's zone, so many days later; a clock change does not move it."""
    return (at.astimezone(ZoneInfo(policy.zone)) + timedelta(days=days)).astimezone(UTC)


def late_at(by: datetime, policy: Policy) -> datetime:
    """From when on whoever had until this day is late: all of it was theirs, so it is the hour of steps on the next."""
    return instant_on(day_of(by, policy) + timedelta(days=1), policy)


def first_at_or_after(at: datetime, policy: Policy) -> datetime:
    """The first instant at which steps run, not before `at`."""
    candidate = instant_on(day_of(at, policy), policy)
    return candidate if candidate >= at else instant_on(day_of(at, policy) + timedelta(days=1), policy)


def zoned_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def next_digest_at(after: datetime, policy: Policy, zone_name: str = "") -> datetime:
    """The next weekly digest strictly after `after`, by the clock of this zone, or else of the policy's."""
    zone = ZoneInfo(zone_name or policy.zone)
    local = after.astimezone(zone)
    day = local.date() + timedelta(days=(policy.digest_weekday - local.weekday()) % 7)
    at = datetime.combine(day, time(policy.digest_hour), zone).astimezone(UTC)
    if at <= after:
        at = datetime.combine(day + timedelta(days=7), time(policy.digest_hour), zone).astimezone(UTC)
    return at
