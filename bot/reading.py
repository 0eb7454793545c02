"""The digest of the last seven days, for whoever asks for it on any day, in Slack or in a shell."""

from __future__ import annotations

from datetime import datetime

from bot.lookup import retirements
from bot.views import digest
from data.store import Store
from workflows.histories import WEEK, last_week
from workflows.measuring import outcomes


def this_week(store: Store, now: datetime, *, zone: str) -> digest.Digest:
    every = retirements(store)
    return digest.of(
        last_week(store, every, now),
        outcomes(store, every),
        since=now - WEEK,
        until=now,
        zone=zone,
        is_asked=True,
    )
