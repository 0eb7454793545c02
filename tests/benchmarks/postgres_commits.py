"""What do durable commands of eight connections cost beside their own statements in plain psycopg?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

import psycopg

from data.postgres.connection import PostgresConnection
from data.postgres.store import PostgresStore
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, rate, ratios, taken
from tests.benchmarks.votes import Statement, Vote, open_rounds, votes
from tests.builders import MACHINE
from tests.contract.postgresql import fresh_url

CONNECTIONS = 8
VOTES_PER_STRETCH = 12
"""Of each connection."""
STRETCHES, STRETCHES_QUICK = 8, 3


class _Recorder:
    """A psycopg connection that writes down what it is asked, as it goes to the server."""

    def __init__(self, conn: psycopg.Connection[Any], log: list[Statement]) -> None:
        self._conn, self._log = conn, log

    def execute(self, statement: Any, values: Any = None) -> psycopg.Cursor[Any]:
        self._log.append(Statement(statement, values))
        return self._conn.execute(statement, values)

    def cursor(self) -> _RecorderCursor:
        return _RecorderCursor(self._conn.cursor(), self._log)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)


class _RecorderCursor:
    def __init__(self, cursor: psycopg.Cursor[Any], log: list[Statement]) -> None:
        self._cursor, self._log = cursor, log

    def executemany(self, statement: Any, rows: Any) -> None:
        self._log.append(Statement(statement, list(rows), is_many=True))
        self._cursor.executemany(statement, rows)


class _Recording(PostgresStore):
    """A store that shares what its connections are asked."""

    def __init__(self, url: str) -> None:
        self.log: list[Statement] = []
        super().__init__(url, MACHINE, connections_max=1)

    def _connect(self) -> PostgresConnection:
        conn = super()._connect()
        conn.raw = _Recorder(conn.raw, self.log)  # type: ignore[assignment]
        return conn


def eight(run: Run) -> Iterator[Figure]:
    """Eight threads, each with a connection and a retirement of its own."""
    stretches = run.sized(STRETCHES, STRETCHES_QUICK)
    count = stretches * VOTES_PER_STRETCH * CONNECTIONS
    casting = votes(count, CONNECTIONS, series="vote")
    scripts = _recorded(casting)

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        with ExitStack() as stack:
            store = PostgresStore(_opened(), MACHINE, connections_max=CONNECTIONS)
            stack.callback(store.close)
            url = _opened()
            conns = [stack.enter_context(psycopg.connect(url, autocommit=True)) for _ in range(CONNECTIONS)]
            ours = stack.enter_context(ThreadPoolExecutor(CONNECTIONS))
            theirs = stack.enter_context(ThreadPoolExecutor(CONNECTIONS))
            yield {
                "ours": _stretches(ours, casting, lambda _, vote: vote.cast(store)),
                "plain psycopg": _stretches(theirs, scripts, lambda which, one: _replay(conns[which], one)),
            }

    found = in_rounds(run, ready, stretches=stretches)
    times = stretches * VOTES_PER_STRETCH * CONNECTIONS
    plain, ours = rate(times, found["plain psycopg"]), rate(times, found["ours"])
    yield figure(
        "PostgreSQL, 8 connections",
        ratios(found["plain psycopg"], found["ours"]),
        unit="x plain psycopg",
        target=0.85,
        better="higher",
        reference=f"the same {len(scripts[0])} statements of one vote sent by plain psycopg, 8 threads and connections"
        f" likewise: {plain:,.0f}/s beside {ours:,.0f}/s",
    )


def _opened() -> str:
    """A record with a round open for each connection."""
    url = fresh_url()
    store = PostgresStore(url, MACHINE)
    open_rounds(store, CONNECTIONS)
    store.close()
    return url


def _recorded(casting: Sequence[Vote]) -> list[list[Statement]]:
    store = _Recording(_opened())
    scripts = []
    for vote in casting:
        store.log.clear()
        vote.cast(store)
        scripts.append(list(store.log))
    store.close()
    return scripts


def _replay(conn: psycopg.Connection[Any], script: Sequence[Statement]) -> None:
    for text, values, is_many in script:
        if is_many:
            conn.cursor().executemany(text, values)
        else:
            cursor = conn.execute(text, values)
            if cursor.description:
                cursor.fetchall()


def _stretches(people: ThreadPoolExecutor, work: Sequence[Any], do: Callable[[int, Any], object]) -> Side:
    """Every thread takes what is meant for its own retirement: work comes one retirement after the other."""
    waiting = [iter(work[which::CONNECTIONS]) for which in range(CONNECTIONS)]

    def stretch() -> float:
        shares = [list(islice(mine, VOTES_PER_STRETCH)) for mine in waiting]
        assert shares[-1]

        def turns(which: int) -> None:
            for piece in shares[which]:
                do(which, piece)

        return taken(lambda: list(people.map(turns, range(CONNECTIONS))))

    return stretch
