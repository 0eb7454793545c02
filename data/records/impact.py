"""Who depends on a model, as one version of the catalog has it."""

from __future__ import annotations

from data.records.base import Record
from data.records.catalog import Impacted


class Impact(Record, frozen=True, kw_only=True):
    """Who is impacted when a model retires with these endpoints, as of this version of the catalog."""

    catalog_version: int
    model_id: str
    endpoint_ids: tuple[str, ...]
    consumers: tuple[Impacted, ...]
