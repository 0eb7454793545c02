"""Worlds whose people live all round the earth and are written to in their working hours only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zlib import crc32

from data.policies.policy import read_windows
from data.records.decision import NotDone
from data.records.hours import Hours
from tests.simulation.clock import Clock

OFFICE = read_windows()
ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")


class Everywhere:
    """A timekeeper who is never asked away for long. Everybody rests on some afternoons, and on two days in spring."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked = 0

    def hours_of(self, slack_id: str, now: datetime, *, is_ahead: bool = False) -> Hours | NotDone:
        self._asked += 1
        if self._asked % 7 == 0:
            return NotDone(retry_at=now + timedelta(seconds=30), why="Slack is asked", is_kept=True)
        return self.known(slack_id, now)

    def known(self, slack_id: str, now: datetime, *, zone: str = "") -> Hours:
        return hours(slack_id, now)


def hours(slack_id: str, now: datetime) -> Hours:
    number = crc32(slack_id.encode())
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    rests = now.toordinal() % 5 == number % 5
    return Hours(
        windows=OFFICE,
        zone=ZONES[number % len(ZONES)],
        holidays=frozenset({date(2027, 3, 26), date(2027, 3, 29)}),
        quiet=((noon, noon + timedelta(hours=3)),) if rests else (),
    )
