"""What if the server takes a statement and never answers? A connection that gives up on silence, and is closed then.

No limit of the server's own helps where the whole server stands still, and the network sees nothing wrong: its
kernel still answers. Silence counts, not length: what keeps coming may take as long as it takes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import Any, TypeVar

import psycopg

from data.patience import seconds_left

T = TypeVar("T")

SILENCE_SECONDS = 12.0
"""Longer than the server itself lets a statement run: one that is alive has said no by then."""


class Heard(psycopg.Connection[Any]):
    """Raises `OperationalError` after `silence_seconds` without a word, or when the thread's patience is at its end."""

    silence_seconds = SILENCE_SECONDS

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        return super().wait(self._listened_to(gen), interval)

    def _listened_to(self, gen: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        try:
            wanted, heard_at = next(gen), monotonic()
            while True:
                # psycopg comes back every `interval` with nothing when there is nothing.
                ready = yield wanted
                if ready:
                    heard_at = monotonic()
                elif (silent := monotonic() - heard_at) > self.silence_seconds or seconds_left() < 0:
                    self.close()
                    raise psycopg.OperationalError(f"not a word for {silent:.1f} s")
                wanted = gen.send(ready)
        except StopIteration as ended:
            found: T = ended.value
            return found

    @contextmanager
    def long_job(self) -> Iterator[None]:
        """What may rightly take long, such as changing a large table."""
        self.silence_seconds = inf
        try:
            yield
        finally:
            self.silence_seconds = SILENCE_SECONDS
