"""The form in which an owner says by when they will have moved."""

from __future__ import annotations

from datetime import date

from bot.ids import Action, Callback
from bot.views.blocks import Payload, field, modal, safe, section
from bot.views.graph.impact import short_id


def form(retirement_id: str, consumer_id: str, last: date, announced: int) -> Payload:
    """By when, `last` at the latest. `private_metadata`: retirement, consumer, announced."""
    picker: Payload = {"type": "datepicker", "action_id": str(Action.DUTY_MOVES_ON)}
    return modal(
        "Migrating",
        Callback.DUTY_MIGRATING,
        [
            section(
                f"*{safe(short_id(consumer_id))}* in {safe(retirement_id)}. You are reminded if that day "
                "passes and you have not pressed Migrated."
            ),
            field(
                "Moved by",
                picker,
                block_id=str(Action.DUTY_MOVES_ON),
                hint=f"{last.isoformat()} at the latest; for a later day press Need more time",
            ),
        ],
        metadata={"retirement": retirement_id, "consumer": consumer_id, "announced": str(announced)},
        submit="Say so",
    )
