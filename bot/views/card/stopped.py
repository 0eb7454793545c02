"""What stopped for good and reached nobody, and what is held up until somebody mends it: a text for each kind."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views import limits
from bot.views.blocks import safe
from data.store import Trouble

ROWS_AT_MOST = 25
ABOUT = {
    False: "*Stopped for good*: tell these people yourselves",
    True: "*Held up*: sent once what it names is mended; what comes after it in its place waits, too",
}


def lines(troubles: Sequence[Trouble]) -> list[str]:
    """One for each kind there is."""
    shown = []
    for is_held_up, about in ABOUT.items():
        named = [_named(found) for found in troubles if found.is_held_up is is_held_up]
        if named:
            listed = limits.joined(named, limits.SECTION_MAX - 300, at_most=ROWS_AT_MOST)
            shown.append(f"{about}\n{listed}")
    return shown


def _named(trouble: Trouble) -> str:
    mark = ":hourglass:" if trouble.is_held_up else ":x:"
    return f"{mark} `{safe(trouble.key, 120)}`: {safe(trouble.why, limits.PROSE_MAX)}"
