"""What a successor reads has to be new enough, and what nobody tells is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.records.feeds import Feed, FeedStanding, Freshness
from workflows.rules.judging.freshness import freshness, is_fresh

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600


def a_feed(hours_old: float | None = 0.5, every_hours: float | None = 1) -> Feed:
    return Feed(
        name="tenures",
        newest_at=NOW - timedelta(hours=hours_old) if hours_old is not None else None,
        every_seconds=int(every_hours * HOUR) if every_hours is not None else None,
    )


@pytest.mark.parametrize(
    ("feed", "old", "expected", "why"),
    [
        (a_feed(0.5), None, Freshness.FRESH, ""),
        (a_feed(1.5), None, Freshness.FRESH, ""),
        (
            a_feed(1.6),
            None,
            Freshness.STALE,
            "its newest event is 96 minutes old, where there is one every 1 hour",
        ),
        (a_feed(70, 48), None, Freshness.FRESH, ""),
        (a_feed(None), None, Freshness.UNKNOWN, "nobody tells its newest event"),
        (
            a_feed(0.5, None),
            None,
            Freshness.UNKNOWN,
            "nobody declares how often it has new ones; the newest is 30 minutes old",
        ),
        (a_feed(-0.05), None, Freshness.FRESH, ""),
        (
            a_feed(-3),
            None,
            Freshness.UNKNOWN,
            "its newest event lies 3 hours ahead: its times are wrong",
        ),
        (a_feed(70, 48), a_feed(69.5), Freshness.FRESH, ""),
        (
            a_feed(70, 48),
            a_feed(2),
            Freshness.STALE,
            "its newest event is 2.8 days older than what the old model reads, where 1 hour is the limit",
        ),
        (a_feed(70, 48), a_feed(None), Freshness.FRESH, ""),
        (a_feed(0.1), a_feed(9), Freshness.FRESH, ""),
    ],
    ids=[
        "new",
        "half a cadence late",
        "later than that",
        "old, as it always is",
        "nobody tells its events",
        "nobody declares its cadence",
        "clocks differ",
        "from the future",
        "a little behind the old model",
        "far behind the old model",
        "nobody tells of the old model's",
        "newer than the old model's",
    ],
)
def test_a_feed_is_fresh_by_its_own_cadence_and_beside_the_old_models(feed, old, expected, why):
    (found,) = freshness([feed], NOW, old=[old] if old else [], behind_seconds_max=HOUR)
    assert (found.freshness, found.why) == (expected, why)
    assert is_fresh([found]) is (expected is Freshness.FRESH)


def test_a_standing_says_how_old_it_is_and_how_far_behind():
    (found,) = freshness([a_feed(0.5)], NOW, old=[a_feed(0.25)])
    assert found == FeedStanding(
        name="tenures", freshness=Freshness.FRESH, age_seconds=1800, behind_seconds=900
    )
