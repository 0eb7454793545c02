"""Who hears that the notice is to be shorter? The thread asks a second person, and later for somebody to look back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.plans import break_glass
from workflows.rules.telling import messages


def changed(before: Retirement, state: Retirement) -> Iterable[Effect]:
    """A request is posted once, and shows what became of it."""
    was, now = before.break_glass, state.break_glass
    if now is not None and not now.confirmed_by and (was is None or was.number != now.number):
        number = str(now.number)
        yield messages.in_thread(
            state, messages.break_glass_key(state, now.number), "break-glass", number=number
        )
    if was is not None and (was != now or break_glass.request(before) != break_glass.request(state)):
        key = messages.break_glass_key(state, was.number)
        yield messages.edit(key, "break-glass", number=str(was.number))


def look_back(state: Retirement, now: datetime) -> Effect:
    """The coordinator is asked for somebody, once for each day on which it is looked at."""
    key = f"{state.id}/break-glass/look back/{now.date()}"
    return messages.in_thread(state, key, "look back")
