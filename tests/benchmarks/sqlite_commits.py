"""What does a durable command cost beside its own statements in raw sqlite3, and do votes share the disk?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from data.sqlite.store import SqliteStore
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, rate, ratios, taken
from tests.benchmarks.votes import (
    Statement,
    Vote,
    bare,
    batches,
    open_rounds,
    recorded,
    replay,
    settings,
    votes,
)
from tests.builders import MACHINE

RETIREMENTS = 8
VOTERS_AT_ONCE = 64
STRETCHES, STRETCHES_QUICK = 12, 6
VOTES_PER_STRETCH = 32
TURNS_PER_STRETCH = 2
"""Of all 64 voters."""
PAGE = bytes(4096)
FAST_DISK = 5_000
"""Syncs a second; from there on the disk is no longer what a vote waits for."""


class Bench:
    """A record with open rounds, the votes to come, and the statements that they were recorded to lead to."""

    def __init__(self, run: Run, count: int) -> None:
        self.folder = run.folder
        self.start = self.folder / "start.db"
        with_rounds = SqliteStore(self.start, MACHINE)
        open_rounds(with_rounds, RETIREMENTS)
        with_rounds.close()
        self.settings = settings(self.start)
        self.votes = votes(count, RETIREMENTS, series="vote")
        self.scripts = recorded(self.copy("recorded"), self.votes)

    def copy(self, name: str) -> Path:
        """The record before the first vote."""
        path = self.folder / f"{name}.db"
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.start, path)
        return path

    @contextmanager
    def store(self) -> Iterator[SqliteStore]:
        store = SqliteStore(self.copy("ours"), MACHINE)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def bare(self) -> Iterator[Any]:
        conn = bare(self.copy("bare"), self.settings)
        try:
            yield conn
        finally:
            conn.close()


def single(run: Run) -> Iterator[Figure]:
    """One caller, one command after the other, one commit each."""
    stretches = run.sized(STRETCHES, STRETCHES_QUICK)
    bench = Bench(run, stretches * VOTES_PER_STRETCH)

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        with bench.store() as store, bench.bare() as conn:
            yield {
                "ours": _through(bench.votes, lambda vote: vote.cast(store)),
                "raw sqlite3": _through(bench.scripts, lambda script: replay(conn, script)),
            }

    found = in_rounds(run, ready, stretches=stretches)
    times = stretches * VOTES_PER_STRETCH
    yield figure(
        "durable command commit",
        ratios(found["raw sqlite3"], found["ours"]),
        unit="x raw sqlite3",
        target=0.80,
        better="higher",
        reference=f"the same {len(bench.scripts[0])} statements of one vote replayed in raw sqlite3 with the same "
        f"settings: {rate(times, found['raw sqlite3']):,.0f}/s beside {rate(times, found['ours']):,.0f}/s",
    )


def _through(work: Sequence[Any], do: Any) -> Side:
    """A stretch is the next so many pieces of the work."""
    waiting = iter(work)

    def stretch() -> float:
        pieces = list(islice(waiting, VOTES_PER_STRETCH))
        assert pieces

        def all_of_them() -> None:
            for piece in pieces:
                do(piece)

        return taken(all_of_them)

    return stretch


def together(run: Run) -> Iterator[Figure]:
    """Sixty-four people vote at the same time, each again as soon as the last vote is durable."""
    at_once = VOTERS_AT_ONCE * TURNS_PER_STRETCH
    stretches = run.sized(STRETCHES, STRETCHES_QUICK)
    bench = Bench(run, stretches * at_once)

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        with bench.store() as store, bench.bare() as conn, ExitStack() as stack:
            people = stack.enter_context(ThreadPoolExecutor(VOTERS_AT_ONCE))
            page = stack.enter_context((bench.folder / "pages").open("ab", buffering=0))
            yield {
                "ours": _crowd(people, store, bench.votes),
                "bare group commit": _batches(conn, bench.scripts),
                "fdatasync": _syncs(page.fileno(), at_once),
            }

    found = in_rounds(run, ready, stretches=stretches)
    times = stretches * at_once
    ours, bare_, syncs = (rate(times, found[name]) for name in ("ours", "bare group commit", "fdatasync"))
    told = f"{ours:,.0f} votes/s; fdatasync of an appended page {syncs:,.0f}/s; the same statements with 64 votes "
    told += f"to a commit, by one thread {bare_:,.0f}/s"
    if syncs > FAST_DISK:
        yield figure(
            "64 concurrent votes, group commit",
            ratios(found["bare group commit"], found["ours"]),
            unit="x bare group commit",
            target=0.5,
            better="higher",
            reference=f"bare group commit, as the disk does more than {FAST_DISK:,} syncs a second: {told}",
        )
    else:
        yield figure(
            "64 concurrent votes, group commit",
            ratios(found["fdatasync"], found["ours"]),
            unit="x fdatasync",
            target=2.0,
            better="higher",
            reference=f"the disk's fdatasync rate: {told}",
        )


def _crowd(people: ThreadPoolExecutor, store: SqliteStore, casting: Sequence[Vote]) -> Side:
    waiting = iter(casting)

    def stretch() -> float:
        share = [list(islice(waiting, TURNS_PER_STRETCH)) for _ in range(VOTERS_AT_ONCE)]
        assert share[-1]

        def turns(mine: list[Vote]) -> None:
            for vote in mine:
                vote.cast(store)

        return taken(lambda: list(people.map(turns, share)))

    return stretch


def _batches(conn: Any, scripts: Sequence[list[Statement]]) -> Side:
    waiting = batches(scripts, VOTERS_AT_ONCE)

    def stretch() -> float:
        some = list(islice(waiting, TURNS_PER_STRETCH))
        return taken(lambda: [replay(conn, script) for script in some])

    return stretch


def _syncs(fd: int, times: int) -> Side:
    def append() -> None:
        for _ in range(times):
            os.write(fd, PAGE)
            os.fdatasync(fd)

    return lambda: taken(append)
