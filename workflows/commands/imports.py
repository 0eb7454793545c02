"""Commands about what is imported: on a schedule, and from files that are shared."""

from __future__ import annotations

from data.records.imports import Scheduled, Share
from workflows.commands.command import Command


class ScheduleImports(Command, frozen=True, kw_only=True, tag="schedule imports"):
    """Read these sources again and again, and no others."""

    scheduled: tuple[Scheduled, ...]


class RunImport(Command, frozen=True, kw_only=True, tag="run import"):
    name: str


class RecordImport(Command, frozen=True, kw_only=True, tag="record import"):
    """A scheduled import came to its end. `why` it came to nothing; empty where all went well."""

    name: str
    why: str = ""


class TakeFile(Command, frozen=True, kw_only=True, tag="take file"):
    """Import a file that `by` shared in the import channel; `event_ts`: when Slack says that it was."""

    channel: str
    file_id: str
    event_ts: str = ""


class RecordFile(Command, frozen=True, kw_only=True, tag="record file"):
    """A shared file was imported, or was not; whoever shared it hears of it.

    name    as the catalog knows it; the file's id where nobody could say
    format  as which it was imported; empty where it was not
    said    the report, or why not, line by line; `more` lines are left out
    """

    channel: str
    file_id: str
    name: str
    share: Share = Share()
    format: str = ""
    said: tuple[str, ...]
    more: int = 0
