"""What does a timer cost when a hundred thousand wait already, and how long does a restart take to know the first?"""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from data.sqlite.store import SqliteStore
from tests.benchmarks.child import Child
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, rate, ratios, taken
from tests.builders import MACHINE

PENDING = 100_000
ADDED = 1_000
STRETCHES = 3
FIRST_DUE = "SELECT min(ready_at) FROM timers WHERE ready_at IS NOT NULL"


def pending(run: Run) -> Iterator[Figure]:
    """Time and memory of a timer beside a job of APScheduler's memory store; then the same record is opened again."""
    path = run.folder / "timers.db"
    here = "tests.benchmarks.pending"
    with Child(here, "stored", str(path)) as ours, Child(here, "memory", "-") as theirs:
        for child in (ours, theirs):
            child.say("fill", str(PENDING))
        yield _memory(ours.heard(), theirs.heard())

        @contextmanager
        def ready() -> Iterator[Mapping[str, Side]]:
            yield {
                "ours": lambda: float(ours.ask("add", str(ADDED))),
                "APScheduler": lambda: float(theirs.ask("add", str(ADDED))),
            }

        found = in_rounds(run, ready, stretches=STRETCHES)
    each = {name: 1e6 / rate(ADDED * STRETCHES, spent) for name, spent in found.items()}
    yield figure(
        f"adding a timer at {PENDING:,} pending",
        ratios(found["APScheduler"], found["ours"]),
        unit="x cheaper than APScheduler",
        target=15,
        better="higher",
        reference=f"add_job into a MemoryJobStore of as many jobs, {each['APScheduler']:.1f} us, nothing kept on disk;"
        f" ours {each['ours']:.1f} us, a durable command that sets {ADDED:,}, its commit included",
    )
    yield _restart(run, path)


def _memory(ours: int, theirs: int) -> Figure:
    """Once: a process that has grown does not shrink for a second round."""
    return figure(
        f"memory of {PENDING:,} pending timers",
        [theirs / max(1, ours)],
        unit="x less than APScheduler",
        target=30,
        better="higher",
        reference=f"a MemoryJobStore with as many jobs: {theirs / 1e6:.1f} MB more resident memory (RSS) of its"
        f" process; ours {ours / 1e6:.1f} MB, SQLite's own included",
    )


def _restart(run: Run, path: Path) -> Figure:
    """From a closed file to the first due time, as at the start of the bot."""

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        yield {"ours": lambda: _started(path), "plain sqlite3": lambda: _read(path)}

    found = in_rounds(run, ready)
    plain = 1000 * statistics.median(found["plain sqlite3"])
    return figure(
        f"restart with {PENDING:,} pending timers, to the first due",
        [1000 * spent for spent in found["ours"]],
        unit="ms",
        target=50,
        better="lower",
        reference=f"plain sqlite3 opens the same file and finds the earliest row in {plain:.2f} ms",
    )


def _started(path: Path) -> float:
    stores: list[SqliteStore] = []

    def start() -> None:
        stores.append(SqliteStore(path, MACHINE))
        assert stores[0].next_due() is not None

    spent = taken(start)
    stores[0].close()
    return spent


def _read(path: Path) -> float:
    def read() -> None:
        conn = sqlite3.connect(path)
        assert conn.execute(FIRST_DUE).fetchone()[0]
        conn.close()

    return taken(read)
