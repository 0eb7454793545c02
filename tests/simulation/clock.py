"""What time it is: the true one, and the bot's, which is a little off and is corrected now and then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.simulation.faults import Boundaries

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """`truth` never goes back. Implements the product's `World` through `skew`, which may change either way."""

    def __init__(self, start: datetime, boundaries: Boundaries) -> None:
        self.truth = start
        self.skew = timedelta()
        self._boundaries = boundaries

    def now(self) -> datetime:
        return self.truth + self.skew

    def wall(self) -> float:
        return (self.truth + self.skew - _EPOCH).total_seconds()

    def after(self, wall_seconds: float) -> datetime:
        return self.now() + timedelta(seconds=wall_seconds)

    def point(self, name: str) -> None:
        self._boundaries.cross(name)

    def pass_(self, seconds: float) -> None:
        self.truth += timedelta(seconds=seconds)

    def reach(self, at: datetime) -> None:
        """No earlier than `at` by the true clock."""
        self.truth = max(self.truth, at)

    def show(self, at: datetime) -> None:
        """Until the bot's clock shows `at`."""
        self.reach(at - self.skew)


def stamp(at: datetime) -> float:
    return (at - _EPOCH).total_seconds()
