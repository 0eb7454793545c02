"""What somebody takes responsibility for by name, so that no gate waits for it."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Prose, Record

TRAFFIC = "traffic"
BROWNOUTS = "brownouts"
ARCHIVE = "archive:"
"""Begins what is waived of an archive: the class of artifacts it goes without."""


class Waiver(Record, frozen=True, kw_only=True):
    """A gate a named person takes responsibility for.

    what   a consumer's id, or "checks:" and that for its checks; "traffic" nobody can measure; "archive:" and a class
           of artifacts; "brownouts" that were not held, or are ahead; or the id of an endpoint that is gone already,
           or goes on
    told_by   "shared" where only files shared in Slack told of that consumer then
    """

    what: str
    by: str
    at: datetime
    reason: Prose
    told_by: str = ""
