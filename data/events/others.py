"""What happens on streams that are no retirement's."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event


class Imported(Event, frozen=True, kw_only=True, tag="imported"):
    """One import of one source into the catalog. On the `catalog` stream."""

    format: str
    source_digest: str
    counts: dict[str, int]
    changed_ids: tuple[str, ...]


class DigestSent(Event, frozen=True, kw_only=True, tag="digest sent"):
    """On the `digest` stream: what happened since `since` was posted."""

    since: datetime
