"""Commands about checks of consumers: that they are run, and how one ended."""

from __future__ import annotations

from data.records.base import NO_PROSE, Prose
from data.records.checks import CheckEnd
from workflows.commands.command import Command


class RunChecks(Command, frozen=True, kw_only=True, tag="run checks"):
    """Run what is declared for this consumer, by id or name; for all of them where it is empty."""

    consumer: str = ""


class RecordCheck(Command, frozen=True, kw_only=True, tag="record check"):
    """A check of this run ended; fields as in the event."""

    consumer_id: str
    name: str
    run: int
    end: CheckEnd
    declared: str = ""
    why: str = ""
    seconds: int = 0
    log: Prose = NO_PROSE
    log_digest: str = ""
