"""A manifest of dbt: what is made of which data, and who uses it.

Models of dbt, seeds, snapshots, sources, metrics, semantic models and saved queries are datasets (a model of dbt
is a table, no machine-learning model), functions are pipelines, exposures consumers: dashboards if they say so.
Tests, analyses and macros use nothing by themselves and are skipped. Each depends on its `depends_on.nodes`;
child_map says the same from the other end, and an edge that only one of both knows counts and is told. A source
depends on whatever has its table, which may be told of later.

dbt knows no machine-learning models, so people say in `meta` what only they know:
`emeritus: {depends_on: [names], aliases: [names], owner: name, kind: model}`. A dataset that a model writes
depends on the model; an exposure of the kind `model` is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from data.errors import Invalid, Problem
from data.importers.dbt_manifest import FORMAT, Manifest, resources_of
from data.importers.dbt_things import Thing, id_of, thing_of, why_not_kept
from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields
from data.importers.known import Known
from data.importers.refs import Found, Missing
from data.importers.report import Reading
from data.importers.sources import File, whole_files
from data.records.catalog import Entity, Group, Kind, Person

NAMED = "dbt-named:"
"""How ids begin of what is only named: in meta, or as the table that a source reads."""


def read_dbt(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read manifests, and directories for them, as one source. `known` is what other sources declared.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    if not any(file.content.is_manifest for file in files):
        accepted = "has no dbt manifest.json"
        raise Invalid([Problem(field=str(path), value="", accepted=accepted) for path in paths])
    draft = Draft(Known(known))
    skipped: dict[str, str] = {}
    things: dict[str, Thing] = {}
    for file in files:
        if file.content.is_manifest:
            _read(file, draft, things, skipped)
        else:
            draft.read()
            draft.skip(f"{file.shown}:1", file.name, "no dbt manifest")
    for thing in sorted(things.values(), key=lambda one: one.resource.type == "source"):
        _declare(thing, draft)
    for thing in things.values():
        for used in thing.uses:
            _use(thing, used, draft, skipped)
        _use_named(thing, draft)
    for file in files:
        _cross_check(file, things, skipped, draft)
    return draft.reading(files, paths)


def _read(file: File[Manifest], draft: Draft, things: dict[str, Thing], skipped: dict[str, str]) -> None:
    groups = Fields(
        file.content.holds.get("groups"), lambda path, said: draft.note(f"{file.shown}:1", path, said)
    )
    for resource in resources_of(file):
        draft.read()
        thing_id = id_of(resource.unique_id)
        why = why_not_kept(resource)
        if not why and (first := things.get(thing_id)) is not None:
            draft.skip(resource.where, resource.unique_id, f"the same as {first.where}")
        elif why:
            draft.skip(resource.where, resource.unique_id, why)
            skipped.setdefault(thing_id, why)
        else:
            things[thing_id] = thing_of(resource, groups, draft)


def _declare(thing: Thing, draft: Draft) -> None:
    """With the table as an alias; but a source reads a table that others write, and depends on whoever has that."""
    entity, table = thing.entity, thing.table
    if table and thing.resource.type == "source":
        found = draft.known.find(table)
        what = f"{thing.resource.unique_id} -> {table}"
        if isinstance(found, Found) and found.id != f"{NAMED}{table.casefold()}":
            draft.note(thing.where, what, f"the table of {found.id}, so it depends on that")
        elif isinstance(found, Missing):
            draft.note(thing.where, what, f"{found.why}; kept by name")
        to_id = _named(table, thing, draft)
        draft.depends(entity.id, to_id, where=thing.where, what=what, by=entity.id)
    elif table:
        entity = msgspec.structs.replace(entity, aliases=(*entity.aliases, table))
    draft.declare(entity, thing.resource.path, owner=thing.owner, owners=thing.owners)


def _named(name: str, thing: Thing, draft: Draft) -> str:
    """The id of what is called so. What that is, is asked as somebody looks (data/catalog/joins.py), so whoever
    declares it may be imported later."""
    to_id = f"{NAMED}{name.casefold()}"
    entity = Entity(id=to_id, kind=Kind.DATASET, name=name, declared_in=thing.where)
    draft.declare(entity, thing.resource.path)
    return to_id


def _use(thing: Thing, used: str, draft: Draft, skipped: dict[str, str]) -> None:
    from_id, to_id = thing.entity.id, id_of(used)
    what = f"{thing.resource.unique_id} -> {used}"
    if isinstance(draft.known.find(to_id), Found):
        draft.depends(from_id, to_id, where=thing.where, what=what, by=from_id)
    else:
        why = f"{used} is skipped: {skipped[to_id]}" if to_id in skipped else f"nobody declares {to_id}"
        draft.misses(from_id, [(from_id, to_id)], where=thing.where, what=what, why=why)


def _use_named(thing: Thing, draft: Draft) -> None:
    """By the names in meta: first what other sources know, as dbt's own things are named by dbt."""
    from_id = thing.entity.id
    for name, before in thing.named:
        found = before or draft.known.find(name)
        what = f"{thing.resource.unique_id} -> {name}"
        if why := why_not_named(name):
            draft.misses(from_id, [], where=thing.where, what=what, why=why)
            continue
        if isinstance(found, Found):
            to_id = draft.joined(found, where=thing.where, what=what)
        else:
            why = found.why if found else f'nobody declares "{name}"'
            draft.note(thing.where, what, f"{why}; kept by name")
            to_id = ""
        if not to_id or not draft.declares(to_id):
            to_id = _named(name, thing, draft)
        draft.depends(from_id, to_id, where=thing.where, what=what, by=from_id)


def _cross_check(
    file: File[Manifest], things: dict[str, Thing], skipped: dict[str, str], draft: Draft
) -> None:
    """An edge that only one of depends_on and child_map knows counts, and is told."""
    here = {thing_id: thing for thing_id, thing in things.items() if thing.resource.path == file.path}
    stated = {
        (thing_id, to_id): f"{thing.resource.unique_id} -> {used}"
        for thing_id, thing in here.items()
        for used in thing.uses
        if (to_id := id_of(used)) in here
    }
    where = f"{file.shown}:{file.content.lines.get('child_map', 1)}"

    def tell(path: str, said: str) -> None:
        draft.doubts(*here, where=where, what=path, note=said)  # each of them may be who depends

    children = Fields(file.content.holds.get("child_map"), tell, "child_map")
    if stated and not any(children):
        draft.note(where, "child_map", "is empty, so depends_on could not be checked against it")
        return
    told = dict(_told(children, where, things, skipped, draft))
    for ends in [ends for ends in told if ends not in stated and all(end in here for end in ends)]:
        place = here[ends[0]].where
        draft.note(place, told[ends], "only child_map knows it; it counts")
        draft.depends(*ends, where=place, what=told[ends], by=ends[0])
    for ends in [ends for ends in stated if ends not in told]:
        draft.note(here[ends[0]].where, stated[ends], "child_map does not know it; it counts")


def _told(
    children: Fields, where: str, things: dict[str, Thing], skipped: dict[str, str], draft: Draft
) -> Iterator[tuple[tuple[str, str], str]]:
    """The ends of each edge, and how it is shown. What a manifest does not hold is no end."""
    for parent in children:
        for child in children.texts(parent):
            ends = (id_of(child), id_of(parent))
            strange = [end for end in ends if end not in things and end not in skipped]
            for end in strange:
                draft.note(where, f"child_map {end}", "is nowhere in the manifest; ignored")
            if not strange:
                yield ends, f"{child} -> {parent}"
