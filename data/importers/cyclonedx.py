"""CycloneDX ML-BOM: which models and datasets are listed, and which software is built on them?

Components of type machine-learning-model are models, data are datasets; any other component or service that
depends on a model, directly or through others, is a consumer, and the rest is skipped. An id is made from the
purl; else from the bom-ref where that holds the name, as refs that were drawn by lot differ each time; else
from type, name and version. Aliases are purl and name@version; what another catalog knows by one of these is that.
Source: cyclonedx.org/capabilities/mlbom
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from data.errors import Invalid, Problem
from data.importers.cyclonedx_boms import DATA, FORMAT, LISTED, MODEL, Bom, Link, Part
from data.importers.cyclonedx_properties import (
    NAMES,
    PREFIX,
    artifacts_of,
    hashes_of,
    owners_of,
    properties_of,
    unknown_in,
)
from data.importers.draft import Draft, why_not_named
from data.importers.known import Known
from data.importers.refs import Found, Missing
from data.importers.report import Reading
from data.importers.sources import File, whole_files
from data.records.catalog import Entity, Group, Kind, Person

_KINDS = {MODEL: Kind.MODEL, DATA: Kind.DATASET}
_RETIRE = (Kind.MODEL, Kind.VERSION, Kind.ENDPOINT)


@dataclass(slots=True)
class _Thing:
    """A part as all BOMs tell of it, each with its place. `joined_to`: what another catalog declares it as."""

    id: str
    kind: Kind
    told: list[tuple[Part, str, Path]] = field(default_factory=list)
    joined_to: str = ""

    @property
    def parts(self) -> list[Part]:
        return [part for part, _, _ in self.told]

    @property
    def where(self) -> str:
        return self.told[0][1]

    @property
    def named(self) -> str:
        return self.told[0][0].named

    @property
    def aliases(self) -> tuple[str, ...]:
        stated = []
        for fields in (part.fields for part in self.parts):
            version = fields.text("version")
            stated += [fields.text("purl"), f"{fields.text('name')}@{version}" if version else ""]
        stated += [part.named for part in self.parts if part.fields.text("version")]
        return tuple(dict.fromkeys(filter(None, stated)))


@dataclass(slots=True, frozen=True)
class _Edge:
    from_id: str
    to_id: str
    link: Link
    where: str
    path: Path


Things = Mapping[str, _Thing]


def read_cyclonedx(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for *.json, as one source. `known` is what other sources declared.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    known = tuple(known)
    draft = Draft(Known(known))
    things = _things(files, draft)
    retiring = {one.id for one in known if isinstance(one, Entity) and one.kind in _RETIRE}
    for thing in things.values():
        _join(thing, retiring, draft)
    if not any(thing.kind in _KINDS.values() for thing in things.values()):
        accepted = f"lists nothing of type {' or '.join(LISTED)}; nothing was imported"
        raise Invalid([Problem(field=", ".join(map(str, paths)), value="", accepted=accepted)])
    edges = list(_edges(files, things, draft))
    kept = _kept(things, edges)
    own = Known(_entity(things[one]) for one in things if one in kept)
    for thing in things.values():
        if thing.id not in kept:
            for part, where, _ in thing.told:
                draft.skip(where, f"{part.kind or 'component'} {part.named}", "depends on no model")
        elif not thing.joined_to:
            _declare(thing, things, own, draft)
    for edge in edges:
        _add(edge, things, kept, draft)
    return draft.reading(files, paths)


def _id(part: Part) -> str:
    """A purl may lead to a place inside a package, behind a "#": to retire it means the package."""
    name, ref, purl = part.fields.text("name"), part.ref, part.fields.text("purl").partition("#")[0]
    is_named = bool(ref) and name.lower() in ref.lower()
    return f"cyclonedx:{purl or (ref if is_named else f'{part.kind}/{part.named}')}".lower()


def _document(path: Path) -> str:
    return f"cyclonedx:{path}"


def _things(files: Sequence[File[Bom]], draft: Draft) -> dict[str, _Thing]:
    """By id, in order. A part that several BOMs list is one thing, and a model if one of them says so."""
    things: dict[str, _Thing] = {}
    for file in files:
        bom = file.content
        if not bom.is_one:
            draft.read()
            what = f"bomFormat {bom.format or 'null'}"
            draft.skip(f"{file.shown}:{bom.line or 1}", what, "no CycloneDX BOM")
            continue
        draft.document(_document(file.path), file.path)
        for line, what, why in bom.strange:
            draft.read()
            draft.skip(f"{file.shown}:{line}", what, why)
        for part in bom.parts:
            draft.read()
            where = f"{file.shown}:{part.fields.line}"
            if why := _why_not(part):
                draft.skip(where, f"{part.kind or 'component'} {part.named}".rstrip(), why)
                continue
            thing = things.setdefault(_id(part), _Thing(_id(part), Kind.CONSUMER))
            thing.told.append((part, where, file.path))
            if thing.kind is not Kind.MODEL:
                thing.kind = _KINDS.get(part.kind, thing.kind)
    return things


def _why_not(part: Part) -> str:
    name = part.fields.text("name")
    return why_not_named(name) or why_not_named(_id(part)) if name else "has no name"


def _join(thing: _Thing, retiring: set[str], draft: Draft) -> None:
    for alias in thing.aliases:
        found = draft.known.find(alias)
        if isinstance(found, Missing):
            draft.note(thing.where, thing.named, f'"{alias}" {found.why}. Not joined')
        elif found is not None and found.id != thing.id:
            thing.joined_to = found.id
            thing.kind = Kind.MODEL if found.id in retiring else thing.kind
            draft.note(thing.where, thing.named, found.note or f"joined to {found.id}")
            return


def _edges(files: Sequence[File[Bom]], things: Things, draft: Draft) -> Iterator[_Edge]:
    """Those of which both ends are something; references may lead into another BOM."""
    elsewhere = {
        f"{file.content.serial}#{ref}": part
        for file in files
        if file.content.serial
        for ref, part in file.content.by_ref.items()
    }
    for file in files:
        bom = file.content
        for line, what, why in bom.strange_links:
            draft.skip_edge(f"{file.shown}:{line}", what, why)
        for link in bom.links:
            where = f"{file.shown}:{link.line}"
            to = link.to_part or bom.by_ref.get(link.to) or elsewhere.get(link.to)
            to_id = _id(to) if to else _id_outside(link.to, things, draft)
            if not to_id:
                why = f"nothing has the bom-ref {link.to}" if link.to else "names nothing"
                draft.skip_edge(where, str(link), why)
            elif _id(link.part) in things and (to is None or to_id in things):
                yield _Edge(_id(link.part), to_id, link, where, file.path)
            elif not link.is_implied:
                draft.skip_edge(where, str(link), "one of its ends was skipped")


def _id_outside(ref: str, things: Things, draft: Draft) -> str:
    """What a purl or URN means that is no bom-ref. Names alone are not looked for: they would fit anything."""
    if not ref.startswith(("pkg:", "urn:")):
        return ""
    own = f"cyclonedx:{ref}".lower()
    found = None if own in things else draft.known.find(ref)
    return found.id if isinstance(found, Found) else own if own in things else ""


def _kept(things: Things, edges: Sequence[_Edge]) -> set[str]:
    """Models and datasets; besides, whatever leads to a model, or to what another catalog declares."""
    dependants: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        dependants[edge.to_id].append(edge.from_id)
    outside = [one for one in dependants if one not in things]
    reached = deque([*outside, *(thing.id for thing in things.values() if thing.kind is Kind.MODEL)])
    kept = set(reached)
    while reached:
        for dependant in dependants.get(reached.popleft(), ()):
            if dependant not in kept:
                kept.add(dependant)
                reached.append(dependant)
    return kept | {thing.id for thing in things.values() if thing.kind is Kind.DATASET}


def _entity(thing: _Thing) -> Entity:
    """What can be told of it without a look at others."""
    return Entity(
        id=thing.id,
        kind=thing.kind,
        name=thing.parts[0].fields.text("name"),
        artifacts=tuple(dict.fromkeys(artifacts_of(thing.parts))) if thing.kind is Kind.MODEL else (),
        declared_in=thing.where,
        aliases=thing.aliases,
    )


def _declare(thing: _Thing, things: Things, own: Known, draft: Draft) -> None:
    for name in unknown_in(thing.parts):
        read = ", ".join(PREFIX + one for one in NAMES)
        draft.note(thing.where, thing.named, f'property "{name[:80]}": unknown and ignored; we read {read}')
    entity = _entity(thing)
    if thing.kind is Kind.MODEL:
        stated = next(properties_of(thing.parts, f"{PREFIX}tier"), "")
        tier = draft.tier(stated, where=thing.where, name=thing.named, what=f"{PREFIX}tier")
        successor_id = _successor(thing, things, own, draft)
        entity = msgspec.structs.replace(entity, tier=tier, successor_id=successor_id)
        if hashes := list(dict.fromkeys(hashes_of(thing.parts))):
            draft.note(thing.where, thing.named, f"its files are said to have {', '.join(hashes)[:300]}")
    draft.declare(entity, thing.told[0][2], owner=next(owners_of(thing.parts), ""))


def _successor(thing: _Thing, things: Things, own: Known, draft: Draft) -> str:
    """Looked for in these BOMs first."""
    text = next(properties_of(thing.parts, f"{PREFIX}successor"), "")
    if not text:
        return ""
    found = own.find(text) or draft.known.find(text)
    what = f'{PREFIX}successor "{text[:80]}"'
    after = draft.successor(found, of=thing.id, where=thing.where, name=thing.named, what=what)
    return (things[after].joined_to or after) if after in things else after


def _add(edge: _Edge, things: Things, kept: set[str], draft: Draft) -> None:
    ends = (edge.from_id, edge.to_id)
    if lacking := [end for end in ends if end not in kept]:
        if not edge.link.is_implied:
            draft.skip_edge(edge.where, str(edge.link), f"{things[lacking[0]].named} depends on no model")
        return
    from_id, to_id = (things[end].joined_to or end if end in things else end for end in ends)
    if from_id != to_id or not edge.link.is_implied:
        draft.depends(from_id, to_id, where=edge.where, what=str(edge.link), by=_document(edge.path))
