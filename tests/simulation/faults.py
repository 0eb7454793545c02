"""Where the world breaks: every boundary is counted, and at some of them something happens.

A boundary is a moment after which the world outside differs from what the bot knows, or the other way round:
before and after each commit, call, copy and switch, and every `World.point` of the product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from random import Random


class Crash(BaseException):
    """The process is gone. No `except Exception` of the product may see it."""


class Violation(BaseException):
    """The world saw what must never be. No `except Exception` of the product may hide it."""


@dataclass(kw_only=True)
class Weather:
    """How often things go wrong. Rates are per boundary, per call, per commit or per click."""

    crashes: float = 0.0
    crash_at: int = 0
    lost_calls: float = 0.0
    storms: float = 0.0
    full_disks: float = 0.0
    pauses: float = 0.0
    imports: float = 0.0
    odd_clicks: float = 0.0
    skews: float = 0.0
    bad_copies: float = 0.0
    bad_switches: float = 0.0
    slow_work: float = 0.0
    whims: float = 0.0
    """How often people do something that no story needs."""

    def clear_up(self) -> None:
        """From here on nothing goes wrong."""
        for fault in fields(self):
            setattr(self, fault.name, type(getattr(self, fault.name))())


TYPICAL = Weather(
    crashes=0.006,
    lost_calls=0.05,
    storms=0.004,
    full_disks=0.002,
    pauses=0.02,
    imports=0.004,
    odd_clicks=0.15,
    skews=0.01,
    bad_copies=0.12,
    bad_switches=0.05,
    slow_work=0.15,
    whims=0.15,
)
FACTORS = (0.0, 0.5, 1.0, 1.0, 1.5, 4.0)


def weather_of(seed: int) -> Weather:
    """Each world has a weather of its own: some faults are absent, some come thick and fast.

    What hides a bug in one mixture is missing in another (swarm testing, Groce et al., ISSTA 2012).
    """
    rand = Random(f"weather {seed}")
    rates = {
        fault.name: getattr(TYPICAL, fault.name) * rand.choice(FACTORS)
        for fault in fields(Weather)
        if fault.name != "crash_at"
    }
    return Weather(**rates)


class Boundaries:
    """Counts what is crossed, and crashes where it is told to or where chance has it."""

    def __init__(self, rand: Random, weather: Weather) -> None:
        self._rand = rand
        self._weather = weather
        self.count = 0
        self.crashes = 0
        self.stopped_at = 0
        self.crossed: list[str] = []
        self.at: dict[str, Callable[[], None]] = {}
        """What happens besides at boundaries of that name."""
        self._next = self._drawn()

    def cross(self, name: str) -> None:
        self.count += 1
        self.crossed.append(name)
        if self.count == self._next:
            self._next = self._drawn()
            self.crashes += 1
            raise Crash(name)
        if happens := self.at.get(name):
            happens()

    def stop(self) -> None:
        """No crash any more."""
        self._next = 0
        self.stopped_at = self.count

    def _drawn(self) -> int:
        if self._weather.crash_at:
            return self._weather.crash_at
        if not self._weather.crashes:
            return 0
        return self.count + 1 + int(self._rand.expovariate(self._weather.crashes))
