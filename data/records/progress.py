"""The kinds of steps that a plan has, and how far one has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.artifacts import ArtifactClass
from data.records.base import Record


class StepKind(StrEnum):
    ANNOUNCE = "announce"
    ARCHIVE = "archive"
    DRILL = "drill"
    MIGRATE = "migrate"
    BROWNOUT = "brownout"
    DISABLE = "disable"
    CLOSE = "close"


OF_EVERY_PLAN = tuple(kind for kind in StepKind if kind is not StepKind.BROWNOUT)
"""Brownouts are planned only where something can hold them."""


class Progress(StrEnum):
    PENDING = "pending"
    HELD = "held"
    RUNNING = "running"
    DONE = "done"


class StepProgress(Record, frozen=True, kw_only=True):
    """How far one step has come. `held_by` lists every unmet gate, as shown to people; `gates` names them.

    lacks   classes of artifacts whose sources only name some of their content
    """

    kind: StepKind
    progress: Progress = Progress.PENDING
    held_by: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    started: int = 0  # version of the retirement when it was last started; its work names it
    at: datetime | None = None
    lacks: tuple[ArtifactClass, ...] = ()

    def is_running(self, started: int) -> bool:
        """Is it still this start that runs? What an older one did is not this one's."""
        return self.progress is Progress.RUNNING and self.started == started
