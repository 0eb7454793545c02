"""Imports on a schedule, as the governance channel hears of them: one that fails, and that it is read again."""

from __future__ import annotations

from bot.views import limits
from bot.views.blocks import Payload, context, message, safe, section

LINE_MAX = 400
LINES_MAX = 5


def failed(name: str, why: str) -> Payload:
    head = f":warning: The import *{safe(name)}* failed"
    lines = [safe(line, LINE_MAX) for line in why.split("\n")]
    told = f"{head}. Nothing was changed: what its source told before still counts."
    blocks = [
        section(limits.joined([told, *lines], limits.SECTION_MAX, at_most=1 + LINES_MAX)),
        context(
            "Mend the source, or take it out of the file EMERITUS_IMPORTS names; it is tried again at its next hour. "
            "`emeritus doctor` lists all of them."
        ),
    ]
    return message(head, blocks)


def mended(name: str) -> Payload:
    return message(
        f":white_check_mark: The import *{safe(name)}* is read again, and the catalog is up to its source"
    )
