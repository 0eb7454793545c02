"""What is declared, and how each thing of it reads together with what it states an edge to (data/catalog/serving.py).

An id without a sign "#" stands for what is declared under it. One with the sign may also be a part of a server that
models share, whatever else is declared under it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from data.catalog.layered import Layered
from data.catalog.serving import Served, served, servers_of
from data.catalog.statements import Seen, Statement, dependencies
from data.records.catalog import Dependency, Entity, Kind

_READ_OFF = frozenset((Kind.ENDPOINT, Kind.VERSION))


class Told(NamedTuple):
    """All that is declared under these ids now; edges may be withdrawn. What was once declared is so for good, but may
    come to be read as part of another thing: it is None then.

    hidden   what is declared and not to be known of: whoever serves it serves the rest as before
    """

    ids: Collection[str]
    entities: Mapping[str, Entity | None]
    stated: Mapping[str, tuple[Statement, ...]]
    seen: Mapping[str, tuple[Seen, ...]]
    hidden: Mapping[str, Entity] = {}


class Declared:
    """As importers told it, and never changed: things by id; by what depends, edges that are stated and calls seen."""

    def __init__(
        self,
        entities: Layered[str, Entity],
        stated: Layered[str, tuple[Statement, ...]],
        seen: Layered[str, tuple[Seen, ...]],
        hidden: Mapping[str, Entity] | None = None,
    ) -> None:
        self.entities = entities
        self.stated = stated
        self.seen = seen
        self._hidden = hidden or {}
        self._known = entities.changed(self._hidden)
        self._served: dict[str, Served] = {}

    def changed(self, told: Told) -> Declared:
        stated = {one: told.stated.get(one) for one in told.ids if one in self.stated or one in told.stated}
        seen = {one: told.seen.get(one) for one in told.ids if one in self.seen or one in told.seen}
        return Declared(
            self.entities.changed(told.entities),
            self.stated.changed(stated),
            self.seen.changed(seen),
            {**self._hidden, **told.hidden},
        )

    def is_part(self, one: str) -> bool:
        """Whether it is an endpoint or a version: how those read depends on what they lead to."""
        thing = self.entities.get(one)
        return thing is not None and thing.kind in _READ_OFF

    def parts(self, one: str) -> tuple[str, ...]:
        """It, and what stands in the graph for it besides."""
        return tuple(part.id for part in self._read(one).things) if self.is_part(one) else (one,)

    def endpoint(self, one: str) -> Entity | None:
        """A part of a shared server, or else an endpoint of its own."""
        for server in filter(self.is_part, servers_of(one)):
            for part in self._read(server).things:
                if part.id == one and part.kind is Kind.ENDPOINT:
                    return part
        return None

    def depends_on(self, one: str) -> set[str]:
        thing = self.entities.get(one)
        if self._is_read_off(one, thing):
            return {edge.to_id for edge in self._edges(one)}
        if thing is None:
            return set()
        stated = self.stated.get(one)
        to_ids = {to_id for to_id, _, _ in stated} if stated else set()
        if seen := self.seen.get(one):
            to_ids.update(edge.to_id for edge in seen)
        return to_ids

    def all_depending(self, parts: Iterable[str]) -> dict[str, Collection[str]]:
        """Everything declared and these parts, with what each depends on: `depends_on` for very many at once."""
        found: dict[str, Collection[str]] = dict.fromkeys(self.entities, ())
        for one, edges in self.stated.items():
            if one in found:
                found[one] = [to_id for to_id, _, _ in edges]
        read_off = (one for one, thing in self.entities.items() if self._is_read_off(one, thing))
        seen = (one for one in self.seen if one in found)
        for one in (*read_off, *seen, *parts):
            found[one] = self.depends_on(one)
        return found

    def all_parts(self) -> list[str]:
        """All endpoints and versions, and what stands in the graph for them besides."""
        those = (one for one, thing in self.entities.items() if thing.kind in _READ_OFF)
        return sorted({part for one in those for part in self.parts(one)})

    def dependency(self, from_id: str, to_id: str) -> Dependency | None:
        """How an edge is known; None where there is none."""
        if self._is_read_off(from_id, self.entities.get(from_id)):
            return next((edge for edge in self._edges(from_id) if edge.to_id == to_id), None)
        stated = [one for one in self.stated.get(from_id, ()) if one[0] == to_id]
        seen = [one for one in self.seen.get(from_id, ()) if one.to_id == to_id]
        return next(iter(dependencies(from_id, stated, seen)), None)

    def _is_read_off(self, one: str, thing: Entity | None) -> bool:
        """Whether its edges are others than those that are told of it."""
        return "#" in one or (thing is not None and thing.kind in _READ_OFF)

    def _edges(self, one: str) -> list[Dependency]:
        """From it, whoever tells of them; what tells of a part of a server comes first."""
        tellers = [teller for teller in servers_of(one) if teller in self.entities]
        return [edge for teller in tellers for edge in self._read(teller).edges if edge.from_id == one]

    def _read(self, one: str) -> Served:
        found = self._served.get(one)
        if found is None:
            edges = dependencies(one, self.stated.get(one, ()), self.seen.get(one, ()))
            found = self._served[one] = self._left(served(self.entities[one], edges, self._known))
        return found

    def _left(self, found: Served) -> Served:
        """Without the parts that serve what is hidden."""
        gone = {part.id for part in found.things if part.model_id in self._hidden}
        if not gone:
            return found
        return Served(
            tuple(part for part in found.things if part.id not in gone),
            tuple(edge for edge in found.edges if gone.isdisjoint((edge.from_id, edge.to_id))),
        )
