"""What several sources tell of turns out to be one consumer, or two again: as a line in the card's thread."""

from __future__ import annotations

from collections.abc import Iterable

from bot.views import limits
from bot.views.blocks import safe
from bot.views.consumers import duties
from bot.views.graph.impact import short_id
from data import events
from data.records.retirement import Retirement

AT_ONCE = 10


def words(event: events.IdsChanged, retirement: Retirement) -> str:
    """Ids as they were and are: the names may be the same."""
    is_now = [f"{_id(one)} is {_name(retirement, now)} now" for one, now in event.ids.items() if one != now]
    again = [f"{_id(one)} is by itself again" for one, now in event.ids.items() if one == now]
    said = f"By the catalog {_listed((*is_now, *again))}: what was said of it stands"
    if event.merged_ids:
        said += f"; {_listed(map(_id, event.merged_ids))} were asked for apart: what is less finished counts"
    if event.apart_ids:
        said += f"; {_listed(map(_id, event.apart_ids))}, apart now, is asked for anew"
    return said


def _id(one: str) -> str:
    return f"*{safe(short_id(one))}*"


def _name(retirement: Retirement, consumer_id: str) -> str:
    duty = retirement.obligation(consumer_id)
    return duties.called(duty.consumer, duties.twins(retirement)) if duty is not None else _id(consumer_id)


def _listed(names: Iterable[str]) -> str:
    return limits.joined(list(names), 600, between=", ", at_most=AT_ONCE)
