"""Where the archive of a model is, and what it hashes to."""

from __future__ import annotations

from data.records.base import Record


class Kept(Record, frozen=True, kw_only=True):
    """How much of an archive is of one class of artifacts."""

    of: str
    files: int
    bytes: int


class Archived(Record, frozen=True, kw_only=True):
    """Where the artifacts are kept and what they hash to; `preservation_id` is derived from content.

    kept   by class of artifacts; none, as in every archive made before they had classes
    """

    location: str
    preservation_id: str
    manifest_digest: str
    files: int
    bytes: int
    kept: tuple[Kept, ...] = ()
