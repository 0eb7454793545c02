"""What did each retirement come to? Read from its events once, and again only when more have happened."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from data.records.retirement import Retirement
from data.store import Store
from workflows.rules.hindsight.outcomes import Outcome, outcome

# A digest of a thousand retirements goes to many readers in the same minute. By store: tests and the demo open several.
_KNOWN: WeakKeyDictionary[Store, dict[str, tuple[int, Outcome]]] = WeakKeyDictionary()


def outcomes(store: Store, states: Iterable[Retirement]) -> tuple[Outcome, ...]:
    """Of each of these retirements, in their order."""
    known = _KNOWN.setdefault(store, {})
    found = []
    for state in states:
        version, kept = known.get(state.id, (0, None))
        if kept is None or version != state.version:
            happened = (entry.event for entry in store.events(state.id) if entry.version <= state.version)
            kept = outcome(state.id, happened)
            known[state.id] = (state.version, kept)
        found.append(kept)
    return tuple(found)
