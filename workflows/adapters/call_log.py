"""Who called an embedded endpoint, and when? One SQLite file each: the server writes, the meter reads.

Unknown is never zero: a log that is missing, unreadable or too young answers None.
"""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BUSY_SECONDS = 5


class CallLog:
    """The writing end. `since` is when a new log begins: before that, nobody can say who called."""

    def __init__(self, path: Path, since: datetime) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=BUSY_SECONDS)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(
            "CREATE TABLE IF NOT EXISTS meter (id INTEGER PRIMARY KEY CHECK (id = 1), since_us INTEGER);"
            "CREATE TABLE IF NOT EXISTS calls (at_us INTEGER NOT NULL, caller TEXT NOT NULL);"
            "CREATE INDEX IF NOT EXISTS calls_at ON calls (at_us);"
        )
        self._db.execute("INSERT OR IGNORE INTO meter VALUES (1, ?)", [_microseconds(since)])

    def record(self, caller: str, at: datetime) -> None:
        """Committed when this returns; sqlite3.Error when it could not be."""
        with self._lock:
            self._db.execute("INSERT INTO calls VALUES (?, ?)", [_microseconds(at), caller])


def covered_since(path: Path) -> datetime | None:
    """The earliest instant the log knows about."""
    rows = _rows(path, "SELECT since_us FROM meter")
    return EPOCH + timedelta(microseconds=rows[0][0]) if rows else None


def count(path: Path, *, since: datetime, until: datetime) -> int | None:
    """Calls in [since, until), None when the log does not reach back to `since`."""
    covered = covered_since(path)
    if covered is None or since < covered:
        return None
    values = _microseconds(since), _microseconds(until)
    rows = _rows(path, "SELECT count(*) FROM calls WHERE at_us >= ? AND at_us < ?", *values)
    return int(rows[0][0]) if rows else None


def callers(path: Path, *, since: datetime) -> dict[str, int] | None:
    """Caller -> calls from `since` on, most often first."""
    grouped = (
        "SELECT caller, count(*) AS n FROM calls WHERE at_us >= ? GROUP BY caller ORDER BY n DESC, caller"
    )
    rows = _rows(path, grouped, _microseconds(since))
    return None if rows is None else dict(rows)


def _rows(path: Path, sql: str, *values: int) -> list[Any] | None:
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
