"""The archive as an RO-Crate: JSON-LD that repositories and people's tools read.

The crate is the whole bag, and its metadata stands beside the payload: no preservation id depends on when that was
written.
Rejected: to put it into the payload, as the same weights archived twice would be two archives then.
Source: w3id.org/ro/crate/1.1
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from typing import Any

from data.archive.package import SOFTWARE, Package, as_uri
from data.archive.pieces import text_of

CRATE_FILE = "ro-crate-metadata.json"
VERSION = "https://w3id.org/ro/crate/1.1"
_OUR_TERMS = {"sha256": "https://schema.org/sha256"}  # younger than the context of RO-Crate 1.1
_NO_LICENCE = {
    "@id": "#licence",
    "@type": "CreativeWork",
    "name": "No licence is stated",
    "description": "Whoever owns the model says who may use what is in this archive.",
}


def crate(package: Package) -> bytes:
    return text_of({"@context": [f"{VERSION}/context", _OUR_TERMS], "@graph": list(_graph(package))})


def _graph(package: Package) -> Iterator[dict[str, Any]]:
    subject, bag = package.subject, package.bag
    files = [*_payload(package), *_beside(package)]
    yield {
        "@id": CRATE_FILE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": VERSION},
        "about": {"@id": "./"},
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Archive of the model {subject.model_name}",
        "description": f"What is kept of the machine-learning model {subject.model_id}, retired as "
        f"{package.retirement_id}: {len(bag.files):,} files, {bag.bytes:,} bytes",
        "identifier": bag.preservation_id,
        "datePublished": package.written_at,
        "license": {"@id": _NO_LICENCE["@id"]},
        "hasPart": [{"@id": one["@id"]} for one in files],
        "mentions": {"@id": "#archived"},
    }
    yield from files
    yield {
        "@id": "#archived",
        "@type": "CreateAction",
        "name": f"Archived as planned by {package.plan_digest}",
        "endTime": package.written_at,
        "instrument": {"@id": "#software"},
        "result": {"@id": "./"},
    }
    yield _NO_LICENCE
    yield {"@id": "#software", "@type": "SoftwareApplication", "name": SOFTWARE}


def _payload(package: Package) -> Iterator[dict[str, Any]]:
    for file in package.bag.files:
        yield {
            **_file(f"data/{file.path}", file.path, file.bytes),
            "sha256": file.artifact_id.removeprefix("sha256:"),
            "description": f"{'described' if package.is_reference(file.path) else 'copied'}: "
            f"{package.role_of(file.path)}",
        }


def _beside(package: Package) -> Iterator[dict[str, Any]]:
    for name, content in sorted(package.beside.items()):
        yield {**_file(name, name, len(content)), "description": "what the catalog says of the model"}


def _file(path: str, name: str, size_bytes: int) -> dict[str, Any]:
    kind, _ = mimetypes.guess_type(name)
    return {
        "@id": as_uri(path),
        "@type": "File",
        "name": name,
        "contentSize": str(size_bytes),
        "encodingFormat": kind or "application/octet-stream",
    }
