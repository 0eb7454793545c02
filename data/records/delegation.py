"""Whose answers go to whom, and until when: one person's delegation, as it stands."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from data.records.base import Record


class Account(StrEnum):
    """Whose is a Slack account? All but a member's own can answer for nobody."""

    MEMBER = "a member"
    BOT = "a bot"
    GUEST = "a guest"
    DEACTIVATED = "deactivated"
    OUTSIDER = "of another workspace"
    UNKNOWN = "unknown to Slack"


class Delegation(Record, frozen=True, kw_only=True):
    """The state of the stream `delegation/U...`.

    person    who delegates, to `to`; nobody to before the first time
    since     from when on it counts; `until`: the first instant at which it is over
    last_on   its last day, on their own calendar
    begun     the version at which this one began: messages about it are named after that
    ended_at  when it was ended before that, by whichever of the two, or as nobody could be reached
    """

    person: str
    version: int = 0
    begun: int = 0
    to: str = ""
    since: datetime | None = None
    until: datetime | None = None
    last_on: date | None = None
    ended_at: datetime | None = None

    def is_in_force(self, at: datetime) -> bool:
        """Looked at whenever it is used: no timer that is late makes it longer."""
        if self.since is None or self.until is None or not self.since <= at < self.until:
            return False
        return self.ended_at is None or at < self.ended_at
