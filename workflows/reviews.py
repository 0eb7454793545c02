"""What did people say of stages that are over? Read from the events, of retirements that anybody reviewed only."""

from __future__ import annotations

from data import events
from data.records.retirement import Retirement
from data.records.reviews import Stage
from data.store import Store


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
