"""What did people say of stages that are over? Read from the events, of retirements that anybody reviewed only."""

from __future__ import annotations

from collections.abc import Iterable

from data import events
from data.catalog.snapshot import Snapshot
from data.records.retirement import Retirement
from data.records.reviews import Stage
from data.store import Store
from workflows.audiences import is_marked
from workflows.engine import all_retirements
from workflows.rules.hindsight.lessons import Lesson, matching


def reviews(store: Store, state: Retirement) -> tuple[events.Reviewed, ...]:
    """The newest of each person and stage, in the order of the stages."""
    if not state.reviewed:
        return ()
    said = (entry.event for entry in store.events(state.id))
    newest = {(event.stage, event.by): event for event in said if isinstance(event, events.Reviewed)}
    order = list(Stage)
    return tuple(sorted(newest.values(), key=lambda one: (order.index(one.stage), one.at)))


def said_by(store: Store, state: Retirement, stage: Stage, person: str) -> events.Reviewed | None:
    """What this person said of the stage last."""
    return next((one for one in reviews(store, state) if (one.stage, one.by) == (stage, person)), None)


def learned(store: Store, retirements: Iterable[Retirement], words: str = "") -> tuple[Lesson, ...]:
    """Every lesson of these in which all the words stand, the newest first."""
    every = (
        Lesson(retirement=state, review=review) for state in retirements for review in reviews(store, state)
    )
    return matching(every, words)


def suggested(
    store: Store, retirements: Iterable[Retirement] | None = None, *, last: str = ""
) -> tuple[Lesson, ...]:
    """What people wish to be looked at when the policy is reviewed, the newest first; of all, or of these.

    last   the day it was last looked through, "2026-11-30": what was written up to then is settled
    """
    every = all_retirements(store) if retirements is None else retirements
    return tuple(
        one for one in learned(store, every) if one.review.for_policy == "yes" and not is_settled(one, last)
    )


def is_settled(one: Lesson, last: str) -> bool:
    """Was it there when the policy was last looked through?"""
    return one.review.at.date().isoformat() <= last


def suggested_to_all(store: Store, there: Snapshot, *, last: str = "") -> tuple[Lesson, ...]:
    """The same of what everybody in the governance channel may read."""
    return suggested(store, (one for one in all_retirements(store) if not is_marked(one, there)), last=last)
