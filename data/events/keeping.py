"""What happens to an archive between its making and its end."""

from __future__ import annotations

from data.events.base import Event
from data.records.base import Prose


class HoldPlaced(Event, frozen=True, kw_only=True, tag="hold placed"):
    """From now on nothing of the archive goes, whatever its policy says."""

    number: int
    why: Prose


class HoldReleased(Event, frozen=True, kw_only=True, tag="hold released"):
    """This hold ends; others may go on.

    entitled   who could, as groups stood at that moment
    proof      what their second factor said, where the operator asks for one
    """

    number: int
    why: Prose
    entitled: tuple[str, ...]
    proof: str = ""
