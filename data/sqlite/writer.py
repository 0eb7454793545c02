"""Who writes to the SQLite file, and when is a write durable?

One thread of one process at a time. Whoever comes while nobody writes does it themselves: a thread of its own
for it would cost each commit two changes of threads, a tenth of a millisecond. Whoever comes meanwhile waits, and
the first of those takes all their jobs into one transaction, so that all of them share one sync of the disk; each
runs in its own savepoint, so that one that fails takes only itself back.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, TypeVar, cast

from data.errors import Corrupt, Unavailable, Unrecorded
from data.metrics import UNCOUNTED, Metrics
from data.sql.connection import savepoint

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]

# Bounds how long the first of a batch waits for the last; a job takes well under a millisecond.
BATCH_MAX = 256

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_OUTSIDE = (
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
)

# What these statements of ours can meet only where somebody else was at the tables. What a row holds is not said.
_CHANGED = re.compile(
    r"no such (?:table|column): [\w.]+|table \w+ (?:has no column named \w+|has \d+ columns.*|already exists)"
    r"|index \w+ already exists|unsupported file format|Could not decode to UTF-8 column '\w+'"
)


_INTERRUPTED = "Writing to {path} was interrupted. It is tried again"


def damaged(path: Path, how: str) -> str:
    shown = "".join(sign if sign.isprintable() else "?" for sign in how)
    return f"{path} is damaged or no record ({shown}). Keep a copy of it, then restore the last backup"


def _damage(error: BaseException, code: int) -> str:
    """What it says of the file; empty where it is about something else."""
    if isinstance(error, UnicodeDecodeError):
        # Python could not even read what SQLite said: it quotes a schema that is garbled.
        return "its schema is not text"
    if code in _DAMAGED:
        return str(error)
    changed = _CHANGED.match(str(error))
    return changed[0] if changed else ""


def as_ours(error: BaseException, path: Path) -> BaseException:
    """What SQLite could not do, as a sentence with a next step; anything that is not about the file stays."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return Unrecorded(
            f"The disk has no room for {path}; nothing was recorded. Free some space, then try again"
        )
    if code == sqlite3.SQLITE_READONLY:
        return Unrecorded(
            f"{path} is read-only; nothing was recorded. Let this user write to it, then try again"
        )
    if how := _damage(error, code):
        return Corrupt(damaged(path, how))
    if code in _OUTSIDE:
        return Unavailable(
            f"{path} does not answer ({error}). Check the path, the disk and its rights, then try again"
        )
    return error


class FileLock:
    """Keeps a second process, or a second store in this one, from writing to the same file."""

    def __init__(self, path: Path) -> None:
        lock = path.with_name(path.name + ".lock")
        try:
            self._fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(
                f"{lock} cannot be opened ({error.strerror}). Check the directory and its rights"
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._fd, 32, 0).decode() or "unknown"
            os.close(self._fd)
            raise Unavailable(
                f"{path} is in use by another Emeritus (process {holder}). "
                "Stop that one, then try again; at the same time they run on PostgreSQL only (EMERITUS_STORE=postgresql://...)"
            ) from error
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """The file stays: removing it would let two processes lock two files of one name."""
        os.close(self._fd)


class Writing(Protocol):
    """`run` returns once what the job did is durable; `drain` takes no more jobs; `close` lets go of the file."""

    def run(self, job: Callable[[sqlite3.Connection], T]) -> T: ...

    def drain(self) -> None: ...

    def close(self) -> None: ...


class _Turn:
    """One job on its way. Whoever wants it done waits until it is, or until it is theirs to write."""

    def __init__(self, job: Job, by: int, *, waits: bool) -> None:
        self.job = job
        self.by = by
        self.is_done = False
        self.value: Any = None
        self.failure: BaseException | None = None
        self._called = threading.Lock()
        if waits:
            self._called.acquire()

    def wait(self) -> None:
        with self._called:
            pass

    def call(self) -> None:
        self._called.release()


