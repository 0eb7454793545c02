"""How fast is it known who depends on a model, in catalogs of a hundred thousand things?"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
import networkx as nx

from data.catalog.catalog import Catalog
from data.catalog.graph import Graph
from data.catalog.lineage import Lineage
from data.importers.report import Reading
from data.sql.connection import Connection
from data.sqlite.store import SqliteStore
from tests.benchmarks.child import Child
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, ratios, rounded, taken
from tests.benchmarks.large_graph import MODEL, a_catalog
from tests.data.catalogs import NoRetirements, things_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FEW = 190
CHANGES = 20
"""In each round; one alone is what the disk happens to do."""


def walking(run: Run) -> Iterator[Figure]:
    """All that is reached, by name, as `nx.descendants` gives it; then once more with the paths and in the order of an
    answer, which networkx does not give."""
    nodes = run.sized(100_000, 5_000)
    for reached, target, times in ((31 * nodes // 100, 6.0, 1), (FEW, 1.5, 50)):
        reading = a_catalog(nodes=nodes, edges=3 * nodes, reached=reached)
        things = things_of(reading.entities, reading.dependencies)
        turned = Lineage.of(things).reverse()
        graph = things.graph
        assert set(graph.reached(MODEL)) == nx.descendants(turned, MODEL)

        @contextmanager
        def ready(
            graph: Graph = graph,
            turned: nx.DiGraph = turned,
            times: int = times,  # type: ignore[type-arg]
        ) -> Iterator[Mapping[str, Side]]:
            # As timeit has it: networkx would pay for what the paths of another side leave to be collected.
            gc.collect()
            gc.disable()
            yield {
                "ours": lambda: taken(lambda: [graph.reached(MODEL) for _ in range(times)]),
                "with paths": lambda: taken(lambda: [graph.dependants(MODEL) for _ in range(times)]),
                "networkx": lambda: taken(lambda: [nx.descendants(turned, MODEL) for _ in range(times)]),
            }
            gc.enable()

        found = in_rounds(run, ready, stretches=run.sized(10, 2))
        yield figure(
            f"dependants, {reached:,} of {nodes:,} reached",
            ratios(found["networkx"], found["ours"]),
            unit="x",
            target=target,
            better="higher",
            reference="networkx.descendants on the graph turned round; both give names, nearest first or in none",
        )
        if reached > FEW:
            yield figure(
                "the same with a shortest path each, in order",
                ratios(found["networkx"], found["with paths"]),
                unit="x",
                target=1.0,
                better="higher",
                reference="networkx.descendants again, which gives neither",
            )


def answering(run: Run) -> Iterator[Figure]:
    """From a catalog in memory to the blocks of the answer, in a process of its own; then its peak of memory."""
    nodes = run.sized(64_000, 4_000)
    store = SqliteStore(run.folder / "emeritus.db", NoRetirements())
    reading = a_catalog(nodes=nodes, edges=276 * nodes // 64, reached=30 * nodes // 64)
    began = time.perf_counter()
    Catalog(store).import_(reading, format="backstage", now=NOW)
    imported = time.perf_counter() - began
    store.close()
    rounds = [_answered(run) for _ in range(run.rounds)]
    told = f"{nodes:,} things, {len(reading.dependencies):,} edges, {30 * nodes // 64:,} dependants"
    yield figure(
        "impact answer: owners, teams, blocks",
        [one["answer_s"] for one in rounds],
        unit="s",
        target=1.0,
        better="lower",
        reference=told,
    )
    yield figure(
        "its process's peak of memory",
        [one["peak_mb"] for one in rounds],
        unit="MB",
        target=400,
        better="lower",
        reference="the whole process, the catalog and its graph included",
    )
    yield figure(
        "restart to first answer",
        [one["first_s"] for one in rounds],
        unit="s",
        target=2.0,
        better="lower",
        reference="from starting Python to the blocks of the answer;"
        f" a processor was busy with it for {rounded(statistics.median(one['busy_s'] for one in rounds))} s",
    )
    yield figure(
        "import",
        [len(reading.dependencies) / imported],
        unit="edges/s",
        target=20_000,
        better="higher",
        reference="a reading into the tables of an empty record, in one durable commit; without reading files",
    )


def changing(run: Run) -> Iterator[Figure]:
    """One more edge, from its import to the answer that knows it."""
    nodes = run.sized(100_000, 5_000)
    reading = a_catalog(nodes=nodes, edges=3 * nodes, reached=FEW)
    store = SqliteStore(run.folder / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    catalog.import_(reading, format="backstage", now=NOW)
    catalog.snapshot()
    spent, busy, synced = [], [], []
    for number in range(CHANGES * run.rounds):
        newcomer = f"component:default/newcomer-{number}"
        more = _one_edge_more(reading, newcomer, f"/{number}")
        began, worked = time.perf_counter(), time.thread_time()
        catalog.import_(more, format="backstage", now=NOW)
        assert newcomer in catalog.snapshot().reached(MODEL)
        spent.append(1_000 * (time.perf_counter() - began))
        busy.append(1_000 * (time.thread_time() - worked))
        synced.append(1_000 * taken(lambda at=number: store.write(lambda conn: _touch(conn, at))))
    store.close()
    yield figure(
        f"one changed edge among {3 * nodes:,} until it is answered",
        spent,
        unit="ms",
        target=2.0,
        better="lower",
        reference="import of one thing with one edge, durable, and the dependants of the model after it;"
        f" a processor was busy with it for {rounded(statistics.median(busy))} ms, the rest waits for the disk:"
        f" a durable commit of one row took {rounded(statistics.median(synced))} ms beside it",
    )


def _one_edge_more(reading: Reading, newcomer: str, file: str) -> Reading:
    entity = msgspec.structs.replace(reading.entities[1], id=newcomer, name=newcomer)
    edge = msgspec.structs.replace(reading.dependencies[0], from_id=newcomer, to_id=MODEL)
    return msgspec.structs.replace(
        reading,
        entities=(entity,),
        dependencies=(edge,),
        declared_by=(newcomer,),
        groups=(),
        people=(),
        roots=(file,),
        files={newcomer: file},
    )


def _touch(conn: Connection, number: int) -> None:
    conn.execute(
        "INSERT INTO numbers VALUES ('touched', ?) ON CONFLICT (prefix) DO UPDATE SET last = ?",
        (number, number),
    )


def _answered(run: Run) -> dict[str, float]:
    """By a process of its own."""
    began = time.perf_counter()
    with Child("tests.benchmarks.restarted", str(run.folder / "emeritus.db")) as child:
        busy = child.heard()
        first = time.perf_counter() - began
        return {"first_s": first, "busy_s": busy, **child.heard()}
