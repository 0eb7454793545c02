"""Are the sources still what was archived? Reads again only what may have changed since.

What was removed since does not count: the archive has it. Rejected: hashing every source, since that reads the whole
model once more, from S3 over the network, each time the archive is proven.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from data.archive.fixity import digested
from data.archive.manifest import PAYLOAD_MANIFEST, parse_manifest
from data.archive.results import PayloadFile, Stopped
from data.errors import Unavailable

SOURCES_FILE = "sources.json"
"""Stands in the bag, beside its manifests. Bags made before it was written have none: all their sources are read."""


def marks(payload: Iterable[PayloadFile]) -> bytes:
    """The mark of each file by its path in the bag. Written as ASCII: names are checked only later."""
    return json.dumps({file.path: file.mark for file in payload}, indent=2).encode() + b"\n"


def differences(bag: Path, sources: Iterable[PayloadFile], stopped: Stopped) -> Iterator[str]:
    """A sentence for each source that came or changed since. The bag itself was proven right before.

    A mark that moved proves nothing: the file was touched, or came to another disk, or the bag is an older copy of the
    same content.
    """
    kept = _kept(bag)
    try:
        sizes = {path: (bag / path).stat().st_size for path in kept}
    except OSError as error:
        raise _unreadable(bag, error) from error
    marked = _marked(bag)
    for source in sources:
        path = f"data/{source.path}"
        if source.is_fixed:
            continue
        if path not in kept:
            yield f"{source.path} was added since"
        elif sizes[path] != source.size_bytes:
            yield f"{source.path} has {source.size_bytes:,} bytes now and had {sizes[path]:,}"
        elif (
            source.mark != marked.get(source.path)
            and digested(source.chunks(), source.path, stopped).digest != kept[path]
        ):
            yield f"{source.path} was written to since"


def removed(bag: Path, sources: Iterable[PayloadFile]) -> list[str]:
    """What the bag has and the sources have not any more."""
    there = {source.path for source in sources}
    return [name for path in _kept(bag) if (name := path.removeprefix("data/")) not in there]


def _kept(bag: Path) -> dict[str, str]:
    """Digest of each payload file by its path in the bag."""
    try:
        return dict(parse_manifest((bag / PAYLOAD_MANIFEST).read_bytes().decode())[0])
    except OSError as error:
        raise _unreadable(bag, error) from error


def _unreadable(bag: Path, error: OSError) -> Unavailable:
    return Unavailable(f"Cannot read {bag}: {error.strerror}. It is tried again")


def _marked(bag: Path) -> dict[str, str]:
    try:
        return dict(json.loads((bag / SOURCES_FILE).read_bytes()))
    except (OSError, ValueError):
        return {}
