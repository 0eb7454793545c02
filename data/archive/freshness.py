"""Are the sources still what was archived? Reads again only what may have changed since.

What was removed since does not count: the archive has it. Rejected: hashing every source, since that reads the whole
model once more, from S3 over the network, each time the archive is proven.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from data.archive.bag_paths import could_be_ours
from data.archive.fixity import PAYLOAD, digested
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, parse_manifest
from data.archive.results import PayloadFile, Stopped, StoredFile
from data.errors import Unavailable
from data.records.base import Record

SOURCES_FILE = "sources.json"
"""Stands in the bag, beside its manifests. Bags made before it was written have none: all their sources are read."""


def marks(payload: Iterable[PayloadFile]) -> bytes:
    """The mark of each file by its path in the bag. Written as ASCII: names are checked only later."""
    return json.dumps({file.path: file.mark for file in payload}, indent=2).encode() + b"\n"


class Before(Record, frozen=True, kw_only=True):
    """What was archived, by its path in the bag; `marks` by that of its source, as far as there are any."""

    digests: dict[str, str]
    sizes: dict[str, int]
    marks: dict[str, str] = {}


def before(bag: Path) -> Before:
    try:
        digests = digests_of((bag / PAYLOAD_MANIFEST).read_bytes())
        sizes = {path: (bag / path).stat().st_size for path in digests}
    except OSError as error:
        raise Unavailable(f"Cannot read {bag}: {error.strerror}. It is tried again") from error
    try:
        marked = marks_of((bag / SOURCES_FILE).read_bytes())
    except OSError:
        marked = {}
    return Before(digests=digests, sizes=sizes, marks=marked)


def digests_of(manifest: bytes) -> dict[str, str]:
    return {path: digest for path, digest in parse_manifest(manifest.decode())[0] if could_be_ours(path)}


def all_digests_of(bag: Path) -> dict[str, str]:
    """What both manifests of a bag list; nothing where one of them cannot be read."""
    try:
        return digests_of((bag / PAYLOAD_MANIFEST).read_bytes()) | digests_of(
            (bag / TAG_MANIFEST).read_bytes()
        )
    except (OSError, UnicodeDecodeError):
        return {}


def files_of(digests: Mapping[str, str], sizes: Mapping[str, int]) -> tuple[StoredFile, ...]:
    """What a manifest lists, by where it lies below data/. Of what is not there any more nobody knows the size."""
    return tuple(
        StoredFile(path=path.removeprefix(PAYLOAD), artifact_id=f"sha256:{digest}", bytes=sizes.get(path, 0))
        for path, digest in digests.items()
    )


def marks_of(content: bytes) -> dict[str, str]:
    try:
        return dict(json.loads(content))
    except ValueError:
        return {}


def differences(archived: Before, sources: Iterable[PayloadFile], stopped: Stopped) -> Iterator[str]:
    """A sentence for each source that came or changed since. What was archived was proven right before.

    A mark that moved proves nothing: the file was touched, or came to another disk, or the bag is an older copy of the
    same content.
    """
    for source in sources:
        path = f"data/{source.path}"
        if source.is_fixed:
            continue
        if path not in archived.digests:
            yield f"{source.path} was added since"
        elif archived.sizes[path] != source.size_bytes:
            yield f"{source.path} has {source.size_bytes:,} bytes now and had {archived.sizes[path]:,}"
        elif (
            source.mark != archived.marks.get(source.path)
            and digested(source.chunks(), source.path, stopped).digest != archived.digests[path]
        ):
            yield f"{source.path} was written to since"


def removed(archived: Before, sources: Iterable[PayloadFile]) -> list[str]:
    """What was archived and is not at the sources any more."""
    there = {source.path for source in sources}
    return [name for path in archived.digests if (name := path.removeprefix("data/")) not in there]
