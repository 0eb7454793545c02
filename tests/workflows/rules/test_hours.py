"""When a day begins to count: at the policy's hour, in the policy's zone, across clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.builders import a_policy
from workflows.rules import hours

LISBON = a_policy(zone="Europe/Lisbon")
AUCKLAND = a_policy(zone="Pacific/Auckland")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "policy", "expected"),
    [
        pytest.param(date(2027, 1, 4), LISBON, utc(2027, 1, 4, 9), id="winter"),
        pytest.param(date(2027, 7, 5), LISBON, utc(2027, 7, 5, 8), id="summer"),
        pytest.param(date(2027, 1, 4), AUCKLAND, utc(2027, 1, 3, 20), id="the other side of the world"),
    ],
)
def test_steps_run_at_the_policys_hour_in_its_zone(day, policy, expected):
    assert hours.instant_on(day, policy) == expected
    assert hours.day_of(expected, policy) == day


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (utc(2027, 1, 4, 8, 59), utc(2027, 1, 4, 9)),
        (utc(2027, 1, 4, 9), utc(2027, 1, 4, 9)),
        (utc(2027, 1, 4, 9, 0, 1), utc(2027, 1, 5, 9)),
    ],
)
def test_the_first_hour_of_steps_is_never_before_the_instant(at, expected):
    assert hours.first_at_or_after(at, LISBON) == expected


def test_days_later_keep_the_hour_of_the_day_when_the_clocks_change():
    assert hours.days_later(utc(2027, 3, 27, 9), 1, LISBON) == utc(2027, 3, 28, 8)
    assert hours.days_later(utc(2027, 3, 28, 8), -1, LISBON) == utc(2027, 3, 27, 9)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(utc(2027, 1, 4, 8), utc(2027, 1, 4, 9), id="this monday"),
        pytest.param(utc(2027, 1, 4, 9), utc(2027, 1, 11, 9), id="strictly after"),
        pytest.param(utc(2027, 1, 6, 0), utc(2027, 1, 11, 9), id="next monday"),
        pytest.param(utc(2027, 3, 23, 0), utc(2027, 3, 29, 8), id="after the clocks changed"),
    ],
)
def test_the_digest_comes_weekly_in_the_policys_zone(after, expected):
    assert hours.next_digest_at(after, LISBON) == expected
