"""What time is it, and how long until then? The calendar of the bot, which may run faster than the wall's."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from workflows.adapters.model_server import Calendar


class CalendarWorld:
    """The clock on the wall, read through a calendar that may run faster. Implements `World`."""

    def __init__(self, calendar: Calendar | None = None, wall: Callable[[], float] = time.time) -> None:
        self._calendar = calendar or Calendar()
        self._wall = wall

    @property
    def speed(self) -> float:
        return self._calendar.speed

    def now(self) -> datetime:
        return self._calendar.at(self._wall())

    def after(self, wall_seconds: float) -> datetime:
        return self.now() + timedelta(seconds=wall_seconds * self.speed)

    def wall_seconds_until(self, due_at: datetime) -> float:
        return (due_at - self.now()).total_seconds() / self.speed

    def point(self, name: str) -> None:
        """Nothing crashes on purpose here."""
