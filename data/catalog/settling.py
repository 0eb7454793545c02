"""Which of the things that are called alike become one, and which names leave a doubt (joins.py says when)?

What is told in files that somebody shared comes last. All else is settled as if those were not there; then each of
theirs is added to the one thing it is called like, or stays itself. So a shared file never decides what a name means
that others use, puts none of their names in doubt, and makes no two of their things one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

from data.catalog.called import (
    called,
    can_be_one,
    is_named_only,
    is_shared,
    may_join,
    names_of,
    rank_of,
    source_of,
)
from data.records.catalog import Entity

Ids = tuple[str, ...]
Group = frozenset[str]


class Names(Protocol):
    """Who is called what."""

    @property
    def entities(self) -> Mapping[str, Entity]: ...

    def at(self, name: str) -> Ids:
        """Who is called so on purpose."""
        ...

    def meant_by(self, name: str) -> Ids:
        """Whose name it is."""
        ...


class Settling:
    """One look at all that hangs together; what was found of it is kept for as long as that takes."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._told = _Among(names, lambda one: not self._is_shared(one))
        self._apart = _Among(names, lambda one: self._is_shared(one) and not self._targets(one))
        self._known_targets: dict[str, frozenset[Group]] = {}

    def affected(self, seeds: Iterable[str]) -> set[str]:
        """All that may be one with something else once it is settled what these are one with."""
        seeds = set(seeds)
        every = {other for one in seeds if not self._is_shared(one) for other in self._told.together(one)}
        every |= {other for one in self._told.naming(every) for other in self._told.together(one)}
        todo = {one for one in seeds if self._is_shared(one)} | self._shared_near(every)
        shared: set[str] = set()
        while todo:
            shared |= todo
            of_others = {other for one in todo for group in self._targets(one) for other in group}
            todo = self._shared_near(todo | of_others) - shared
        return every | shared

    def whole(self, one: str) -> Group:
        if not self._is_shared(one):
            return self._with_shared(self._told.whole(one))
        if not self._targets(one):
            return self._apart.whole(one)
        group = self._added_to(one)
        whole = self._with_shared(group) if group else frozenset()
        return whole if one in whole else frozenset((one,))

    def in_order(self, ids: Iterable[str]) -> Ids:
        """Who describes it first; nothing that others tell of is described in a file that somebody shared, or by a
        guess."""
        return tuple(
            sorted(ids, key=lambda one: (self._is_shared(one), self._is_guessed(one), *rank_of(one)))
        )

    def doubt(self, name: str) -> Ids | None:
        """What could be meant by a name that somebody else gives as well; None where that is clear."""
        if found := self._told.doubt(name):
            return found
        holders = self._names.at(name)
        shared = [one for one in holders if self._is_shared(one)]
        others = {one for one in holders if not self._is_shared(one)}
        others = others or {
            self.in_order(group)[0] for one in shared if is_named_only(one) for group in self._targets(one)
        }
        if not others or not any(name in called(self._names.entities[one]) for one in holders):
            return self._apart.doubt(name)
        left = {one for one in shared if not others <= self.whole(one)}
        return tuple(sorted(others | left)) if left else None

    def _is_shared(self, one: str) -> bool:
        entity = self._names.entities.get(one)
        return entity is not None and is_shared(entity)

    def _is_guessed(self, one: str) -> bool:
        entity = self._names.entities.get(one)
        return is_named_only(one) or (entity is not None and entity.is_kind_guessed)

    def _targets(self, one: str) -> frozenset[Group]:
        """What others tell of that somebody who shared this calls so: on purpose; what is only named, else by name."""
        if one not in self._known_targets:
            entity = self._names.entities[one]
            names = (*called(entity), one.casefold()) if may_join(entity) else ()
            ids = {other for name in names for other in self._names.at(name)}
            if is_named_only(one) and all(map(self._is_shared, ids)):
                ids = set(self._names.meant_by(one.partition(":")[2]))
            groups = (self._told.whole(other) for other in ids if not self._is_shared(other))
            self._known_targets[one] = frozenset(groups)
        return self._known_targets[one]

    def _added_to(self, one: str) -> Group | None:
        targets = self._targets(one)
        if len(targets) != 1:
            return None
        group = next(iter(targets))
        if is_named_only(one):
            return group
        is_a_name = all(map(is_named_only, group))  # which is for others to say what it means
        return None if is_a_name or self._told.is_doubtful({*group, one}) else group

    def _with_shared(self, group: Group) -> Group:
        added = [one for one in self._shared_near(group) if self._added_to(one) == group]
        sources = Counter(source_of(one) for one in added if not is_named_only(one))
        return group.union(one for one in added if sources[source_of(one)] <= 1)

    def _shared_near(self, ids: Iterable[str]) -> set[str]:
        """What is called alike in shared files, or only names one of these."""
        entities = [self._names.entities[one] for one in ids if one in self._names.entities]
        names = {name for one in entities if may_join(one) for name in (*called(one), one.id.casefold())}
        found = {other for name in names for other in self._names.at(name)}
        for one in entities:
            found |= {
                other for name in names_of(one) for other in self._names.at(name) if is_named_only(other)
            }
            if is_named_only(one.id):
                found.update(self._names.meant_by(one.id.partition(":")[2]))
        return set(filter(self._is_shared, found))


