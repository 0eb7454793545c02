"""Who will hear what of a retirement, as people, their hours and the catalog are now? Reads, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from time import monotonic

from msgspec.structs import replace as replaced

from data.records.decision import EffectKind, NotDone
from data.records.hours import Hours
from data.records.retirement import Retirement
from data.store import Asleep, Kept, Store
from workflows.asking import any_hours, at_once, requests
from workflows.decisions.ahead import ahead
from workflows.decisions.hearings import Hearing, Held, People
from workflows.delegates import over_by
from workflows.gathering import Gatherer
from workflows.ports import Timekeeper
from workflows.rules.consumers.obligations import people_of
from workflows.rules.people.delegating import InForce, receiver
from workflows.rules.people.windows import begin, next_window
from workflows.rules.telling import messages
from workflows.rules.telling.standing_in import reader_of

ASK_SECONDS = 2.0  # ours: so long somebody waits for Slack to tell on whose clocks the others live
REST_AHEAD = timedelta(days=7)  # ours: of what they set for later, Slack tells nothing yet


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """`timekeeper` is None where people are written to at any hour; `stopwatch`: in seconds."""

    store: Store
    gatherer: Gatherer
    timekeeper: Timekeeper | None = None
    stopwatch: Callable[[], float] = monotonic

    def ahead(self, state: Retirement, now: datetime) -> tuple[Hearing, ...]:
        """What will be said to whom and when, if nobody does anything."""
        told = {
            one: self.store.found(messages.dm_key(state, one)) or {} for one in people_of(state.obligations)
        }
        delegations = cache(self.gatherer.delegations)
        zones = {found.get(messages.READER, one): found.get(messages.ZONE, "") for one, found in told.items()}
        known = _Known(self.timekeeper, zones, delegations) if self.timekeeper else None
        gatherer = replace(
            self.gatherer,
            busy_until=at_once,
            hours=known.of_several if known is not None else any_hours,
            delegations=delegations,
            user_groups=None,
        )
        kept = self.store.kept(f"{state.id}/")
        people = People(
            facts=gatherer.facts,
            hours=known.of if known is not None else None,
            requests=requests(self.store, state),
            delegations=delegations,
            over=cache(partial(over_by, self.store)),
            told=[
                (one.effect, one.found.get(messages.READER, one.effect.body["slack_id"]))
                for one in kept
                if one.is_done and _is_told(one) and messages.OVERTAKEN not in one.found
            ],
        )
        held, timers = tuple(self._held(state, kept, delegations(now))), self.store.timers(state.id)
        heard = ahead(state, people, now, timers=timers, held=held)
        if known is None:
            return heard
        until = self.stopwatch() + ASK_SECONDS
        # On other clocks others may hear, and at other hours.
        owners = (*told, *(receiver(one, delegations(now)) for one in told))
        while known.asks(owners, heard, now, lambda: self.stopwatch() < until):
            heard = ahead(state, people, now, timers=timers, held=held)
        return tuple(replaced(one, is_assumed=known.is_assumed(one.place)) for one in heard)

    def asleep(self, state: Retirement, now: datetime) -> list[Asleep]:
        """What waits for somebody's working hours, to whom and until when it does as these are known now."""
        there = self.gatherer.delegations(now)
        found = [
            one._replace(person=receiver(one.person, there))
            for one in self.store.asleep()
            if one.stream == state.id
        ]
        if self.timekeeper is None or not found:
            return found
        wanted = {one.effect.key: _wanted_at(one) for one in self.store.kept(f"{state.id}/")}
        until, hours = self.stopwatch() + ASK_SECONDS, {}
        for person in dict.fromkeys(one.person for one in found):
            if self.stopwatch() < until:
                hours[person] = self.timekeeper.hours_of(person, now, is_ahead=True)
        anew = (_anew(one, hours.get(one.person), wanted.get(one.key, one.until)) for one in found)
        return sorted(anew, key=lambda one: one.until)

    def _held(self, state: Retirement, kept: Iterable[Kept], there: InForce) -> Iterable[Held]:
        """Messages to people that are not sent yet. What waits for working hours is the first of its lane."""
        asleep = {one.key: one.until for one in self.store.asleep() if one.stream == state.id}
        waiting = (one for one in kept if _is_told(one) and not one.is_done and not one.is_stopped)
        for one in sorted(waiting, key=lambda one: one.effect.key not in asleep):
            reader = reader_of(one.effect.body, there) or one.effect.place
            yield Held(one.effect, _wanted_at(one), reader, asleep.get(one.effect.key))


def _is_told(one: Kept) -> bool:
    return one.effect.kind is EffectKind.POST and "slack_id" in one.effect.body


def _wanted_at(one: Kept) -> datetime:
    return one.turn_at - timedelta(seconds=one.effect.patience_seconds)


def _anew(one: Asleep, hours: Hours | NotDone | None, wanted_at: datetime) -> Asleep:
    """As whoever sends it looks at it when that time has come; as it was known where nobody knows better."""
    if not isinstance(hours, Hours):
        return one
    opens_at = next_window(one.until, hours, since=wanted_at)
    return one._replace(until=opens_at, why=begin(opens_at, hours))


class _Known:
    """Working hours as they are known now, for every instant ahead."""

    def __init__(
        self, timekeeper: Timekeeper, zones: dict[str, str], delegations: Callable[[datetime], InForce]
    ) -> None:
        self._timekeeper, self._zones, self._delegations = timekeeper, zones, delegations
        self._found: dict[tuple[str, int], Hours] = {}
        self._asked: dict[str, bool] = {}

    def asks(
        self,
        owners: Iterable[str],
        heard: Iterable[Hearing],
        now: datetime,
        has_time: Callable[[], bool],
    ) -> bool:
        """Ask for the clocks of all of them, and when those rest who hear soon; whether anything is new."""
        before = len(self._asked)
        soon = {one.place for one in heard if one.at < now + REST_AHEAD}
        for person in dict.fromkeys((*owners, *(one.place for one in heard))):
            if not messages.is_person(person) or person in self._asked or not has_time():
                continue
            self._asked[person] = isinstance(self._timekeeper.hours_of(person, now), Hours)
            if self._asked[person] and person in soon:
                self._timekeeper.hours_of(person, now, is_ahead=True)
        self._found.clear()
        return len(self._asked) > before

    def is_assumed(self, place: str) -> bool:
        """Did neither Slack nor a message before tell on whose clock this person lives?"""
        return messages.is_person(place) and not self._asked.get(place) and not self._zones.get(place)

    def of(self, person: str, at: datetime) -> Hours:
        """By the year, as holidays are known a year at a time."""
        if (person, at.year) not in self._found:
            found = self._timekeeper.known(person, at, zone=self._zones.get(person, ""))
            self._found[person, at.year] = found
        return self._found[person, at.year]

    def of_several(self, _state: Retirement, people: Iterable[str], at: datetime) -> dict[str, Hours]:
        """Of whoever answers for each of them then."""
        there = self._delegations(at)
        return {person: self.of(receiver(person, there), at) for person in people}
