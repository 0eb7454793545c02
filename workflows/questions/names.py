"""What may somebody name? The models and retirements they may see, by exact id, name or title, whatever the case.

Nothing is ever matched by its beginning: a name that is one letter off is asked about, and not assumed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from data.closest import Names as Spellings
from data.records.catalog import Entity
from data.records.retirement import Retirement
from data.snapshot import Snapshot
from workflows.home import models_visible_to, visible_to

WORDS_AT_MOST = 6
"""A longer name is found by its id, or chosen from a list."""
ALIKE = 0.75
"""How alike a name has to be to be offered: what is further off is another one (difflib's ratio)."""


class Names:
    """`models`, `retirements`: all this person may see."""

    def __init__(self, there: Snapshot, models: Iterable[Entity], retirements: Iterable[Retirement]) -> None:
        self._meant: dict[str, list[str]] = defaultdict(list)
        for model in models:
            self._add(model.id, (model.name, model.title, model.id))
        for one in retirements:
            self._add(one.id, (one.id,))
            if one.plan is not None:
                subject = one.plan.subject
                self._add(there.id_of(subject.model_id), (subject.model_name, subject.model_id))

    def _add(self, subject_id: str, names: Sequence[str]) -> None:
        for name in names:
            meant = self._meant[folded(name)]
            if subject_id not in meant:
                meant.append(subject_id)

    def meant(self, name: str) -> tuple[str, ...]:
        """Ids of all that are called exactly so, retirements by their number; several where a name is shared."""
        return tuple(self._meant.get(folded(name), ())) if name else ()

    def resembling(self, name: str) -> tuple[str, ...]:
        """Ids of what is called most alike, best first; empty where nothing is."""
        alike = self._spellings.alike(folded(name), cutoff=ALIKE)
        return tuple(dict.fromkeys(one for other in alike for one in self.meant(other)))

    @cached_property
    def _spellings(self) -> Spellings:
        """Of use only where somebody named what is not there."""
        return Spellings(filter(None, self._meant))


def names_for(person_id: str, there: Snapshot, retirements: Iterable[Retirement]) -> Names:
    """All that this person may name."""
    models = models_visible_to(person_id, there.models())
    return Names(there, models, visible_to(person_id, retirements))


def folded(name: str) -> str:
    return " ".join(name.casefold().split())
