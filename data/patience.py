"""How long may a look at the record take? Whoever keeps a person waiting sets an end, and all that follows keeps to it.

A deadline of the thread it is set in; work that outlives it belongs into another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

_until: ContextVar[float] = ContextVar("until", default=inf)


@contextmanager
def hurried(until: float) -> Iterator[None]:
    """Until then, as `monotonic` counts; an earlier end that was set before stays."""
    token = _until.set(min(until, _until.get()))
    try:
        yield
    finally:
        _until.reset(token)


def seconds_left() -> float:
    """May be negative; infinite where nobody waits."""
    return _until.get() - monotonic()


def is_hurried() -> bool:
    return _until.get() < inf
