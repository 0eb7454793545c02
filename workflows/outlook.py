"""Who will hear what of a retirement, as people, their hours and the catalog are now? Reads, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial

from data.records.decision import EffectKind
from data.records.hours import Hours
from data.records.retirement import Retirement
from data.store import Kept, Store
from workflows.asking import any_hours, at_once, requests
from workflows.decisions.ahead import ahead
from workflows.decisions.hearings import Hearing, Held, People
from workflows.delegates import over_by
from workflows.gathering import Gatherer
from workflows.ports import Timekeeper
from workflows.rules.consumers.obligations import people_of
from workflows.rules.people.delegating import InForce, receiver
from workflows.rules.telling import messages
from workflows.rules.telling.standing_in import reader_of

ASKED_MAX = 20  # ours: of more, Slack is not asked for their clocks while somebody waits for an answer


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """`timekeeper` is None where people are written to at any hour."""

    store: Store
    gatherer: Gatherer
    timekeeper: Timekeeper | None = None

    def ahead(self, state: Retirement, now: datetime) -> tuple[Hearing, ...]:
        """What will be said to whom and when, if nobody does anything."""
        told = {
            one: self.store.found(messages.dm_key(state, one)) or {} for one in people_of(state.obligations)
        }
        delegations = cache(self.gatherer.delegations)
        zones = {found.get(messages.READER, one): found.get(messages.ZONE, "") for one, found in told.items()}
        known = _Known(self.timekeeper, zones, delegations) if self.timekeeper else None
        if known is not None and len(told) <= ASKED_MAX:
            known.ask(dict.fromkeys((*told, *(receiver(one, delegations(now)) for one in told))), now)
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
        held = self._held(state, kept, delegations(now))
        return ahead(state, people, now, timers=self.store.timers(state.id), held=held)

    def _held(self, state: Retirement, kept: Iterable[Kept], there: InForce) -> Iterable[Held]:
        """Messages to people that are not sent yet. What waits for working hours is the first of its lane."""
        asleep = {one.key: one.until for one in self.store.asleep() if one.stream == state.id}
        waiting = (one for one in kept if _is_told(one) and not one.is_done and not one.is_stopped)
        for one in sorted(waiting, key=lambda one: one.effect.key not in asleep):
            wanted_at = one.turn_at - timedelta(seconds=one.effect.patience_seconds)
            reader = reader_of(one.effect.body, there) or one.effect.place
            yield Held(one.effect, wanted_at, reader, asleep.get(one.effect.key))


def _is_told(one: Kept) -> bool:
    return one.effect.kind is EffectKind.POST and "slack_id" in one.effect.body


class _Known:
    """Working hours as they are known now, for every instant ahead."""

    def __init__(
        self, timekeeper: Timekeeper, zones: dict[str, str], delegations: Callable[[datetime], InForce]
    ) -> None:
        self._timekeeper, self._zones, self._delegations = timekeeper, zones, delegations
        self._found: dict[tuple[str, int], Hours] = {}

    def ask(self, people: Iterable[str], now: datetime) -> None:
        """So that their clocks are known as well as they will be when they are written to."""
        for person in people:
            self._timekeeper.hours_of(person, now)

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
