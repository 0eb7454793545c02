"""What whoever shared a file may not know of is nobody's to them: read, joined and told of as a name that is not there.

So no report says of a guessed name that it means something. What their file tells of it is a thing of its own, which
changes nothing of the other and is there for everybody, as with any name that nobody has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Self, TypeVar

import msgspec

from data.catalog.called import is_named_only, is_shared
from data.catalog.restricted import belonging
from data.catalog.snapshot import Snapshot
from data.importers.known import Known
from data.importers.report import ImportReport, Note, Reading
from data.records.catalog import Entity, Group, Person

_APART = "slack-"
"""Before an id that others gave to what is out of sight. What has such an id is one with it by no name."""

T = TypeVar("T", Entity, Entity | Group | Person)

# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_READING = msgspec.json.Decoder(Reading)


class Unseen:
    """What one person may not know of. What files shared in Slack tell of is seen by all who read them."""

    def __init__(self, things: Iterable[Entity]) -> None:
        self._things = {one.id: one for one in things if not one.seen_as and not is_shared(one)}
        self._known = Known(self._things.values())
        self._renamed: set[str] = set()

    @classmethod
    def by(cls, person: str, there: Snapshot) -> Self:
        hidden = [model for model, people in there.audiences.items() if person not in people]
        ids = {one for part in belonging(hidden, there) for one in there.ids_of(part.id)}
        return cls(there.joins.entities[one] for one in sorted(ids))

    def without(self, things: Iterable[T]) -> Iterator[T]:
        """These as they are to that person, under the ids that their files have."""
        for one in things:
            if isinstance(one, Entity) and one.id.startswith(_APART):
                yield msgspec.structs.replace(one, id=one.id.removeprefix(_APART))
            elif one.id not in self._things:
                yield one

    def apart(self, reading: Reading) -> Reading:
        """With ids of its own for what it tells of that."""
        if not self._things:
            return reading
        named = {one.id for one in reading.entities if is_named_only(one.id) and self._known.find(one.name)}
        text = msgspec.json.encode(msgspec.structs.replace(reading, notes=()))
        for one in sorted({*self._things, *named}):
            if (quoted := msgspec.json.encode(one)) in text:
                self._renamed.add(one)
                text = text.replace(quoted, msgspec.json.encode(f"{_APART}{one}"))
        return msgspec.structs.replace(_READING.decode(text), notes=reading.notes)

    def as_told(self, report: ImportReport) -> ImportReport:
        """With the ids that the file has, and nothing that the catalog alone knows of the others."""
        notes = (
            Note(where=one.where, what=self._told(one.what), note=self._told(one.note))
            for one in report.notes
        )
        return msgspec.structs.replace(
            report,
            notes=tuple(notes),
            unseen=tuple(map(self._told, report.unseen)),
            withdrawn=tuple(map(self._told, report.withdrawn)),
        )

    def is_one(self, ids: Collection[str]) -> bool:
        return not self._things.keys().isdisjoint(ids)

    def _told(self, text: str) -> str:
        for one in (*self._things, *self._renamed):
            text = text.replace(f"{_APART}{one}", one)
        return text
