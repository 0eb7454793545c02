"""Whom a plan hits, as everybody may read it who reads the plan: restricted models among them have no name there.

They stand under an id of their own, the same each time, so that they are asked, answered for and waited for like any
other consumer. The id is made with a secret of the record: of a bare hash anybody finds the name who guesses it.
Rejected: to leave them out. Whoever owns one would hear of it when it fails.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from data.catalog.callers import unknown
from data.catalog.restricted import belonging
from data.catalog.snapshot import Snapshot
from data.records.catalog import SEEN, Entity, Impacted

VEILED = "restricted:"
NAME = "a restricted model"
LETTERS_MIN = 4
APART = "\n" * 12
"""More signs than a name has between its words."""


def veiled(there: Snapshot, impact: Iterable[Impacted], model_id: str) -> tuple[Impacted, ...]:
    """In their order."""
    impact, ids = tuple(impact), ids_without_names(there, model_id)
    return tuple(_veiled(one, ids) for one in impact) if ids else impact


def ids_without_names(there: Snapshot, model_id: str) -> dict[str, str]:
    """Each thing without a name in a plan of this model -> the id it has there.

    What belongs to the model that retires keeps its names: its plan is for few to see as it is.
    """
    hidden = (one for one in there.audiences if one != there.id_of(model_id))
    return {part.id: _id(part.id, there.secret) for part in belonging(hidden, there)}


def callers_without_names(there: Snapshot, names: Iterable[str], model_id: str) -> dict[str, str]:
    """Of callers that nobody declares, those who call themselves by such a name -> the id that they have there."""
    names = sorted(names)
    hidden = [one for one in there.audiences if one != there.id_of(model_id)]
    if not names or not hidden:
        return {}
    told = without_names(APART.join(names), there, hidden).split(APART)
    return {
        name: _id(unknown(name, "").id, there.secret)
        for name, said in zip(names, told, strict=True)
        if said != name
    }


def without_names(text: str, there: Snapshot, models: Iterable[str] | None = None) -> str:
    """What we or others say where everybody may read it: without any name of what is restricted, or of these models.

    Names are found in file names, in names of programs and with other signs between their words, too. What is called
    otherwise in the catalog, with such a name in it, keeps its own.
    """
    hidden = {part.id: part for part in belonging(there.audiences if models is None else models, there)}
    names = {name.casefold() for part in hidden.values() for name in (*there.ids_of(part.id), *_names(part))}
    if not names:
        return text
    written = "|".join(map(_as_written, sorted(names, key=len, reverse=True)))
    found = re.compile(written, re.IGNORECASE)
    if not found.search(text):
        return text
    ids = {one for part_id in hidden for one in there.ids_of(part_id)}
    others = {
        name
        for one in there.joins.entities.values()
        if one.id not in ids
        for name in (one.id, *_names(one))
        if name.casefold() not in names and found.search(name)
    }
    kept = "|".join(map(re.escape, sorted(others, key=len, reverse=True)))
    either = rf"(?P<kept>(?<![\w-])(?:{kept})(?![\w-]))|{written}" if kept else written
    return re.sub(
        either, lambda match: match[0] if kept and match["kept"] else NAME, text, flags=re.IGNORECASE
    )


def _names(one: Entity) -> tuple[str, ...]:
    return tuple(filter(None, (one.name, one.title, *one.aliases)))


def _as_written(name: str) -> str:
    """The pattern of a name as programs write it: silent-heron_v2, load_silent_heron, SilentHeron, or on two lines.

    One of very few letters is in many other words, and meant only where it is a word.
    """
    parts = re.findall(r"[^\W_]+", name)
    if sum(map(len, parts)) < LETTERS_MIN:
        return rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    return r"[\W_]{0,8}".join(map(re.escape, parts))


def _veiled(one: Impacted, ids: Mapping[str, str]) -> Impacted:
    if ids.keys().isdisjoint(one.path):
        return one
    path = tuple(ids.get(each, each) for each in one.path)
    if one.consumer_id not in ids:
        return replace(one, path=path)
    return replace(one, consumer_id=ids[one.consumer_id], name=NAME, path=path)


def _id(one: str, secret: bytes) -> str:
    """Of a caller it says that nobody declares it: somebody has to say whose it is all the same."""
    seen = SEEN if one.startswith(SEEN) else ""
    return f"{seen}{VEILED}{hmac.digest(secret, one.encode(), 'sha256').hex()[:12]}"
