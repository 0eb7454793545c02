"""From when to when is "next week"? On the calendar of whoever asks; what has begun is asked about from now on."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from workflows.rules.hours import zoned_day


class Period(StrEnum):
    """Until when somebody asks what is due, on their own calendar; weeks begin on Monday."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    THIS_WEEK = "this week"
    NEXT_WEEK = "next week"
    THIS_MONTH = "this month"
    NEXT_MONTH = "next month"
    JANUARY = "january"
    FEBRUARY = "february"
    MARCH = "march"
    APRIL = "april"
    MAY = "in may"
    JUNE = "june"
    JULY = "july"
    AUGUST = "august"
    SEPTEMBER = "september"
    OCTOBER = "october"
    NOVEMBER = "november"
    DECEMBER = "december"
    AHEAD = "ahead"


def period_in(words: str) -> Period:
    return next((one for one in Period if re.search(rf"\b{one}\b", words)), Period.AHEAD)


MONTHS = (
    Period.JANUARY,
    Period.FEBRUARY,
    Period.MARCH,
    Period.APRIL,
    Period.MAY,
    Period.JUNE,
    Period.JULY,
    Period.AUGUST,
    Period.SEPTEMBER,
    Period.OCTOBER,
    Period.NOVEMBER,
    Period.DECEMBER,
)
WEEK, MONTHS_IN_YEAR = timedelta(days=7), 12


def window(period: Period, now: datetime, zone: str) -> tuple[datetime, datetime]:
    """After the first instant, and up to the second; without a period the next seven days."""
    today = zoned_day(now, zone)
    tomorrow, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    match period:
        case Period.AHEAD:
            return now, now + WEEK
        case Period.TODAY:
            first, end = today, tomorrow
        case Period.TOMORROW:
            first, end = tomorrow, tomorrow + timedelta(days=1)
        case Period.THIS_WEEK:
            first, end = today, monday
        case Period.NEXT_WEEK:
            first, end = monday, monday + WEEK
        case Period.THIS_MONTH:
            first, end = today, _month_after(today)
        case Period.NEXT_MONTH:
            first, end = _month_after(today), _month_after(_month_after(today))
        case _:
            first = _next(MONTHS.index(period) + 1, today)
            first, end = max(first, today), _month_after(first)
    # Due at the very midnight that ends it is due on the next day.
    return max(now, _midnight(first, zone)), _midnight(end, zone) - timedelta(microseconds=1)


def _next(month: int, today: date) -> date:
    """Its first day: of the month that lasts, or of the next one that is called so."""
    return date(today.year + (month < today.month), month, 1)


def _month_after(day: date) -> date:
    return date(day.year + day.month // MONTHS_IN_YEAR, day.month % MONTHS_IN_YEAR + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
