"""What exists, and what depends on what: as declared, and as it is served (data/catalog/serving.py).

Nothing here ever changes. After an import `changed` makes what follows: it reads anew what the import touched, and
what is served around that, and shares all the rest. Whatever way it came about, it is what `of` makes of the same
facts (tests/data/catalog/test_things.py), and both go through the same lines: nothing is kept of a thing that could not
be told from what is declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from data.catalog.declared import Declared, Told
from data.catalog.graph import Dependant, Graph
from data.catalog.layered import Layered
from data.catalog.serving import by_hand, server_of, servers_of, switch_of
from data.records.catalog import Dependency, Entity, Kind


class Things:
    """endpoints  by id, with the parts of shared servers; which of them share a switch is not looked at yet
    switches   what switches an endpoint off -> all endpoints that are
    """

    def __init__(
        self,
        declared: Declared,
        endpoints: Layered[str, Entity],
        switches: Layered[str, frozenset[str]],
        graph: Graph,
    ) -> None:
        self.declared = declared
        self.endpoints = endpoints
        self.switches = switches
        self.graph = graph

    @classmethod
    def of(cls, declared: Declared) -> Things:
        parts = declared.all_parts()
        endpoints = {part: endpoint for part in parts if (endpoint := declared.endpoint(part))}
        switches: dict[str, set[str]] = defaultdict(set)
        for one, endpoint in endpoints.items():
            if switch := switch_of(endpoint):
                switches[switch].add(one)
        return cls(
            declared,
            Layered(endpoints),
            Layered({switch: frozenset(switches[switch]) for switch in sorted(switches)}),
            Graph.of(declared.all_depending(parts)),
        )

    def changed(self, told: Told) -> Things:
        """What follows once these are told; what is served around them may read otherwise, too."""
        was, now = self.declared, self.declared.changed(told)
        touched = {*told.ids, *self._around(told.entities)}
        parts = {
            part
            for one in touched
            if one in now.entities or one in was.entities
            for part in (*was.parts(one), *now.parts(one))
        }
        endpoints = {
            part: endpoint for part in parts if (endpoint := now.endpoint(part)) != self.endpoints.get(part)
        }
        edges = {part: (was.depends_on(part), now.depends_on(part)) for part in parts}
        return Things(
            now,
            self.endpoints.changed(endpoints),
            self.switches.changed(self._switched(endpoints)),
            self.graph.changed({part: change for part, change in edges.items() if change[0] != change[1]}),
        )

    def get(self, one: str) -> Entity | None:
        """As it is served; None where nobody declares it."""
        endpoint = self.endpoints.get(one)
        if endpoint is None:
            return self.declared.entities.get(one)
        switch = switch_of(endpoint)
        sharers = (self.endpoints[each] for each in self.switches[switch]) if switch else ()
        is_shared = any(sharer.model_id != endpoint.model_id for sharer in sharers)
        return by_hand(endpoint) if is_shared else endpoint

    def __getitem__(self, one: str) -> Entity:
        found = self.get(one)
        if found is None:
            raise KeyError(one)
        return found

    def __contains__(self, one: str) -> bool:
        return one in self.endpoints or one in self.declared.entities

    def __iter__(self) -> Iterator[str]:
        yield from self.declared.entities
        yield from (one for one in self.endpoints if one not in self.declared.entities)

    def dependency(self, from_id: str, to_id: str) -> Dependency | None:
        return self.declared.dependency(from_id, to_id)

    def edges(self) -> Iterator[tuple[str, str]]:
        """All of them, between what is there."""
        for one in self:
            yield from ((one, other) for other in sorted(self.declared.depends_on(one)) if other in self)

    def edges_among(self, ids: Collection[str]) -> Iterator[tuple[str, str]]:
        those = {one for one in ids if one in self}
        for one in sorted(those):
            yield from ((one, other) for other in sorted(self.declared.depends_on(one) & those))

    def endpoints_of(self, model_id: str) -> tuple[str, ...]:
        """Ids of the endpoints that serve a model, in order; of a shared server, its part for this model."""
        return self._parts_of(model_id, Kind.ENDPOINT)

    def versions_of(self, model_id: str) -> tuple[str, ...]:
        return self._parts_of(model_id, Kind.VERSION)

    def consumers_of(
        self, model_id: str, endpoint_ids: Collection[str] | None = None
    ) -> tuple[Dependant, ...]:
        """Who notices when a model retires with all its endpoints, or with the given ones only.

        What calls an endpoint depends on the model directly: endpoints are part of what retires, and so are
        versions. A model built on this one is a consumer; its own parts are passed through, not named beside it.
        """
        endpoints = self.endpoints_of(model_id)
        chosen = endpoints if endpoint_ids is None else tuple(endpoint_ids)
        servers = (server_of(endpoint) for endpoint in chosen)
        subject = dict.fromkeys((model_id, *self.versions_of(model_id), *chosen, *servers))
        spared = frozenset(endpoints).difference(subject)
        found = self.graph.dependants(*(one for one in subject if one in self), spared=spared)
        return tuple(dependant for dependant in found if not self._is_passed_through(dependant))

    def _is_passed_through(self, dependant: Dependant) -> bool:
        part = self.endpoints.get(dependant.id) or self.declared.entities[dependant.id]
        if part.kind not in (Kind.ENDPOINT, Kind.VERSION):
            return False
        towards = dependant.path[1]
        return towards == part.model_id or server_of(towards) == dependant.id

    def _parts_of(self, model_id: str, kind: Kind) -> tuple[str, ...]:
        if model_id not in self:
            return ()
        found = (
            (one, self.endpoints.get(one) or self.declared.entities[one])
            for one in self.graph.direct(model_id)
        )
        return tuple(sorted(one for one, its in found if its.kind is kind and its.model_id == model_id))

    def _around(self, entities: Iterable[str]) -> Iterator[str]:
        """What may be served otherwise, now that these are declared otherwise."""
        for one in entities:
            for near in self._served_by(one):
                yield near
                if self.declared.entities[near].kind is Kind.VERSION:
                    yield from self._served_by(near)

    def _served_by(self, one: str) -> Iterator[str]:
        """Endpoints and versions with an edge to it."""
        for part in self.graph.direct(one):
            yield from (server for server in servers_of(part) if self.declared.is_part(server))

    def _switched(self, endpoints: Mapping[str, Entity | None]) -> dict[str, frozenset[str] | None]:
        """The switches of which something is told otherwise now."""
        found: dict[str, frozenset[str]] = {}
        for one, now in endpoints.items():
            before = self.endpoints.get(one)
            was, is_now = (switch_of(endpoint) if endpoint else "" for endpoint in (before, now))
            for switch in {was, is_now} - {""}:
                there = found.get(switch, self.switches.get(switch, frozenset()))
                found[switch] = there | {one} if switch == is_now else there - {one}
        return {switch: there or None for switch, there in found.items()}
