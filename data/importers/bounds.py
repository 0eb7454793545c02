"""A reading in which nothing is without end: a source may name a thing with five megabytes.

An id, an alias or a reference is kept whole or not at all, as a part of it means something else, and nothing is kept
that has such an id. What people only read is cut. So is where a file lies: a model without that one would seem to
be archived, and where nothing lies its archive step stops. All of it is told with its place, and the rest of the source
is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple, TypeVar

import msgspec

from data.importers.report import Count, Note, Reading, Skipped
from data.printable import shortened
from data.records.base import Record
from data.records.catalog import Dependency, Entity, Group, Person, Sighting

NAME_MAX = 600
"""Ids go into buttons and modals, which take 2,000 and 3,000 characters; the longest of real catalogs have 250."""
PLACE_MAX = 4_096
"""A path of Linux, and more than a key of S3 has."""
READ = frozenset(("name", "title", "owner_note", "lifecycle", "status", "text"))
PLACES = frozenset(("artifacts", "declared_in", "sources", "uri", "where"))
SHOWN_MAX = 80
_ENCODER = msgspec.json.Encoder()
RecordT = TypeVar("RecordT", bound=Record)
EdgeT = TypeVar("EdgeT", Dependency, Sighting)


class _Change(NamedTuple):
    field: str
    value: Any
    told: str


def why_too_long(name: str) -> str:
    """Empty where it is not."""
    if len(name) <= NAME_MAX:
        return ""
    return f"a name has at most {NAME_MAX} characters; this one has {len(name):,}"


def within_bounds(reading: Reading) -> Reading:
    """The reading, without what is too long to be a name, and with the rest of it cut."""
    notes: list[Note] = []
    skipped: list[Skipped] = []
    entities = tuple(_things(reading.entities, reading, skipped, notes))
    groups = tuple(_things(reading.groups, reading, skipped, notes))
    people = tuple(_things(reading.people, reading, skipped, notes))
    things = len(skipped)
    dependencies = tuple(map(_is_edge, reading.dependencies))
    sightings = tuple(map(_is_edge, reading.sightings))
    _tell_edges(reading.dependencies, dependencies, skipped)
    _tell_edges(reading.sightings, sightings, skipped)
    return msgspec.structs.replace(
        reading,
        entities=entities,
        groups=groups,
        people=people,
        dependencies=tuple(compress(reading.dependencies, dependencies)),
        declared_by=tuple(compress(reading.declared_by, dependencies)),
        sightings=tuple(compress(reading.sightings, sightings)),
        unresolved=tuple(filter(_is_edge, reading.unresolved)),
        uncertain=tuple(one for one in reading.uncertain if not why_too_long(one)),
        files={one: file for one, file in reading.files.items() if not why_too_long(one)},
        documents=_less(reading.documents, things),
        edges=_less(reading.edges, len(skipped) - things),
        skipped=(*reading.skipped, *skipped),
        notes=(*reading.notes, *notes),
    )


def _things(
    things: Iterable[RecordT], reading: Reading, skipped: list[Skipped], notes: list[Note]
) -> Iterator[RecordT]:
    for one in things:
        if len(_ENCODER.encode(one)) <= NAME_MAX:  # as a whole, which is the usual case
            yield one
            continue
        assert isinstance(one, Entity | Group | Person)
        where = one.declared_in if isinstance(one, Entity) else reading.files.get(one.id, "")
        if why := why_too_long(one.id):
            skipped.append(Skipped(where=where, what=shortened(one.name, SHOWN_MAX), why=why))
            continue
        changes = tuple(_changes(one))
        notes += [Note(where=where, what=one.name, note=f"{it.field}: {it.told}") for it in changes]
        changed = {it.field: it.value for it in changes}
        yield msgspec.structs.replace(one, **changed) if changed else one


def _changes(record: Record) -> Iterator[_Change]:
    """The fields of which something is too long, as they are kept."""
    for field in record.__struct_fields__:
        value = getattr(record, field)
        limit = PLACE_MAX if field in PLACES else NAME_MAX
        if isinstance(value, str):
            if len(value) > limit:
                is_cut = field in READ | PLACES
                yield _Change(field, shortened(value, limit) if is_cut else "", _told(value, limit, is_cut))
        elif isinstance(value, tuple):
            yield from _of_many(field, value, limit)
        elif isinstance(value, Record) and (inside := tuple(_changes(value))):
            changed = {one.field: one.value for one in inside}
            yield _Change(field, msgspec.structs.replace(value, **changed), inside[0].told)


def _of_many(field: str, values: tuple[Any, ...], limit: int) -> Iterator[_Change]:
    long = [one for one in values if isinstance(one, str) and len(one) > limit]
    if long:
        is_cut = field in PLACES
        kept = tuple(shortened(one, limit) for one in values if is_cut or len(one) <= limit)
        yield _Change(field, kept, _told(long[0], limit, is_cut))
    inside = [tuple(_changes(one)) if isinstance(one, Record) else () for one in values]
    if any(inside):
        pairs = zip(values, inside, strict=True)
        kept = tuple(
            msgspec.structs.replace(one, **{it.field: it.value for it in those}) for one, those in pairs
        )
        yield _Change(field, kept, next(those[0].told for those in inside if those))


def _told(value: str, limit: int, is_cut: bool) -> str:
    shown = f'"{shortened(value, SHOWN_MAX)}" has {len(value):,} characters'
    return (
        f"{shown}; the first {limit:,} are kept"
        if is_cut
        else f"{shown}, at most {limit:,} are kept; left out"
    )


def _is_edge(edge: Dependency | Sighting) -> bool:
    return len(edge.from_id) <= NAME_MAX and len(edge.to_id) <= NAME_MAX


def _tell_edges(edges: Sequence[EdgeT], are_kept: Sequence[bool], skipped: list[Skipped]) -> None:
    for edge in compress(edges, (not one for one in are_kept)):
        ends = (edge.from_id, edge.to_id)
        where = edge.declared_in if isinstance(edge, Dependency) else edge.seen_in
        what = " -> ".join(shortened(one, SHOWN_MAX) for one in ends)
        why = next(filter(None, map(why_too_long, ends)))
        skipped.append(Skipped(where=where, what=what, why=why))


def _less(count: Count, skipped: int) -> Count:
    left_out = min(skipped, count.kept)
    return Count(read=count.read, kept=count.kept - left_out, skipped=count.skipped + left_out)
