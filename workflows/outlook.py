"""Who will hear what of a retirement, as people, their hours and the catalog are now? Reads, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from data.records.decision import EffectKind
from data.records.hours import Hours
from data.records.retirement import Retirement
from data.store import Store
from workflows.asking import any_hours, at_once
from workflows.decisions.ahead import Hearing, Held, People, ahead
from workflows.gathering import Gatherer
from workflows.ports import Timekeeper
from workflows.rules import messages
from workflows.rules.obligations import people_of

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
        zones = {one: found.get(messages.ZONE, "") for one, found in told.items()}
        known = _Known(self.timekeeper, zones) if self.timekeeper else None
        if known is not None and len(told) <= ASKED_MAX:
            known.ask(told, now)
        gatherer = replace(
            self.gatherer,
            busy_until=at_once,
            hours=known.of_several if known is not None else any_hours,
            user_groups=None,
        )
        people = People(
            facts=gatherer.facts,
            hours=known.of if known is not None else None,
            since={
                one: datetime.fromisoformat(found[messages.TOLD_AT])
                for one, found in told.items()
                if messages.TOLD_AT in found
            },
        )
        return ahead(state, people, now, timers=self.store.timers(state.id), held=self._held(state))

    def _held(self, state: Retirement) -> Iterable[Held]:
        """Messages to people that are not sent yet; of some it is known until when they wait, or stand behind one."""
        asleep = [one for one in self.store.asleep() if one.stream == state.id]
        until = {one.key: one.until for one in asleep}
        behind = {one.person: one.until for one in reversed(asleep)}
        for one in self.store.kept(f"{state.id}/"):
            is_told = one.effect.kind is EffectKind.POST and "slack_id" in one.effect.body
            if is_told and not one.is_done and not one.is_stopped:
                yield one.effect, until.get(one.effect.key, behind.get(one.effect.place))


class _Known:
    """Working hours as they are known now, for every instant ahead."""

    def __init__(self, timekeeper: Timekeeper, zones: dict[str, str]) -> None:
        self._timekeeper, self._zones = timekeeper, zones
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
        return {person: self.of(person, at) for person in people}
