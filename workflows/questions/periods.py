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
    UNKNOWN = "another time"


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_NUMBER = r"(?:[0-9]+|an?|one|two|three|four|five|six|eight|nine|ten|few|several|couple(?: of)?|other)"
_OTHER = re.compile(
    "|".join(
        (
            r"\b20[0-9]{2}\b",
            r"\b[0-9]{1,2}[./][0-9]{1,2}\b",
            rf"\b{_MONTH} (?:the )?[0-9]{{1,2}}(?:st|nd|rd|th)?\b",
            rf"\b[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b",
            rf"\b(?:by|until|before|after|since|end of|middle of|beginning of|start of|mid|early|late) {_MONTH}\b",
            r"\b(?:in|on|by) (?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b",
            r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
            r"\bweekend\b",
            r"\bweek (?:of|after)\b",
            r"\b(?:last|past|previous) (?:[a-z0-9]+ )?(?:days?|weeks?|months?|quarters?|years?)\b",
            r"\b(?:quarter|years?|yesterday|q[1-4])\b",
            rf"\b(?!7 ){_NUMBER} (?:more )?(?:days?|weeks?|months?)\b",
            r"\b(?:was|were)\b.*\bdue\b",
        )
    )
)
"""A day or a span of time that is none of ours, or is past."""


def period_in(words: str) -> Period:
    """What names a time that is none of these is `UNKNOWN`: it is never taken for another one."""
    if _OTHER.search(words):
        return Period.UNKNOWN
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
        case Period.AHEAD | Period.UNKNOWN:
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
