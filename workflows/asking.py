"""Has an owner had what they were asked for long enough that those above may hear of it? And who is above whom?

It counts from when the request reached them, in their own working hours; what still waits for their morning has not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.catalog.catalog import Catalog
from data.records.hours import Hours, Windows
from data.records.retirement import Retirement
from data.store import Store
from workflows.ports import Timekeeper
from workflows.rules.consumers.obligations import people_of
from workflows.rules.people.asked import busy_until
from workflows.rules.people.delegating import NOBODY, InForce, asked_since, receiver
from workflows.rules.telling import messages

BusyUntil = Callable[[Retirement, datetime], dict[str, datetime]]
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

    def busy_until(self, state: Retirement, now: datetime) -> dict[str, datetime]:
        """Owner -> when they will have had it for the policy's working hours; those who have had it are left out."""
        found: dict[str, datetime] = {}
        hours: dict[str, Hours] = {}
        waiting = self._waiting(state)
        there = self.delegations(now)
        for person in people_of(duty for duty in state.obligations if not duty.is_settled):
            told = self.store.found(messages.dm_key(state, person)) or {}
            since = now if person in waiting else _instant(told.get(messages.TOLD_AT, ""))
            if since is None or person in state.unreached:
                continue
            found[person] = asked_since(person, since, told.get(messages.READER, person), there)
            hours[person] = self._hours(person, told, there, now)
        return busy_until(found, hours, now)

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

    def _waiting(self, state: Retirement) -> frozenset[str]:
        """Whom no request has reached yet, or not the last one."""
        return frozenset(
            one.person
            for one in self.store.asleep()
            if one.stream == state.id and messages.asks(state, one.key)
        )


def _is_asked(person: str, told: Mapping[str, str], delegations: InForce) -> bool:
    """Is whoever answers now the one who got the request?"""
    return receiver(person, delegations) == told.get(messages.READER, person)


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def at_once(_state: Retirement, _now: datetime) -> dict[str, datetime]:
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
