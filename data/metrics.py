"""What is counted while Emeritus works. By kinds and outcomes only: never ids, names or people.

Where it is counted to is the edge's business (bot/serving/metrics.py); whoever works is handed something to tell.
"""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """All methods are safe to call from any thread, return at once and never raise."""

    def committed(self, writes: int, seconds: float, *, ok: bool) -> None:
        """A commit of the record ended: how many writes it carried, and how long it took to be durable."""
        ...

    def worked(self, kind: str, outcome: str) -> None:
        """A claim was settled. kind: inbox, timer, or that of an effect; outcome: done, again, unknown, dead."""
        ...

    def called(self, method: str, outcome: str, seconds: float) -> None:
        """A call to Slack ended. outcome: ok, rate_limited, refused, unreachable, unknown."""
        ...

    def judged(self, question: str, verdict: str) -> None:
        """Somebody said of an answer to a question of this kind that it helped, or did not: helped, unhelpful."""
        ...

    def checked(self, end: str) -> None:
        """A check of a consumer ended: passed, failed, skipped, could not run."""
        ...


class Uncounted:
    """Implements `Metrics` for whoever does not look."""

    def committed(self, writes: int, seconds: float, *, ok: bool) -> None: ...

    def worked(self, kind: str, outcome: str) -> None: ...

    def called(self, method: str, outcome: str, seconds: float) -> None: ...

    def judged(self, question: str, verdict: str) -> None: ...

    def checked(self, end: str) -> None: ...


UNCOUNTED = Uncounted()
