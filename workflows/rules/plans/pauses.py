"""By how many days do dates move when a pause ends? All pauses of a plan count as one, whose begun day counts in full.

Three pauses of an hour move them by a day, not by three. Read off what happened, as a retirement's state only knows
the pause that lasts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from data import events
from data.records.facts import Pauses
from data.records.plan import Plan

BECAUSE = "the retirement was paused"
"""Why dates were amended, on the record since the first version."""
DAY = timedelta(days=1)


def pauses(happened: Iterable[events.AnyEvent]) -> Pauses:
    """Those that ended, of the plan that stands after `happened`, oldest first."""
    found, since = Pauses(), None
    plan: Plan | None = None
    for event in happened:
        found = after_pause(found, plan, since, event)
        if isinstance(event, events.Proposed | events.Revised | events.Amended):
            plan = event.plan
        if isinstance(event, events.Paused):
            since = event.at
        elif isinstance(event, events.Resumed | events.Revised):
            since = None
    return found


def after_pause(before: Pauses, plan: Plan | None, since: datetime | None, event: events.AnyEvent) -> Pauses:
    """The same with one more event. Another plan has dates of its own; `since` when the pause lasts that it may end."""
    match event:
        case events.Proposed() | events.Revised():
            return Pauses()
        case events.Amended() if event.because == BECAUSE and plan is not None:
            moved = before.moved_days + _moved_days(plan, event.plan)
            return Pauses(total=before.total, moved_days=moved)
        case events.Resumed():
            return Pauses(total=before.total + lasted(since, event.at), moved_days=before.moved_days)
        case _:
            return before


def lasted(since: datetime | None, until: datetime) -> timedelta:
    """A clock that was set back in between has seen no pause at all."""
    return max(until - since, timedelta(0)) if since is not None else timedelta(0)


def days_to_move(before: Pauses, length: timedelta) -> int:
    """What a pause of this length moves dates by, on top of what those before it have moved them by."""
    return max(0, -(-(before.total + length) // DAY) - before.moved_days)


def _moved_days(before: Plan, after: Plan) -> int:
    """A step keeps its hour, so where clocks change a day is an hour longer or shorter."""
    moved = (after.step(step.kind).due_at - step.due_at for step in before.steps if after.has(step.kind))
    return round(max(moved) / DAY)
