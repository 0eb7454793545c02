"""What is told after an import of what is one with what: others may call so what an importer had no reason to look for,
and what is in doubt is for people to settle. So is a successor that nobody can move to, as it is no model."""

from __future__ import annotations

from collections.abc import Iterator

from data.catalog.called import MEASURED
from data.catalog.snapshot import Snapshot
from data.catalog.successors import NO_MODEL, named_by
from data.importers.report import Note, Reading
from data.records.catalog import Entity


def joined_in(reading: Reading, there: Snapshot) -> Iterator[Note]:
    """Besides what the notes of the importer tell."""
    said = {word.strip(",;").casefold() for one in reading.notes for word in one.note.split()}
    said |= {one.what.strip('"').casefold() for one in reading.notes if "could be" in one.note}
    for one in (one for one in reading.entities if not one.id.startswith(MEASURED)):
        for other, name in there.joins.why(one.id):
            is_of_interest = there.id_of(one.id) in (one.id, other)
            is_of_interest &= not other.startswith(MEASURED)
            if is_of_interest and other.casefold() not in said:
                yield Note(
                    where=one.declared_in, what=one.id, note=f"is one with {other}: both are called {name}"
                )
        if named_by(one) and (why := _why_no_model(one, there)):
            yield Note(where=one.declared_in, what=one.id, note=f'successor "{named_by(one)}" {why}')
        for note in there.told_apart(one.id):
            if note.startswith(one.id) or there.id_of(one.id) == one.id:
                yield Note(where=one.declared_in, what=one.id, note=note)
        for name, note in there.joins.in_doubt(one.id):
            if name not in said:
                yield Note(where=one.declared_in, what=one.id, note=note)


def _why_no_model(one: Entity, there: Snapshot) -> str:
    onward = there.succession(one.id)
    is_its_own = not onward.models and onward.why_missing.startswith(NO_MODEL)
    return onward.why_missing if is_its_own else ""
