"""What `/retire help` answers: every command, and where all else is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.views import limits
from bot.views.blocks import Payload, message, section

HELP_SECTIONS_MAX = 10
BUTTONS = (
    "*Everything else is a button*: you vote on the card in the governance channel, and answer for your consumers in "
    "its thread or in the message you have. My Home tab shows you all that waits for you."
)


def help_text(commands: Mapping[str, Sequence[str]]) -> Payload:
    """Every command, under the titles given, and where all else is done. All words are ours."""
    head = "Emeritus retires machine-learning models: voted on, handed over, archived, proven, switched off."
    listed = [
        section(text)
        for title, lines in commands.items()
        for text in limits.spread([f"*{title}*", *lines], at_most=HELP_SECTIONS_MAX)
    ]
    return message(head, [section(head), *listed, section(BUTTONS)])
