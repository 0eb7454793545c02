"""When and by whom: what every event says."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record

EMERITUS = "emeritus"


class Event(Record, frozen=True, kw_only=True, tag_field="event"):
    at: datetime
    by: str


def name_of(kind: type[Event]) -> str:
    """What an event is called, whichever version of it this is."""
    return str(kind.__struct_config__.tag).partition("/")[0]
