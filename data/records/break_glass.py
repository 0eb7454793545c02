"""A retirement whose notice two people shorten, as waiting would do harm."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Prose, Record


class BreakGlass(Record, frozen=True, kw_only=True):
    """Asked by one person; it holds once a second one has confirmed it, and is looked back on after the switch-off.

    number       version of the retirement when it was asked; its request is named after it
    notice_days  from the announcement to the last day of service, instead of its tier's
    """

    number: int
    notice_days: int
    why: Prose
    asked_by: str
    asked_at: datetime
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    review: Prose = Prose()

    @property
    def people(self) -> tuple[str, ...]:
        """The two, once there are two."""
        return tuple(filter(None, (self.asked_by, self.confirmed_by)))
