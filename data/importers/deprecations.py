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

from data.catalog.called import is_named_only
from data.catalog.hosted import HOSTED, OWN
from data.importers.draft import Draft, successor_name, why_not_named
from data.importers.known import Known
from data.importers.provider_registries import RANK, Page, Told, pages_of, told_in
from data.importers.refs import Found, Missing
from data.importers.report import Reading
from data.records.catalog import Entity, Group, Kind, Person
from data.records.support import Support

_GONE = ("deprecated", "retired")


@dataclass(slots=True, frozen=True)
class _Hosted:
    """A model as it stands before its successor is known."""

    entity: Entity
    first: Told


def read_deprecations(
    sources: Sequence[Path | Page], *, known: Iterable[Entity | Group | Person] = ()
) -> Reading:
    """Read files, directories for *.yaml and *.json, and addresses that have answered, as one source.

    known   everything declared so far
    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    pages = pages_of(sources)
    known = tuple(known)
    before = {one.id: one for one in known if isinstance(one, Entity) and one.id.startswith(HOSTED)}
    draft = Draft(Known(one for one in known if one.id not in before and not is_named_only(one.id)))
    told = _by_model(told_in(pages, draft), draft)
    things = {one.id: one for one in known if isinstance(one, Entity) and one.id not in before}
    reader = _Reader(draft, before, things, told)
    hosted = [reader.hosted(thing_id) for thing_id in told]
    ours = {**before, **{one.entity.id: one.entity for one in hosted}}
    names = Known(ours.values())
    for one in hosted:
        successor_id = _successor(one, ours, names, draft) if one.entity.kind is Kind.MODEL else ""
        entity = msgspec.structs.replace(one.entity, successor_id=successor_id)
        draft.declare(entity, one.first.source)
    return draft.reading(pages, [one.source if isinstance(one, Page) else one for one in sources])


def _by_model(statements: Iterable[Told], draft: Draft) -> Mapping[str, list[Told]]:
    """By the id of the model, each registry once."""
    found: dict[str, list[Told]] = defaultdict(list)
    for told in statements:
        if why := why_not_named(told.called):
            draft.skip(told.where, told.called[:120], why)
            continue
        others = found[_id(told.called)]
        same = next((one for one in others if one.support.told_by == told.support.told_by), None)
        if same is None:
            others.append(told)
        else:
            draft.skip(told.where, told.called, f"{same.where} tells of it already; the first counts")
    return found


def _id(called: str) -> str:
    return f"{HOSTED}{called}".lower()


class _Reader:
    """`before` is what registries told earlier, `things` what other catalogs declare."""

    def __init__(
        self,
        draft: Draft,
        before: Mapping[str, Entity],
        things: Mapping[str, Entity],
        told: Mapping[str, list[Told]],
    ) -> None:
        self._draft = draft
        self._before = before
        self._things = things
        self._told = told
        self._holders = {alias.casefold(): one for one in before.values() for alias in one.aliases}

    def hosted(self, thing_id: str) -> _Hosted:
        told, before = self._told[thing_id], self._before.get(thing_id)
        first = told[0]
        read = {one.support.told_by: one.support for one in told}
        kept = {one.told_by: one for one in before.support} if before else {}
        support = tuple(sorted({**kept, **read}.values(), key=lambda one: RANK.index(one.told_by)))
        _tell_disagreement(support, first, self._draft)
        stated = dict.fromkeys(alias for one in told for alias in one.aliases)
        qualified = [first.called, *(_qualified(one, first) for one in stated)]
        joined = self._described_as(qualified, first) or self._another_name_of(thing_id, first)
        aliases = {*qualified, *stated, *(before.aliases if before else ())}
        entity = Entity(
            id=thing_id,
            kind=Kind.VERSION if joined else Kind.MODEL,
            # What is a version of another model leaves its bare name to that one.
            name=first.called if joined else first.model,
            title="" if joined else first.called,
            lifecycle=_lifecycle(support),
            model_id=joined,
            declared_in=first.where,
            aliases=tuple(sorted(alias for alias in aliases if self._is_free(alias, first, joined))),
            support=support,
        )
        return _Hosted(entity, first)

    def _described_as(self, names: Iterable[str], told: Told) -> str:
        """The model of another catalog that is called so on purpose; empty where none is."""
        for name in names:
            found = self._draft.known.find(name, is_by_name=False)
            if isinstance(found, Missing):
                self._note(told, f"{name} {found.why}; kept as one of its own")
            elif found is not None and (thing := self._things[found.id]).kind not in OWN:
                self._note(told, f"{name} is {found.id}, a {thing.kind} and no model; kept as one of its own")
            elif found is not None:
                self._note(told, f"{found.note or f'joined to {found.id}'}, {name}")
                return thing.model_id or thing.id
        same = self._draft.known.find(told.model)
        if isinstance(same, Found) and self._things[same.id].kind in OWN:
            self._note(told, f"{same.id} has the same name; if it is that, give it the alias {told.called}")
        return ""

    def _another_name_of(self, thing_id: str, told: Told) -> str:
        """The hosted model that a registry gave this name earlier, as a pointer has a dated snapshot's."""
        holder = self._holders.get(told.called.casefold())
        if holder is None or holder.id == thing_id:
            return ""
        self._note(told, f"is another name of {holder.id}; kept as a version of that")
        return holder.model_id or holder.id

    def _is_free(self, alias: str, told: Told, joined: str) -> bool:
        """Whether nothing else is called so; an alias would take references away from what has it as its name."""
        if why := why_not_named(alias):
            self._note(told, f'alias "{alias[:80]}": {why}; left out')
            return False
        found = self._draft.known.find(alias)
        if isinstance(found, Missing):
            self._note(told, f'alias "{alias}": several things have it; left out')
        elif found is not None and found.id != joined:
            self._note(told, f'alias "{alias}": {found.id} has it; left out')
        return found is None and not self._is_a_model(alias, told, joined)

    def _is_a_model(self, alias: str, told: Told, joined: str) -> bool:
        """Whether registries tell of a model of this name besides; what they called it first is what it stays."""
        other, own = _id(_qualified(alias, told)), _id(told.called)
        if other == own:
            # The name of what is another name already is that one's.
            return joined.startswith(HOSTED)
        holder = self._holders.get(_qualified(alias, told).casefold())
        is_ours = holder is not None and holder.id == own
        earlier = self._before.get(other)
        is_model = earlier.kind is Kind.MODEL if earlier else other in self._told and not is_ours
        if is_model and alias == _qualified(alias, told):
            self._note(told, f'alias "{alias}": {other} is a model of its own; left out')
        return is_model

    def _note(self, told: Told, note: str) -> None:
        self._draft.note(told.where, told.called, note)


def _qualified(alias: str, told: Told) -> str:
    return alias if "/" in alias else f"{told.provider}/{alias}"


def _lifecycle(support: Iterable[Support]) -> str:
    """As most of it is known: a shutdown that is announced is a deprecation, whatever day it is."""
    is_ending = any(one.status in _GONE or one.deprecated_on or one.shutdown_on for one in support)
    return "deprecated" if is_ending else ""


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
    exact = f"{HOSTED}{support.successor}".lower()
    found = Found(id=exact) if exact in ours else names.find(support.successor, is_by_name=False)
    named = None if found else successor_name(support.successor, ids=(exact,), is_by_name=False)
    found = found or draft.known.find(support.successor, is_by_name=False)
    what = f"replaced by {support.successor}"
    after = draft.successor(found, of=one.entity.id, where=where, name=called, what=what, as_named=named)
    return (ours[after].model_id or after) if after in ours else after
