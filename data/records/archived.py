"""Where the archive of a model is, and what it hashes to."""

from __future__ import annotations

from data.records.base import Record


class Archived(Record, frozen=True, kw_only=True):
    """Where the artifacts are kept and what they hash to; `preservation_id` is derived from content."""

    location: str
    preservation_id: str
    manifest_digest: str
    files: int
    bytes: int
