"""What does somebody look for? Free words, times, and filters such as `owner:growth` among them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.errors import Invalid, Problem
from data.records.artifacts import ArtifactClass
from data.records.base import Record
from data.records.retention import EVERYTHING_ELSE
from data.records.retirement import State

FILTERS = {
    "owner": 'a team or person, as owner:growth, owner:"Tom Birch" or owner:@tom',
    "domain": "a system or business domain, as domain:marketing",
    "state": "a state, as state:archived; active is a model that nobody retires",
    "class": "a class of artifacts in the archive, as class:weights",
    "since": "a day, month or year, as since:2026-01",
    "until": "a day, month or year, as until:2026-12-31",
    "feeds": "a model or dataset, as feeds:churn-v1: all that it fed",
    "from": "a model or dataset, as from:customers-table: the models that came from it",
    "into": "a model or dataset, as into:churn-v1: all that it came from",
    "page": "the number of a page, as page:2",
}
LINEAGE = ("feeds", "from", "into")
KNOWN = {
    "state": tuple(map(str, State)),
    "class": (*map(str, ArtifactClass), EVERYTHING_ELSE),
}
"""What these two can be: of what else there is, only the catalog knows."""
WORDS_MAX = 16
_PART = re.compile(r'(?:(?P<filter>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))', re.IGNORECASE)
_TIME = re.compile(r"(?P<year>20\d\d)(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
"""As Slack writes @tom where it knows him: docs.slack.dev/interactivity/implementing-slash-commands"""
_IMPOSSIBLE = re.compile(r"20\d\d-\d{2}(?:-\d{2})?")
"""Looks like a month or a day."""
_PAGE = re.compile(r"[1-9][0-9]{0,5}")
_RELATIVE = re.compile(r"\b(last|this) (year|month|week)\b", re.IGNORECASE)


class Period(Record, frozen=True, kw_only=True):
    """From the first to the last day, both in it; None where it has no such end."""

    first: date | None = None
    last: date | None = None

    def has(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def within(self, other: Period) -> Period:
        firsts = [one for one in (self.first, other.first) if one is not None]
        lasts = [one for one in (self.last, other.last) if one is not None]
        return Period(first=max(firsts, default=None), last=min(lasts, default=None))


class Wanted(Record, frozen=True, kw_only=True):
    """`words`: all of them have to be found. `filters`: by name, several of one have to fit together."""

    words: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    period: Period | None = None
    page: int = 1


def wanted(text: str, today: date) -> Wanted:
    """Raises `Invalid` with all that cannot be understood, and what could be."""
    read, text = _Read(), _MENTION.sub(r"\1", text)
    for which, unit in _RELATIVE.findall(text):
        read.narrow(_relative(which.lower(), unit.lower(), today))
    for found in _PART.finditer(_RELATIVE.sub(" ", text)):
        name, value = (found["filter"] or "").lower(), found["quoted"] or found["plain"] or ""
        bare = value.removesuffix(":").lower()
        if name in FILTERS:
            read.filter(name, value)
        elif value.endswith(":") and bare in FILTERS:
            read.filter(bare, "")
        elif found["plain"] and not name and _IMPOSSIBLE.fullmatch(value) and _time(value) is None:
            read.wrong("WORDS", f'"{value}"', "there is no such day; a time is as 2026-11 or 2026-11-30")
        elif found["plain"] and not name and (time := _time(value)) is not None:
            read.narrow(time)
        elif any(letter.isalnum() for letter in found[0]):
            read.words.append(found[0] if name else value)
    if len(read.words) > WORDS_MAX:
        read.wrong("WORDS", "", f"at most {WORDS_MAX}, not {len(read.words):,}: /retire search WORDS...")
    if not (read.words or read.filters or read.period or read.problems):
        how = "what to look for: words, a time as 2026-11 or last year, or a filter: "
        read.wrong("WORDS", "", how + "; ".join(FILTERS.values()))
    if read.problems:
        raise Invalid(read.problems)
    return Wanted(words=tuple(read.words), filters=tuple(read.filters), period=read.period, page=read.page)


@dataclass
class _Read:
    """What was understood so far, and what was not."""

    words: list[str] = field(default_factory=list)
    filters: list[tuple[str, str]] = field(default_factory=list)
    period: Period | None = None
    page: int = 1
    problems: list[Problem] = field(default_factory=list)

    def filter(self, name: str, value: str) -> None:
        time = _time(value)
        match name:
            case "since" if time is not None:
                self.narrow(Period(first=time.first))
            case "until" if time is not None:
                self.narrow(Period(last=time.last))
            case "page" if _PAGE.fullmatch(value):
                self.page = int(value)
            case "since" | "until" | "page":
                self.wrong(f"{name}:", f'"{value[:80]}"', FILTERS[name])
            case _ if not any(letter.isalnum() for letter in value):
                self.wrong(f"{name}:", "", FILTERS[name])
            case "state" | "class" if not any(value.lower() in one for one in KNOWN[name]):
                accepted = f"{FILTERS[name]}; there are {', '.join(KNOWN[name])}"
                self.wrong(f"{name}:", f'"{value[:80]}"', accepted)
            case _:
                self.filters.append((name, value))

    def narrow(self, period: Period) -> None:
        self.period = (self.period or Period()).within(period)

    def wrong(self, what: str, value: str, accepted: str) -> None:
        self.problems.append(Problem(field=what, value=value, accepted=accepted))


def _time(text: str) -> Period | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(found[part]) if found[part] else 0 for part in ("year", "month", "day"))
    try:
        if not month:
            return Period(first=date(year, 1, 1), last=date(year, 12, 31))
        last = day or monthrange(year, month)[1]
        return Period(first=date(year, month, day or 1), last=date(year, month, last))
    except ValueError:
        return None


def _relative(which: str, unit: str, today: date) -> Period:
    match unit:
        case "year":
            year = today.year - (which == "last")
            return Period(first=date(year, 1, 1), last=date(year, 12, 31))
        case "month":
            first = today.replace(day=1)
            first = (first - timedelta(days=1)).replace(day=1) if which == "last" else first
            return Period(first=first, last=first.replace(day=monthrange(first.year, first.month)[1]))
        case _:
            first = today - timedelta(days=today.weekday() + 7 * (which == "last"))
            return Period(first=first, last=first + timedelta(days=6))
