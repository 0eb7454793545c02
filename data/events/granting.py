"""Somebody may read an archive for a while: who let them, why, until when, what they were given, and how it ended."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event
from data.records.base import Prose


class ReadGranted(Event, frozen=True, kw_only=True, tag="read granted"):
    """`to` may read the archive before `until`.

    entitled   who could let them, as groups stood at that moment
    proof      what their second factor said, where the operator asks for one
    """

    number: int
    to: str
    until: datetime
    why: Prose
    entitled: tuple[str, ...]
    proof: str = ""


class ReadRevoked(Event, frozen=True, kw_only=True, tag="read revoked"):
    """Somebody ended it before its time, or whoever had it gave it back."""

    number: int
    to: str
    why: Prose


class ReadEnded(Event, frozen=True, kw_only=True, tag="read ended"):
    """Its time is over."""

    number: int
    to: str


class ArchiveRead(Event, frozen=True, kw_only=True, tag="archive read"):
    """Whoever may read it asked for files, and was given links to these; the links themselves are on no record.

    paths        below data/; none where the archive lies in a directory, which has no links, or in cold storage
    links_until  when the last of the links is over; None without any
    """

    number: int
    paths: tuple[str, ...] = ()
    links_until: datetime | None = None


OnGrants = ReadGranted | ReadRevoked | ReadEnded | ArchiveRead
