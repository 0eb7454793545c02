"""By how many days do dates move when a pause ends? All pauses of a plan count as one, whose begun day counts in full.

Three pauses of an hour move them by a day, not by three. Read off what happened, as a retirement's state only knows
the pause that lasts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from data import events
from data.records.facts import Pauses
from data.records.retirement import Plan

BECAUSE = "the retirement was paused"
"""Why dates were amended, on the record since the first version."""
DAY = timedelta(days=1)


def pauses(happened: Iterable[events.AnyEvent]) -> Pauses:
    """Those that ended, of the plan that stands after `happened`, oldest first. Another plan has dates of its own."""
    found, since = Pauses(), None
    plan: Plan | None = None
    for event in happened:
        match event:
            case events.Proposed() | events.Revised():
                found, since, plan = Pauses(), None, event.plan
            case events.Amended():
                if event.because == BECAUSE and plan is not None:
                    moved = found.moved_days + _moved_days(plan, event.plan)
                    found = Pauses(total=found.total, moved_days=moved)
                plan = event.plan
            case events.Paused():
                since = event.at
            case events.Resumed():
                found = Pauses(total=found.total + lasted(since, event.at), moved_days=found.moved_days)
                since = None
            case _:
                pass
    return found


def lasted(since: datetime | None, until: datetime) -> timedelta:
    """A clock that was set back in between has seen no pause at all."""
    return max(until - since, timedelta(0)) if since is not None else timedelta(0)


def days_to_move(before: Pauses, length: timedelta) -> int:
    """What a pause of this length moves dates by, on top of what those before it have moved them by."""
    return max(0, -(-(before.total + length) // DAY) - before.moved_days)


def _moved_days(before: Plan, after: Plan) -> int:
    """A step keeps its hour, so where clocks change a day is an hour longer or shorter."""
    moved = (after.step(step.kind).due_at - step.due_at for step in before.steps)
    return round(max(moved) / DAY)
