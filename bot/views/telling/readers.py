"""What the governance channel hears of who had the digest, and cannot be reached any more."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND
from bot.views.blocks import Payload, message, place, safe
from bot.views.limits import PROSE_MAX
from workflows.rules.telling.messages import is_person

LOST = {
    "user_disabled": "their account is deactivated",
    "user_not_found": "nobody has this account any more",
    "is_archived": "it is archived",
    "not_in_channel": "I am not in it any more",
    "channel_not_found": "it is gone, or I am not in it any more",
}


def dropped(reader: str, why: str) -> Payload:
    """`why`: Slack's code, and what else was said of it."""
    code = why.partition(":")[0]
    again = f"`{SLASH_COMMAND} subscribe here` in it brings it back"
    if is_person(reader):
        again = f"`{SLASH_COMMAND} subscribe` brings it back"
    words = LOST.get(code, safe(f"Slack says {code}", PROSE_MAX))
    return message(
        f":wave: The weekly digest goes to {place(reader)} no more: {words}. If that changes, {again}"
    )
