"""The embedded store: one SQLite file, one writer, as many readers as there are threads.

Write-ahead log with a sync per commit: synchronous=NORMAL lost acknowledged commits in simulated power cuts.
Only the writer checkpoints: SQLite 3.7.0 to 3.51.2 can lose a write when two connections do (WAL-reset bug).
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from data import sqlite_claims
from data.errors import Unavailable
from data.events import AnyEvent
from data.ledger import Entry, Head, opened, verified
from data.records.decision import LEASE, Claim, ClaimKind, Receipt, Result
from data.schema import check_complete, check_known, migrations
from data.sqlite_book import Asked, Book, receipt_of, text_of
from data.sqlite_effects import found_by
from data.sqlite_writer import FileLock, Writer, Writing, as_ours
from data.store import Machine, StoredEvent, Verified

T = TypeVar("T")

_TAIL_PAGE = 500


class SqliteStore:
    """Implements `data.store.Store`. With `read_only` it may be opened while another process writes.

    writer   who runs the jobs of `write`, given how to connect; a simulation hands in its own
    """

    def __init__(
        self,
        path: Path | str,
        machine: Machine,
        *,
        rand: Callable[[int], bytes] = secrets.token_bytes,
        writer: Callable[[Callable[[], sqlite3.Connection], Path], Writing] = Writer,
        lease: timedelta = LEASE,
        read_only: bool = False,
    ) -> None:
        self.path = Path(path).resolve()
        self._machine = machine
        self._lease = lease
        self._book = Book(machine, rand)
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        self._gate = threading.Lock()
        self._closed = False
        self._lock: FileLock | None = None
        self._writer: Writing | None = None
        try:
            with self._translated():
                if read_only:
                    check_complete(self._known(self.read()), self.path)
                else:
                    self._lock = FileLock(self.path)
                    self._writer = writer(self._open_to_write, self.path)
        except BaseException:
            self.close()
            raise

    def transact(
        self,
        key: str,
        stream: str,
        command: str,
        facts: bytes,
        now: datetime,
        *,
        catalog_version: int | None = None,
    ) -> Receipt:
        asked = Asked(key, stream, command, facts, now)
        return self.write(lambda conn: self._book.transact(conn, asked, catalog_version=catalog_version))

    def receive(self, key: str, command: str, reply_to: dict[str, str], now: datetime) -> bool:
        return self.write(lambda conn: sqlite_claims.receive(conn, key, command, reply_to, now))

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        return self.write(lambda conn: sqlite_claims.claim_due(conn, kind, now, limit, self._lease))

    def renew(self, claim: Claim, now: datetime) -> bool:
        return self.write(lambda conn: sqlite_claims.renew(conn, claim, now + self._lease))

    def settle(
        self, claim: Claim, result: Result, now: datetime, *, then: tuple[str, str, bytes] | None = None
    ) -> bool:
        return self.write(lambda conn: sqlite_claims.settle(conn, self._book, claim, result, now, then=then))

    def append(self, conn: sqlite3.Connection, stream: str, events: Iterable[AnyEvent], now: datetime) -> int:
        """Inside a job of `write`: add events to a stream in its commit. Returns the stream's version."""
        return self._book.append(conn, stream, events, now)

    def erase(self, stream: str, version: int) -> int:
        """Forget what people wrote in one entry; the chain still holds. Returns how many texts there were."""
        return self.write(lambda conn: self._book.erase(conn, stream, version))

    def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run the job in the writer's next commit, and return once that is on disk."""
        if self._writer is None:
            raise Unavailable(
                f"{self.path} was opened for reading only. Use the running Emeritus to change it"
            )
        return self._writer.run(job)

    def state(self, stream: str) -> bytes | None:
        rows = self._rows("SELECT state FROM states WHERE stream = ?", (stream,))
        return rows[0][0] if rows else None

    def streams(self, prefix: str = "") -> tuple[str, ...]:
        """In the order they were opened."""
        rows = self._rows(
            "SELECT stream FROM events WHERE version = 1 AND substr(stream, 1, ?) = ? ORDER BY position",
            (len(prefix), prefix),
        )
        return tuple(stream for (stream,) in rows)

    def events(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]:
        return self._stored("WHERE stream = ? AND version > ? ORDER BY version", (stream, after))

    def tail(self, cursor: int) -> Iterator[StoredEvent]:
        """Every event after that position, in the order of the commits."""
        while page := self._stored(f"WHERE position > ? ORDER BY position LIMIT {_TAIL_PAGE}", (cursor,)):
            yield from page
            cursor = page[-1].position

    def found(self, effect_key: str) -> dict[str, str] | None:
        with self._translated():
            return found_by(self.read(), effect_key)

    def receipt(self, key: str) -> Receipt | None:
        """What became of a command; None for a key that was never decided."""
        with self._translated():
            return receipt_of(self.read(), key)

    def next_due(self) -> datetime | None:
        with self._translated():
            return sqlite_claims.next_due(self.read())

    def troubles(self) -> tuple[tuple[str, str, str], ...]:
        """What was parked or can never happen, as (key, stream, why): for people to look at."""
        with self._translated():
            return sqlite_claims.troubles(self.read())

    def verify(self) -> Verified:
        with self._snapshot() as conn:
            heads = {name: Head(*head) for name, *head in conn.execute("SELECT * FROM states ORDER BY rowid")}
            rows = conn.execute("SELECT stream, version, stored, digest FROM events ORDER BY position")
            return verified(map(Entry._make, rows), heads, partial(text_of, conn), self._machine)

    def read(self) -> sqlite3.Connection:
        """This thread's own connection, which cannot write."""
        thread = threading.current_thread()
        with self._gate:
            if self._closed:
                raise Unavailable(f"{self.path} is closed. Start Emeritus again")
            if thread not in self._readers:
                for ended in [other for other in self._readers if not other.is_alive()]:
                    self._readers.pop(ended).close()
                self._readers[thread] = self._open_to_read()
            return self._readers[thread]

    def close(self) -> None:
        """Finish what waits, fold the log into the file, and let go of it. Safe to call twice."""
        if self._writer is not None:
            self._writer.drain()
        with self._gate:
            if self._closed:
                return
            self._closed = True
            for reader in self._readers.values():
                reader.close()
        if self._writer is not None:
            self._writer.close()
        if self._lock is not None:
            self._lock.release()

    def _open_to_write(self) -> sqlite3.Connection:
        # What people wrote, and addresses at which they can be answered, is for this user alone to read.
        with suppress(OSError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        conn = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("PRAGMA synchronous = FULL")
            # What is deleted (answered commands, erased texts) is overwritten where that costs nothing.
            conn.execute("PRAGMA secure_delete = FAST")
            migrations.apply(self._known(conn))
        except BaseException:
            conn.close()
            raise
        return conn

    def _open_to_read(self) -> sqlite3.Connection:
        conn = sqlite3.connect(
            f"{self.path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        conn.execute("PRAGMA query_only = ON")
        conn.execute("PRAGMA wal_autocheckpoint = 0")
        return conn

    def _known(self, conn: sqlite3.Connection) -> Database:
        db = Database(conn)
        check_known(db, self.path)
        return db

    def _stored(self, where: str, values: Sequence[object]) -> tuple[StoredEvent, ...]:
        with self._snapshot() as conn:
            rows = conn.execute(f"SELECT position, stream, version, stored FROM events {where}", values)  # noqa: S608
            return tuple(
                StoredEvent(
                    position=position,
                    stream=stream,
                    version=version,
                    event=opened(stored, partial(text_of, conn)),
                )
                for position, stream, version, stored in rows
            )

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._translated():
            return self.read().execute(query, values).fetchall()

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """One moment of the record, however long the reading takes."""
        with self._translated():
            conn = self.read()
            if conn.in_transaction:
                # The caller of `read` has chosen a moment already.
                yield conn
                return
            conn.execute("BEGIN")
            try:
                yield conn
            finally:
                conn.execute("ROLLBACK")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise as_ours(error, self.path) from error
