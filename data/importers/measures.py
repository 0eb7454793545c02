"""A CSV of what was measured: `model,measure,value,on`, for decay, drift and cost that no catalog tells.

A model, a version or an endpoint is meant by its id, an alias or its exact name; a name that nobody has, or several
things, measures nothing. Its row names the thing by its id from then on, so a later import never gives the value to
something else. Values are kept by day, so that it makes no difference which file is read first, and a row that is not
there any more takes nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from data.catalog.called import MEASURED
from data.importers.csv_tables import Columns, Row
from data.importers.draft import Draft
from data.importers.known import Known
from data.importers.measuring import kept, measured
from data.importers.refs import Found, Missing
from data.importers.report import Reading
from data.importers.sources import whole_files
from data.records.catalog import Entity, Group, Kind, Measure, Measured, Person

FORMAT = Columns(("model", "measure", "value", "on"), ("currency",)).format("CSV of measures")
_OF = (Kind.MODEL, Kind.VERSION, Kind.ENDPOINT)


class _Place(NamedTuple):
    where: str
    path: Path


@dataclass(slots=True)
class _Thing:
    entity: Entity
    place: _Place
    rows: dict[tuple[Measure, str], Measured] = field(default_factory=dict)


def read_measures(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for *.csv, as one source.

    known   everything declared so far, and what files of measures told before
    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    entities = {one.id: one for one in known if isinstance(one, Entity)}
    before = {one_id: one for one_id, one in entities.items() if one_id.startswith(MEASURED)}
    others = {one_id: one for one_id, one in entities.items() if one_id not in before}
    draft = Draft(Known(others.values()))
    things: dict[str, _Thing] = {}
    for file in files:
        for row in file.content:
            draft.read()
            _add(row, _Place(f"{file.shown}:{row.line}", file.path), others, things, draft)
    for thing in things.values():
        own_id = f"{MEASURED}{thing.entity.id}"
        told = before[own_id].measured if own_id in before else ()
        own = Entity(
            id=own_id,
            kind=thing.entity.kind,
            name=thing.entity.name,
            declared_in=thing.place.where,
            measured=kept((*told, *thing.rows.values())),
        )
        draft.declare(own, thing.place.path)
    return draft.reading(files, paths)


def _add(
    row: Row, place: _Place, known: Mapping[str, Entity], things: dict[str, _Thing], draft: Draft
) -> None:
    where = place.where
    what = f"{row['measure'] or '(no measure)'} of {row['model'][:120] or '(nothing)'}"
    found = draft.known.find(row["model"]) if row["model"] else None
    told = measured(row["measure"].lower(), row["value"], row["on"], where, row["currency"])
    if why := _why_not(row["model"], found, known):
        draft.skip(where, what, why)
    elif isinstance(told, str):
        draft.skip(where, what, told)
    elif isinstance(found, Found):
        thing = things.setdefault(found.id, _Thing(known[found.id], place))
        if first := thing.rows.get((told.measure, told.on)):
            draft.skip(where, what, f"{first.told_in} tells of {told.on} already; the first counts")
            return
        if found.note and not thing.rows:
            draft.note(where, row["model"], found.note)
        thing.rows[told.measure, told.on] = told


def _why_not(name: str, found: Found | Missing | None, known: Mapping[str, Entity]) -> str:
    if not name:
        return "model is empty"
    if found is None:
        return "nothing that was imported is called so; import what declares it first, or write its id"
    if isinstance(found, Missing):
        return found.why
    kind = known[found.id].kind
    return "" if kind in _OF else f"{found.id} is a {kind}; only of {', '.join(_OF)} this is measured"
