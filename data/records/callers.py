"""What was seen of somebody calling, and a caller that nobody declares."""

from __future__ import annotations

from data.records.base import Record
from data.records.catalog import Impacted

SHARED_BY = "calls shared by "
"""How a source is called that somebody shared in Slack; who it was follows, and in which file."""
IN = " in "


def teller(source: str) -> str:
    """Who tells, whatever the file, where that was shared in Slack; else the source."""
    return source.partition(IN)[0] if source.startswith(SHARED_BY) else source


class Calls(Record, frozen=True, kw_only=True):
    """What was seen of one consumer calling what retires. Days as in `Dependency`.

    to_id          what it called
    seen_in        where the latest of it is told: "access.log:12"; empty where nobody says
    calls_per_day  as text, as what is hashed has no fractions; empty where nobody says
    """

    consumer_id: str
    to_id: str
    seen_in: str = ""
    sources: tuple[str, ...] = ()
    first_seen: str = ""
    last_seen: str = ""
    calls_per_day: str = ""


class Caller(Record, frozen=True, kw_only=True):
    """A caller nobody declares, and what became of asking whose it is.

    consumer, calls  as they were seen when it was asked about
    asked, part      version of the retirement at which it was, and in which message of those
    claimed_by       who said that it is `team_id`'s, which was called `team_name` then
    declared_as      what the catalog says it is since: it is not asked about any more
    """

    consumer: Impacted
    calls: Calls | None = None
    asked: int = 0
    part: int = 0
    claimed_by: str = ""
    team_id: str = ""
    team_name: str = ""
    declared_as: str = ""
