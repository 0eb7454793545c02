"""What happens on streams that are no retirement's."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event
from data.records.imports import Scheduled


class Imported(Event, frozen=True, kw_only=True, tag="imported"):
    """One import of one source into the catalog. On the `catalog` stream.

    changed_ids   of things, teams and edges; in older entries of people, too
    """

    format: str
    source_digest: str
    counts: dict[str, int]
    changed_ids: tuple[str, ...]


class DigestSent(Event, frozen=True, kw_only=True, tag="digest sent"):
    """On the `digest` stream: what happened since `since` was posted."""

    since: datetime


class ImportsScheduled(Event, frozen=True, kw_only=True, tag="imports scheduled"):
    """On the `imports` stream: what is read again and again from now on."""

    scheduled: tuple[Scheduled, ...]

    def has(self, name: str) -> bool:
        return any(one.name == name for one in self.scheduled)


class ImportFailed(Event, frozen=True, kw_only=True, tag="import failed"):
    """A scheduled import came to nothing, and people were told why. On the `imports` stream."""

    name: str
    why: str


class ImportMended(Event, frozen=True, kw_only=True, tag="import mended"):
    """A scheduled import that had failed was read again."""

    name: str


class SigningKeyUsed(Event, frozen=True, kw_only=True, tag="signing key used"):
    """From now on this key signs the heads of the log called `name`. On the `log` stream.

    key   the public one, as Go's `note.NewVerifier` takes it. Those before it have signed what they signed
    """

    name: str
    key: str


OnImports = Imported | ImportsScheduled | ImportFailed | ImportMended
