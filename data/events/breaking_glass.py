"""Two people shorten the notice of a retirement, and others look back on it."""

from __future__ import annotations

from data.events.base import Event
from data.records.base import Prose
from data.records.break_glass import BreakGlass


class BreakGlassAsked(Event, frozen=True, kw_only=True, tag="break-glass asked"):
    """Nothing changes before a second person confirms it.

    entitled   who could, as groups stood at that moment
    proof      what their second factor said, where the operator asks for one
    """

    notice_days: int
    why: Prose
    entitled: tuple[str, ...]
    proof: str = ""


class BreakGlassConfirmed(Event, frozen=True, kw_only=True, tag="break-glass confirmed"):
    """`Revised`, in the same commit, has the plan with the earlier dates, and a round of votes on it."""

    break_glass: BreakGlass
    entitled: tuple[str, ...]
    proof: str = ""


class BreakGlassReviewed(Event, frozen=True, kw_only=True, tag="break-glass reviewed"):
    """Somebody else than the two says what came of it."""

    review: Prose


OnBreakGlass = BreakGlassAsked | BreakGlassConfirmed | BreakGlassReviewed
