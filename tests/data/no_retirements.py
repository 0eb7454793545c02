"""A machine for stores that keep a catalog and nothing else: it loads no importer."""

from __future__ import annotations

from data.errors import Refused
from data.events import AnyEvent
from data.records.decision import Decision, Timer


class NoRetirements:
    """The catalog stream keeps no state worth folding."""

    fold_version = 0

    def decide(self, *_: object) -> Decision[AnyEvent]:
        raise Refused("No command", next_step="Import something")

    def after_import(self, *_: object) -> tuple[Timer, ...]:
        return ()

    def evolve(self, *_: object) -> bytes:
        return b"{}"
