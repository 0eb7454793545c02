"""An owner objects, and people vote on whether the retirement goes on in spite of it."""

from __future__ import annotations

from typing import Literal

from data.events.base import Event
from data.records.rounds import Round


class ObjectionProposed(Event, frozen=True, kw_only=True, tag="objection proposed"):
    """A round opens on objection `number`, of this consumer."""

    consumer_id: str
    number: int
    round: Round


class ObjectionEnded(Event, frozen=True, kw_only=True, tag="objection ended"):
    """Overruled by approval, upheld without. `because`: why it was dropped, and nobody votes on it any more."""

    consumer_id: str
    number: int
    round_number: int
    outcome: Literal["overruled", "upheld", "dropped"]
    because: str = ""


OnObjections = ObjectionProposed | ObjectionEnded
