"""Has an owner had what they were asked for long enough that those above may hear of it? And who is above whom?

It counts from when the request reached them, in their own working hours; what still waits for their morning has not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from data.catalog.catalog import Catalog
from data.records.decision import EffectKind
from data.records.hours import Hours, Windows
from data.records.retirement import Retirement
from data.store import Kept, Store
from workflows.delegates import over_by
from workflows.ports import Timekeeper
from workflows.rules.people.asked import Busy, Line, Request, busy_until, request_of
from workflows.rules.people.delegating import NOBODY, InForce, receiver
from workflows.rules.telling import messages

BusyUntil = Callable[[Retirement, datetime], Busy]
HoursOf = Callable[[Retirement, Iterable[str], datetime], dict[str, Hours]]
ANY_HOUR = Hours(
    windows=Windows(
        weekdays=tuple(range(7)),
        from_hour=0,
        until_hour=24,
        default_zone="UTC",
        country="",
        hold_days_max=0,
        do_not_disturb=False,
        owner_hours=0,
        snooze_days=1,
        delegate_days_max=1,
    ),
    zone="UTC",
)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """`delegations`: who answers for whom at an instant."""

    store: Store
    timekeeper: Timekeeper
    delegations: Callable[[datetime], InForce] = lambda _: NOBODY

    def busy_until(self, state: Retirement, now: datetime) -> Busy:
        line = Line(self.delegations(now), over_by(self.store, now))

        @cache
        def hours(person: str) -> Hours:
            told = self.store.found(messages.dm_key(state, person)) or {}
            return self._hours(person, told, line.delegations, now)

        return busy_until(state, requests(self.store, state), hours, line, now)

    def hours(self, state: Retirement, people: Iterable[str], now: datetime) -> dict[str, Hours]:
        """Of whoever answers for each of them, on the clock by which they were asked."""
        there = self.delegations(now)
        found = {}
        for person in people:
            told = self.store.found(messages.dm_key(state, person)) or {}
            found[person] = self._hours(person, told, there, now)
        return found

    def _hours(self, person: str, told: Mapping[str, str], there: InForce, now: datetime) -> Hours:
        zone = told.get(messages.ZONE, "") if _is_asked(person, told, there) else ""
        return self.timekeeper.known(receiver(person, there), now, zone=zone)


def requests(store: Store, state: Retirement) -> tuple[Request, ...]:
    """All that ask somebody to move, and can still be said or were; where hours did not count then, it is left out."""
    every = (
        *store.kept(f"{state.id}/announcement-{state.announced}/dm/"),
        *store.kept(f"{state.id}/handed-"),
    )
    return tuple(filter(None, map(_request, every)))


def _request(one: Kept) -> Request | None:
    if one.effect.kind is not EffectKind.POST or one.is_stopped:
        return None
    wanted = request_of(one.effect.key, one.effect.body)
    if not one.is_done:
        return wanted
    if messages.OVERTAKEN in one.found:
        return wanted._replace(is_left_out=True)
    if messages.TOLD_AT not in one.found:
        return None
    told_at = datetime.fromisoformat(one.found[messages.TOLD_AT])
    return wanted._replace(told_at=told_at, reader=one.found.get(messages.READER, wanted.person))


def _is_asked(person: str, told: Mapping[str, str], delegations: InForce) -> bool:
    """Is whoever answers now the one who got the request?"""
    return receiver(person, delegations) == told.get(messages.READER, person)


def at_once(_state: Retirement, _now: datetime) -> Busy:
    """Where people are written to at any hour, nobody is waited for."""
    return {}


def any_hours(_state: Retirement, people: Iterable[str], _now: datetime) -> dict[str, Hours]:
    """There, every hour is a working hour."""
    return dict.fromkeys(people, ANY_HOUR)


def line_above(catalog: Catalog, slack_id: str) -> dict[str, str]:
    """Everybody from this person up -> their manager. It ends where nobody is known, or it comes round."""
    line: dict[str, str] = {}
    while slack_id not in line and (manager := catalog.manager_slack_of(slack_id)):
        line[slack_id] = manager
        slack_id = manager
    return line


def lines_above(catalog: Catalog, people: Iterable[str]) -> dict[str, str]:
    """The line above every one of them."""
    return {who: above for person in people for who, above in line_above(catalog, person).items()}
