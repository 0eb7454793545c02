"""What may somebody name? The models and retirements they may see, by what they are called exactly, but for case.

Nothing is ever matched by its beginning: a name that is one letter off is asked about, and not assumed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from data.catalog.snapshot import Snapshot
from data.closest import Names as Spellings
from data.records.catalog import Entity
from data.records.retirement import Retirement

WORDS_AT_MOST = 6
"""A longer name is found by its id, or chosen from a list."""
ALIKE = 0.75
"""How alike a name has to be to be offered: what is further off is another one (difflib's ratio)."""


class Names:
    """`models`, `retirements`: all this person may see. A model has every name that a catalog gives it."""

    def __init__(self, there: Snapshot, models: Iterable[Entity], retirements: Iterable[Retirement]) -> None:
        self._there = there
        self._models = {one.id: one for one in models}
        self._retiring: dict[str, list[str]] = defaultdict(list)
        for one in retirements:
            self._retiring[one.id.casefold()].append(one.id)
            if one.plan is not None:
                subject = one.plan.subject
                for name in (subject.model_name, subject.model_id):
                    self._retiring[name.casefold()].append(there.id_of(subject.model_id))

    def meant(self, name: str) -> tuple[str, ...]:
        """Ids of all that are called exactly so, retirements by their number; several where a name is shared."""
        models = [one.id for one in self._there.called.by(name) if one.id in self._models] if name else []
        return tuple(dict.fromkeys((*models, *self._retiring.get(name.casefold(), ()))))

    def things(self, name: str) -> tuple[str, ...]:
        """Ids of all that is no model and is called exactly so: a dataset, a job."""
        folded = name.casefold()
        known = (one for one in self._there.known() if isinstance(one, Entity))
        return tuple(
            {self._there.id_of(one.id): None for one in known if folded in (one.id, one.name.casefold())}
        )

    def resembling(self, name: str) -> tuple[str, ...]:
        """Ids of what is called most alike, best first; empty where nothing is."""
        alike = self._spellings.alike(name, cutoff=ALIKE)
        return tuple(dict.fromkeys(one for other in alike for one in self.meant(other)))

    @cached_property
    def _spellings(self) -> Spellings:
        """Of use only where somebody named what is not there."""
        shown = (name for one in self._models.values() for name in (one.name, one.title, one.id) if name)
        return Spellings((*shown, *self._retiring))


def names_for(there: Snapshot, retirements: Iterable[Retirement]) -> Names:
    """All that somebody may name, by the catalog and the retirements they may know of."""
    return Names(there, there.models(), tuple(one for one in retirements if one.plan is not None))
