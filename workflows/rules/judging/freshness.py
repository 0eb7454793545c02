"""Is what a successor reads new enough? Asked before each increase: what nobody tells is not fresh."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data.records.feeds import Feed, FeedStanding, Freshness
from workflows.rules.wording import spoken

LATE = 1.5
"""So many times as old as its cadence may the newest event be: a job that takes as long as it likes is late then."""

AHEAD_SECONDS = 300
"""Clocks differ by that; an event that lies farther ahead has a wrong time, and hides how old the others are."""


def freshness(
    feeds: Iterable[Feed], now: datetime, *, old: Iterable[Feed] = (), behind_seconds_max: int | None = None
) -> tuple[FeedStanding, ...]:
    """Of each feed of the successor, in order.

    old    what the model it replaces reads: of feeds with the same name, the successor's may be older by
           `behind_seconds_max`; None: however much
    """
    theirs = {one.name: one for one in old}
    return tuple(_standing(one, theirs.get(one.name), now, behind_seconds_max) for one in feeds)


def is_fresh(standings: Iterable[FeedStanding]) -> bool:
    return all(one.freshness is Freshness.FRESH for one in standings)


def _standing(feed: Feed, old: Feed | None, now: datetime, behind_max: int | None) -> FeedStanding:
    if feed.newest_at is None:
        return FeedStanding(name=feed.name, freshness=Freshness.UNKNOWN, why="nobody tells its newest event")
    age = round((now - feed.newest_at).total_seconds())
    behind = (
        round((old.newest_at - feed.newest_at).total_seconds())
        if old is not None and old.newest_at is not None
        else None
    )
    found, why = _judged(feed, age, behind, behind_max)
    return FeedStanding(name=feed.name, freshness=found, why=why, age_seconds=age, behind_seconds=behind)


def _judged(feed: Feed, age: int, behind: int | None, behind_max: int | None) -> tuple[Freshness, str]:
    if age < -AHEAD_SECONDS:
        return Freshness.UNKNOWN, f"its newest event lies {spoken(-age)} ahead: its times are wrong"
    if feed.every_seconds is None:
        return (
            Freshness.UNKNOWN,
            f"nobody declares how often it has new ones; the newest is {spoken(age)} old",
        )
    if age > LATE * feed.every_seconds:
        return (
            Freshness.STALE,
            f"its newest event is {spoken(age)} old, where there is one every {spoken(feed.every_seconds)}",
        )
    if behind is not None and behind_max is not None and behind > behind_max:
        than = f"{spoken(behind)} older than what the old model reads"
        return Freshness.STALE, f"its newest event is {than}, where {spoken(behind_max)} is the limit"
    return Freshness.FRESH, ""
