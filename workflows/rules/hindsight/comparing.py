"""How does one retirement go beside comparable ones? Against their median, or that there are too few for one.

Comparable are those of the same tier: notice and approvals follow from it, and most of the days do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from data.records.base import Record
from workflows.rules.hindsight.measures import LOOKS_BACK_DAYS
from workflows.rules.hindsight.outcomes import Outcome

COMPARABLE_MIN = 3
"""Ours: the median of two is only what lies between them."""


class Figure(StrEnum):
    DARK = "Days to switch-off"
    CYCLE = "Cycle time"
    SLIP = "Slip"


_LATELY = f"of those in the last {LOOKS_BACK_DAYS} days"
COUNTS: Mapping[Figure, str] = {
    Figure.DARK: f"days from the proposal until all of it was switched off, {_LATELY}",
    Figure.CYCLE: f"days from the proposal to the end of the dark window, {_LATELY}",
    Figure.SLIP: f"days between the last day first announced and the day of the switch-off, {_LATELY}",
}


class Compared(Record, frozen=True, kw_only=True):
    """One figure in days. `own` is None while it has not come to that; `middle`, where fewer than enough did.

    n   how many comparable ones came to it
    """

    figure: Figure
    own: float | None
    middle: float | None
    n: int


def compared(own: Outcome, comparable: Iterable[Outcome], now: datetime) -> tuple[Compared, ...]:
    """Every figure, in the order of the table. `own` is not counted among those it is compared with."""
    others = tuple(one for one in comparable if one.retirement_id != own.retirement_id)
    since = now - timedelta(days=LOOKS_BACK_DAYS)
    return tuple(_compared(figure, days, own, others, since) for figure, days in _DAYS.items())


def _compared(
    figure: Figure,
    days: Callable[[Outcome], tuple[float, datetime] | None],
    own: Outcome,
    others: tuple[Outcome, ...],
    since: datetime,
) -> Compared:
    mine = days(own)
    found = [came_to[0] for one in others if (came_to := days(one)) is not None and came_to[1] > since]
    middle = median(found) if len(found) >= COMPARABLE_MIN else None
    return Compared(figure=figure, own=mine[0] if mine else None, middle=middle, n=len(found))


def _to_dark(one: Outcome) -> tuple[float, datetime] | None:
    if one.proposed_at is None or one.all_dark_at is None:
        return None
    return (one.all_dark_at - one.proposed_at) / timedelta(days=1), one.all_dark_at


def _cycle(one: Outcome) -> tuple[float, datetime] | None:
    if one.proposed_at is None or one.closed_at is None:
        return None
    return (one.closed_at - one.proposed_at) / timedelta(days=1), one.closed_at


def _slip(one: Outcome) -> tuple[float, datetime] | None:
    if one.all_dark_at is None or not one.is_announced:
        return None
    return float(one.slipped_days), one.all_dark_at


_DAYS: Mapping[Figure, Callable[[Outcome], tuple[float, datetime] | None]] = {
    Figure.DARK: _to_dark,
    Figure.CYCLE: _cycle,
    Figure.SLIP: _slip,
}
