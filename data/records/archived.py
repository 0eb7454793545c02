"""Where the archive of a model is, and what it hashes to."""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record


class Kept(Record, frozen=True, kw_only=True):
    """How much of an archive is of one class of artifacts."""

    of: str
    files: int
    bytes: int


class Lock(StrEnum):
    """Who can shorten a date of a bucket's Object Lock: whoever may write, whoever has a right of its own, nobody."""

    NONE = "none"
    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class Archived(Record, frozen=True, kw_only=True):
    """Where the artifacts are kept and what they hash to; `preservation_id` is derived from content.

    kept   by class of artifacts; none, as in every archive made before they had classes
    tags_digest   of the manifest of what describes the payload; empty where it was archived before that was recorded
    version   in a bucket: that of the list of its objects, which has the version of each of them
    lock      what a bucket did with it; None in a directory, which cannot lock
    lacks     what the store it lies in cannot do that a bucket of S3 can; empty in both of these
    only_described   what was to be copied and could not be had, so that the archive only says what it was
    """

    location: str
    preservation_id: str
    manifest_digest: str
    files: int
    bytes: int
    kept: tuple[Kept, ...] = ()
    tags_digest: str = ""
    version: str = ""
    lock: Lock | None = None
    lacks: tuple[str, ...] = ()
    only_described: tuple[str, ...] = ()
