"""CycloneDX ML-BOM: which models and datasets are listed, and which software is built on them?

Components of type machine-learning-model are models, data are datasets; any other component or service that
depends on a model, directly or through others, is a consumer, and the rest is skipped; so is what depends on something
that another catalog calls so, or that no BOM lists. Aliases are the purl, name@version and BOM-Links.
Source: cyclonedx.org/capabilities/mlbom
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from data.errors import Invalid, Problem
from data.importers.cyclonedx_boms import FORMAT, LISTED, Bom, Link
from data.importers.cyclonedx_properties import (
    NAMES,
    PREFIX,
    artifacts_of,
    hashes_of,
    owners_of,
    properties_of,
    references_of,
    unknown_in,
)
from data.importers.cyclonedx_things import (
    KINDS,
    Ids,
    Thing,
    Things,
    document_of,
    id_of_purl,
    known_elsewhere,
    package_of,
    tell_doubts,
    things_in,
)
from data.importers.draft import Draft, successor_name, why_not_named
from data.importers.known import Known
from data.importers.report import Reading
from data.importers.sources import File, whole_files
from data.records.catalog import Entity, Group, Kind, Person

NAMED = "cyclonedx-named:"
"""How ids begin of what only references tell of."""


@dataclass(slots=True, frozen=True)
class _Edge:
    from_id: str
    to_id: str
    link: Link
    where: str
    path: Path


def read_cyclonedx(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for *.json, as one source. `known` is what other sources declared.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    draft = Draft(Known(known))
    things, ids = things_in(files, draft)
    elsewhere = known_elsewhere(things.values(), draft.known)
    if not any(thing.kind in KINDS.values() for thing in things.values()):
        accepted = f"lists nothing of type {' or '.join(LISTED)}"
        raise Invalid([Problem(field=", ".join(map(str, paths)), value="", accepted=accepted)])
    edges = list(_edges(files, things, ids, draft))
    kept = _kept(things, edges, elsewhere)
    tell_doubts([thing for thing in things.values() if thing.id in kept], draft)
    own = Known(_entity(things[one]) for one in things if one in kept)
    for thing in things.values():
        if thing.id not in kept:
            for part, where, _ in thing.told:
                draft.skip(where, f"{part.kind or 'component'} {part.named}", "depends on no model")
        else:
            _declare(thing, own, draft)
    for edge in edges:
        _add(edge, things, kept, draft)
    for file in files:
        for line, what, said in file.content.odd:
            draft.doubts(document_of(file.path), where=f"{file.shown}:{line}", what=what, note=said)
    return draft.reading(files, paths)


def _edges(files: Sequence[File[Bom]], things: Things, ids: Ids, draft: Draft) -> Iterator[_Edge]:
    """Those of which both ends are something; references may lead into another BOM."""
    elsewhere = {
        f"{file.content.issue}#{ref}": part
        for file in files
        if file.content.issue
        for ref, part in file.content.by_ref.items()
    }
    for file in files:
        bom, by = file.content, document_of(file.path)
        for line, what, why in bom.strange_links:
            draft.misses(by, [], where=f"{file.shown}:{line}", what=what, why=why)
        for link in bom.links:
            where = f"{file.shown}:{link.line}"
            to = link.to_part or bom.by_ref.get(link.to) or elsewhere.get(link.to)
            to_id = ids.get(to, "") if to else _id_outside(link.to, things)
            if link.part in ids and to_id:
                yield _Edge(ids[link.part], to_id, link, where, file.path)
            elif not link.is_implied or (link.to and to is None):
                why = f"nothing has the bom-ref {link.to}"
                why = "one of its ends was skipped" if to else why
                draft.misses(by, [], where=where, what=str(link), why=why)


def _id_outside(ref: str, things: Things) -> str:
    """Of what a purl or URN means that is no bom-ref, asked as somebody looks (data/catalog/joins.py). A name alone
    would fit anything; a "#", as in a BOM-Link, stands for parts of servers in ids."""
    if not ref.startswith(("pkg:", "urn:")):
        return ""
    own = id_of_purl(package_of(ref))
    named = f"{NAMED}{ref.replace('#', '/').casefold()}"
    return own if own in things else "" if why_not_named(named) else named


def _kept(things: Things, edges: Sequence[_Edge], elsewhere: Collection[str]) -> set[str]:
    """Models and datasets; besides, whatever leads to a model, or to what another catalog may declare."""
    dependants: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        dependants[edge.to_id].append(edge.from_id)
    outside = [one for one in dependants if one not in things]
    models = (thing.id for thing in things.values() if thing.kind is Kind.MODEL)
    reached = deque(dict.fromkeys((*outside, *models, *sorted(elsewhere))))
    kept = set(reached)
    while reached:
        for dependant in dependants.get(reached.popleft(), ()):
            if dependant not in kept:
                kept.add(dependant)
                reached.append(dependant)
    return kept | {thing.id for thing in things.values() if thing.kind is Kind.DATASET}


def _entity(thing: Thing) -> Entity:
    """What can be told of it without a look at others."""
    return Entity(
        id=thing.id,
        kind=thing.kind,
        name=thing.parts[0].fields.text("name"),
        artifacts=tuple(dict.fromkeys(artifacts_of(thing.parts))) if thing.kind is Kind.MODEL else (),
        declared_in=thing.where,
        aliases=thing.aliases,
        is_kind_guessed=thing.kind is Kind.CONSUMER,
    )


def _declare(thing: Thing, own: Known, draft: Draft) -> None:
    for name in unknown_in(thing.parts):
        read = ", ".join(PREFIX + one for one in NAMES)
        draft.note(thing.where, thing.named, f'property "{name[:80]}": unknown and ignored; we read {read}')
    entity = _entity(thing)
    if thing.kind is Kind.MODEL:
        stated = next(properties_of(thing.parts, f"{PREFIX}tier"), "")
        tier = draft.tier(stated, where=thing.where, name=thing.named, what=f"{PREFIX}tier")
        successor_id = _successor(thing, own, draft)
        told = references_of(thing.parts, lambda note: draft.note(thing.where, thing.named, note))
        entity = msgspec.structs.replace(
            entity, tier=tier, successor_id=successor_id, references=tuple(dict.fromkeys(told))
        )
        if hashes := list(dict.fromkeys(hashes_of(thing.parts))):
            draft.note(thing.where, thing.named, f"its files are said to have {', '.join(hashes)[:300]}")
    draft.declare(entity, thing.told[0][2], owner=next(owners_of(thing.parts), ""))


def _successor(thing: Thing, own: Known, draft: Draft) -> str:
    """Looked for in these BOMs first."""
    text = next(properties_of(thing.parts, f"{PREFIX}successor"), "")
    if not text:
        return ""
    here = own.find(text)
    found = here or draft.known.find(text)
    what = f'{PREFIX}successor "{text[:80]}"'
    named = None if here else successor_name(text)
    return draft.successor(found, of=thing.id, where=thing.where, name=thing.named, what=what, as_named=named)


def _add(edge: _Edge, things: Things, kept: set[str], draft: Draft) -> None:
    ends = (edge.from_id, edge.to_id)
    if lacking := [end for end in ends if end not in kept]:
        if not edge.link.is_implied:
            draft.skip_edge(edge.where, str(edge.link), f"{things[lacking[0]].named} depends on no model")
        return
    if edge.to_id.startswith(NAMED) and not draft.declares(edge.to_id):
        entity = Entity(
            id=edge.to_id,
            kind=Kind.DATASET,
            name=edge.link.to,
            declared_in=edge.where,
            aliases=tuple(dict.fromkeys((edge.link.to, package_of(edge.link.to)))),
        )
        draft.declare(entity, edge.path)
    if edge.from_id != edge.to_id or not edge.link.is_implied:
        draft.depends(*ends, where=edge.where, what=str(edge.link), by=document_of(edge.path))
