"""Who asked for a flag, when, and what they were told: the call log of a flag. It counts evaluations, not calls.

Whoever asks may call the model many times on one answer, or never. Who asks no more does not go by the flag any more.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from data.records.traffic import Arm, Count, Lane, Observed
from workflows.adapters.call_log import BUSY_SECONDS, EPOCH, CallLog

MICROSECOND = timedelta(microseconds=1)


class Evaluations(CallLog):
    """The writing end."""

    def tell(self, consumer: str, variant: Lane, at: datetime) -> None:
        """Committed when this returns; sqlite3.Error when it could not be."""
        with self._lock:
            self._check_is_there()
            self._db.execute(
                "INSERT INTO calls (at_us, caller, became) VALUES (?, ?, ?)",
                [(at - EPOCH) // MICROSECOND, consumer, str(variant)],
            )

    def close(self) -> None:
        self._db.close()


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
