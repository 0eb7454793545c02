"""What people put their names to before a model is switched off."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event
from data.records.base import Prose


class Attested(Event, frozen=True, kw_only=True, tag="attested"):
    """Under which text of the retirement's own policy, and until when it counts.

    entitled   who could have, as roles and groups stood at that moment
    """

    name: str
    text_digest: str
    evidence: Prose
    expires_at: datetime
    entitled: tuple[str, ...]
