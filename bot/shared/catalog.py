"""The catalog as a reader of a file shared in Slack sees it: what that file told before is for it to tell anew.

All formats try to read such a file. Most see by the file alone that it is none of theirs, so what is known, which may
be very much, is gathered for those only that ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from bot.shared.unseen import Unseen
from data.catalog.catalog import Catalog
from data.importers.sources import Source
from data.records.catalog import Entity, Group, Person


class SharedSource:
    """Implements `bot.formats.KnownThings` for the file with this root."""

    def __init__(self, catalog: Catalog, root: str, unseen: Unseen) -> None:
        self._catalog, self._root, self._unseen = catalog, root, unseen

    def known(self) -> tuple[Entity | Group | Person, ...]:
        return tuple(self._unseen.without(self._catalog.known()))

    def as_told(self) -> tuple[Entity, ...]:
        return tuple(self._unseen.without(self._catalog.as_told()))

    def known_outside(
        self,
        format: str,  # noqa: A002 - the word of the commands
        sources: Sequence[Source],  # noqa: ARG002 - it lies elsewhere than it is called
    ) -> Iterable[Entity | Group | Person]:
        return _Known(lambda: tuple(self._unseen.without(self._catalog.known_outside(format, [self._root]))))

    def slack_ids_outside(self, sources: Sequence[Source]) -> dict[str, str]:  # noqa: ARG002 - as above
        return self._catalog.slack_ids_outside([self._root])


class _Known:
    """What there is, gathered once somebody asks."""

    def __init__(self, gathered: Callable[[], Iterable[Entity | Group | Person]]) -> None:
        self._gathered = cache(gathered)

    def __iter__(self) -> Iterator[Entity | Group | Person]:
        return iter(self._gathered())
