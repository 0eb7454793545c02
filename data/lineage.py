"""Who depends on this, how far away, and along which path?

The dependency graph, edges pointing from dependent to dependency, as a networkx graph to query from Python.

The walk goes over the graph's plain adjacency, and gives paths and an order besides (tests/benchmarks/graph.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import networkx as nx

from data.records.base import Record
from data.records.catalog import Dependency, Entity, Kind
from data.serving import server_of

if TYPE_CHECKING:
    _Graph = nx.DiGraph[str]
else:
    _Graph = nx.DiGraph


class Dependant(Record, frozen=True, kw_only=True):
    """`path` leads from the dependant to what was asked about, both included; `distance` counts its edges."""

    id: str
    distance: int
    path: tuple[str, ...]


class Lineage(_Graph):
    """Nodes are entity ids with the attributes `kind`, `name` and `model_id`."""

    _node: dict[str, dict[str, Any]]
    _pred: dict[str, dict[str, dict[str, Any]]]

    @classmethod
    def of(cls, entities: Iterable[Entity], dependencies: Iterable[Dependency]) -> Lineage:
        """Edges to or from what nobody declares are left out."""
        lineage = cls()
        for entity in entities:
            lineage.add_node(entity.id, kind=entity.kind, name=entity.name, model_id=entity.model_id)
        nodes = lineage._node
        lineage.add_edges_from(
            (edge.from_id, edge.to_id)
            for edge in dependencies
            if edge.from_id in nodes and edge.to_id in nodes
        )
        return lineage

    def dependants(self, *roots: str, spared: Collection[str] = ()) -> tuple[Dependant, ...]:
        """Everything that depends on any root, nearest first, then by id; each once, by a shortest path.

        spared   nodes that stay although they depend on a root directly: not entered from a root
        Paths are the same on every run: of several shortest ones the first in order of ids.
        """
        level = sorted({root for root in roots if root in self._node})
        paths: dict[str, tuple[str, ...]] = {root: (root,) for root in level}
        found: list[Dependant] = []
        distance = 0
        while level:
            reached: list[str] = []
            for node in level:
                path = paths[node]
                for dependant in self._pred[node]:
                    if dependant not in paths and not (distance == 0 and dependant in spared):
                        paths[dependant] = (dependant, *path)
                        reached.append(dependant)
            distance += 1
            reached.sort()
            found.extend(Dependant(id=node, distance=distance, path=paths[node]) for node in reached)
            level = reached
        return tuple(found)

    def endpoints_of(self, model_id: str) -> tuple[str, ...]:
        """Ids of the endpoints that serve a model, in order; of a shared server, its part for this model."""
        return self._parts_of(model_id, Kind.ENDPOINT)

    def versions_of(self, model_id: str) -> tuple[str, ...]:
        return self._parts_of(model_id, Kind.VERSION)

    def _parts_of(self, model_id: str, kind: Kind) -> tuple[str, ...]:
        if model_id not in self._node:
            return ()
        nodes = ((node, self._node[node]) for node in self._pred[model_id])
        return tuple(
            sorted(node for node, its in nodes if its["model_id"] == model_id and its["kind"] == kind)
        )

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
        return tuple(
            dependant
            for dependant in self.dependants(*subject, spared=spared)
            if not self._is_passed_through(dependant)
        )

    def _is_passed_through(self, dependant: Dependant) -> bool:
        node = self._node[dependant.id]
        towards = dependant.path[1]
        if node["kind"] not in (Kind.ENDPOINT, Kind.VERSION):
            return False
        return bool(towards == node["model_id"] or server_of(towards) == dependant.id)
