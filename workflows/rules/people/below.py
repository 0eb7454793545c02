"""What is late below somebody, as they were told: of a retirement, what silence brought to whoever is above owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from data import events
from data.records.retirement import Obligation, Retirement
from workflows.rules.people.due import overdue


def with_those(state: Retirement, event: events.Escalated) -> dict[str, tuple[str, ...]]:
    """Who was told of which consumers, once this has happened."""
    told = {
        to: tuple(dict.fromkeys((*state.told_late.get(to, ()), *consumer_ids)))
        for to, consumer_ids in event.to.items()
    }
    return {**state.told_late, **told}


def told_of(state: Retirement, people: Iterable[str]) -> tuple[Obligation, ...]:
    """What these were told of and still has to move."""
    if not state.is_migrating:
        return ()
    ids = {state.id_of(one) for person in people for one in state.told_late.get(person, ())}
    return tuple(one for one in state.obligations if one.consumer.consumer_id in ids and not one.is_settled)


def late(
    retirements: Iterable[Retirement], people: Sequence[str], now: datetime
) -> tuple[tuple[Retirement, tuple[Obligation, ...]], ...]:
    """The same, of what is late now: of each of these that there is something of."""
    found = []
    for state in retirements:
        those = tuple(one for one in told_of(state, people) if overdue(one, state, now))
        if those:
            found.append((state, those))
    return tuple(found)
