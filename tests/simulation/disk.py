"""The disk: one commit after the other in the calling thread, cut short, refused or full as the world has it.

Kept by whoever restarts the bot: what was committed stays, what was not is rolled back, as after a power cut of
the process. `synchronous` is off, since the machine itself never loses power here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

from data.errors import Unavailable
from tests.simulation.clock import Clock
from tests.simulation.faults import Boundaries, Weather

T = TypeVar("T")


class Disk:
    """`writer` is handed to the store. The connection outlives the stores that are opened on it."""

    def __init__(self, clock: Clock, boundaries: Boundaries, rand: Random, weather: Weather) -> None:
        self._clock, self._boundaries, self._rand, self._weather = clock, boundaries, rand, weather
        self._conn: sqlite3.Connection | None = None
        self.is_calm = False
        """No faults while the world itself writes, such as an import by an operator."""
        self.commits = 0

    def writer(self, connect: Callable[[], sqlite3.Connection], path: Path) -> Disk:
        if self._conn is None:
            self._conn = connect()
            self._conn.execute("PRAGMA synchronous = OFF")
            # The log is folded in at the end only; nothing here reads the plain file.
            self._conn.execute("PRAGMA wal_autocheckpoint = 0")
        self._path = path
        return self

    def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        conn = self._conn
        assert conn is not None
        assert not conn.in_transaction, "a job must not wait for another job"
        conn.execute("BEGIN IMMEDIATE")
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
