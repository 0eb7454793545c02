"""How far back must one look for so many days in which a server ran?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workflows.adapters import call_log
from workflows.adapters.call_log import CallLog, Metered

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return MARCH + timedelta(days=number)


def a_log(path: Path, *runs: tuple[float, float]) -> Path:
    """One that ran from day to day, and gave a sign of life at the end of each run."""
    for since, until in runs:
        CallLog(path / "calls.db", day(since)).live(day(until))
    return path / "calls.db"


@pytest.mark.parametrize(
    ("runs", "is_running", "expected"),
    [
        pytest.param([(0, 0)], True, Metered(day(5), 5), id="it has run all the time"),
        pytest.param([(0, 9.5)], False, Metered(day(4.5), 5), id="it ended half a day ago"),
        pytest.param([(0, 2), (9, 9)], True, Metered(day(0), 3), id="a week of not running is no quiet week"),
        pytest.param([(0, 6), (9, 9)], True, Metered(day(2), 5), id="what it lacks lies before the outage"),
        pytest.param([(7.5, 9), (9, 9)], True, Metered(day(7.5), 2), id="too young, restarted at once"),
        pytest.param([(0, 9), (12, 12)], True, Metered(day(4), 5), id="a clock that was ahead adds nothing"),
    ],
)
def test_days_are_counted_over_the_time_in_which_it_ran(tmp_path, runs, is_running, expected):
    log = a_log(tmp_path, *runs)
    assert call_log.metered(log, days=5, until=day(10), is_running=is_running) == expected


def test_a_log_that_says_nothing_of_its_runs_is_unknown(tmp_path):
    assert call_log.metered(tmp_path / "calls.db", days=5, until=day(10), is_running=True) is None
    (tmp_path / "calls.db").write_bytes(b"no database")
    assert call_log.metered(tmp_path / "calls.db", days=5, until=day(10), is_running=True) is None
