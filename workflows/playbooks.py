"""Which playbooks are there for somebody, and what did each come to?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.events import Reviewed
from data.records.base import Record
from data.records.retirement import Retirement
from data.store import Store
from workflows.measuring import outcomes
from workflows.reviews import reviews
from workflows.rules.hindsight.comparing import Compared, compared
from workflows.rules.hindsight.playbooks import matching


class Playbook(Record, frozen=True, kw_only=True):
    """One as it is shown; `figures` has how it went beside the median of its tier."""

    retirement: Retirement
    figures: tuple[Compared, ...]

    @property
    def lessons(self) -> int:
        return sum(map(len, self.retirement.reviewed.values()))


def playbooks(
    store: Store, every: Sequence[Retirement], words: str, now: datetime, *, at_most: int
) -> tuple[tuple[Playbook, ...], int]:
    """The newest of `every`, all that a person may know of, in which all words stand; and how many more there are."""
    found = matching(every, words)
    shown = tuple(Playbook(retirement=one, figures=went(store, one, every, now)) for one in found[:at_most])
    return shown, len(found) - len(shown)


def went(store: Store, state: Retirement, every: Sequence[Retirement], now: datetime) -> tuple[Compared, ...]:
    """How it goes beside those of `every` that are of its tier."""
    (own,) = outcomes(store, [state])
    return compared(own, outcomes(store, [one for one in every if _tier(one) == _tier(state)]), now)


class Example(Record, frozen=True, kw_only=True):
    """A playbook where somebody is about to follow it, with what people said of it; `is_for_few`: it is restricted."""

    retirement: Retirement
    figures: tuple[Compared, ...]
    reviews: tuple[Reviewed, ...]
    is_for_few: bool = False


def example(store: Store, state: Retirement, now: datetime, *, is_for_few: bool) -> Example:
    """Beside no others: what counts there is how long it took itself."""
    return Example(
        retirement=state,
        figures=went(store, state, (), now),
        reviews=reviews(store, state),
        is_for_few=is_for_few,
    )


def _tier(one: Retirement) -> int:
    return one.plan.subject.tier if one.plan else 0
