"""The disk: one commit after the other in the calling thread, cut short, refused or full as the world has it.

Kept by whoever restarts the bot: what was committed stays, what was not is rolled back, as after a power cut of
the process. The machine itself never loses power here, and there is one thread: so nothing is synced, and one
connection writes and reads. What two of them make of a power cut or of each other, others test.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from threading import RLock
from typing import TypeVar

from data.errors import Unavailable
from data.sqlite.store import Reader, SqliteStore
from tests.simulation.clock import Clock
from tests.simulation.faults import Boundaries, Weather

T = TypeVar("T")

_IN_USE = RLock()
"""There is one thread, and it keeps nobody out."""


class Disk:
    """`writer` is handed to the store. The connection outlives the stores that are opened on it."""

    def __init__(self, clock: Clock, boundaries: Boundaries, rand: Random, weather: Weather) -> None:
        self._clock, self._boundaries, self._rand, self._weather = clock, boundaries, rand, weather
        self._conn: sqlite3.Connection | None = None
        self.is_calm = False
        """No faults while the world itself writes, such as an import by an operator."""
        self.commits = 0
        self._is_busy = False

    def writer(self, connect: Callable[[], sqlite3.Connection], path: Path) -> Disk:
        if self._conn is None:
            self._conn = connect()
            self._conn.execute("PRAGMA synchronous = OFF")
            # Nobody else has to be kept out of each single page.
            self._conn.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._conn.execute("PRAGMA journal_mode = MEMORY")
        self._path = path
        return self

    def reader(self) -> sqlite3.Connection:
        """The one connection there is; a job that is not committed must not be seen."""
        assert self._conn is not None
        assert not self._is_busy, "a job must read with the connection it was given"
        return self._conn

    def let_others_in(self) -> None:
        """From here on other connections may open the file, such as that of an inspection."""
        assert self._conn is not None
        self._conn.execute("PRAGMA locking_mode = NORMAL")
        self._conn.execute("SELECT 1 FROM sqlite_master").fetchone()

    def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        conn = self._conn
        assert conn is not None
        assert not conn.in_transaction, "a job must not wait for another job"
        conn.execute("BEGIN IMMEDIATE")
        self._is_busy = True
        changes = conn.total_changes
        try:
            value = job(conn)
            # A commit of nothing, such as a claim that finds nothing due, is no boundary: nothing differs after it.
            is_boundary = conn.total_changes != changes and not self.is_calm
            if is_boundary:
                self._before_commit()
        except BaseException:
            conn.execute("ROLLBACK")
            raise
        finally:
            self._is_busy = False
        conn.execute("COMMIT")
        self.commits += conn.total_changes != changes
        if is_boundary:
            self._clock.pass_(0.001)
            self._boundaries.cross("committed")
        return value

    def _before_commit(self) -> None:
        if self._weather.full_disks and self._rand.random() < self._weather.full_disks:
            raise Unavailable(
                f"The disk has no room for {self._path}; nothing was recorded. Free some space, then try again"
            )
        self._boundaries.cross("committing")

    def drain(self) -> None:
        pass

    def close(self) -> None:
        """A store lets go of it; the disk stays."""

    def unplug(self, *, thoroughly: bool) -> None:
        """The process has died. `thoroughly`: the next one opens the file anew."""
        if thoroughly:
            self.throw_away()

    def throw_away(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None


class DiskStore(SqliteStore):
    """The product's store; where it opens a connection for each thread that reads, it takes the disk's."""

    def reader(self) -> Reader:
        self.check_open()
        assert isinstance(self._writer, Disk)
        return Reader(self._writer.reader(), _IN_USE)
