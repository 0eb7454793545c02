"""How long, how firmly and how near at hand something archived is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data.records.base import Record
from data.records.retention import Storage


class Keeping(Record, frozen=True, kw_only=True):
    """`until`: when it may be removed at the earliest. `held`: not even then, as long as a legal hold is on it."""

    until: datetime | None = None
    held: bool = False
    storage: Storage = Storage.STANDARD


def longest(keepings: Iterable[Keeping]) -> Keeping:
    """For what describes all the others: kept as long as any of them, and always at hand."""
    all_of_them = list(keepings)
    until = max((one.until for one in all_of_them if one.until is not None), default=None)
    return Keeping(until=until, held=any(one.held for one in all_of_them))
