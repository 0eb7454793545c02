"""Which sources are read again and again, and which of them cannot be read now; and files that people share."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record


class Scheduled(Record, frozen=True, kw_only=True):
    """A source that is read every so many hours.

    name      its own, given by whoever runs Emeritus: "registry"
    format    as in `emeritus import FORMAT`
    sources   paths and addresses; read together, as one
    """

    name: str
    format: str
    sources: tuple[str, ...]
    every_hours: int


class Failing(Record, frozen=True, kw_only=True):
    """A scheduled import that did not come to its end, since when, why, and when people were last told."""

    name: str
    since: datetime
    told_at: datetime
    why: str


class Imports(Record, frozen=True, kw_only=True):
    """What is read on a schedule: the state of the `imports` stream."""

    version: int = 0
    scheduled: tuple[Scheduled, ...] = ()
    failing: tuple[Failing, ...] = ()

    def named(self, name: str) -> Scheduled | None:
        return next((one for one in self.scheduled if one.name == name), None)

    def failure(self, name: str) -> Failing | None:
        return next((one for one in self.failing if one.name == name), None)


class Share(Record, frozen=True, kw_only=True):
    """One message a file was shared with.

    ts          its own; empty where nobody knows
    thread_ts   the thread it is in, or begins; empty where nobody knows, and the channel itself hears what became of it
    earlier_ts  an earlier one of the same file, by which it is imported since `earlier_at`, and nothing is new
    """

    ts: str = ""
    thread_ts: str = ""
    earlier_ts: str = ""
    earlier_at: datetime | None = None
