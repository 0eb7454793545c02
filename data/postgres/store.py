"""The store for several processes: a PostgreSQL database, where every replica of the bot may read and write.

A job is a transaction of its own, READ COMMITTED, and locks what it decides on; the server makes those that
meet wait, and who comes second in a race runs again. Durable means what the server calls committed: with a
synchronous standby, on both machines.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from math import inf
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from data.errors import EmeritusError, Unavailable
from data.metrics import UNCOUNTED, Metrics
from data.patience import hurried, is_hurried
from data.postgres import schema as postgres_schema
from data.postgres.connection import PostgresConnection
from data.postgres.errors import RACES, as_ours, name_of
from data.postgres.pool import Pool
from data.postgres.silence import Heard
from data.records.decision import LEASE
from data.sql.connection import Connection
from data.sql.record import SqlStore
from data.sql.refolding import check_folded, fold_anew, folded_with
from data.sql.tail import Order
from data.store import Machine

T = TypeVar("T")

CONNECTIONS_MAX = 10
TRIES_MAX = 10
CHANNEL = "emeritus"
LET_GO_SECONDS = 0.5
"""The server lets go of what a process held a moment after that has ended."""
HINT_SECONDS = 0.05
HINT_PATIENCE_SECONDS = 0.5
HURRIED_CONNECT_SECONDS = 2  # the least libpq knows, for whoever keeps a person waiting

# Seconds, unless the URL says otherwise: a server that is gone is noticed before Slack's patience ends.
_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
    "application_name": "emeritus",
}
# A commit takes milliseconds. What takes this long is stuck, and holds up others.
_SESSION = """
SET lock_timeout = '5s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '15s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Shared by all who write; whoever copies the record somewhere else has it alone.
_USED = "hashtextextended('used ' || current_schema(), 0)"
# Shared by all who fold alike; whoever folds their states anew has it alone.
_FOLDS = "hashtextextended('folds ' || current_schema(), %s)"

_NUMBERED = (
    ("events_position_seq", "events", "position"),
    ("inbox_arrival_seq", "inbox", "arrival"),
    ("effects_seq", "effects", "seq"),
)


