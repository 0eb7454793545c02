"""Writes files as a BagIt 1.0 bag (RFC 8493) with SHA-256; each source is read once.

The bag appears under its final name only when it is whole and on disk: it is written beside it, every file
and folder is synced, and one rename publishes it. A half-written one is never repaired; it is written anew.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from data.archive.bag_paths import require_safe
from data.archive.hashing import Digest
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, manifest_of, payload_manifest, sha256_id
from data.archive.results import Bag, Describe, PayloadFile, Stopped, StoredFile
from data.archive.syncing import Syncing
from data.errors import Refused, Unavailable

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
OWN_LABELS = ("Bag-Software-Agent", "Bagging-Date", "External-Identifier", "Payload-Oxum")

# Blocks, inodes and manifest lines beside the payload; a guess that is checked by writing, not relied upon.
OVERHEAD_BYTES_PER_FILE = 8_192

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_bag(
    folder: Path,
    payload: Sequence[PayloadFile],
    *,
    info: Mapping[str, str],
    describe: Describe,
    bagged_on: date,
    stopped: Stopped,
) -> Bag:
    """Write a whole bag into `folder`, which must not exist yet, and sync it. On an error the folder is left.

    info   labels of bag-info.txt, e.g. Source-Organization; those we set ourselves may not be among them
    describe  further files at the top of the bag, by name
    """
    require_fit(payload, info)
    bytes_needed = sum(file.size_bytes + OVERHEAD_BYTES_PER_FILE for file in payload)
    with writing(folder, bytes_needed):
        _require_space(folder.parent, bytes_needed)
        (folder / "data").mkdir(parents=True)
        with Syncing() as syncing:
            stored = [_copied(file, folder / "data" / file.path, syncing, stopped) for file in payload]
            # The files belong together: one replaced after its own copy would mix two versions in one archive.
            for file in payload:
                file.recheck()
            bag = bag_of(stored)
            tags = tag_files(bag, info=info, further=describe(bag), bagged_on=bagged_on)
            for name, content in tags.items():
                syncing.write(folder / name, [content])
        sync_folders(folder)
    return bag


def require_fit(payload: Sequence[PayloadFile], info: Mapping[str, str]) -> None:
    """Can a bag be made of these? Asked before the first byte is read."""
    assert not set(info) & set(OWN_LABELS), f"bag-info labels set by the writer: {OWN_LABELS}"
    if not payload:
        raise Refused(
            "Cannot archive nothing",
            reasons=["no artifact has a file"],
            next_step="Name the model's artifacts in the catalog",
        )
    require_safe(file.path for file in payload)


def publish(folder: Path, final: Path) -> None:
    """Give a written bag its final name, durably. `final` must not exist or be empty."""
    with writing(final, 0):
        folder.rename(final)
        _sync(final.parent)


@contextmanager
def writing(path: Path, bytes_needed: int) -> Iterator[None]:
    """Turn what the disk says while we write to it into an error that says what is needed and what to do."""
    try:
        yield
    except OSError as error:
        problem = error.strerror or str(error)
        if error.errno in _FULL:
            raise _full(path, bytes_needed, problem) from error
        raise Unavailable(
            f"Cannot write the archive {path}: {problem}; {bytes_needed:,} bytes are to be written. "
            "Let the bot write there or set EMERITUS_ARCHIVE to another place; it is tried again"
        ) from error


def write_synced(path: Path, chunks: Iterator[bytes]) -> None:
    """Create a file that is on disk when this returns, and that nobody overwrites by accident."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fchmod(file.fileno(), 0o444)
        os.fsync(file.fileno())


def sync_folders(top: Path) -> None:
    """Make the names durable too: a synced file in an unsynced folder can be lost in a power cut."""
    for folder, _, _ in os.walk(top, topdown=False):
        _sync(Path(folder))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_space(folder: Path, bytes_needed: int) -> None:
    while not folder.exists():
        folder = folder.parent
    if (bytes_free := shutil.disk_usage(folder).free) < bytes_needed:
        problem = f"only {bytes_free:,} bytes are free"
        if not os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            problem += ", and the bot may not write there, either"
        raise _full(folder, bytes_needed, problem)


