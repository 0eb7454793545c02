"""Commands about what is archived."""

from __future__ import annotations

from data.records.base import Prose
from workflows.commands.command import Command


class PlaceHold(Command, frozen=True, kw_only=True, tag="place hold"):
    """Nothing of the archive is to go."""

    why: Prose


class ReleaseHold(Command, frozen=True, kw_only=True, tag="release hold"):
    """`number`: of the hold, as the card shows it."""

    number: int
    why: Prose
