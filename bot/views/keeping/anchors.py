"""What is told of the log's anchors in the governance channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.views import limits
from bot.views.blocks import Payload, context, mention, message, safe, section
from workflows.rules.wording import counted


def left(said: Mapping[str, str]) -> Payload:
    """The record goes on without them, and whoever holds one of them has to hear why."""
    head = f":rewind: The record was brought back from a backup: {counted(int(said['count']), 'anchor')} left behind"
    taken_at = datetime.fromisoformat(said["taken_at"])
    lines = [
        f"{head}. What was recorded after {taken_at:%Y-%m-%d %H:%M} UTC is not on it any more.",
        f"{mention(said['who'])} answers for it: {safe(said['because'], limits.PROSE_MAX)}",
    ]
    return message(
        head,
        [
            section("\n".join(lines)),
            context(
                "`emeritus verify --anchors` names them. Checkpoints you kept since then do not fit either."
            ),
        ],
    )