def _full(path: Path, bytes_needed: int, problem: str) -> Unavailable:
    return Unavailable(
        f"Cannot write the archive {path}: {problem}; {bytes_needed:,} bytes are needed. "
        "Free that much or set EMERITUS_ARCHIVE to a larger disk; it is tried again"
    )


class Reading:
    """One pass over a source. Once `chunks` has ended, `stored` says what it was."""

    def __init__(self, source: PayloadFile, stopped: Stopped) -> None:
        self._source, self._stopped = source, stopped
        self._digest, self._bytes = Digest(), 0

    def chunks(self) -> Iterator[bytes]:
        try:
            yield from self._chunks()
        finally:
            self._digest.close()

    def _chunks(self) -> Iterator[bytes]:
        source = self._source
        for chunk in source.chunks():
            if self._stopped():
                raise Unavailable(
                    f"Stopped while copying {source.path}; the archive is written anew next time"
                )
            self._digest.update(chunk)
            self._bytes += len(chunk)
            if self._bytes > source.size_bytes:
                # A file that is appended to as fast as it is read would never end.
                raise changed(source.path, f"{source.size_bytes:,} bytes when listed, more when read")
            yield chunk

    def to_the_end(self) -> StoredFile:
        """Read it for its digest alone."""
        for _ in self.chunks():
            pass
        return self.stored()

    def stored(self) -> StoredFile:
        """Raises `Refused` where the source did not hold still."""
        source = self._source
        source.recheck()
        if self._bytes != source.size_bytes:
            raise changed(source.path, f"{source.size_bytes:,} bytes when listed, {self._bytes:,} when read")
        artifact_id = f"sha256:{self._digest.hexdigest()}"
        return StoredFile(path=source.path, artifact_id=artifact_id, bytes=self._bytes)


def _copied(source: PayloadFile, target: Path, syncing: Syncing, stopped: Stopped) -> StoredFile:
    reading = Reading(source, stopped)
    syncing.write(target, reading.chunks())
    return reading.stored()


def changed(name: str, how: str) -> Refused:
    """The refusal for a source that did not hold still."""
    return Refused(
        f"Cannot archive {name}",
        reasons=[f"it changed while it was copied ({how})"],
        next_step="Stop what writes to it, then archive again",
    )


def bag_of(stored: Sequence[StoredFile]) -> Bag:
    """What a bag of these files is called, whatever stands beside them."""
    digest = sha256_id(payload_manifest(stored))
    files = tuple(sorted(stored, key=lambda file: file.path))
    return Bag(
        preservation_id=digest, manifest_digest=digest, files=files, bytes=sum(file.bytes for file in files)
    )


def tag_files(
    bag: Bag, *, info: Mapping[str, str], further: Mapping[str, bytes], bagged_on: date
) -> dict[str, bytes]:
    """All that stands at the top of a bag, by name: the declaration, labels, both manifests, and `further`.

    The tag manifest, which lists all others, comes last.
    """
    labels = {
        **info,
        "Bagging-Date": bagged_on.isoformat(),
        "Bag-Software-Agent": "Emeritus",
        "External-Identifier": bag.preservation_id,
        "Payload-Oxum": f"{bag.bytes}.{len(bag.files)}",
    }
    contents = {
        **further,
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(_info_line(label, value) for label, value in labels.items()).encode(),
        PAYLOAD_MANIFEST: payload_manifest(bag.files),
    }
    contents[TAG_MANIFEST] = manifest_of(
        (name, hashlib.sha256(content).hexdigest()) for name, content in contents.items()
    )
    return contents


def _info_line(label: str, value: str) -> str:
    """One line, whatever a person typed: a line break in a value would start a label of their choosing."""
    name = re.sub(r"[:\s]+", "-", label.strip())
    return f"{name}: {' '.join(value.split())}\n"