class _Among:
    """As if there were only some of the things."""

    def __init__(self, names: Names, is_among: Callable[[str], bool]) -> None:
        self._names = names
        self._is_among = is_among
        self._together: dict[str, Group] = {}

    def _at(self, name: str) -> Ids:
        return tuple(filter(self._is_among, self._names.at(name)))

    def together(self, one: str) -> Group:
        """All that is called alike on purpose, from name to name; by names that leave no doubt."""
        if one not in self._together:
            found, todo = {one}, [one]
            while todo:
                at = todo.pop()
                entity = self._names.entities.get(at)
                for name in (*called(entity), at.casefold()) if entity and may_join(entity) else ():
                    holders = self._at(name)
                    if not self.is_doubtful(holders):
                        todo += [other for other in holders if other not in found]
                        found.update(holders)
            whole = frozenset(found)
            self._together.update(dict.fromkeys(whole, whole))
        return self._together[one]

    def is_doubtful(self, ids: Collection[str]) -> bool:
        if len(ids) < 2:
            return False
        sources = [source_of(one) for one in ids if not is_named_only(one)]
        return len(set(sources)) < len(sources) or not can_be_one(self._names.entities[one] for one in ids)

    def _base(self, one: str) -> Group:
        whole = self.together(one)
        return frozenset((one,)) if self.is_doubtful(whole) else whole

    def whole(self, one: str) -> Group:
        """With what is only named, and is meant by its name alone."""
        base = self._base(one)
        if all(map(is_named_only, base)):
            meant = self._meant(base)
            if len(meant) != 1:
                return base
            base = next(iter(meant))
        named = map(self._base, self.naming(base))
        also = (ids for ids in named if all(map(is_named_only, ids)) and self._meant(ids) == {base})
        return base.union(*also)

    def naming(self, ids: Iterable[str]) -> set[str]:
        """What only names something that one of these may be."""
        entities = self._names.entities
        names = {name for one in ids if one in entities for name in names_of(entities[one])}
        return {one for name in names for one in self._at(name) if is_named_only(one)}

    def _meant(self, named: Collection[str]) -> set[Group]:
        tails = {one.partition(":")[2] for one in named}
        found = (one for tail in tails for one in self._names.meant_by(tail))
        return {self._base(one) for one in found if self._is_among(one)}

    def doubt(self, name: str) -> Ids | None:
        holders = self._at(name)
        if not any(name in called(self._names.entities[one]) for one in holders):
            return None  # it is but the id of one of them
        real = [one for one in holders if not is_named_only(one)]
        if len(holders) > len(real) and not real:
            bases = {self._base(one) for one in holders}
            meant = set().union(
                *(self._meant(ids) if all(map(is_named_only, ids)) else {ids} for ids in bases)
            )
            return tuple(sorted(min(ids, key=rank_of) for ids in meant)) if len(meant) > 1 else None
        is_of_several = len({source_of(one) for one in holders}) > 1
        if not is_of_several or len({self._base(one) for one in holders}) == 1:
            return None
        return tuple(sorted(real if len(real) > 1 else holders))
