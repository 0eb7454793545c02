"""Registries of hosted models: until when does a provider serve them, and what does it name instead?

A hosted model is a model with the id hosted:PROVIDER/MODEL, whichever registry tells of it, and keeps what each
of them tells. Where another catalog declares a model under PROVIDER/MODEL, by id or alias, it is that model's, as
a version of it: so its dates are known, and the catalog's own words stay. Nothing is joined by its bare name:
providers call their models "command", and so do companies their components.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from data.errors import Invalid, Problem
from data.importers.draft import Draft, why_not_named
from data.importers.known import Known
from data.importers.provider_registries import FORMAT, RANK, Told, told_in
from data.importers.refs import Found, Missing
from data.importers.report import Reading
from data.importers.sources import whole_files
from data.records.catalog import Entity, Group, Kind, Person, Support

PREFIX = "hosted:"
_OWN = (Kind.MODEL, Kind.VERSION)
_GONE = ("deprecated", "retired")


@dataclass(slots=True, frozen=True)
class _Hosted:
    """A model as it stands before its successor is known."""

    entity: Entity
    first: Told


def read_deprecations(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for *.yaml and *.json, as one source. `known` is everything declared so far.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    known = tuple(known)
    before = {one.id: one for one in known if isinstance(one, Entity) and one.id.startswith(PREFIX)}
    things = {one.id: one for one in known if isinstance(one, Entity) and one.id not in before}
    draft = Draft(Known(one for one in known if one.id not in before))
    told = _by_model(told_in(files, draft), draft)
    if not told:
        accepted = f"tell of no model as {', '.join(RANK)} do. Nothing was imported"
        raise Invalid([Problem(field=", ".join(map(str, paths)), value="", accepted=accepted)])
    hosted = [_hosted(one, before.get(thing_id), things, draft) for thing_id, one in told.items()]
    ours = {**before, **{one.entity.id: one.entity for one in hosted}}
    names = Known(ours.values())
    for one in hosted:
        successor_id = _successor(one, ours, names, draft) if one.entity.kind is Kind.MODEL else ""
        entity = msgspec.structs.replace(one.entity, successor_id=successor_id)
        draft.declare(entity, one.first.path)
    return draft.reading(files, paths)


def _by_model(statements: Iterable[Told], draft: Draft) -> Mapping[str, list[Told]]:
    """By the id of the model, each registry once."""
    found: dict[str, list[Told]] = defaultdict(list)
    for told in statements:
        if why := why_not_named(told.called):
            draft.skip(told.where, told.called[:120], why)
            continue
        others = found[f"{PREFIX}{told.called}".lower()]
        same = next((one for one in others if one.support.told_by == told.support.told_by), None)
        if same is None:
            others.append(told)
        else:
            draft.skip(told.where, told.called, f"{same.where} tells of it already; the first counts")
    return found


def _hosted(told: list[Told], before: Entity | None, things: Mapping[str, Entity], draft: Draft) -> _Hosted:
    first = told[0]
    read = {one.support.told_by: one.support for one in told}
    kept = {one.told_by: one for one in before.support} if before else {}
    support = tuple(sorted({**kept, **read}.values(), key=lambda one: RANK.index(one.told_by)))
    _tell_disagreement(support, first, draft)
    stated = dict.fromkeys(alias for one in told for alias in one.aliases)
    qualified = [first.called, *(one if "/" in one else f"{first.provider}/{one}" for one in stated)]
    joined = _described_as(qualified, first, things, draft)
    aliases = {*qualified, *stated, *(before.aliases if before else ())}
    entity = Entity(
        id=f"{PREFIX}{first.called}".lower(),
        kind=Kind.VERSION if joined else Kind.MODEL,
        # What is a version of another catalog's model leaves its bare name to that one.
        name=first.called if joined else first.model,
        title="" if joined else first.called,
        lifecycle=_lifecycle(support),
        model_id=joined,
        declared_in=first.where,
        aliases=tuple(sorted(alias for alias in aliases if _is_free(alias, first, joined, draft))),
        support=support,
    )
    return _Hosted(entity, first)


def _lifecycle(support: Iterable[Support]) -> str:
    """As most of it is known: a shutdown that is announced is a deprecation, whatever day it is."""
    is_ending = any(one.status in _GONE or one.deprecated_on or one.shutdown_on for one in support)
    return "deprecated" if is_ending else ""


def _described_as(names: Iterable[str], told: Told, things: Mapping[str, Entity], draft: Draft) -> str:
    """The model of another catalog that is called so on purpose; empty where none is."""
    for name in names:
        found = draft.known.find(name, is_by_name=False)
        if isinstance(found, Missing):
            draft.note(told.where, told.called, f"{name} {found.why}; kept as one of its own")
        elif found is not None and (thing := things[found.id]).kind not in _OWN:
            note = f"{name} is {found.id}, a {thing.kind} and no model; kept as one of its own"
            draft.note(told.where, told.called, note)
        elif found is not None:
            draft.note(told.where, told.called, f"{found.note or f'joined to {found.id}'}, {name}")
            return thing.model_id or thing.id
    same = draft.known.find(told.model)
    if isinstance(same, Found) and things[same.id].kind in _OWN:
        note = f"{same.id} has the same name; if it is that, give it the alias {told.called}"
        draft.note(told.where, told.called, note)
    return ""


def _is_free(alias: str, told: Told, joined: str, draft: Draft) -> bool:
    """Whether nothing else is called so; an alias would take references away from what has it as its name."""
    why = why_not_named(alias)
    found = None if why else draft.known.find(alias)
    if not why and (found is None or (isinstance(found, Found) and found.id == joined)):
        return found is None
    named = f"{found.id} has it" if isinstance(found, Found) else "several things have it"
    draft.note(told.where, f'{told.called} alias "{alias[:80]}"', f"{why or named}; left out")
    return False


def _tell_disagreement(support: Sequence[Support], told: Told, draft: Draft) -> None:
    days = {one.shutdown_on: one.told_by for one in reversed(support) if one.shutdown_on}
    if len(days) > 1:
        said = ", ".join(f"{day} ({by})" for day, by in sorted(days.items()))
        draft.note(
            told.where, told.called, f"is told to shut down on different days: {said}; the first counts"
        )


def _successor(one: _Hosted, ours: Mapping[str, Entity], names: Known, draft: Draft) -> str:
    """What the first registry that names replacements means; of several it recommends none of, none."""
    support = next((told for told in one.entity.support if told.replacements), None)
    if support is None:
        return ""
    where, called = one.first.where, one.first.called
    if not support.successor:
        draft.note(where, called, f"replaced by {' or '.join(support.replacements)}: no successor is guessed")
        return ""
    exact = f"{PREFIX}{support.successor}".lower()
    found = Found(id=exact) if exact in ours else names.find(support.successor, is_by_name=False)
    found = found or draft.known.find(support.successor, is_by_name=False)
    what = f"replaced by {support.successor}"
    after = draft.successor(found, of=one.entity.id, where=where, name=called, what=what)
    return (ours[after].model_id or after) if after in ours else after
