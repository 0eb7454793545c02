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


class BrownoutSeen(Record, frozen=True, kw_only=True):
    """One that began, or will not any more.

    number     its place among the windows of the plan, from 1 on
    why        it was skipped or ended
    refused    consumer -> calls of it that were refused; by their ids, unknown callers by theirs
    """

    number: int
    state: BrownoutState
    at: datetime
    why: str = ""
    refused: dict[str, int] = {}
