"""What a model reads besides its callers' inputs, and how new that is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.base import Record


class Feed(Record, frozen=True, kw_only=True):
    """One source of inputs, as it was looked at.

    newest_at   time of its newest event; None where nobody tells
    every_seconds   how often there is a new one, as its owner declares; None where nobody does
    """

    name: str
    newest_at: datetime | None = None
    every_seconds: int | None = None


class Freshness(StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "not known"


class FeedStanding(Record, frozen=True, kw_only=True):
    """`why` is empty where it is fresh. `behind_seconds`: how much older than what the old model reads of the same."""

    name: str
    freshness: Freshness
    why: str = ""
    age_seconds: int | None = None
    behind_seconds: int | None = None
