"""Which retirement is being worked on? Whatever is logged meanwhile, by whomever, can say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SUBJECT: ContextVar[str] = ContextVar("subject", default="")


def subject() -> str:
    """The stream this thread works on; empty for none."""
    return _SUBJECT.get()


@contextmanager
def about(stream: str) -> Iterator[None]:
    """Within the block, this thread works on that stream."""
    token = _SUBJECT.set(stream)
    try:
        yield
    finally:
        _SUBJECT.reset(token)
