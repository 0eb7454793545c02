"""Until when do providers serve a model: sentences of ours, with words of registries in them, as lines for Slack."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views import limits
from bot.views.blocks import safe

SENTENCE_MAX = 700  # ours: with an address and a few replacements


def lines(support: Sequence[str]) -> list[str]:
    return [f":calendar: {safe(one, SENTENCE_MAX)}" for one in support]


def in_one_section(support: Sequence[str]) -> list[str]:
    """None where nothing is known; of very many statements the first, and how many there are."""
    return [limits.joined(lines(support), limits.SECTION_MAX)] if support else []
