"""Who answered for whom, and when, by the entries of the record: the judge's own notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from data import events

HELD_UP = timedelta(minutes=15)
"""For so long a message may have been on its way since somebody looked whom it goes to."""
CLOCKS = timedelta(seconds=5)
"""By so much the record's clock may be ahead of or behind Slack's, twice."""


@dataclass
class Period:
    """`to` answers for somebody from `since` until before `until`."""

    to: str
    since: datetime
    until: datetime


class StandIns:
    def __init__(self) -> None:
        self._periods: dict[str, list[Period]] = {}

    def tell(self, stream: str, event: events.Delegated | events.DelegationEnded) -> None:
        periods = self._periods.setdefault(stream.partition("/")[2], [])
        if periods:
            periods[-1].until = min(periods[-1].until, event.at)
        if isinstance(event, events.Delegated):
            periods.append(Period(event.to, event.at, event.until))

    def ever(self, person: str) -> tuple[str, ...]:
        """Everybody who was to answer for them at some time, through others as well; themselves first."""
        found = [person]
        for one in found:
            found += [period.to for period in self._periods.get(one, ()) if period.to not in found]
        return tuple(found)

    def changed(self) -> set[str]:
        """Everybody who delegated, or was to answer for somebody else."""
        return {
            one for who, periods in self._periods.items() for one in (who, *(each.to for each in periods))
        }

    def may_get(self, person: str, reader: str, at: datetime) -> bool:
        """Was what is for this person rightly left with the reader, a message that was there at this instant?"""
        first, last = at - HELD_UP, at + CLOCKS
        changes = [
            moment
            for periods in self._periods.values()
            for one in periods
            for moment in (one.since, one.until)
        ]
        moments = [first, last, *(moment for moment in changes if first < moment <= last)]
        return any(self._receiver(person, moment) == reader for moment in moments)

    def _receiver(self, person: str, at: datetime) -> str:
        line = [person]
        while (to := self._to(line[-1], at)) and to not in line:
            line.append(to)
        return person if to else line[-1]

    def _to(self, person: str, at: datetime) -> str:
        found = (one.to for one in self._periods.get(person, ()) if one.since <= at < one.until)
        return next(found, "")
