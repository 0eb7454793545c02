"""How fast are views made again from the ledger: every event read from the tail, and folded into its retirement?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from data import events
from data.records.retirement import Retirement, State
from data.sqlite.store import SqliteStore
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, rate, taken
from tests.builders import CLOSE_AT, MACHINE, PROPOSED_AT, a_dark
from workflows.machine import retirement_of
from workflows.rules import folding

EVENTS, EVENTS_QUICK = 20_000, 5_000


def rebuilding(run: Run) -> Iterator[Figure]:
    """Whole retirements, from the proposal to the end of the dark window, told one after the other."""
    story = a_dark().until(CLOSE_AT).works()
    assert story.state.state is State.ARCHIVED
    path = run.folder / "ledger.db"
    retirements = run.sized(EVENTS, EVENTS_QUICK) // len(story.happened)
    filled(path, story.happened, retirements)
    count = retirements * len(story.happened)
    store = SqliteStore(path, MACHINE)
    folded = rebuilt(store)
    assert all(state == retirement_of(stream, store.state(stream)) for stream, state in folded.items())
    assert len(folded) == retirements

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        yield {
            "ours": lambda: taken(lambda: rebuilt(store)),
            "plain decoding": lambda: taken(lambda: _decoded(path)),
        }

    found = in_rounds(run, ready)
    store.close()
    plain = rate(count, found["plain decoding"])
    yield figure(
        "rebuild of views from the ledger",
        [count / spent for spent in found["ours"]],
        unit="events/s",
        target=50_000,
        better="higher",
        reference=f"plain sqlite3 and msgspec decode the same {count:,} entries, folding none, at {plain:,.0f}/s",
    )


def filled(path: Path, happened: list[events.RetirementEvent], retirements: int) -> None:
    """So many retirements that all went like this one."""
    store = SqliteStore(path, MACHINE)
    for number in range(1, retirements + 1):
        stream = f"RET-{number}"
        store.write(lambda conn, stream=stream: store.append(conn, stream, happened, PROPOSED_AT))  # type: ignore[misc]
    store.close()


def rebuilt(store: SqliteStore) -> dict[str, Retirement]:
    """Every retirement as its events say it is."""
    found: dict[str, Retirement] = {}
    for stored in store.tail():
        assert not isinstance(stored.event, events.OtherEvent)
        before = found.get(stored.stream) or Retirement(id=stored.stream)
        found[stored.stream] = folding.evolve(before, stored.event)
    return found


def _decoded(path: Path) -> None:
    conn = sqlite3.connect(path)
    for (stored,) in conn.execute("SELECT stored FROM events ORDER BY position"):
        msgspec.json.decode(stored)
    conn.close()
