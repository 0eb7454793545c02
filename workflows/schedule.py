"""Everything that was announced, with its dates, as it is on the record now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from data.catalog.catalog import Catalog
from data.records.retirement import Retirement
from data.store import Store
from workflows.audiences import is_marked
from workflows.engine import all_retirements
from workflows.rules.lifecycle import ENDED
from workflows.rules.plans.schedule import Announced, Scheduled, announced, scheduled

KEPT = timedelta(days=400)
"""What ended is left out after these: a year of history is what people look up in a calendar."""


class Schedule:
    """What one retirement has come to is kept until something happens to it: calendars ask every hour."""

    def __init__(self, store: Store, catalog: Catalog, now: Callable[[], datetime]) -> None:
        self._store, self._catalog, self._now = store, catalog, now
        self._known: dict[str, tuple[int, Announced | None]] = {}

    def announced(self) -> tuple[Scheduled, ...]:
        """By last day, then by retirement. What is restricted is left out: anybody may read this."""
        now, there = self._now(), self._catalog.snapshot()
        found = []
        for state in all_retirements(self._store):
            known = None if is_marked(state, there) else self._of(state)
            if known is None or state.policy is None:
                continue
            one = scheduled(known, state.policy, now)
            if not _is_over(state, one, now):
                found.append(one)
        return tuple(sorted(found, key=lambda one: (one.last_day, _number(one.retirement_id))))

    def _of(self, state: Retirement) -> Announced | None:
        if not state.announced or state.policy is None:
            return None
        version, known = self._known.get(state.id, (0, None))
        if version != state.version:
            happened = (
                entry.event for entry in self._store.events(state.id) if entry.version <= state.version
            )
            known = announced(state.id, happened, state.policy)
            self._known[state.id] = (state.version, known)
        return known


def _is_over(state: Retirement, one: Scheduled, now: datetime) -> bool:
    closed_on = max(step.on for step in one.steps)
    until = max(one.changed_at.date(), closed_on) if not one.is_called_off else one.changed_at.date()
    return state.state in ENDED and until + KEPT < now.date()


def _number(retirement_id: str) -> int:
    return int(retirement_id.rpartition("-")[2])