class Writer:
    """Runs jobs one after the other; `run` returns once what the job did is on disk."""

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], path: Path, *, metrics: Metrics = UNCOUNTED
    ) -> None:
        self._connect = connect
        self._path = path
        self._metrics = metrics
        # Only who writes uses it.
        self._conn: sqlite3.Connection | None = connect()
        self._gate = threading.Lock()
        # Behind the gate: the first of these is the one of whoever writes or is called to; nobody does when none is.
        self._jobs: deque[_Turn] = deque()
        self._writing_by: int | None = None
        self._closed = False
        self._idle = threading.Condition(self._gate)

    def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        me = threading.get_ident()
        assert me != self._writing_by, "a job must not wait for another job"
        with self._gate:
            if self._closed:
                raise Unavailable(f"{self._path} is closed. Start Emeritus again")
            turn = _Turn(job, me, waits=self._writing_by is not None)
            self._jobs.append(turn)
            if self._writing_by is None:
                self._writing_by = me
        try:
            turn.wait()
        except BaseException:
            self._leave(turn)
            raise
        if not turn.is_done:
            self._commit_all()
        if turn.failure is not None:
            raise turn.failure
        return cast("T", turn.value)

    def _leave(self, turn: _Turn) -> None:
        """Whoever was interrupted while they waited takes their job back, and keeps nobody else waiting."""
        with self._gate:
            is_called = self._writing_by == turn.by
            if turn in self._jobs and not is_called:
                self._jobs.remove(turn)
        if is_called:
            self._commit_all()

    def drain(self) -> None:
        """Take no more jobs, and have those finished that wait."""
        with self._gate:
            self._closed = True
            self._idle.wait_for(lambda: self._writing_by is None)

    def close(self) -> None:
        """Leave one plain file that can be copied. A log that cannot be folded into it stays, complete."""
        self.drain()
        if self._conn is not None:
            with suppress(sqlite3.Error):
                self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._conn.close()
            self._conn = None

    def _commit_all(self) -> None:
        """One's own job and everything that waits by now; then whoever is next in turn writes."""
        with self._gate:
            batch = [self._jobs.popleft() for _ in range(min(len(self._jobs), BATCH_MAX))]
        try:
            self._commit(batch)
        finally:
            with self._gate:
                following = self._jobs[0] if self._jobs else None
                self._writing_by = following.by if following else None
                if following is None:
                    self._idle.notify_all()
            if following is not None:
                following.call()
            for turn in batch[1:]:
                turn.call()

    def _commit(self, batch: list[_Turn]) -> None:
        began, ok, before = monotonic(), True, -1
        try:
            if self._conn is None:
                self._conn = self._connect()
            before = self._conn.total_changes
            self._conn.execute("BEGIN IMMEDIATE")
            for turn in batch:
                self._attempt(self._conn, turn)
            self._conn.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - handed to everyone who waits
            self._start_over()
            ours, ok = as_ours(error, self._path), False
            for turn in batch:
                # An interrupt is only for whoever was writing.
                is_theirs = isinstance(ours, Exception) or turn is batch[0]
                turn.failure = ours if is_theirs else Unavailable(_INTERRUPTED.format(path=self._path))
        for turn in batch:
            turn.is_done = True
        if self._conn is None or self._conn.total_changes != before:
            # What changes nothing waits for no disk, and would make commits look fast.
            self._metrics.committed(len(batch), monotonic() - began, ok=ok)

    def _attempt(self, conn: sqlite3.Connection, turn: _Turn) -> None:
        try:
            with savepoint(conn):
                turn.value = turn.job(conn)
        except Exception as error:
            if not conn.in_transaction:
                raise
            turn.failure = as_ours(error, self._path)

    def _start_over(self) -> None:
        """A connection that failed to commit is not trusted again; the next batch opens another."""
        if self._conn is not None:
            with suppress(sqlite3.Error):
                self._conn.close()
            self._conn = None
