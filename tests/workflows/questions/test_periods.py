"""Until when is "next week"? On the calendar of whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from workflows.questions.periods import Period, window


@pytest.mark.parametrize(
    ("now", "period", "first", "last"),
    [
        ("2027-03-24 10:00", Period.TODAY, "2027-03-24 10:00", "2027-03-24 23:59"),
        ("2027-03-24 10:00", Period.TOMORROW, "2027-03-25 00:00", "2027-03-25 23:59"),
        ("2027-03-24 10:00", Period.THIS_WEEK, "2027-03-24 10:00", "2027-03-28 23:59"),
        ("2027-03-24 10:00", Period.NEXT_WEEK, "2027-03-29 00:00", "2027-04-04 23:59"),
        ("2027-03-24 10:00", Period.THIS_MONTH, "2027-03-24 10:00", "2027-03-31 23:59"),
        ("2027-03-24 10:00", Period.NEXT_MONTH, "2027-04-01 00:00", "2027-04-30 23:59"),
        ("2027-12-31 23:59", Period.NEXT_MONTH, "2028-01-01 00:00", "2028-01-31 23:59"),
        ("2027-11-30 08:00", Period.NEXT_MONTH, "2027-12-01 00:00", "2027-12-31 23:59"),
        ("2027-03-28 23:00", Period.NEXT_WEEK, "2027-03-29 00:00", "2027-04-04 23:59"),
        ("2027-03-29 00:00", Period.THIS_WEEK, "2027-03-29 00:00", "2027-04-04 23:59"),
        ("2027-03-24 10:00", Period.JUNE, "2027-06-01 00:00", "2027-06-30 23:59"),
        ("2027-03-24 10:00", Period.MARCH, "2027-03-24 10:00", "2027-03-31 23:59"),
        ("2027-03-24 10:00", Period.JANUARY, "2028-01-01 00:00", "2028-01-31 23:59"),
        ("2027-03-24 10:00", Period.DECEMBER, "2027-12-01 00:00", "2027-12-31 23:59"),
        ("2027-03-24 10:00", Period.AHEAD, "2027-03-24 10:00", "2027-03-31 11:00"),
    ],
    ids=str,
)
def test_a_period_is_of_whole_days_there_also_where_clocks_change_within_it(now, period, first, last) -> None:
    zone = ZoneInfo("Europe/Berlin")  # its clocks go forward on 2027-03-28
    found = window(period, datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC), "Europe/Berlin")
    assert [f"{one.astimezone(zone):%Y-%m-%d %H:%M}" for one in found] == [first, last]
