"""How much fits where. Figures: docs.slack.dev/reference/block-kit and /reference/methods/chat.update.

Everything that may not fit is cut here, visibly: with an ellipsis, or with "+N more".
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

UPDATE_TEXT_MAX = 4_000  # chat.update refuses past it: a longer message could be posted but never changed
BLOCK_TEXT_MAX = (
    12_000  # all words of a message's blocks; undocumented, refusals begin near 13,200 (bolt-js#2509)
)
MESSAGE_BLOCKS_MAX = 50
VIEW_BLOCKS_MAX = 100
SECTION_MAX = 3_000
CONTEXT_MAX = 2_000
HEADER_MAX = 150
BUTTON_MAX = 75
TITLE_MAX = 24
LABEL_MAX = 2_000
HINT_MAX = 2_000
PLACEHOLDER_MAX = 150
INPUT_MAX = 2_500  # ours: Slack takes 3,000, which no section would hold in full beside who said it
OPTIONS_MAX = 100
OPTION_TEXT_MAX = 75
OPTION_VALUE_MAX = 150
CHECKBOXES_MAX = 10

NAME_MAX = 80  # ours: a longer name makes no list more readable
PROSE_MAX = 400  # ours: what a person wrote, quoted in passing
REASON_MAX = 1_000  # ours: what holds a step, with a few names, and what to do about it at its end


def clip(text: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def joined(
    parts: Sequence[str],
    limit: int,
    *,
    between: str = "\n",
    at_most: int | None = None,
    rest: str = "",
    beyond: int = 0,
) -> str:
    """As many whole parts as fit into `limit` characters, then how many are left out, and `rest`: where they are.

    beyond   how many there are besides these
    """
    shown = list(parts if at_most is None else parts[:at_most])
    while shown:
        left_out = len(parts) - len(shown) + beyond
        text = between.join([*shown, f"+{left_out:,} more{rest}"] if left_out else shown)
        if len(text) <= limit:
            return text
        # Far too long is the rule with hundreds of parts: drop about as much as is too much, at least one.
        longest = max(len(part) + len(between) for part in shown)
        del shown[-max(1, (len(text) - limit) // longest) :]
    return f"+{len(parts) + beyond:,} more{rest}" if parts or beyond else ""


def spread(
    lines: Sequence[str], *, at_most: int, rest: str = "", beyond: int = 0, section_max: int = SECTION_MAX
) -> list[str]:
    """Whole lines over at most that many sections; the last one says how many are left out, and `rest`."""
    left = [clip(line, section_max) for text in lines for line in text.split("\n")]
    sections: list[str] = []
    while left and len(sections) < at_most - 1:
        taken, length = 0, -1
        while taken < len(left) and (length := length + 1 + len(left[taken])) <= section_max:
            taken += 1
        sections.append("\n".join(left[:taken]))
        del left[:taken]
    last = joined(left, section_max, rest=rest, beyond=beyond)
    return [*sections, last] if last else sections


def option_value(entity_id: str) -> str:
    """What a select carries for an id: the id, or where it is too long, its beginning and its hash.

    Whoever reads a choice compares with `option_value(entity.id)`; nothing is matched by prefix.
    """
    if len(entity_id) <= OPTION_VALUE_MAX:
        return entity_id
    digest = hashlib.sha256(entity_id.encode()).hexdigest()
    return f"{entity_id[: OPTION_VALUE_MAX - len(digest) - 1]}~{digest}"
