"""Who is written to only when their working hours begin: that a message waits for a morning is no trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.views import limits
from bot.views.blocks import mention, safe
from data.store import Asleep
from workflows.rules.people.windows import BEGIN
from workflows.rules.wording import counted

PEOPLE_AT_MOST = 10


def section_of(messages: Sequence[Asleep]) -> str:
    """A line for each person, the first to hear first; empty where nothing waits."""
    if not messages:
        return ""
    first: dict[str, Asleep] = {}
    for one in messages:
        first.setdefault(one.person, one)
    counts = Counter(one.person for one in messages)
    lines = [
        f"• {mention(person)} from {_when(one)}"
        + (f", {counted(counts[person], 'message')}" if counts[person] > 1 else "")
        for person, one in first.items()
    ]
    listed = limits.joined(lines, limits.SECTION_MAX - 300, at_most=PEOPLE_AT_MOST)
    return f"*Waits for working hours*: sent by itself then\n{listed}"


def _when(one: Asleep) -> str:
    return safe(one.why.removeprefix(BEGIN), 80)
