"""What goes into the archive of a model: a copy of each artifact, and descriptions of what is only referred to.

Both follow from the plan alone, so the same plan has the same content, and with it the same preservation id, whenever
it is archived. Descriptions are payload and no tag files for that reason: which commit a model was built from is part
of what was preserved, as its weights are. What the catalog says at the moment stands beside the payload.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from data.archive.results import Artifact, named
from data.records.artifacts import ArtifactClass, Reference, class_of
from data.records.plan import Subject

REFERENCES = "references"
GIT = "git+"
COMMIT_FILE, BUNDLE_FILE = "commit.json", "repository.bundle"
"""Of a commit of git: which it is, and where its repository could be had, its whole history."""
INLINE = "data:application/json;base64,"
"""RFC 2397: the source of what exists nowhere but in the plan."""


def pieces(subject: Subject, only_described: Collection[ArtifactClass] = ()) -> tuple[Artifact, ...]:
    """Each artifact of the plan, and a file of references for each class that has some.

    only_described   of which nothing is copied
    """
    described = _described(references_of(subject, only_described))
    taken = (REFERENCES,) if described else ()
    copied = [uri for uri in subject.artifacts if class_of(uri, subject.classes) not in only_described]
    return (*named(copied, subject.classes, taken=taken), *described)


def references_of(subject: Subject, only_described: Collection[ArtifactClass]) -> tuple[Reference, ...]:
    """What is told as such, and artifacts that are not copied."""
    classed = ((class_of(uri, subject.classes), uri) for uri in subject.artifacts)
    left = (Reference(of=of, what="artifact", where=uri) for of, uri in classed if of in only_described)
    return (*subject.references, *left)


def _described(references: Sequence[Reference]) -> tuple[Artifact, ...]:
    by_class: dict[ArtifactClass, list[Reference]] = defaultdict(list)
    for one in references:
        by_class[one.of].append(one)
    return tuple(
        Artifact(
            path=f"{REFERENCES}/{of}.json",
            source=inline([_plain(one) for one in those]),
            role=of,
        )
        for of, those in sorted(by_class.items())
    )


def _plain(one: Reference) -> dict[str, object]:
    """As whoever opens the file reads it."""
    told = msgspec.to_builtins(one)
    return {**told, "values": dict(one.values)} if one.values else told


def inline(content: Sequence[Mapping[str, object]]) -> str:
    """A source that is its own content. In one spelling, whatever order it was told in."""
    ordered = sorted(content, key=lambda one: json.dumps(one, sort_keys=True))
    return INLINE + base64.b64encode(text_of(ordered)).decode()


def text_of(content: object) -> bytes:
    """As every JSON of ours stands in an archive: the same content is the same bytes."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
