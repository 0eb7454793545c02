"""Which things that sources tell of are one and the same? Those that are called alike on purpose: where the id or an
alias of one is the id or an alias of another. Never by likeness, and never by who was imported first.

It is told of all that is declared now, each under the id its own source gives it: so an alias that is added joins,
one that is taken back parts again what it joined, and the order of imports makes no difference. A name that two things
of one source have joins nothing, as nobody can tell which of them is meant; neither does what would make two things of
one source the same. Those are doubts, for people to settle.

What a source only names (a name in a CSV, in a tag) stands for what is called so on purpose; failing that, for the one
thing that has it as its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from data.called import (
    SHARED,
    called,
    is_named_only,
    may_join,
    names_of,
    rank_of,
    source_of,
)
from data.layered import Layered
from data.records.catalog import Entity

Ids = tuple[str, ...]

_BACKSTAGE = frozenset(("component", "resource", "api", "airesource"))


class _Change(NamedTuple):
    before: Entity | None
    now: Entity


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
            if entity.aliases or is_named_only(one) or one.casefold() != one:
                for name in called(entity):
                    holders[name].append(one)
        has_names = any(is_named_only(one) for found in holders.values() for one in found)
        nothing: Layered[str, Ids] = Layered({})
        joins = cls(
            entities,
            Layered({name: tuple(holders[name]) for name in sorted(holders)}),
            _by_name(entities.values()) if has_names else None,
            nothing,
            nothing,
        )
        seeds = (one for name in holders for one in joins.at(name) if len(joins.at(name)) > 1)
        named = (one for found in holders.values() for one in found if is_named_only(one))
        one_of, doubts = joins._settled({*seeds, *named}, holders)
        return cls(
            entities,
            joins._holders,
            joins._by_name,
            Layered(dict(sorted((one, ids) for one, ids in one_of.items() if ids))),
            Layered(dict(sorted((name, ids) for name, ids in doubts.items() if ids))),
        )

    def changed(self, entities: Mapping[str, Entity]) -> tuple[Joins, frozenset[str]]:
        """What follows once these are declared so, and what is one with others than before."""
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
        elif any(map(is_named_only, changes)):
            now._by_name = _by_name(now.entities.values())
        seeds |= {one for name in names | meant for one in (*now.at(name), *now.meant_by(name))}
        seeds |= {one for seed in seeds for one in self.one_of.get(seed, ())}
        one_of, doubts = now._settled(seeds, names | meant)
        moved = {one: ids for one, ids in one_of.items() if ids != self.one_of.get(one)}
        now.one_of = self.one_of.changed(moved)
        now.doubts = self.doubts.changed(
            {name: ids for name, ids in doubts.items() if ids != self.doubts.get(name)}
        )
        return now, frozenset(moved)

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
        return (f"{other} is the same: both are called {name}" for other, name in self.why(one))

    def _joins(self, name: str, one: str, ids: Ids) -> bool:
        return any(other != one and other in ids for other in self.at(name))

    def at(self, name: str) -> Ids:
        """Who is called so on purpose."""
        found = self._holders.get(name, ())
        entity = self.entities.get(name)
        return (*found, name) if entity is not None and name not in found and may_join(entity) else found

    def is_given(self, name: str) -> bool:
        """Whether anything is called so, and does not only have it as its id."""
        return name in self._holders

    def meant_by(self, name: str) -> Ids:
        return self._by_name.get(name, ()) if self._by_name is not None else ()

    def _settled(
        self, seeds: Iterable[str], names: Iterable[str]
    ) -> tuple[dict[str, Ids | None], dict[str, Ids | None]]:
        """Of all that hangs together with these: what each is one with, and the doubts about these names."""
        settling = _Settling(self, self.entities)
        one_of: dict[str, Ids | None] = {}
        every = {one for seed in seeds for one in settling.together(seed)}
        every |= {one for named in settling.naming(every) for one in settling.together(named)}
        for one in every:
            ids = settling.whole(one)
            one_of[one] = tuple(sorted(ids, key=settling.rank)) if len(ids) > 1 else None
            for other in ids:
                one_of.setdefault(other, one_of[one])
        asked = {
            *names,
            *(name for one in every if one in self.entities for name in called(self.entities[one])),
        }
        return one_of, {name: settling.doubt(name) for name in asked}


class _Settling:
    """One look at what hangs together; what was found of it is kept for as long as that takes."""

    def __init__(self, joins: Joins, entities: Layered[str, Entity]) -> None:
        self._joins = joins
        self.entities = entities
        self._together: dict[str, frozenset[str]] = {}

    def rank(self, one: str) -> tuple[bool, int, str]:
        """What is told in a file that somebody shared describes nothing that others tell of."""
        entity = self.entities.get(one)
        return (entity is not None and entity.declared_in.startswith(SHARED), *rank_of(one))

    def together(self, one: str) -> frozenset[str]:
        """All that is called alike on purpose, from name to name; by names that leave no doubt."""
        if one not in self._together:
            found, todo = {one}, [one]
            while todo:
                at = todo.pop()
                entity = self.entities.get(at)
                for name in (*called(entity), at.casefold()) if entity and may_join(entity) else ():
                    holders = self._joins.at(name)
                    if not _is_doubtful(holders):
                        todo += [other for other in holders if other not in found]
                        found.update(holders)
            whole = frozenset(found)
            self._together.update(dict.fromkeys(whole, whole))
        return self._together[one]

    def base(self, one: str) -> frozenset[str]:
        whole = self.together(one)
        return frozenset((one,)) if _is_doubtful(whole) else whole

    def whole(self, one: str) -> frozenset[str]:
        """With what is only named, and is meant by its name alone."""
        base = self.base(one)
        if all(map(is_named_only, base)):
            meant = self._meant(base)
            if len(meant) != 1:
                return base
            base = next(iter(meant))
        named = map(self.base, self.naming(base))
        also = (ids for ids in named if all(map(is_named_only, ids)) and self._meant(ids) == {base})
        return base.union(*also)

    def naming(self, ids: Iterable[str]) -> set[str]:
        """What only names something that one of these may be."""
        names = {name for one in ids if one in self.entities for name in names_of(self.entities[one])}
        return {one for name in names for one in self._joins.at(name) if is_named_only(one)}

    def _meant(self, named: Collection[str]) -> set[frozenset[str]]:
        tails = {one.partition(":")[2] for one in named}
        return {self.base(one) for tail in tails for one in self._joins.meant_by(tail)}

    def doubt(self, name: str) -> Ids | None:
        """What could be meant by a name that somebody else gives as well; None where that is clear."""
        holders = self._joins.at(name) if self._joins.is_given(name) else ()
        real = [one for one in holders if not is_named_only(one)]
        if len(holders) > len(real) and not real:
            meant = set().union(*(self._meant(self.base(one)) for one in holders))
            return tuple(sorted(min(ids, key=self.rank) for ids in meant)) if len(meant) > 1 else None
        is_shared = len({source_of(one) for one in holders}) > 1
        if not is_shared or len({self.base(one) for one in holders}) == 1:
            return None
        return tuple(sorted(real))


def _is_doubtful(ids: Iterable[str]) -> bool:
    sources = [source_of(one) for one in ids if not is_named_only(one)]
    return len(set(sources)) < len(sources)


def _is_told_anew(before: Entity | None, now: Entity) -> bool:
    """Whether something else follows from it for what is one with what."""
    facts = [(called(one), names_of(one), one.declared_in.startswith(SHARED)) for one in (before, now) if one]
    return len(facts) == 1 or facts[0] != facts[1]


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
