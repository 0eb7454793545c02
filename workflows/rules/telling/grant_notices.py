"""Who hears that somebody may read an archive, and that it is over? Whoever may, and whoever let them."""

from __future__ import annotations

from collections.abc import Iterable

from data import events
from data.events.granting import ReadEnded, ReadGranted, ReadRevoked
from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.telling import messages


def told(
    before: Retirement, state: Retirement, happened: Iterable[events.RetirementEvent], first: int
) -> Iterable[Effect]:
    """`first`: version of the first event. Whoever ends it is answered, and not told besides."""
    for version, event in enumerate(happened, start=first):
        if isinstance(event, ReadGranted):
            yield _direct(state, "grant begun", event.to, event.number, version)
        elif isinstance(event, ReadEnded | ReadRevoked):
            by = [one.by for one in before.grants if one.number == event.number]
            for person in dict.fromkeys((event.to, *by)):
                if person != event.by:
                    yield _direct(state, "grant over", person, event.number, version)


def is_wanted(state: Retirement, number: int) -> bool:
    """May whoever is to be told that they may read it still do so?"""
    return any(one.number == number and one.ended_at is None for one in state.grants)


def _direct(state: Retirement, notice: str, to: str, number: int, version: int) -> Effect:
    key = f"{state.id}/{notice.replace(' ', '-')}/{number}/{to}"
    about = {"number": str(number), "first": str(version), "last": str(version)}
    return messages.direct(key, notice, to, **about)
