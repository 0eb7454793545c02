"""Who may see a restricted model, by the catalog as it stands?

Its owners and those of what serves it, and whomever its source names. A name that means nobody lets nobody in, and a
model that several sources restrict is seen by those alone whom each of them names: unknown is never safe.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from data.catalog.callers import unknown
from data.catalog.declared import Declared, Told
from data.catalog.serving import server_of
from data.errors import EmeritusError
from data.records.catalog import Entity

if TYPE_CHECKING:
    from data.catalog.snapshot import Snapshot

_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")


def listed(text: str) -> tuple[str, ...]:
    """Whom a source names in one text. An empty one restricts as well: to owners."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def audience(model: Entity, there: Snapshot) -> frozenset[str]:
    """Slack ids of all who may see it."""
    parts = (*there.versions_of(model.id), *there.endpoints_of(model.id))
    return named(model.restricted_to or (), there).union(
        there.owners_now((model.id, *(one.id for one in parts)))
    )


def audiences(there: Snapshot) -> Mapping[str, frozenset[str]]:
    """Of every restricted model, by its id."""
    return {one.id: audience(one, there) for one in there.models() if one.restricted_to is not None}


def named(names: Iterable[str], there: Snapshot) -> frozenset[str]:
    """Slack ids of these people, and of all in these teams: `group:default/fraud`, `fraud`, `user:ann`, `U...`."""
    return frozenset(person for name in names for person in _people(name, there))


def _people(name: str, there: Snapshot) -> Iterable[str]:
    if _SLACK_ID.fullmatch(name):
        return (name,)
    kind, _, rest = name.lower().rpartition(":")
    person_id = f"user:{rest if '/' in rest else f'default/{rest}'}"
    if kind == "user":
        return there.answering(person_id).slack_ids
    try:
        return there.members(name)
    except EmeritusError:
        return there.answering(person_id).slack_ids if not kind else ()


def belonging(models: Iterable[str], there: Snapshot) -> Iterator[Entity]:
    """These, all that serves them, and whoever was seen calling by a name of any of that, though nobody declares it."""
    for one in models:
        parts = (there.entity(one), *there.versions_of(one), *there.endpoints_of(one))
        tails = (server_of(part.id).rpartition("/")[2] for part in parts)
        names = dict.fromkeys((*tails, *(name for part in parts for name in (part.name, part.title) if name)))
        callers = (there.find(unknown(name, "").id) for name in names)
        yield from (*parts, *filter(None, callers))


def left(hidden: Collection[str], there: Snapshot, declared: Declared) -> Told:
    """What is told of all else, as if nobody had told of these models and of what serves nothing but them.

    A server that they share with others goes on as one that is shared: a plan takes a part of it, whoever looks.
    """
    gone = {
        one for part in belonging(hidden, there) for one in there.ids_of(part.id) if one in declared.entities
    }
    told: dict[str, Entity | None] = dict.fromkeys(gone)
    for one in there.models():
        if one.id not in gone and (after := there.successor(one.id)) is not None and after.id in gone:
            told[one.id] = replace(one, successor_id="", successor_named=None)
    kept = [one for one in told if one not in gone]
    return Told(
        tuple(told),
        told,
        {one: declared.stated[one] for one in kept if one in declared.stated},
        {one: declared.seen[one] for one in kept if one in declared.seen},
        {one: declared.entities[one] for one in gone},
    )
