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
