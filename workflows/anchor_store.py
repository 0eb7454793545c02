"""Where checkpoints of the log are kept out of reach of whoever runs the record, and who says when: two ports."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol


class Anchored(NamedTuple):
    """`version`: which one of a bucket's it is; empty where there are none. `is_new`: it was not there before.

    locked_until   None where nothing keeps anybody from taking it away
    """

    where: str
    version: str
    is_new: bool
    locked_until: datetime | None = None


class Beside(NamedTuple):
    """All that lies where anchors are put, each at its place.

    anchors  as they were put, smallest log first
    bad      anchors that are not as they were put
    strays   what is no anchor, or lies over one: it hides nothing
    """

    anchors: tuple[bytes, ...] = ()
    bad: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()


class Anchors(Protocol):
    def put(self, checkpoint: bytes, now: datetime) -> Anchored:
        """Safe to call twice. Raises `Corrupt` where something else has its name."""
        ...

    def all(self) -> Beside:
        """Whatever is wrong with one, the others are read."""
        ...


class Stamped(NamedTuple):
    """`answer`: what the service said, whole, for whoever checks it again. `at`: when it saw the bytes; `by`: who."""

    answer: bytes
    at: datetime
    by: str


class Stamper(Protocol):
    def stamp(self, content: bytes) -> Stamped:
        """Twice makes two stamps, either of which holds. Raises `Unavailable`, or `Corrupt` for what is no stamp."""
        ...
