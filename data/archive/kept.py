"""How much of an archive is of which class of artifacts? Rules of retention go by that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.archive.results import Artifact, StoredFile
from data.records.archived import Kept
from data.records.artifacts import ArtifactClass
from data.records.retention import EVERYTHING_ELSE


def by_class(artifacts: Iterable[Artifact], files: Iterable[StoredFile]) -> tuple[Kept, ...]:
    """Files and bytes of each class, by its name. What no artifact has told its class of is of every other one."""
    found: dict[str, tuple[int, int]] = {}
    classes = classes_of(artifacts)
    for file in files:
        of = class_of(file.path, classes) or EVERYTHING_ELSE
        count, size = found.get(of, (0, 0))
        found[of] = (count + 1, size + file.bytes)
    return tuple(Kept(of=of, files=count, bytes=size) for of, (count, size) in sorted(found.items()))


def classes_of(artifacts: Iterable[Artifact]) -> dict[str, ArtifactClass]:
    """What each artifact is, by its place in the archive."""
    return {one.path.rstrip("/"): one.role for one in artifacts}


def class_of(path: str, classes: Mapping[str, ArtifactClass]) -> ArtifactClass | None:
    """That of the artifact which a file of an archive is, or the deepest it lies in; None where it is of none."""
    parts = path.split("/")
    heads = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((classes[head] for head in heads if head in classes), None)
