"""What keeps a step from running, as rules say it."""

from __future__ import annotations

from typing import NamedTuple

ARCHIVE_HOLDS = "archive holds"
"""Of the archive as it looks from outside; what a step reads back in full first finds more, and mends it."""


class Gate(NamedTuple):
    """One thing that keeps a step from running. `name` stays the same while only the numbers in `why` move."""

    name: str
    why: str
