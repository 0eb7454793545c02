"""What belongs to the model that retires by the catalog, and not by the plan."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record
from data.records.catalog import Kind


class Part(Record, frozen=True, kw_only=True):
    """An endpoint of the model that its plan does not have, or a version that people voted on as a consumer.

    consumer_id   as which consumer people voted on it; empty where they did not
    since         from when on people know of it; what they vouched for before was another thing. None as the catalog
                  tells it, and in a record of before this was kept
    """

    id: str
    name: str
    kind: Kind
    consumer_id: str = ""
    since: datetime | None = None
