"""The meter of endpoints that keep a call log: how often was one called, by whom, and since when is that known?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path

from data.errors import Unavailable
from workflows.adapters import call_log
from workflows.adapters.caller_names import shown


class CallMeter(ABC):
    @abstractmethod
    def log_of(self, ref: str) -> Path:
        """Where its calls are logged."""

    @abstractmethod
    def is_counting(self, ref: str) -> bool:
        """Does it answer, so that the time since its last sign of life counts?"""

    def metered(self, ref: str, *, days: int, until: datetime) -> call_log.Metered | None:
        """Since when so many days lie in which it ran and counted; None when there is no readable log."""
        return call_log.metered(self.log_of(ref), days=days, until=until, is_running=self.is_counting(ref))

    def calls(self, ref: str, *, since: datetime, until: datetime) -> int | None:
        """Calls in [since, until). None when the log does not reach back that far: unknown is never zero."""
        return call_log.count(self.log_of(ref), since=since, until=until)

    def passed_on(self, ref: str, via: str, since: datetime) -> int | None:
        """Calls that this proxy passed on to it, copies apart. None when the log does not reach back that far."""
        return call_log.count(self.log_of(ref), since=since, became=f"via {via}")

    def callers(self, ref: str, since: datetime) -> dict[str, int]:
        """Who called how often since then, most often first; Unavailable when the log cannot be read."""
        found = call_log.callers(self.log_of(ref), since=since)
        if found is None:
            raise _unreadable(ref)
        return found

    def daily(self, ref: str) -> tuple[call_log.Daily, ...]:
        """Who called on which days, of all there ever were; Unavailable when the log cannot be read."""
        found = call_log.daily(self.log_of(ref))
        if found is None:
            raise _unreadable(ref)
        return tuple(one._replace(caller=shown(one.caller)) for one in found)


def _unreadable(ref: str) -> Unavailable:
    return Unavailable(f"The call log of endpoint {ref} cannot be read, so its callers are unknown")
