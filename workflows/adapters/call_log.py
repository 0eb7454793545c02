"""Who called an embedded endpoint, and when? One SQLite file each: the server writes, the meter reads.

Unknown is never zero: a log that is missing or unreadable, or that began too late, answers None. And a server that
did not run saw no call because there could be none: only time in which it ran is time without a call, so each run
is on the log, with the last sign of life it gave.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BUSY_SECONDS = 5
BEAT_SECONDS = 30.0
"""Wall seconds between two signs of life: what a crash takes from the time that counts."""


class CallLog:
    """The writing end. A run begins `since` then: before, nobody can say who called.

    What is committed outlives the process. A power cut takes the last commits, each with all that came after it: calls
    go with the signs of life beyond them, and that time is not counted as one in which it ran. So no commit waits for
    the disk (https://sqlite.org/pragma.html#pragma_synchronous).
    """

    def __init__(self, path: Path, since: datetime) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=BUSY_SECONDS)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(
            "CREATE TABLE IF NOT EXISTS runs"
            " (id INTEGER PRIMARY KEY, since_us INTEGER NOT NULL, until_us INTEGER NOT NULL);"
            "CREATE TABLE IF NOT EXISTS calls (at_us INTEGER NOT NULL, caller TEXT NOT NULL, became TEXT);"
            "CREATE INDEX IF NOT EXISTS calls_at ON calls (at_us);"
        )
        if "became" not in (column for _, column, *_ in self._db.execute("PRAGMA table_info(calls)")):
            self._db.execute("ALTER TABLE calls ADD COLUMN became TEXT")  # of before it was known
        self._path, self._inode = path, path.stat().st_ino
        self.begin(since)

    def begin(self, at: datetime) -> None:
        """A run begins: also where the whole machine stood still, and what was before it is another one."""
        with self._lock:
            self._db.execute("INSERT INTO runs (since_us, until_us) VALUES (?1, ?1)", [_microseconds(at)])

    def live(self, at: datetime) -> None:
        """It still runs."""
        with self._lock:
            self._db.execute(
                "UPDATE runs SET until_us = ? WHERE id = (SELECT max(id) FROM runs)", [_microseconds(at)]
            )

    def beat(self, at: datetime, *, seconds_since: float) -> None:
        """A sign of life, so many wall seconds after the last one. What comes late was slept through: a run ended."""
        (self.live if seconds_since < 2 * BEAT_SECONDS else self.begin)(at)

    def record(self, caller: str, at: datetime, became: str = "") -> None:
        """Committed when this returns; sqlite3.Error when it could not be. `became`: where that is known at once."""
        self.record_all([(caller, at)], all_became=became)

    def record_all(
        self,
        calls: Iterable[tuple[str, datetime]],
        became: Iterable[tuple[int, str]] = (),
        *,
        all_became: str = "",
    ) -> list[int]:
        """The same for several, in one commit: all of them, or none. Returns by which number each is known.

        became   what is known by now of earlier ones: number, and what became of it
        """
        rows = [(_microseconds(at), caller, all_became or None) for caller, at in calls]
        known = [(what, number) for number, what in became]
        with self._lock:
            self._check_is_there()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany("UPDATE calls SET became = ? WHERE rowid = ?", known)
                self._db.executemany("INSERT INTO calls VALUES (?, ?, ?)", rows)
                last = self._db.execute("SELECT last_insert_rowid()").fetchone()[0]
                self._db.execute("COMMIT")
            except sqlite3.Error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        return list(range(last - len(rows) + 1, last + 1))  # one writer, so one after the other

    def _check_is_there(self) -> None:
        """A file that was taken away is written as before, and read by nobody: what is logged there is lost."""
        try:
            is_there = self._path.stat().st_ino == self._inode
        except OSError:
            is_there = False
        if not is_there:
            raise sqlite3.OperationalError(f"{self._path} was taken away; start again to begin a new one")


class Metered(NamedTuple):
    """`days` whole days in which it ran lie between `since` and now; what lies between runs is not among them."""

    since: datetime
    days: int


def metered(path: Path, *, days: int, until: datetime, is_running: bool) -> Metered | None:
    """How far to look back for so many days in which it ran; all there is where those are fewer.

    is_running   the last run has not ended yet, whatever its last sign of life
    """
    rows = _rows(path, "SELECT since_us, until_us FROM runs ORDER BY id DESC")
    if not rows:
        return None
    left = timedelta(days=days)
    for number, (since_us, until_us) in enumerate(rows):
        since = EPOCH + timedelta(microseconds=since_us)
        ended = until if is_running and number == 0 else EPOCH + timedelta(microseconds=until_us)
        ran = max(min(ended, until) - since, timedelta(0))
        if ran >= left:
            return Metered(min(ended, until) - left, days)
        left -= ran
    return Metered(since, (timedelta(days=days) - left).days)


def count(path: Path, *, since: datetime, until: datetime | None = None, became: str = "") -> int | None:
    """Calls in [since, until), None when the log does not reach back to `since`. `became`: only of those."""
    begun = _rows(path, "SELECT min(since_us) FROM runs")
    if not begun or begun[0][0] is None or _microseconds(since) < begun[0][0]:
        return None
    values: list[int | str] = [_microseconds(since)]
    sql = "SELECT count(*) FROM calls WHERE at_us >= ?"
    if until is not None:
        sql, values = f"{sql} AND at_us < ?", [*values, _microseconds(until)]
    if became:
        sql, values = f"{sql} AND became = ?", [*values, became]
    rows = _rows(path, sql, *values)
    return int(rows[0][0]) if rows else None


def callers(path: Path, *, since: datetime) -> dict[str, int] | None:
    """Caller -> calls from `since` on, most often first."""
    grouped = (
        "SELECT caller, count(*) AS n FROM calls WHERE at_us >= ? GROUP BY caller ORDER BY n DESC, caller"
    )
    rows = _rows(path, grouped, _microseconds(since))
    return None if rows is None else dict(rows)


class Daily(NamedTuple):
    """Calls of one caller on one day, "2026-03-02" in UTC."""

    day: str
    caller: str
    calls: int


def daily(path: Path) -> tuple[Daily, ...] | None:
    """Who called on which days, oldest first; None when there is no log, or it cannot be read."""
    grouped = """SELECT date(at_us / 1000000, 'unixepoch') AS day, caller, count(*) FROM calls
        GROUP BY day, caller ORDER BY day, caller"""
    rows = _rows(path, grouped)
    return None if rows is None else tuple(Daily(*row) for row in rows)


def _rows(path: Path, sql: str, *values: int | str) -> list[Any] | None:
    if not path.is_file():
        return None
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()
    except sqlite3.Error:
        return None


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
