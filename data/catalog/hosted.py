"""Which models that providers host does a catalog declare as its own, by what registries call them?

Those are versions of its model from then on, as where the registry is read after the catalog (data/importers/
deprecations.py); and what the catalog calls so is nobody else's alias.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from data.catalog.called import is_named_only, is_shared
from data.importers.known import Known
from data.importers.refs import Found, Missing
from data.records.catalog import Entity, Kind

HOSTED = "hosted:"
"""How the ids of hosted models begin."""
OWN = (Kind.MODEL, Kind.VERSION)


def described_anew(declared: Iterable[Entity], hosted: Iterable[Entity]) -> Iterator[Entity]:
    """Hosted models that read otherwise, now that these things are declared."""
    things = {one.id: one for one in declared if _is_of_catalog(one)}
    if not things:
        return
    known = Known(things.values())
    now = [(one, _described(one, known, things)) for one in hosted]
    versions = {one.id: one.model_id for _, one in now if one.model_id}
    for before, one in now:
        after = replace(one, successor_id=versions.get(one.successor_id, one.successor_id))
        if after != before:
            yield after


def _is_of_catalog(one: Entity) -> bool:
    return not (one.id.startswith(HOSTED) or is_named_only(one.id) or is_shared(one) or one.seen_as)


def _described(one: Entity, known: Known, things: dict[str, Entity]) -> Entity:
    aliases = tuple(alias for alias in one.aliases if known.find(alias) is None)
    model_id = _model_of(one, known, things) if one.kind is Kind.MODEL else ""
    if not model_id:
        return replace(one, aliases=aliases)
    return replace(
        one,
        kind=Kind.VERSION,
        name=one.title,
        title="",
        model_id=model_id,
        aliases=aliases,
        successor_id="",
        successor_named=None,
    )


def _model_of(one: Entity, known: Known, things: dict[str, Entity]) -> str:
    for name in (one.title, *(alias for alias in one.aliases if "/" in alias and alias != one.title)):
        found = known.find(name, is_by_name=False)
        if isinstance(found, Missing):
            return ""
        if isinstance(found, Found) and (thing := things[found.id]).kind in OWN:
            return thing.model_id or thing.id
    return ""
