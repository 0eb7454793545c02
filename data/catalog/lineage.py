"""The dependency graph as networkx has it, to query from Python: edges point from dependent to dependency.

Who depends on a model is asked of the catalog itself (data/catalog/graph.py): networkx takes a while to load and to
fill, and most commands need neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from data.catalog.things import Things

    _Graph = nx.DiGraph[str]
else:
    _Graph = nx.DiGraph


class Lineage(_Graph):
    """Nodes are entity ids with the attributes `kind`, `name` and `model_id`. Made once asked for; yours to change."""

    @classmethod
    def of(cls, things: Things) -> Lineage:
        """Edges to or from what nobody declares are left out."""
        lineage = cls()
        for one in things:
            its = things.get(one)
            assert its is not None
            lineage.add_node(one, kind=its.kind, name=its.name, model_id=its.model_id)
        lineage.add_edges_from(things.edges())
        return lineage
