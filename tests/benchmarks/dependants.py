"""How fast is it known who depends on a model, in catalogs of a hundred thousand things?"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
import networkx as nx

from bot.views import impact as impact_view
from data.catalog import Catalog
from data.lineage import Lineage
from data.sqlite_store import SqliteStore
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, ratios, taken
from tests.benchmarks.large_graph import MODEL, a_catalog
from tests.data.catalogs import NoRetirements

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FEW = 190


def walking(run: Run) -> Iterator[Figure]:
    """All that is reached, with paths and in order; `nx.descendants` gives a set of names, without either."""
    nodes = run.sized(100_000, 5_000)
    for reached, target, times in ((31 * nodes // 100, 6.0, 1), (FEW, 1.5, 50)):
        reading = a_catalog(nodes=nodes, edges=3 * nodes, reached=reached)
        lineage = Lineage.of(reading.entities, reading.dependencies)
        turned = lineage.reverse()
        assert {one.id for one in lineage.dependants(MODEL)} == nx.descendants(turned, MODEL)

        @contextmanager
        def ready(
            lineage: Lineage = lineage,
            turned: nx.DiGraph = turned,
            times: int = times,  # type: ignore[type-arg]
        ) -> Iterator[Mapping[str, Side]]:
            yield {
                "ours": lambda: taken(lambda: [lineage.dependants(MODEL) for _ in range(times)]),
                "networkx": lambda: taken(lambda: [nx.descendants(turned, MODEL) for _ in range(times)]),
            }

        found = in_rounds(run, ready)
        yield figure(
            f"dependants, {reached:,} of {nodes:,} reached",
            ratios(found["networkx"], found["ours"]),
            unit="x",
            target=target,
            better="higher",
            reference="networkx.descendants on the graph turned round, which gives neither paths nor an order",
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
        reference="from starting Python to the blocks of the answer",
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
    catalog.lineage()
    spent = []
    for number in range(run.rounds):
        newcomer = f"component:default/newcomer-{number}"
        entity = msgspec.structs.replace(reading.entities[1], id=newcomer, name=newcomer)
        edge = msgspec.structs.replace(reading.dependencies[0], from_id=newcomer, to_id=MODEL)
        more = msgspec.structs.replace(
            reading,
            entities=(entity,),
            dependencies=(edge,),
            declared_by=(newcomer,),
            groups=(),
            people=(),
            roots=(f"/{number}",),
            files={newcomer: f"/{number}"},
        )
        began = time.perf_counter()
        catalog.import_(more, format="backstage", now=NOW)
        assert newcomer in {one.id for one in catalog.lineage().dependants(MODEL)}
        spent.append(1_000 * (time.perf_counter() - began))
    store.close()
    yield figure(
        f"one changed edge among {3 * nodes:,} until it is answered",
        spent,
        unit="ms",
        target=2.0,
        better="lower",
        reference="import of one thing with one edge, durable, and the dependants of the model after it",
    )


def _answered(run: Run) -> dict[str, float]:
    """What a process of its own measures: `python -m tests.benchmarks.dependants PATH`."""
    began = time.time()
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.dependants",
        str(run.folder / "emeritus.db"),
        str(began),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    return msgspec.json.decode(done.stdout, type=dict[str, float])


def main(path: str, began: float) -> None:
    store = SqliteStore(path, NoRetirements(), read_only=True)
    catalog = Catalog(store)
    _blocks(catalog)
    first = time.time() - began
    seen = Catalog(store)
    seen.lineage()
    answer = taken(lambda: _blocks(seen))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(msgspec.json.encode({"answer_s": answer, "first_s": first, "peak_mb": peak}).decode())


def _blocks(catalog: Catalog) -> None:
    from bot.views import answers  # noqa: PLC0415 - part of what a restart waits for

    model = catalog.model(MODEL)
    consumers = catalog.impact(MODEL).consumers
    assert impact_view.team_lines(consumers)
    assert answers.impact(model, consumers, [])["blocks"]


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
