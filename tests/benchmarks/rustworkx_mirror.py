"""What would a copy of the graph in rustworkx gain, beside the one that is used (data/catalog/graph.py)?

It is measured at its best: by the fastest of its walks, and once more with everything numbered in the very order of
the walk, which suits one model only. An answer needs names; a walk of rustworkx gives numbers to look them up by.
"""

from __future__ import annotations

import gc
import statistics
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from typing import Any

import networkx as nx

from data.catalog.lineage import Lineage
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, ratios, rounded, taken, unmeasured
from tests.benchmarks.large_graph import MODEL, a_catalog
from tests.data.catalogs import things_of

NAME, UNIT, TARGET = "the same in a mirror of rustworkx", "x", 20.0
INSTALL = "uv run --group benchmarks python -m tests.benchmarks.graph"


def mirrored(run: Run) -> Iterator[Figure]:
    """All that is reached where that is very much, by name."""
    try:
        import rustworkx  # noqa: PLC0415 - the peer is installed for benchmarks only
    except ImportError:
        why = f"the peer is not installed; measure with it: {INSTALL}"
        run.say(f"  {why}")
        yield unmeasured(NAME, unit=UNIT, target=TARGET, better="higher", why=why)
        return
    nodes = run.sized(100_000, 5_000)
    reading = a_catalog(nodes=nodes, edges=3 * nodes, reached=31 * nodes // 100)
    things = things_of(reading.entities, reading.dependencies)
    turned = Lineage.of(things).reverse()
    ids = sorted(turned)
    walked = [MODEL, *things.graph.reached(MODEL)]
    along = [*walked, *sorted(set(ids).difference(walked))]
    plain, best = (_Mirror(rustworkx, turned, order) for order in (ids, along))
    assert set(plain.reached(MODEL)) == set(best.reached(MODEL)) == nx.descendants(turned, MODEL)
    found_at = [*plain.numbers(MODEL)]

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        gc.collect()
        gc.disable()
        yield {
            "mirror": lambda: taken(lambda: plain.reached(MODEL)),
            "numbers only": lambda: taken(lambda: plain.layers(MODEL)),
            "names only": lambda: taken(lambda: itemgetter(*found_at)(ids)),
            "numbered along": lambda: taken(lambda: best.reached(MODEL)),
            "ours": lambda: taken(lambda: things.graph.reached(MODEL)),
            "networkx": lambda: taken(lambda: nx.descendants(turned, MODEL)),
        }
        gc.enable()

    found = in_rounds(run, ready, stretches=run.sized(10, 2))
    times = {
        side: rounded(statistics.median(ratios(found["networkx"], seconds)))
        for side, seconds in found.items()
    }
    yield figure(
        NAME,
        ratios(found["networkx"], found["mirror"]),
        unit=UNIT,
        target=TARGET,
        better="higher",
        reference="networkx.descendants beside rustworkx.digraph_bfs_layers with the names looked up; ours in the same"
        f" rounds {times['ours']}x. Without names {times['numbers only']}x; to look them up, without any walk,"
        f" {times['names only']}x; with all numbered along this very walk {times['numbered along']}x",
    )


class _Mirror:
    def __init__(self, rustworkx: Any, turned: nx.DiGraph, ids: Sequence[str]) -> None:  # type: ignore[type-arg]
        # The names are laid out in this order, too.
        self._ids = [one.encode().decode() for one in ids]
        self._at = {one: number for number, one in enumerate(ids)}
        self._walk = rustworkx.digraph_bfs_layers
        self._graph = rustworkx.PyDiGraph(multigraph=False)
        self._graph.add_nodes_from(array("I", range(len(ids))))
        self._graph.add_edges_from_no_data(
            [(self._at[one], self._at[to]) for one in ids for to in turned[one]]
        )

    def layers(self, root: str) -> Any:
        return self._walk(self._graph, [self._at[root]])

    def numbers(self, root: str) -> Iterator[int]:
        return chain.from_iterable(self.layers(root)[1:])

    def reached(self, root: str) -> tuple[str, ...]:
        return itemgetter(*self.numbers(root))(self._ids)
