"""What became of each brownout of a plan."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.base import Record

RUNS_OVER_MINUTES = 240
"""What lasts for half a working day is felt by whoever works then, though it goes on when they have gone."""


class BrownoutState(StrEnum):
    """`SKIPPED`: it never began. `ABORTED`: it was ended before its time."""

    RUNNING = "running"
    HELD = "held"
    ABORTED = "aborted"
    SKIPPED = "skipped"


class Counted(Record, frozen=True, kw_only=True):
    """What had been counted in front of one endpoint at an instant, since `since`: it only grows from there.

    refused     caller, as it names itself -> calls of it that were refused
    calls, errors   calls that were let through, and those of them that failed
    """

    endpoint_id: str
    since: datetime
    refused: dict[str, int] = {}
    calls: int = 0
    errors: int = 0


class BrownoutSeen(Record, frozen=True, kw_only=True):
    """One that began, or will not any more.

    number     its place among the windows of the plan, from 1 on
    at         when it became so
    why        it was skipped, or ended before its time
    before     what had been counted when it began
    refused    consumer -> calls of it that were refused
    """

    number: int
    state: BrownoutState
    at: datetime
    why: str = ""
    before: tuple[Counted, ...] = ()
    refused: dict[str, int] = {}
