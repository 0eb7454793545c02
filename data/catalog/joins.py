"""Which things that sources tell of are one and the same? Those that are called alike on purpose: where the id or an
alias of one is the id or an alias of another. Never by likeness, and never by who was imported first.

It is told of all that is declared now, each under the id its own source gives it: so an alias that is added joins,
one that is taken back parts again what it joined, and the order of imports makes no difference. A name that two things
of one source have joins nothing, as nobody can tell which of them is meant; neither does what would make two things of
one source the same, or things of two kinds: a model and what calls it. Those are doubts, for people to settle.

What is told in files that somebody shared in Slack decides nothing of this for others (data/catalog/settling.py).

What a source only names (a name in a CSV, in a tag) stands for what is called so on purpose; failing that, for the one
thing that has it as its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from data.catalog.called import SAYS_NOTHING, called, can_be_one, is_named_only, is_shared, may_join, names_of
from data.catalog.layered import Layered
from data.catalog.settling import Ids, Settling
from data.records.catalog import Entity, Kind


class _Change(NamedTuple):
    before: Entity | None
    now: Entity


class _Settled(NamedTuple):
    one_of: dict[str, Ids | None]
    doubts: dict[str, Ids | None]
    shared: frozenset[str]


class Joins:
    """Never changes.

    one_of     id -> all ids of the same thing, who describes it first; only of what is joined
    doubts     name -> what could be meant by it, where that joins nothing
    """

    def __init__(
        self,
        entities: Layered[str, Entity],
        holders: Layered[str, Ids],
        by_name: Layered[str, Ids] | None,
        one_of: Layered[str, Ids],
        doubts: Layered[str, Ids],
    ) -> None:
        self.entities = entities
        self._holders = holders
        self._by_name = by_name
        self.one_of = one_of
        self.doubts = doubts

    @classmethod
    def of(cls, entities: Layered[str, Entity]) -> Joins:
        holders: dict[str, list[str]] = defaultdict(list)
        for one, entity in entities.items():
            if entity.aliases or is_named_only(one) or one.casefold() != one or entity.kind is Kind.ENDPOINT:
                for name in called(entity):
                    holders[name].append(one)
        has_names = any(_asks_for_names(entities[one]) for found in holders.values() for one in found)
        nothing: Layered[str, Ids] = Layered({})
        joins = cls(
            entities,
            Layered({name: tuple(holders[name]) for name in sorted(holders)}),
            _by_name(entities.values()) if has_names else None,
            nothing,
            nothing,
        )
        # What nobody else is called is one with nothing: of what only CSVs tell that is nearly all.
        names = [name for name in holders if len(joins.at(name)) > 1 or joins.meant_by(name)]
        seeds = {one for name in names for one in joins.at(name)}
        one_of, doubts, _ = joins._settled(seeds, names, nothing)
        return cls(
            entities,
            joins._holders,
            joins._by_name,
            Layered(dict(sorted((one, ids) for one, ids in one_of.items() if ids))),
            Layered(dict(sorted((name, ids) for name, ids in doubts.items() if ids))),
        )

    def changed(self, entities: Mapping[str, Entity]) -> tuple[Joins, frozenset[str]]:
        """What follows once these are declared so, and what may read otherwise: it is one with others than
        before, or may have lost a name to them."""
        changes = {
            one: _Change(self.entities.get(one), entity)
            for one, entity in entities.items()
            if _is_told_anew(self.entities.get(one), entity)
        }
        now = Joins(self.entities.changed(entities), self._holders, self._by_name, self.one_of, self.doubts)
        if not changes:
            return now, frozenset()
        names = {name for change in changes.values() for each in change if each for name in called(each)}
        names.update(one.casefold() for one in changes)
        meant = {name for change in changes.values() for each in change if each for name in names_of(each)}
        seeds = {
            *changes,
            *(one for name in names | meant for one in (*self.at(name), *self.meant_by(name))),
        }
        now._holders = self._holders.changed(_moved(self._holders, changes, called))
        if now._by_name is not None:
            now._by_name = now._by_name.changed(_moved(now._by_name, changes, names_of))
        elif any(_asks_for_names(change.now) for change in changes.values()):
            now._by_name = _by_name(now.entities.values())
        seeds |= {one for name in names | meant for one in (*now.at(name), *now.meant_by(name))}
        seeds |= {one for seed in seeds for one in self.one_of.get(seed, ())}
        one_of, doubts, shared = now._settled(seeds, names | meant, self.one_of)
        moved = {one: ids for one, ids in one_of.items() if ids != self.one_of.get(one)}
        now.one_of = self.one_of.changed(moved)
        now.doubts = self.doubts.changed(
            {name: ids for name, ids in doubts.items() if ids != self.doubts.get(name)}
        )
        return now, shared.union(moved)

    def without(self, entities: Layered[str, Entity]) -> Joins:
        """The same of those that are left."""
        return Joins(entities, self._holders, self._by_name, self.one_of, self.doubts)

    def id_of(self, one: str) -> str:
        """The id under which it stands; its own, where it is joined to nothing."""
        ids = self.one_of.get(one)
        return ids[0] if ids else one

    def why(self, one: str) -> Iterator[tuple[str, str]]:
        """Every other id of the same thing, and a name by which it is that."""
        ids = self.one_of.get(one, ())
        for other in ids:
            if other != one:
                entity = self.entities[other]
                names = (*entity.aliases, *called(entity), other)
                yield (
                    other,
                    next((name for name in names if self._joins(name.casefold(), other, ids)), entity.name),
                )

    def said(self, one: str) -> Iterator[str]:
        others = ((other, name) for other, name in self.why(one) if not other.startswith(SAYS_NOTHING))
        return (f"{other} is the same: both are called {name}" for other, name in others)

    def in_doubt(self, one: str) -> Iterator[tuple[str, str]]:
        """Every name of it that could be of several things, and which; who shared a file decides none of that, so
        others are not asked about it."""
        for name in called(self.entities[one]):
            if any(other not in self.entities for other in self.doubts.get(name, ())):
                continue  # without what is not to be known of, there may be none
            things = [self.entities[other] for other in self.doubts.get(name, ())]
            if any(map(is_shared, things)) and not is_shared(self.entities[one]):
                continue
            things = [thing for thing in things if not (is_shared(thing) and is_named_only(thing.id))]
            if len(things) > 1:
                is_of_kinds = not can_be_one(things)
                fits = (f"{thing.id} ({thing.kind})" if is_of_kinds else thing.id for thing in things)
                yield name, f'"{name}" could be {" or ".join(fits)}; joined to neither'

    def _joins(self, name: str, one: str, ids: Ids) -> bool:
        return any(other != one and other in ids for other in self.at(name))

    def at(self, name: str) -> Ids:
        """Who is called so on purpose."""
        found = self._holders.get(name, ())
        entity = self.entities.get(name)
        return (*found, name) if entity is not None and name not in found and may_join(entity) else found

    def is_of_others(self, name: str) -> bool:
        """Whether something is called so that others tell of than whoever shares files; on purpose or not."""
        return any(not is_shared(self.entities[one]) for one in (*self.at(name), *self.meant_by(name)))

    def meant_by(self, name: str) -> Ids:
        return self._by_name.get(name, ()) if self._by_name is not None else ()

    def _settled(self, seeds: Iterable[str], names: Iterable[str], before: Mapping[str, Ids]) -> _Settled:
        """Of all that hangs together with these, or did before: what each is one with, and the doubts about these
        names."""
        settling = Settling(self)
        every = settling.affected(seeds)
        every |= {other for one in every for other in before.get(one, ())}
        one_of: dict[str, Ids | None] = {}
        for one in every:
            ids = settling.whole(one)
            one_of[one] = settling.in_order(ids) if len(ids) > 1 else None
            for other in ids:
                one_of.setdefault(other, one_of[one])
        there = [self.entities[one] for one in every if one in self.entities]
        asked = {*names, *(name for one in there for name in called(one))}
        shared = frozenset(one.id for one in there if is_shared(one))
        return _Settled(one_of, {name: settling.doubt(name) for name in asked}, shared)


def _is_told_anew(before: Entity | None, now: Entity) -> bool:
    """Whether something else follows from it for what is one with what."""
    facts = [
        (called(one), names_of(one), is_shared(one), one.kind, one.is_kind_guessed)
        for one in (before, now)
        if one
    ]
    return len(facts) == 1 or facts[0] != facts[1]


def _asks_for_names(entity: Entity) -> bool:
    return is_named_only(entity.id) or is_shared(entity)


def _by_name(entities: Iterable[Entity]) -> Layered[str, Ids]:
    found: dict[str, list[str]] = defaultdict(list)
    for entity in entities:
        for name in names_of(entity):
            found[name].append(entity.id)
    return Layered({name: tuple(sorted(found[name])) for name in sorted(found)})


def _moved(
    index: Layered[str, Ids], changes: Mapping[str, _Change], names_of: Callable[[Entity], Ids]
) -> dict[str, Ids | None]:
    """The names of which something else is called so now."""
    found: dict[str, Ids] = {}
    for one, (before, now) in changes.items():
        was, is_now = (set(names_of(entity)) if entity else set() for entity in (before, now))
        for name in was ^ is_now:
            there = found.get(name, index.get(name, ()))
            left = [other for other in there if other != one]
            found[name] = tuple(sorted([*left, one] if name in is_now else left))
    return {name: ids or None for name, ids in found.items()}
