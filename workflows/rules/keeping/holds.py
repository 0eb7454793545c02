"""Which legal holds are on the archive of a retirement?"""

from __future__ import annotations

from msgspec.structs import replace

from data import events
from data.records.keeping import Hold
from data.records.retirement import Retirement


def after(state: Retirement, event: events.HoldPlaced | events.HoldReleased) -> Retirement:
    """The retirement once one of these has happened."""
    if isinstance(event, events.HoldPlaced):
        placed = Hold(number=event.number, by=event.by, at=event.at, why=event.why)
        return replace(state, holds=(*state.holds, placed), holds_placed=event.number)
    return replace(state, holds=tuple(one for one in state.holds if one.number != event.number))
