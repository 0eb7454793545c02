"""What keeps the archive of a model longer than its policy does."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Prose, Record


class Hold(Record, frozen=True, kw_only=True):
    """A legal hold, by its number among those of its retirement. Nothing of the archive goes while there is one."""

    number: int
    by: str
    at: datetime
    why: Prose


class Prune(Record, frozen=True, kw_only=True):
    """Somebody asks that parts of an archive go for good; it takes a second person.

    number        version of the retirement at which it was asked
    classes       of artifacts, as the archive has them
    confirmed_by  the second person; empty until there is one
    """

    number: int
    classes: tuple[str, ...]
    why: Prose
    asked_by: str
    asked_at: datetime
    confirmed_by: str = ""


class Pruned(Record, frozen=True, kw_only=True):
    """What is left of a class that went: its tombstone.

    tombstone  the SHA-256 of what stands in its place, which lists every file with its digest
    number     of what was asked and confirmed
    """

    of: str
    at: datetime
    files: int
    bytes: int
    tombstone: str
    number: int = 0
