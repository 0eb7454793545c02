"""Which model does somebody mean by a name they typed? By any name that a source which tells of it gives it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from data.catalog.called import is_named_only, names_of
from data.catalog.described import told_by_catalogs
from data.closest import closest
from data.errors import NotFound, Refused
from data.records.catalog import Entity

Members = Callable[[str], Sequence[Entity]]
"""By the id of a thing, what each source tells of it."""


class Called:
    """Models by all that they are called."""

    def __init__(self, models: Iterable[Entity], members: Members) -> None:
        self._shown: dict[str, None] = {}
        self._names: list[tuple[Entity, frozenset[str]]] = []
        self._written: dict[str, list[Entity]] = defaultdict(list)
        self._folded: dict[str, list[Entity]] = defaultdict(list)
        for model in models:
            every = members(model.id)
            told = [one for one in told_by_catalogs(every) if not is_named_only(one.id)] or [model]
            written = {*(one.name for one in told), *model.aliases}
            titles = {one.title for one in told if one.title}
            ids = {one.id for one in every}
            tails = {name for one in told for name in names_of(one)}
            names = frozenset(map(str.casefold, written | titles | ids | tails))
            self._shown.update(dict.fromkeys(text for one in told for text in (one.name, one.title) if text))
            self._names.append((model, names))
            for name in written:
                self._written[name].append(model)
            for name in names:
                self._folded[name].append(model)

    def by(self, name: str) -> Sequence[Entity]:
        """All that are called so: to the letter; failing that, but for case.

        Who is told of only in a file shared in Slack makes no name mean several.
        """
        return told_by_catalogs(self._written.get(name, ()) or self._folded.get(name.casefold(), ()))

    def near(self, name: str) -> tuple[str, ...]:
        """What people may have meant: the names they are shown, or else any."""
        return closest(name, self._shown) or closest(name, self._written)

    def meant(self, wanted: str) -> Entity:
        """Raises `Refused` with the ids when several are called so, `NotFound` with the closest names when none is."""
        matches = self.by(wanted)
        if len(matches) > 1:
            ids = ", ".join(sorted(model.id for model in matches))
            raise Refused(
                f'"{wanted}" names {len(matches)} models', reasons=(ids,), next_step="Use the exact id"
            )
        if matches:
            return matches[0]
        raise NotFound("model", wanted, closest=self.near(wanted))

    def matching(self, query: str) -> tuple[Entity, ...]:
        """Those that have it in a name, and those whose own begins with it first; all of them without a query."""
        folded = query.strip().casefold()
        found = [model for model, names in self._names if any(folded in name for name in names)]
        return tuple(sorted(found, key=lambda model: not model.name.casefold().startswith(folded)))
