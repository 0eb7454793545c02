"""How many retirements stand in each state, and how many of them are later than was first announced?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from data.records.base import Record
from data.records.retirement import Retirement, State
from workflows.rules.hindsight.measures import LOOKS_BACK_DAYS
from workflows.rules.hindsight.outcomes import Outcome, as_of
from workflows.rules.hours import zoned_day

SHOWN = (
    State.PROPOSED,
    State.APPROVED,
    State.MIGRATING,
    State.BROWNOUT,
    State.DISABLED,
    State.ARCHIVED,
    State.PRUNED,
)
"""On the way of a retirement. What was called off, vetoed or rolled back is on none."""


class Count(Record, frozen=True, kw_only=True):
    """`slipped`: later than first announced, or bound to be. `undated`: nothing was announced yet."""

    state: State
    on_time: int = 0
    slipped: int = 0
    undated: int = 0

    @property
    def every(self) -> int:
        return self.on_time + self.slipped + self.undated


def by_state(
    retirements: Iterable[Retirement], outcomes: Iterable[Outcome], now: datetime
) -> tuple[Count, ...]:
    """All states on the way, in its order; of the archived ones those that were closed lately."""
    known = {one.retirement_id: one for one in outcomes}
    since = now - timedelta(days=LOOKS_BACK_DAYS)
    found: Counter[tuple[State, str]] = Counter()
    for retirement in retirements:
        came_to = known.get(retirement.id, Outcome(retirement_id=retirement.id))
        is_long_over = came_to.closed_at is not None and came_to.closed_at <= since
        if retirement.state in SHOWN and not is_long_over:
            found[retirement.state, _pace(retirement, came_to, now)] += 1
    return tuple(
        Count(
            state=state,
            on_time=found[state, "on time"],
            slipped=found[state, "slipped"],
            undated=found[state, "undated"],
        )
        for state in SHOWN
    )


def _pace(retirement: Retirement, came_to: Outcome, now: datetime) -> str:
    if not came_to.is_announced:
        return "undated"
    zone = retirement.policy.zone if retirement.policy else "UTC"
    return "slipped" if as_of(came_to, zoned_day(now, zone)).slipped_days else "on time"
