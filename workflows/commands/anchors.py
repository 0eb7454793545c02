"""Commands about anchors of the log."""

from __future__ import annotations

from datetime import datetime

from data.records.anchors import AnchorPlan, Place
from workflows.commands.command import Command


class PlanAnchors(Command, frozen=True, kw_only=True, tag="plan anchors"):
    """Anchor the log each day, as this says; at once where that is new or the last time is long ago."""

    plan: AnchorPlan


class RunAnchors(Command, frozen=True, kw_only=True, tag="run anchors"):
    """It is due. `is_again`: only where the last try came to nothing."""

    is_again: bool = False


class RecordAnchored(Command, frozen=True, kw_only=True, tag="record anchored"):
    """A checkpoint was taken to where it is kept. As in the event."""

    size: int
    name: str
    checkpoint: str
    where: str = ""
    version: str = ""
    locked_until: datetime | None = None
    stamp: str = ""
    stamped_at: datetime | None = None
    stamped_by: str = ""
    failed: dict[Place, str] = {}


class LeaveAnchors(Command, frozen=True, kw_only=True, tag="leave anchors"):
    """Say that the record does not go on from these, as a backup was brought back. `answers`: who says so."""

    answers: str
    because: str
    names: tuple[str, ...]
    taken_at: datetime
    restored_at: datetime


OF_ANCHORS = (PlanAnchors, RunAnchors, RecordAnchored, LeaveAnchors)
