"""Reads an archive back from a store that fsspec has a driver for, and says what is wrong with which of its files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

import msgspec

from data.archive.auditing import Turn, share
from data.archive.bag import sync_folders, write_synced
from data.archive.bag_paths import stays_inside
from data.archive.findings import Fault, Finding, Fixity
from data.archive.fixity import Read, differing, digested, judged
from data.archive.freshness import SOURCES_FILE, Before, digests_of, marks_of
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, sha256_id
from data.archive.results import Audited, Stopped
from data.errors import Corrupt, Unavailable
from data.records.archived import Archived
from workflows.adapters.archived_payload import BRING_BACK, require_inside
from workflows.adapters.fsspec_archive.objects import BLOCK_BYTES, Objects
from workflows.adapters.s3_archive.listing import OBJECTS_FILE, Listing, Placed, is_of

T = TypeVar("T")
_LISTINGS = msgspec.json.Decoder(Listing)


class Reader:
    def __init__(self, objects: Objects, archived: Archived) -> None:
        require_inside(archived.location, "store")
        self._objects, self._archived = objects, archived
        self.where = objects.where(archived.location)

    @cached_property
    def listing(self) -> Listing:
        """Corrupt where it is not there. Others may have written it: what it says is held to the record."""
        where = f"{self.where}/{OBJECTS_FILE}"
        try:
            content = b"".join(self._objects.read(f"{self._archived.location}/{OBJECTS_FILE}"))
            listing = _LISTINGS.decode(content)
        except FileNotFoundError as error:
            raise Corrupt(f"The archive {where} is missing. {BRING_BACK}") from error
        except msgspec.DecodeError as error:
            raise Corrupt(f"{where} cannot be read: {error}. {BRING_BACK}") from error
        if hostile := [one.path for one in listing.objects if not stays_inside(one.path)]:
            raise Corrupt(f"{where} lists what leads out of it: {hostile[0]!r}. {BRING_BACK}")
        return listing

    def left(self, gone: Collection[str]) -> list[Placed]:
        """Without what was pruned. Corrupt where it says something else than the record: nothing is known by it."""
        if not is_of(self.listing, self._archived):
            raise Corrupt(
                f"{self.where}/{OBJECTS_FILE} lists something else than is on record of it. {BRING_BACK}"
            )
        return self.listing.left(gone)

    def take(self, one: Placed, consume: Callable[[Iterator[bytes]], T], stopped: Stopped) -> T | Finding:
        """What `consume` makes of its bytes."""

        def until_stopped() -> Iterator[bytes]:
            for chunk in self._objects.read(f"{self._archived.location}/{one.path}"):
                if stopped():
                    raise Unavailable(f"Stopped while reading {one.path}; it starts over")
                yield chunk

        try:
            return consume(until_stopped())
        except FileNotFoundError:
            return Finding(fault=Fault.MISSING, path=one.path, expected=one.sha256)

    def fixity(self, stopped: Stopped, gone: Collection[str]) -> Fixity:
        """All of it, read."""
        read: dict[str, Read] = {}
        manifests: dict[str, bytes] = {}
        findings = []
        for one in self.listing.left(gone):
            if one.path in (PAYLOAD_MANIFEST, TAG_MANIFEST):
                content = self.take(one, b"".join, stopped)
                if isinstance(content, bytes):
                    manifests[one.path] = content
                found = content if isinstance(content, Finding) else digested([content], one.path, stopped)
            else:
                found = self._read(one, stopped)
            if isinstance(found, Finding):
                findings.append(found)
            else:
                read[one.path] = found
        return judged(
            read,
            manifests,
            findings,
            manifest_digest=self._archived.manifest_digest,
            tags_digest=self._archived.tags_digest,
            gone=gone,
        )

    def brought(self, target: Path, stopped: Stopped, gone: Collection[str]) -> list[Finding]:
        """Write all of it below `target`, which is made. What is not there is a finding."""
        objects, findings = self.listing.left(gone), []
        target.mkdir()
        for one in objects:
            found = self.take(one, partial(write_synced, target / one.path), stopped)
            if isinstance(found, Finding):
                (target / one.path).unlink(missing_ok=True)
                findings.append(found)
        sync_folders(target)
        return findings

    def audited(self, turn: Turn, stopped: Stopped, gone: Collection[str]) -> tuple[Audited, Fixity]:
        """A look at all of it, and a share read."""
        left = {one.path: one for one in self.left(gone)}
        paths, upto = share({path: one.bytes for path, one in left.items()}, turn)
        fixity = differing(
            {path: left[path].sha256 for path in paths},
            lambda path: self._read(left[path], stopped),
            manifest_digest=self._archived.manifest_digest,
        )
        told = {one.path: one for one in reversed([*self.looked_at(gone), *fixity.findings])}
        whole = msgspec.structs.replace(fixity, findings=tuple(reversed(told.values())))
        return Audited(files=fixity.files, bytes=fixity.bytes, upto=upto), whole

    def looked_at(self, gone: Collection[str]) -> list[Finding]:
        """What differs without any payload being read."""
        there = self._objects.sizes(self._archived.location)
        found = []
        for one in self.left(gone):
            size = there.get(one.path)
            if size is None:
                found.append(Finding(fault=Fault.MISSING, path=one.path, expected=one.sha256))
            elif size != one.bytes:
                said = f"it has {size:,} bytes instead of {one.bytes:,}"
                found.append(Finding(fault=Fault.UNREADABLE, path=one.path, expected=one.sha256, found=said))
        return found

    def strangers(self) -> tuple[str, ...]:
        """What somebody else put beside the objects."""
        own = {OBJECTS_FILE, *(one.path for one in self.listing.objects)}
        there = self._objects.sizes(self._archived.location)
        return tuple(f"{path} is not of this archive" for path in sorted(there.keys() - own))

    def as_archived(self) -> Before:
        """What its sources are compared with."""
        manifest, sources = (self._content(name) for name in (PAYLOAD_MANIFEST, SOURCES_FILE))
        if manifest is None:
            raise Corrupt(f"{self.where} has no {PAYLOAD_MANIFEST}. {BRING_BACK}")
        return Before(
            digests=digests_of(manifest),
            sizes={one.path: one.bytes for one in self.listing.objects},
            marks=marks_of(sources or b"{}"),
        )

    def _content(self, path: str) -> bytes | None:
        placed = next((one for one in self.listing.objects if one.path == path), None)
        found = self.take(placed, b"".join, lambda: False) if placed else None
        return found if isinstance(found, bytes) else None

    def _read(self, one: Placed, stopped: Stopped) -> Read | Finding:
        return self.take(one, partial(digested, what=one.path, stopped=stopped), stopped)


def placed(path: str, bytes_: int, digest: str) -> Placed:
    return Placed(path=path, version="", bytes=bytes_, sha256=digest.removeprefix("sha256:"), checksum="")


def listed(files: Mapping[str, Path], archived: Archived) -> Listing:
    """By its manifests, which list what was pruned, too."""
    manifests = {name: files[name].read_bytes() for name in (PAYLOAD_MANIFEST, TAG_MANIFEST)}
    digests = {TAG_MANIFEST: sha256_id(manifests[TAG_MANIFEST])}
    for content in manifests.values():
        digests |= digests_of(content)
    objects = (
        placed(path, files[path].stat().st_size if path in files else 0, digests[path])
        for path in sorted(digests)
    )
    return Listing(preservation_id=archived.preservation_id, part_bytes=BLOCK_BYTES, objects=tuple(objects))
