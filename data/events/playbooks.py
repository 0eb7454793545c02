"""A retirement that was closed becomes a playbook, for others to be proposed like it, and stops being one."""

from __future__ import annotations

from data.events.base import Event
from data.records.base import Prose


class PlaybookMade(Event, frozen=True, kw_only=True, tag="playbook made/2"):
    """It is found under this name from now on, in place of any it had."""

    name: Prose


class PlaybookTakenBack(Event, frozen=True, kw_only=True, tag="playbook taken back/2"):
    """`name`: the one it was found under."""

    name: Prose
