"""Who may read an archive for a while, and until when."""

from __future__ import annotations

from datetime import datetime

from data.records.base import NO_PROSE, Prose, Record


class Grant(Record, frozen=True, kw_only=True):
    """The latest one of a person, `to`, by its number among those of its retirement.

    until      the first instant at which it is over
    ended_at   when somebody, `ended_by`, revoked it before that, `ended_why`; or when the clock did
    used       how often files were asked for; `used_at`: when last
    """

    number: int
    to: str
    by: str
    at: datetime
    until: datetime
    why: Prose
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: Prose = NO_PROSE
    used: int = 0
    used_at: datetime | None = None

    def is_in_force(self, at: datetime) -> bool:
        """Looked at whenever it is used: no timer that is late makes it longer."""
        return self.at <= at < self.until and (self.ended_at is None or at < self.ended_at)
