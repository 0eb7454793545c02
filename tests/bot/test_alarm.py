"""The alarm goes off at the earliest due row: late, early, again and again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alarm import HEARTBEAT_SECONDS, Alarm

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)


class Awake:
    """Counts how often it was woken, and lets a test wait for the next time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.times = 0

    def __call__(self) -> None:
        with self._changed:
            self.times += 1
            self._changed.notify_all()

    def reaches(self, times: int, seconds: float = 3.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.times >= times, seconds)


@pytest.fixture
def awake() -> Awake:
    return Awake()


@pytest.fixture
def alarm(awake: Awake) -> Iterator[Alarm]:
    made = Alarm(awake, lambda due: (due - NOON).total_seconds())
    made.start()
    yield made
    made.stop()


def test_it_goes_off_when_the_row_is_due(alarm: Alarm, awake: Awake) -> None:
    alarm.arm(NOON + timedelta(seconds=0.1))

    assert not awake.reaches(1, seconds=0.02)
    assert awake.reaches(1)


def test_what_is_overdue_goes_off_at_once(alarm: Alarm, awake: Awake) -> None:
    alarm.arm(NOON - timedelta(days=400))

    assert awake.reaches(1)


def test_it_can_be_set_again_from_within_its_own_run_any_number_of_times(awake: Awake) -> None:
    """APScheduler drops a job that is added again under its id while its run is going."""

    def wake() -> None:
        awake()
        if awake.times < 25:
            alarm.arm(NOON)

    alarm = Alarm(wake, lambda due: (due - NOON).total_seconds())
    alarm.start()
    alarm.arm(NOON)

    assert awake.reaches(25)
    alarm.stop()


def test_an_earlier_row_moves_it_and_none_silences_it(alarm: Alarm, awake: Awake) -> None:
    alarm.arm(NOON + timedelta(hours=1))
    alarm.arm(NOON + timedelta(seconds=0.05))
    assert awake.reaches(1)

    alarm.arm(NOON + timedelta(seconds=0.1))
    alarm.arm(None)
    alarm.arm(None)
    assert not awake.reaches(2, seconds=0.25)


def test_a_row_a_thousand_years_away_is_no_trouble(alarm: Alarm, awake: Awake) -> None:
    alarm.arm(NOON.replace(year=3031))

    assert not awake.reaches(1, seconds=0.05)


def test_the_heartbeat_wakes_without_any_alarm(awake: Awake) -> None:
    alarm = Alarm(awake, lambda _due: 0.0, heartbeat_seconds=0.05)
    alarm.start()

    assert awake.reaches(2)
    alarm.stop()
    assert HEARTBEAT_SECONDS <= 30


def test_a_faster_calendar_drives_it_too(awake: Awake) -> None:
    a_day_in_a_second = Alarm(awake, lambda due: (due - NOON).total_seconds() / 86_400)
    a_day_in_a_second.start()
    a_day_in_a_second.arm(NOON + timedelta(hours=2))

    assert awake.reaches(1)
    a_day_in_a_second.stop()


def test_there_are_never_more_than_two_jobs(alarm: Alarm) -> None:
    for hours in range(1, 50):
        alarm.arm(NOON + timedelta(hours=hours))

    assert sorted(job.id for job in alarm._scheduler.get_jobs()) == ["alarm", "heartbeat"]


def test_a_stopped_alarm_stays_silent_and_may_be_stopped_again(awake: Awake) -> None:
    alarm = Alarm(awake, lambda due: (due - NOON).total_seconds())
    alarm.start()
    alarm.arm(NOON + timedelta(seconds=0.05))
    alarm.stop()
    alarm.stop()

    assert not awake.reaches(1, seconds=0.15)


def test_nothing_else_in_the_product_schedules() -> None:
    root = Path(__file__).parents[2]
    users = [
        path.relative_to(root).as_posix()
        for layer in ("bot", "workflows", "data")
        for path in (root / layer).rglob("*.py")
        if "apscheduler" in path.read_text(encoding="utf-8")
    ]

    assert users == ["bot/alarm.py"]
