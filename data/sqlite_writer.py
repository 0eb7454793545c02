"""Who writes to the SQLite file, and when is a write durable?

One thread of one process. It takes every waiting job into one transaction, so that all of them share one sync
of the disk; each runs in its own savepoint, so that one that fails takes only itself back.
"""

from __future__ import annotations

import fcntl
import os
import queue
import re
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from data.errors import Corrupt, Unavailable, Unrecorded
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
                "Stop that one, or set EMERITUS_STORE to another file"
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


class Writer:
    """Runs jobs one after the other; `run` returns once what the job did is on disk."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], path: Path) -> None:
        self._connect = connect
        self._path = path
        self._conn: sqlite3.Connection | None = connect()
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Any]] | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name="record writer", daemon=True)
        self._thread.start()

    def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        assert threading.current_thread() is not self._thread, "a job must not wait for another job"
        future: Future[T] = Future()
        with self._gate:
            if self._closed:
                raise Unavailable(f"{self._path} is closed. Start Emeritus again")
            self._jobs.put((job, future))
        return future.result()

    def drain(self) -> None:
        """Take no more jobs, and finish those that wait."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def close(self) -> None:
        """Leave one plain file that can be copied. A log that cannot be folded into it stays, complete."""
        self.drain()
        if self._conn is not None:
            with suppress(sqlite3.Error):
                self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._conn.close()
            self._conn = None

    def _loop(self) -> None:
        more = True
        while more:
            batch, more = self._waiting()
            if batch:
                self._commit(batch)

    def _waiting(self) -> tuple[list[tuple[Job, Future[Any]]], bool]:
        """Everything that waits by now, and whether there can be more later."""
        item = self._jobs.get()
        batch = []
        while item is not None:
            batch.append(item)
            if len(batch) == BATCH_MAX:
                return batch, True
            try:
                item = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: list[tuple[Job, Future[Any]]]) -> None:
        ended: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            if self._conn is None:
                self._conn = self._connect()
            self._conn.execute("BEGIN IMMEDIATE")
            for job, future in batch:
                ended.append((future, *self._attempt(self._conn, job)))
            self._conn.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - handed to everyone who waits
            self._start_over()
            ours = as_ours(error, self._path)
            ended = [(future, None, ours) for _, future in batch]
        for future, value, failure in ended:
            if failure is None:
                future.set_result(value)
            else:
                future.set_exception(failure)

    def _attempt(self, conn: sqlite3.Connection, job: Job) -> tuple[Any, BaseException | None]:
        try:
            with savepoint(conn):
                return job(conn), None
        except BaseException as error:
            if not conn.in_transaction:
                raise
            return None, as_ours(error, self._path)

    def _start_over(self) -> None:
        """A connection that failed to commit is not trusted again; the next batch opens another."""
        if self._conn is not None:
            with suppress(sqlite3.Error):
                self._conn.close()
            self._conn = None
