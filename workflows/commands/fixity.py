"""Commands about archives that are checked again and again."""

from __future__ import annotations

from datetime import datetime

from data.records.fixity import FixityPlan
from workflows.commands.command import Command


class PlanFixity(Command, frozen=True, kw_only=True, tag="plan fixity"):
    """Look at every archive each day, as this says; at once where that is new or the last round is long ago."""

    plan: FixityPlan


class RunFixity(Command, frozen=True, kw_only=True, tag="run fixity"):
    """A round is due."""


class RecordFixity(Command, frozen=True, kw_only=True, tag="record fixity"):
    """A round came to its end. As in the event.

    mended   retirement -> which files were put right
    where    retirement -> the channel that hears of it, of those of which the governance channel may not
    ended    retirements that archive nothing any more
    """

    looked: int
    files: int = 0
    bytes: int = 0
    bad: dict[str, str] = {}
    unknown: dict[str, str] = {}
    canary: tuple[str, ...] | None = None
    mended: dict[str, str] = {}
    where: dict[str, str] = {}
    ended: tuple[str, ...] = ()
    whole_since: datetime | None = None


class RecordAudit(Command, frozen=True, kw_only=True, tag="record audit"):
    """What a round found of one archive, at one place of its record: `was_at` is the location it looked at."""

    was_at: str
    manifest_digest: str
    files: int = 0
    bytes: int = 0
    upto: str = ""
    unread: int = 0
    keys: tuple[str, ...] = ()
    noticed: tuple[str, ...] = ()
    trouble: str = ""


class RecordMended(Command, frozen=True, kw_only=True, tag="record mended"):
    """Files of an archive, or of its copy, were put right from the other place."""

    was_at: str
    manifest_digest: str
    place: str
    names: tuple[str, ...]
    version: str = ""
