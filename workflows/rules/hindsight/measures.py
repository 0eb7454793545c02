"""How do retirements go? Five numbers, each with what it counts; without anything to count it says so, and never zero.

The table is the one place of their definitions: the digest and README print it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from data.records.base import Record
from workflows.rules.hindsight.outcomes import Outcome
from workflows.rules.wording import counted

LOOKS_BACK_DAYS = 365
"""Ours: long enough for some to have ended, and short enough to show that they go otherwise by now."""


class Metric(StrEnum):
    CYCLE = "Median cycle time"
    ARCHIVES = "Artifact accessibility"
    DISRUPTION = "User disruption"
    SLIPS = "Slip rate"
    REVIEWS = "Reviews written"


_LATELY = f"in the last {LOOKS_BACK_DAYS} days"
DEFINITIONS: Mapping[Metric, str] = {
    Metric.CYCLE: f"days from the proposal to the end of the dark window, of retirements closed {_LATELY}",
    Metric.ARCHIVES: (
        "archives that held when they were last read back in full, of all that were ever read back; one that did "
        "not hold, or was older than its sources, is counted as lost until it is made and read back anew"
    ),
    Metric.DISRUPTION: (
        f"retirements whose service was asked back after it had gone dark, of those that went dark {_LATELY}; "
        "calls that meet a dark endpoint are not recorded, so they are not in it"
    ),
    Metric.SLIPS: (
        f"retirements that were switched off on a later day than first announced, of those switched off {_LATELY}"
    ),
    Metric.REVIEWS: f"stages that somebody looked back on, of those that were over {_LATELY}; nothing waits for one",
}


class Measure(Record, frozen=True, kw_only=True):
    """One number. `n` is how many it was counted of; with none there is no value, and `said` says what is missing.

    value   days, or a share from 0 to 1
    said    the value with what it is made of, in words
    """

    metric: Metric
    n: int
    value: float | None
    said: str


def measures(outcomes: Iterable[Outcome], now: datetime) -> tuple[Measure, ...]:
    """All of them, in the order of the table."""
    every = tuple(outcomes)
    since = now - timedelta(days=LOOKS_BACK_DAYS)
    return (
        _cycle(every, since),
        _archives(every, now),
        _disruption(every, since),
        _slips(every, since),
        _reviews(every, since),
    )


def _cycle(every: Sequence[Outcome], since: datetime) -> Measure:
    days = sorted(
        (one.closed_at - one.proposed_at) / timedelta(days=1)
        for one in every
        if one.closed_at is not None and one.proposed_at is not None and one.closed_at > since
    )
    if not days:
        return _nothing(Metric.CYCLE, "no retirement was closed")
    middle = median(days)
    span = f", from {round(days[0]):,} to {round(days[-1]):,}" if len(days) > 1 else ""
    said = f"{counted(round(middle), 'day')}{span} (n = {len(days):,})"
    return Measure(metric=Metric.CYCLE, n=len(days), value=middle, said=said)


def _archives(every: Sequence[Outcome], now: datetime) -> Measure:
    read = [one for one in every if one.holds is not None]
    unread = sum(one.archived_at is not None and one.holds is None for one in every)
    if not read:
        missing = f"{counted(unread, 'archive')} not read back yet" if unread else "no archive was made yet"
        return Measure(metric=Metric.ARCHIVES, n=0, value=None, said=f"no data: {missing}")
    held = [one for one in read if one.holds]
    value = len(held) / len(read)
    said = f"{percent(value)}, {len(held):,} of {counted(len(read), 'archive')}"
    oldest = min((one.read_back_at for one in held if one.read_back_at is not None), default=None)
    if oldest is not None:
        said += f", the oldest proof {counted((now - oldest).days, 'day')} old"
    said += f"; {unread:,} more not read back yet" if unread else ""
    return Measure(metric=Metric.ARCHIVES, n=len(read), value=value, said=said)


def _disruption(every: Sequence[Outcome], since: datetime) -> Measure:
    dark = [one for one in every if one.darkened_at is not None and one.darkened_at > since]
    back = [one for one in dark if one.brought_back_at is not None]
    again = sum(at > since for one in every for at in one.called_again_at)
    beside = f"; {counted(again, 'consumer')} seen calling after it was reported as migrated" if again else ""
    if not dark:
        nothing = _nothing(Metric.DISRUPTION, "nothing went dark")
        return Measure(metric=nothing.metric, n=0, value=None, said=f"{nothing.said}{beside}")
    value = len(back) / len(dark)
    said = f"{percent(value)}, {len(back):,} of {counted(len(dark), 'retirement')} brought back{beside}"
    return Measure(metric=Metric.DISRUPTION, n=len(dark), value=value, said=said)


def _slips(every: Sequence[Outcome], since: datetime) -> Measure:
    dark = [
        one for one in every if one.dark_on is not None and one.is_announced and one.dark_on > since.date()
    ]
    if not dark:
        return _nothing(Metric.SLIPS, "nothing was switched off")
    late = [one.slipped_days for one in dark if one.slipped_days]
    value = len(late) / len(dark)
    by = f", by {counted(round(median(late)), 'day')} in the middle" if late else ""
    said = f"{percent(value)}, {len(late):,} of {counted(len(dark), 'retirement')}{by}"
    return Measure(metric=Metric.SLIPS, n=len(dark), value=value, said=said)


def _reviews(every: Sequence[Outcome], since: datetime) -> Measure:
    over = [stage in one.reviewed for one in every for stage, at in one.over_at.items() if at > since]
    if not over:
        return _nothing(Metric.REVIEWS, "no stage was over")
    value = sum(over) / len(over)
    said = f"{percent(value)}, {sum(over):,} of {counted(len(over), 'stage')}"
    return Measure(metric=Metric.REVIEWS, n=len(over), value=value, said=said)


def _nothing(metric: Metric, what: str) -> Measure:
    return Measure(metric=metric, n=0, value=None, said=f"no data: {what} {_LATELY}")


def percent(share: float) -> str:
    """Whole percents; what is not none, and not all, never reads as if it were."""
    whole = round(100 * share)
    if whole == 0 and share > 0:
        return "under 1%"
    if whole == 100 and share < 1:
        return "over 99%"
    return f"{whole}%"
