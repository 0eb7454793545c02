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


def posted(said: Mapping[str, str]) -> Payload:
    """A checkpoint, to hold the record to later: in a channel, whose members each have it then."""
    head = ":anchor: A checkpoint of the record's log"
    lines = []
    if said["where"]:
        lines.append(f"It lies in {safe(said['where'], limits.PROSE_MAX)}")
    if stamped_at := said["stamped_at"]:
        lines.append(f"it was stamped {datetime.fromisoformat(stamped_at):%Y-%m-%d %H:%M} UTC")
    lines.append("`emeritus verify --checkpoint FILE` holds the record to it")
    # Line by line, as its line breaks are signed.
    checkpoint = "\n".join(safe(line, limits.PROSE_MAX) for line in said["checkpoint"].split("\n"))
    return message(head, [section(f"{head}\n```{checkpoint}```"), context("; ".join(lines))])


def failed(place: str, why: str) -> Payload:
    head = f":warning: Checkpoints of the record's log do not come to the {safe(place)}"
    return message(
        head,
        [
            section(f"{head}: {safe(why, limits.PROSE_MAX)}"),
            context(
                "It is tried each hour, and each later one stands for all before it. See `emeritus doctor`."
            ),
        ],
    )


def mended(place: str) -> Payload:
    return message(f":white_check_mark: Checkpoints of the record's log come to the {safe(place)} again")
