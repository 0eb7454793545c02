"""Commands about anchors of the log."""

from __future__ import annotations

from datetime import datetime

from workflows.commands.command import Command


class LeaveAnchors(Command, frozen=True, kw_only=True, tag="leave anchors"):
    """Say that the record does not go on from these, as a backup was brought back. `answers`: who says so."""

    answers: str
    because: str
    names: tuple[str, ...]
    taken_at: datetime
    restored_at: datetime
