"""Commands about shortening the notice where waiting would do harm: two people, and later a third who looks back."""

from __future__ import annotations

from data.records.base import Prose
from workflows.commands.command import Command


class BreakGlass(Command, frozen=True, kw_only=True, tag="break glass"):
    """The first person. `notice_days`: from the announcement to the last day of service."""

    notice_days: int
    why: Prose


class ConfirmBreakGlass(Command, frozen=True, kw_only=True, tag="confirm break-glass"):
    """The second one. `number`: of the request they confirm."""

    number: int


class ReviewBreakGlass(Command, frozen=True, kw_only=True, tag="review break-glass"):
    """Somebody else, once it is dark."""

    review: Prose


class RemindReview(Command, frozen=True, kw_only=True, tag="remind review"):
    """The day to have looked back on it by has come, or another week has gone by since."""
