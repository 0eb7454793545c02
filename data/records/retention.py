"""For how long what is archived is kept: rules of a policy, by what it is, from an event of its retirement."""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record

EVERYTHING_ELSE = "default"
"""The rule of what has none of its own."""


class StartsFrom(StrEnum):
    """What a rule counts from: the day the archive was made, the model went dark, or its retirement was closed."""

    ARCHIVED = "archived"
    DISABLED = "disabled"
    CLOSED = "closed"


class Storage(StrEnum):
    """How soon it can be read, which is what stores charge by: at once; at once, at a fee; within a day."""

    STANDARD = "standard"
    INFREQUENT = "infrequent"
    COLD = "cold"


class Retention(Record, frozen=True, kw_only=True):
    """One rule.

    of             a class of artifacts, as the archive has it: "weights"; or `EVERYTHING_ELSE`
    keep_days_min  nobody removes it before
    keep_days_max  it is due to go then; 0: never
    """

    of: str
    starts_from: StartsFrom
    keep_days_min: int
    keep_days_max: int = 0
    storage: Storage = Storage.STANDARD

    @property
    def id(self) -> str:
        """As a policy file has it."""
        return f"retention.{self.of}"
