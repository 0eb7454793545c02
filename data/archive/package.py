"""What is known of an archive once its files are written: what the descriptions beside its payload are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from data.archive.kept import class_of, classes_of
from data.archive.pieces import REFERENCES
from data.archive.results import Artifact, Bag
from data.records.artifacts import ArtifactClass
from data.records.catalog import Measured
from data.records.plan import Subject

SOFTWARE = "Emeritus"


@dataclass(frozen=True, kw_only=True)
class Package:
    """The same package is described by the same bytes. Of people, teams and accounts it has nothing.

    beside    further descriptions, by name
    measured  of the model, its versions and endpoints
    at        when all of it was written
    """

    bag: Bag
    artifacts: tuple[Artifact, ...]
    subject: Subject
    retirement_id: str
    plan_digest: str
    at: datetime
    beside: Mapping[str, bytes] = field(default_factory=dict)
    measured: tuple[Measured, ...] = ()

    @property
    def written_at(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def uuid(self, what: str) -> UUID:
        """Of something that stands in this package, the same each time."""
        return uuid5(
            NAMESPACE_URL, f"{self.bag.preservation_id} {self.retirement_id} {self.written_at} {what}"
        )

    def role_of(self, path: str) -> ArtifactClass:
        """By the artifact it was copied from, the deepest of those it may lie in."""
        return class_of(path, self._classes) or ArtifactClass.OTHER

    @cached_property
    def _classes(self) -> dict[str, ArtifactClass]:
        return classes_of(self.artifacts)

    def is_reference(self, path: str) -> bool:
        return path.startswith(f"{REFERENCES}/") and bool(self.subject.references)


def as_uri(path: str) -> str:
    """A path below the top of the bag as a relative reference (RFC 3986), whatever is in its name."""
    return quote(path, safe="/")
