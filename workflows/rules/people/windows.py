"""When may somebody be written to who need not hear of it at once, and how long have they had it at work?

A window is one working day's hours on the person's own clock. Whoever has no window today has one tomorrow or the day
after; leave and do-not-disturb, which may go on for ever, hold a message for so many days and no longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.records.hours import Hours

DAYS_AHEAD_MAX = 400
"""More than a year has a working day in it, whatever its holidays: a calendar without one is a bug."""


def next_window(at: datetime, hours: Hours, *, since: datetime) -> datetime:
    """The first instant from `at` on at which a message for this person that was wanted `since` may go."""
    bound = _patience_ends(since, hours)
    for day, opens, closes in working_days(at, hours):
        candidate = max(at, opens)
        while candidate < closes:
            holds_until = _held(day, candidate, hours) if candidate < bound else None
            if holds_until is None:
                return candidate
            candidate = min(holds_until, bound)
    raise AssertionError(f"no working day within {DAYS_AHEAD_MAX} days of {at}")


BEGIN = "their working hours begin "


def begin(opens_at: datetime, hours: Hours) -> str:
    """Why a message waits, on the clock of whom it is for."""
    return f"{BEGIN}{opens_at.astimezone(ZoneInfo(hours.zone)):%a %Y-%m-%d %H:%M} ({hours.zone})"


def had_hours(since: datetime, hours: Hours, needed: int) -> datetime:
    """The instant at which this person will have had so many working hours since then; days of leave are none.

    By whole minutes: what falls due, or arrives, a moment after a day began would else last into the next one.
    """
    since = since.replace(second=0, microsecond=0)
    missing = timedelta(hours=needed)
    bound = _patience_ends(since, hours)
    for day, opens, closes in working_days(since, hours):
        begins = max(opens, since, bound if _is_away(day, hours) else opens)
        if begins >= closes:
            continue
        if begins + missing <= closes:
            return begins + missing
        missing -= closes - begins
    raise AssertionError(f"no {needed} working hours within {DAYS_AHEAD_MAX} days of {since}")


def _patience_ends(since: datetime, hours: Hours) -> datetime:
    return since + timedelta(days=hours.windows.hold_days_max)


def working_days(at: datetime, hours: Hours) -> Iterator[tuple[date, datetime, datetime]]:
    """Working days from that of `at` on, each with its first instant and the one after its last, in UTC."""
    zone = ZoneInfo(hours.zone)
    first = at.astimezone(zone).date()
    for ahead in range(DAYS_AHEAD_MAX):
        day = first + timedelta(days=ahead)
        if day.weekday() not in hours.windows.weekdays or day in hours.holidays:
            continue
        opens = _instant(day, hours.windows.from_hour, zone)
        # A day that a country left out, crossing the date line, has no hours.
        if opens.astimezone(zone).date() == day:
            yield day, opens, _instant(day, hours.windows.until_hour, zone)


def _instant(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The first instant of the day at which the person's clock shows this hour, or later where it never does."""
    local = datetime.combine(day, time(), zone) + timedelta(hours=hour)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    # The clock is put forward over it: somewhere between what it would be by the old time and by the new.
    before = local.replace(fold=1).astimezone(UTC)
    while found - before > timedelta(minutes=1):
        between = before + (found - before) // timedelta(minutes=2) * timedelta(minutes=1)
        if between.astimezone(zone).replace(tzinfo=None) < local.replace(tzinfo=None):
            before = between
        else:
            found = between
    return found


def _held(day: date, at: datetime, hours: Hours) -> datetime | None:
    """Until when they are not to be disturbed, or away; None where nothing holds at this instant."""
    if _is_away(day, hours):
        last = max(last for first, last in hours.away if first <= day <= last)
        return _instant(last + timedelta(days=1), 0, ZoneInfo(hours.zone))
    return max((until for begins, until in hours.quiet if begins <= at < until), default=None)


def _is_away(day: date, hours: Hours) -> bool:
    return any(first <= day <= last for first, last in hours.away)
