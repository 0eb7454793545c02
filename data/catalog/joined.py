"""The catalog as it is told, with what several sources tell of one thing read as one (data/catalog/joins.py).

What each source tells is kept under the ids it gives: only the reading changes when a join comes about or comes apart.
A thing that is joined is described by the one source that ranks first, what that leaves out by the next
(data/catalog/described.py), and called whatever any of them calls it; edges and calls count wherever they are told,
each with its source.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from data.catalog import described
from data.catalog.called import NAMED_IN_BACKSTAGE, NAMED_ONLY, SHARED, is_shared
from data.catalog.declared import Declared, Told
from data.catalog.described import told_by_catalogs
from data.catalog.joins import Joins
from data.catalog.layered import Layered
from data.catalog.serving import servers_of
from data.catalog.settling import Ids
from data.catalog.statements import Seen, Statement
from data.catalog.stored import Stored
from data.records.catalog import Entity, Kind

T = TypeVar("T")
Users = Callable[[str], Iterable[str]]
"""What has an edge to it, by what is declared now."""


class Moved(NamedTuple):
    """What reads otherwise; `unseen` with None where something is declared again."""

    told: Told
    unseen: Mapping[str, str | None]


class Joined:
    """Never changes. All but `joins` is as told."""

    def __init__(
        self,
        entities: Layered[str, Entity],
        stated: Layered[str, tuple[Statement, ...]],
        seen: Layered[str, tuple[Seen, ...]],
        unseen: Layered[str, str],
        joins: Joins,
    ) -> None:
        self.entities = entities
        self._stated = stated
        self._seen = seen
        self._unseen = unseen
        self.joins = joins

    @classmethod
    def of(cls, stored: Stored) -> Joined:
        entities = Layered(stored.entities)
        return cls(
            entities, Layered(stored.stated), Layered(stored.seen), Layered(stored.unseen), Joins.of(entities)
        )

    def read(self) -> Declared:
        """All of it."""
        if not self.joins.one_of and not any(map(is_shared, self.entities.values())):
            return Declared(self.entities, self._stated, self._seen)
        stating = sorted(set(map(self.joins.id_of, (*self._stated, *self._seen))))
        return Declared(
            Layered({one.id: one for one in self.told()}),
            Layered({one: edges for one in stating if (edges := self._stated_by(one))}),
            Layered({one: calls for one in stating if (calls := self._seen_by(one))}),
        )

    def unseen(self) -> dict[str, str]:
        found = ((one, self._unseen_since(one)) for one in self._unseen)
        return {one: since for one, since in found if since}

    def changed(self, ids: Collection[str], stored: Stored, users: Users) -> tuple[Joined, Moved]:
        """What follows once all that is stored under these ids is this."""
        joins, moved = self.joins.changed(stored.entities)
        now = Joined(
            self.entities.changed(stored.entities),
            _as_stored(self._stated, ids, stored.stated),
            _as_stored(self._seen, ids, stored.seen),
            _as_stored(self._unseen, ids, stored.unseen),
            joins,
        )
        read_anew = set(ids)
        for one in moved:
            for end in (one, self.joins.id_of(one)):
                read_anew.update(server for user in users(end) for server in servers_of(user))
        read_anew |= moved
        read_anew.update([each.id_of(one) for one in read_anew for each in (self.joins, joins)])
        standing = [one for one in read_anew if now._stands(one)]
        told = Told(
            read_anew,
            {one: now._entity(one) if now._stands(one) else None for one in read_anew if one in now.entities},
            {one: edges for one in standing if (edges := now._stated_by(one))},
            {one: calls for one in standing if (calls := now._seen_by(one))},
        )
        return now, Moved(told, {one: now._unseen_since(one) for one in read_anew})

    def without(self, gone: Collection[str], followed_by: Callable[[Entity], str]) -> Joined:
        """As if nobody had told of these, nor that anything is followed by them. `followed_by`: whom a source means."""
        left: dict[str, Entity | None] = {other: None for one in gone for other in self._ids(one)}
        for one in self.entities.values():
            if (one.successor_id or one.successor_named) and one.id not in left and followed_by(one) in gone:
                left[one.id] = replace(one, successor_id="", successor_named=None)
        entities = self.entities.changed(left)
        return Joined(entities, self._stated, self._seen, self._unseen, self.joins.without(entities))

    def told(self) -> Iterator[Entity]:
        """Every thing once."""
        return (self._entity(one) for one in self.entities if self._stands(one))

    def _stands(self, one: str) -> bool:
        """Whether it stands for itself, and not for what another source describes."""
        return self.joins.id_of(one) == one

    def _ids(self, one: str) -> Ids:
        return self.joins.one_of.get(one, (one,))

    def members(self, one: str) -> tuple[Entity, ...]:
        """As each source tells of the same thing, who describes it first; nobody tells of a part of a shared server."""
        ids = self._ids(self.joins.id_of(one))
        return tuple(self.entities[other] for other in ids if other in self.entities)

    def _entity(self, one: str) -> Entity:
        entity = self.entities[one]
        model_id = self.joins.id_of(entity.model_id)
        ids = self._ids(one)
        members = [self._with_names_of_its_own(self.entities[other]) for other in ids]
        if len(ids) == 1:
            return members[0] if model_id == entity.model_id else replace(members[0], model_id=model_id)
        return replace(described.as_one(members), model_id=model_id, aliases=_aliases(members))

    def _with_names_of_its_own(self, entity: Entity) -> Entity:
        """Whoever refers to a name that others have never means what was shared in Slack."""
        if not is_shared(entity) or not entity.aliases:
            return entity
        aliases = (one for one in entity.aliases if not self.joins.is_of_others(one.casefold()))
        return replace(entity, aliases=tuple(aliases))

    def _stated_by(self, one: str) -> tuple[Statement, ...]:
        ids = self._ids(one)
        edges = [edge for other in ids for edge in self._stated.get(other, ())]
        if len(ids) == 1 and not any(edge[0] in self.joins.one_of for edge in edges):
            return self._stated.get(one, ())
        ends = ((self.joins.id_of(to_id), source, where) for to_id, source, where in edges)
        return tuple(sorted(edge for edge in ends if edge[0] != one and not self._is_foreign(one, edge)))

    def _is_foreign(self, one: str, edge: Statement) -> bool:
        """What an endpoint serves is for nobody to say in a file shared in Slack (bot/shared/files.py)."""
        to_id, _, where = edge
        ends = (self.entities.get(one), self.entities.get(to_id))
        kinds = [entity.kind for entity in ends if entity is not None]
        return where.startswith(SHARED) and kinds in (
            [Kind.ENDPOINT, Kind.MODEL],
            [Kind.ENDPOINT, Kind.VERSION],
        )

    def _seen_by(self, one: str) -> tuple[Seen, ...]:
        ids = self._ids(one)
        calls = [call for other in ids for call in self._seen.get(other, ())]
        if len(ids) == 1 and not any(call.to_id in self.joins.one_of for call in calls):
            return self._seen.get(one, ())
        ends = (call._replace(to_id=self.joins.id_of(call.to_id)) for call in calls)
        return tuple(sorted((call for call in ends if call.to_id != one), key=lambda call: call[:2]))

    def _unseen_since(self, one: str) -> str | None:
        """Of a thing that several tell of, since the last of them does not any more; who shared a file aside, and who
        but refers to it."""
        if not self._stands(one):
            return None
        told = [other.id for other in told_by_catalogs(self.members(one))] or [one]
        told = [other for other in told if not other.startswith(NAMED_IN_BACKSTAGE)] or told
        since = [self._unseen.get(other) for other in told]
        return None if None in since else max(filter(None, since))


def _as_stored(known: Layered[str, T], ids: Collection[str], stored: Mapping[str, T]) -> Layered[str, T]:
    return known.changed({one: stored.get(one) for one in ids if one in known or one in stored})


def as_one(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """What several sources tell of one thing, as one; for whoever refers to it."""
    joins = joins_of(entities)
    nothing: Layered[str, tuple[Statement, ...]] = Layered({})
    return tuple(Joined(joins.entities, nothing, Layered({}), Layered({}), joins).told())


def joins_of(entities: Iterable[Entity]) -> Joins:
    return Joins.of(Layered({one.id: one for one in sorted(entities, key=lambda one: one.id)}))


def _aliases(every: list[Entity]) -> tuple[str, ...]:
    """Each as whoever it is the name of spells it. What a CSV calls it is a name as well, as for callers."""
    spelt: dict[str, str] = {}
    members = told_by_catalogs(every)  # a name that only a shared file gives is nobody's but its own
    for member in members[::-1]:
        spelt.update({alias.casefold(): alias for alias in member.aliases})
    for member in members[1:]:
        scheme, _, name = member.id.partition(":")
        if scheme not in NAMED_ONLY:
            spelt.update({alias.casefold(): alias for alias in member.aliases}, **{member.id: member.id})
        elif scheme == "csv" and not is_shared(member):
            spelt.setdefault(name, name)
    mine = [spelt[alias.casefold()] for alias in members[0].aliases]
    return tuple(dict.fromkeys((*mine, *(spelt[name] for name in sorted(spelt)))))
