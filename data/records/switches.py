"""How switching an endpoint stands: what people reported of it by hand, and what does not come to its end."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Prose, Record


class ManualCheck(Record, frozen=True, kw_only=True):
    """What a person reported about an endpoint we cannot drive, until a second person has checked it."""

    endpoint_id: str
    action: str
    confirmed_by: str = ""
    evidence: Prose = Prose()
    checked_by: str = ""


class Delay(Record, frozen=True, kw_only=True):
    """An endpoint that is being switched and does not get there: nobody can say whether it serves.

    action   "disable" or "restore": what was last begun
    at       when `reason` was last told
    """

    endpoint_id: str
    action: str
    reason: str
    at: datetime