class PostgresStore(SqlStore):
    """Implements `data.store.Store`. With `exclusive` no other process may write meanwhile."""

    is_shared = True
    _SIZE = "SELECT pg_database_size(current_database())"
    _TAIL = Order(
        xid="xid::text::bigint",
        after="""(xid, position) > (:xid::text::xid8, :position)
            AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, position""",
        until="(xid, position) <= (:xid::text::xid8, :position)",
    )

    def __init__(
        self,
        url: str,
        machine: Machine,
        *,
        rand: Callable[[int], bytes] = secrets.token_bytes,
        lease: timedelta = LEASE,
        read_only: bool = False,
        exclusive: bool = False,
        connections_max: int = CONNECTIONS_MAX,
        metrics: Metrics = UNCOUNTED,
    ) -> None:
        super().__init__(machine, rand, lease)
        self._metrics = metrics
        self.name = name_of(url)
        given: dict[str, Any] = {**_NETWORK, **conninfo_to_dict(url)}
        self._conninfo = make_conninfo("", **given)
        self._read_only = read_only
        self._exclusive = exclusive
        self._pool = Pool(self._connect, self.name, 1 if exclusive else connections_max)
        self._listener: PostgresConnection | None = None
        self._listening = threading.Lock()
        self._closed = False
        self._hinted_at = -HINT_SECONDS
        try:
            if read_only:
                with self.reading() as conn:
                    postgres_schema.check_complete(conn, self.name)
                    check_folded(conn, machine, self.name)
            else:
                self.write(self._brought_up_to_date)
        except BaseException:
            self.close()
            raise

    def _brought_up_to_date(self, conn: PostgresConnection) -> None:
        postgres_schema.apply(conn, self.name)
        made_by = folded_with(conn, self._machine, self.name)
        if made_by < self._machine.fold_version:
            # Whoever folds as before would not understand the new states, and would write old ones.
            self._take(
                conn.raw, "pg_try_advisory_xact_lock", _FOLDS, (made_by,), "is in use by an older Emeritus"
            )
        fold_anew(conn, self._machine, self.name)

    def write(self, job: Callable[[PostgresConnection], T]) -> T:
        """Run the job in a transaction; again when somebody else was faster."""
        if self._read_only:
            raise Unavailable(
                f"{self.name} was opened for reading only. Use the running Emeritus to change it"
            )
        with self._translated():
            for _ in range(TRIES_MAX - 1):
                try:
                    return self._committed(job)
                except RACES:
                    continue
            return self._committed(job)

    def _committed(self, job: Callable[[PostgresConnection], T]) -> T:
        began, ok = time.monotonic(), False
        try:
            with self._pool.lent() as conn:
                conn.raw.execute(_BEGIN)
                result = job(conn)
                ended = conn.raw.execute("COMMIT").statusmessage
                assert ended == "COMMIT", (
                    "a job went on after a statement that failed, which takes all of it back"
                )
                ok = True
                return result
        finally:
            self._metrics.committed(1, time.monotonic() - began, ok=ok)

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        with self._translated(), self._pool.lent() as conn:
            yield conn

    @contextmanager
    def snapshot(self) -> Iterator[PostgresConnection]:
        with self.reading() as conn:
            conn.raw.execute(_LOOK)
            yield conn
            conn.raw.execute("ROLLBACK")

    def inspection(self) -> AbstractContextManager[PostgresConnection]:
        return self.snapshot()

    def examine(self, conn: Connection) -> None:
        """Nothing to do: pages are the server's to check, and it tells of those that are damaged."""

    def positions(self, conn: Connection, count: int) -> Sequence[int]:
        """With gaps, where a commit did not come about."""
        rows = conn.execute("SELECT nextval('events_position_seq') FROM generate_series(1, ?)", (count,))
        return [position for (position,) in rows]

    def renumber(self, conn: Connection) -> None:
        for sequence, table, column in _NUMBERED:
            conn.execute(
                f"SELECT setval('{sequence}', (SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"  # noqa: S608
            )

    def check_writable(self) -> None:
        """A server that is a standby by now, or gone, says so."""
        with self.reading() as conn:
            if conn.raw.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
                raise Unavailable(
                    f"{self.name} is read-only. After a fail-over, let the URL name the new primary"
                )

    def wait_hint(self, timeout_seconds: float) -> bool:
        """Wait until some process says that it left work; False when none did in time.

        A hint may be lost, and come without any work: what is due is asked of `next_due` and `claim`, always.
        One thread waits; `Unavailable` when the server is gone, and the next call connects again.
        """
        with self._listening, self._translated():
            if self._closed:
                raise Unavailable(f"{self.name} is closed. Start Emeritus again")
            if self._listener is None or self._listener.raw.closed:
                self._listener = self._connect()
                self._listener.raw.execute(f"LISTEN {CHANNEL}")
                # From here on silence is the rule.
                self._listener.raw.silence_seconds = inf
                # Whatever was said before anybody listened.
                return True
            heard = self._listener.raw.notifies(timeout=timeout_seconds, stop_after=1)
            return any(True for _ in heard)

    def left_work(self) -> None:
        """Hint at it. A NOTIFY inside the commit makes all of the server wait for each other's disk.

        Whoever was told a moment ago is looking already.
        """
        now = time.monotonic()
        if now - self._hinted_at < HINT_SECONDS:
            return
        self._hinted_at = now
        # Whoever waits for the commit waits for this, too.
        with suppress(EmeritusError), hurried(now + HINT_PATIENCE_SECONDS), self.reading() as conn:
            conn.raw.execute(f"NOTIFY {CHANNEL}")

    def close(self) -> None:
        self._pool.close()
        with self._listening:
            self._closed = True
            if self._listener is not None:
                self._listener.raw.close()

    def _connect(self) -> PostgresConnection:
        hurry = {"connect_timeout": HURRIED_CONNECT_SECONDS} if is_hurried() else {}
        raw = Heard.connect(make_conninfo(self._conninfo, **hurry), autocommit=True)
        try:
            raw.execute(_SESSION)
            if self._read_only:
                raw.execute("SET default_transaction_read_only = on")
            else:
                self._take_part(raw)
        except BaseException:
            raw.close()
            raise
        return PostgresConnection(raw)

    def _take_part(self, raw: psycopg.Connection[tuple[object, ...]]) -> None:
        folds = (self._machine.fold_version,)
        self._take(raw, "pg_try_advisory_lock_shared", _FOLDS, folds, "is being brought up to date")
        if self._exclusive:
            self._take(raw, "pg_try_advisory_lock", _USED, (), "is in use by a running Emeritus")
        else:
            self._take(raw, "pg_try_advisory_lock_shared", _USED, (), "is being copied")

    def _take(
        self, raw: psycopg.Connection[Any], how: str, lock: str, values: tuple[int, ...], otherwise: str
    ) -> None:
        until = time.monotonic() + LET_GO_SECONDS
        while (row := raw.execute(f"SELECT {how}({lock})", values).fetchone()) is None or not row[0]:
            if is_hurried() or time.monotonic() > until:
                raise Unavailable(f"{self.name} {otherwise}. Wait until that has ended, then try again")
            time.sleep(LET_GO_SECONDS / 10)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            ours = as_ours(error, self.name)
            if ours is error:
                raise
            raise ours from error
