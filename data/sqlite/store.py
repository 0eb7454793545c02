"""The embedded store: one SQLite file, one writer, as many readers as there are threads.

Write-ahead log with a sync per commit: synchronous=NORMAL lost acknowledged commits in simulated power cuts.
Only the writer checkpoints: SQLite 3.7.0 to 3.51.2 can lose a write when two connections do (WAL-reset bug).
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from data.errors import Corrupt, Unavailable
from data.records.decision import LEASE
from data.sql.connection import Connection
from data.sql.record import SqlStore
from data.sql.refolding import check_folded, fold_anew
from data.sql.tail import Order
from data.sqlite.schema import (
    bring_up_to_date,
    check_complete,
    check_in_use,
    check_known,
    check_ours,
    mark,
)
from data.sqlite.writer import FileLock, Writer, Writing, as_ours, damaged
from data.store import Machine

T = TypeVar("T")

_OF_SQLITE = (sqlite3.Error, UnicodeDecodeError)

READ_SECONDS_MAX = 1.0
"""How long a stop waits for each thread that reads."""


class Reader(NamedTuple):
    """A thread's connection, which nobody closes while it is in use."""

    conn: sqlite3.Connection
    in_use: threading.RLock


class Reading:
    """A thread's reader, in use; what SQLite says meanwhile is raised as ours. Entered for every look, so lean."""

    __slots__ = ("_in_use", "_store")

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def __enter__(self) -> sqlite3.Connection:
        try:
            conn, self._in_use = self._store.reader()
        except _OF_SQLITE as error:
            raise as_ours(error, self._store.path) from error
        self._in_use.acquire()
        try:
            self._store.check_open()
        except Unavailable:
            self._in_use.release()
            raise
        return conn

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._in_use.release()
        if isinstance(error, _OF_SQLITE):
            raise as_ours(error, self._store.path) from error


class SqliteStore(SqlStore):
    """Implements `data.store.Store`. With `read_only` it may be opened while another process writes.

    writer   who runs the jobs of `write`, given how to connect; a simulation hands in its own
    """

    _SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    _TAIL = Order(xid="0", after="position > :position ORDER BY position", until="position <= :position")

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
        super().__init__(machine, rand, lease)
        self._readers: dict[threading.Thread, Reader] = {}
        self._gate = threading.Lock()
        self._closed = False
        self._lock: FileLock | None = None
        self._writer: Writing | None = None
        try:
            with self._looking_over():
                if read_only:
                    with self.reading() as conn:
                        self._check_known(conn)
                        check_complete(conn, self.path)
                        check_folded(conn, self._machine, self.path)
                else:
                    self._lock = FileLock(self.path)
                    self._writer = writer(self._open_to_write, self.path)
        except BaseException:
            self.close()
            raise

    def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run the job in the writer's next commit, and return once that is on disk."""
        if self._writer is None:
            raise Unavailable(
                f"{self.path} was opened for reading only. Use the running Emeritus to change it"
            )
        return self._writer.run(job)

    def check_writable(self) -> None:
        """An empty commit: a disk that hangs holds it up, one that is full does not."""
        self.write(lambda _: None)

    def left_work(self) -> None:
        """Nobody to tell: the one process that writes looks itself."""

    def positions(self, conn: Connection, count: int) -> Sequence[int]:
        """Without gaps: whoever writes is alone. A number that was ever given is not given again."""
        given = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        last = given[0] if given else 0
        return range(last + 1, last + count + 1)

    def renumber(self, conn: Connection) -> None:
        """Nothing to do: AUTOINCREMENT has seen them."""

    def read(self) -> sqlite3.Connection:
        """This thread's own connection, which cannot write; `reading` keeps it from being closed meanwhile."""
        return self.reader().conn

    def reader(self) -> Reader:
        """The same, with what says that it is in use."""
        thread = threading.current_thread()
        with self._gate:
            self.check_open()
            if thread not in self._readers:
                for ended in [other for other in self._readers if not other.is_alive()]:
                    self._readers.pop(ended).conn.close()
                self._readers[thread] = Reader(self._open_to_read(), threading.RLock())
            return self._readers[thread]

    def close(self) -> None:
        """Finish what waits, fold the log into the file, and let go of it. Safe to call twice."""
        if self._writer is not None:
            self._writer.drain()
        with self._gate:
            if self._closed:
                return
            self._closed = True
            readers = tuple(self._readers.values())
        for conn, in_use in readers:
            # SQLite dies of a connection that is closed under a statement. One that goes on ends with the process.
            if in_use.acquire(timeout=READ_SECONDS_MAX):
                conn.close()
                in_use.release()
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
            self._check_known(conn)
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("PRAGMA synchronous = FULL")
            # Pages, 16 MB: pages that change often are copied back once for many commits, and what is logged still
            # fits the first block of the index of the log (sqlite.org/walformat.html, section 2.3).
            conn.execute("PRAGMA wal_autocheckpoint = 4000")
            # What is deleted (answered commands, erased texts) is overwritten. FAST would leave long texts in pages
            # that became free; ON costs 1 % of a commit.
            conn.execute("PRAGMA secure_delete = ON")
            mark(conn)
            bring_up_to_date(conn)
            check_in_use(conn, self.path)
            conn.execute("BEGIN IMMEDIATE")
            fold_anew(conn, self._machine, self.path)
            conn.execute("COMMIT")
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

    def check_open(self) -> None:
        if self._closed:
            raise Unavailable(f"{self.path} is closed. Start Emeritus again")

    def _check_known(self, conn: sqlite3.Connection) -> None:
        check_ours(conn, self.path)
        check_known(conn, self.path)

    def reading(self) -> Reading:
        return Reading(self)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        with self.reading() as conn:
            if conn.in_transaction:
                # The caller has chosen a moment already.
                yield conn
                return
            conn.execute("BEGIN")
            try:
                yield conn
            finally:
                conn.execute("ROLLBACK")

    @contextmanager
    def inspection(self) -> Iterator[sqlite3.Connection]:
        self.check_open()
        with self._looking_over(), closing(self._open_to_read()) as conn:
            conn.text_factory = _as_it_stands
            conn.execute("BEGIN")
            yield conn

    def examine(self, conn: Connection) -> None:
        found = str(conn.execute("PRAGMA quick_check(1)").fetchone()[0])
        if found != "ok":
            raise Corrupt(damaged(self.path, " ".join(found.split())))

    @contextmanager
    def _looking_over(self) -> Iterator[None]:
        """Where the file itself is in question, whatever SQLite cannot make of it is the file's fault."""
        try:
            yield
        except _OF_SQLITE as error:
            ours = as_ours(error, self.path)
            if isinstance(ours, sqlite3.Error):
                ours = Corrupt(damaged(self.path, str(error)))
            raise ours from error


def _as_it_stands(text: bytes) -> str:
    """Also where it is not UTF-8, so that it can be named."""
    return text.decode(errors="surrogateescape")
