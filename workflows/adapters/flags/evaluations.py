"""Who asked for a flag, when, and what they were told: the call log of a flag. It counts evaluations, not calls.

Whoever asks may call the model many times on one answer, or never. Who asks no more does not go by the flag any more.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from data.records.traffic import Arm, Count, Lane, Observed
from workflows.adapters.call_log import BUSY_SECONDS, EPOCH, CallLog

MICROSECOND = timedelta(microseconds=1)


@dataclass
class _Row:
    """`error`: why it could not be written."""

    values: tuple[int, str, str]
    is_settled: bool = False
    error: sqlite3.Error | None = None


class Evaluations(CallLog):
    """The writing end. Those that wait for one commit share the next."""

    def __init__(self, path: Path, since: datetime) -> None:
        super().__init__(path, since)
        self._waiting: list[_Row] = []
        self._gate = threading.Lock()

    def tell(self, consumer: str, variant: Lane, at: datetime) -> None:
        """Committed when this returns; sqlite3.Error when it could not be."""
        row = _Row(((at - EPOCH) // MICROSECOND, consumer, str(variant)))
        with self._gate:
            self._waiting.append(row)
        with self._lock:
            if not row.is_settled:
                with self._gate:
                    batch, self._waiting = self._waiting, []
                self._write(batch)
        if row.error is not None:
            raise row.error

    def close(self) -> None:
        self._db.close()

    def _write(self, batch: list[_Row]) -> None:
        """All of them, or none."""
        error: sqlite3.Error | None = None
        try:
            self._check_is_there()
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(
                    "INSERT INTO calls (at_us, caller, became) VALUES (?, ?, ?)",
                    [one.values for one in batch],
                )
        except sqlite3.Error as why:
            error = why
        for one in batch:
            one.is_settled, one.error = True, error


def observed(path: Path) -> Observed | None:
    """None where there is no log, or it cannot be read. Consumers stand there as they were logged."""
    if not path.is_file():
        return None
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            grouped = "SELECT caller, became, count(*) FROM calls GROUP BY caller, became ORDER BY 1, 2"
            told = db.execute(grouped).fetchall()
            since_us = db.execute("SELECT min(since_us) FROM runs").fetchone()[0]
        finally:
            db.close()
    except sqlite3.Error:
        return None
    return Observed(
        since=EPOCH + since_us * MICROSECOND,
        counts=tuple(
            Count(arm=Arm(variant), consumer=consumer, calls=times)
            for consumer, variant, times in told
            if variant != Lane.BLOCKED
        ),
        refused={consumer: times for consumer, variant, times in told if variant == Lane.BLOCKED},
    )
