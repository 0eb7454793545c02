"""Who reads the weekly digest, on a stream of each reader: of a person, or of a channel besides the governance one."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event


class QuietTold(Event, frozen=True, kw_only=True, tag="quiet told"):
    """Nothing happened since `since` and nothing was due: the reader was told so, and is not told it again."""

    since: datetime


class DigestSubscribed(Event, frozen=True, kw_only=True, tag="digest subscribed"):
    """`by` has it sent every week. `zone`: on whose mornings, an IANA name."""

    zone: str


class DigestUnsubscribed(Event, frozen=True, kw_only=True, tag="digest unsubscribed"):
    """Not sent any more. `why` nobody could be reached; empty where a person wished so."""

    why: str = ""


class ReaderMoved(Event, frozen=True, kw_only=True, tag="reader moved"):
    """The reader goes by another clock now."""

    zone: str


OnReaders = QuietTold | DigestSubscribed | DigestUnsubscribed | ReaderMoved
