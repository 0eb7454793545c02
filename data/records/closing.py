"""Who typed the name of a model to say that its retirement may be closed."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record


class Confirmed(Record, frozen=True, kw_only=True):
    """One of the two. `proof`: what their second factor said, where the operator asks for one."""

    by: str
    at: datetime
    proof: str = ""
