"""An archive in a store that fsspec has a driver for: the objects of a BagIt bag, and `objects.json` after all of them.

Laid out as in S3. Tamper-evident, not tamper-proof: it has nothing of what schemes.py says it lacks. What arrives is
not compared with our digests there, so all of it is read back before it is an archive. A run that was cut off begins
anew, since what it left could only be compared by reading it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from data.archive.auditing import ALL, Turn
from data.archive.bag import Reading, bag_of, require_fit, tag_files
from data.archive.findings import Fixity
from data.archive.fixity import PAYLOAD, held_to, read_back
from data.archive.freshness import files_of
from data.archive.keeping import Keeping
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, sha256_id
from data.archive.results import (
    Artifact,
    Audited,
    Bag,
    Drilled,
    Mended,
    PayloadFile,
    Stopped,
    Stored,
    StoredFile,
    Wrapping,
)
from data.errors import Corrupt, Unavailable
from data.records.archived import Archived
from workflows.adapters.archived_payload import (
    BRING_BACK,
    DAMAGED,
    described,
    held_here,
    payload_of,
    require_current,
    require_keys,
    require_none_added,
    require_prunable,
    require_sound,
    require_whole,
    shelf_name,
    tombstone_name,
    with_first,
)
from workflows.adapters.arriving import arriving
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.adapters.fsspec_archive.objects import BLOCK_BYTES, WHOLE_BYTES_MAX, Objects
from workflows.adapters.fsspec_archive.reading import Reader, listed, placed
from workflows.adapters.s3_archive.listing import OBJECTS_FILE, Listing, encoded
from workflows.adapters.s3_archive.sending import Sending
from workflows.adapters.s3_archive.shelf import listed_as
from workflows.artifact_store import EVERYTHING, Whole

Now = Callable[[], datetime]


class FsspecArchive:
    """Locations are relative to the address, so an archive can be copied elsewhere."""

    def __init__(self, objects: Objects, sources: ArtifactSources | None = None) -> None:
        self._objects, self._sources = objects, sources or ArtifactSources()

    def put(
        self,
        name: str,
        artifacts: Sequence[Artifact],
        wrapping: Wrapping,
        now: Now,
        stopped: Stopped,
    ) -> Stored:
        """The same content put twice is one archive, which is read back before what came besides goes again."""
        payload = payload_of(artifacts, self._sources.files)
        require_whole(payload, wrapping)
        require_fit(payload, wrapping.info)
        shelf = shelf_name(name, wrapping.retirement_id)
        location = f"{shelf}/{listed_as(payload)}"
        require_keys((f"{location}/{PAYLOAD}{file.path}" for file in payload), self._objects.where)
        there = self._objects.sizes(location)
        is_finished = OBJECTS_FILE in there
        if is_finished:
            stored = [Reading(file, stopped).to_the_end() for file in payload]
        else:
            stored = self._sent(location, payload, there, stopped)
        # The files belong together: one replaced after its own copy would mix two versions in one archive.
        for file in payload:
            file.recheck()
        require_none_added(payload, payload_of(artifacts, self._sources.files))
        bag = bag_of(stored)
        before = self._before(shelf, bag)
        if before is not None:
            reader = Reader(self._objects, before)
            then = f"Move {reader.where} aside, then archive again"
            require_sound(reader.fixity(stopped, ()), then, read_at=now())
            if not is_finished and before.location != location:
                for path in self._objects.sizes(location):
                    self._objects.remove(f"{location}/{path}")
            return Stored(archived=before, artifacts=bag.files)
        if is_finished:
            where = self._objects.where(location)
            raise Corrupt(f"{where} lists other content than was there. Move it aside, then archive again")
        further = described(wrapping, bag, artifacts, payload)
        tags = tag_files(bag, info=wrapping.info, further=further, bagged_on=now().date())
        # The manifest comes after all that it lists, and last of all what says that there is an archive.
        for path in sorted(tags, key=lambda path: (path == PAYLOAD_MANIFEST, path == TAG_MANIFEST)):
            self._write(f"{location}/{path}", tags[path], anew=path in there)
        archived = self._archived(location, bag, sha256_id(tags[TAG_MANIFEST]))
        listing = Listing(
            preservation_id=bag.preservation_id,
            part_bytes=BLOCK_BYTES,
            objects=(
                *(placed(f"{PAYLOAD}{one.path}", one.bytes, one.artifact_id) for one in bag.files),
                *(placed(path, len(tags[path]), sha256_id(tags[path])) for path in sorted(tags)),
            ),
        )
        reader = Reader(self._objects, archived)
        reader.listing = listing
        require_sound(reader.fixity(stopped, ()), "It did not arrive so. Archive again", read_at=now())
        self._write(f"{location}/{OBJECTS_FILE}", encoded(listing), anew=False)
        return Stored(archived=archived, artifacts=bag.files)

    def drill(self, archived: Archived, now: Now, stopped: Stopped, *, gone: Collection[str] = ()) -> Drilled:
        """Read every byte back from the store. Changes nothing stored."""
        reader = Reader(self._objects, archived)
        return _drilled(reader, reader.fixity(stopped, gone), now())

    def fetch(
        self, archived: Archived, target: Path, now: Now, stopped: Stopped, *, gone: Collection[str] = ()
    ) -> Drilled:
        """Bring the bag to `target`, which appears there only once every digest held."""
        reader = Reader(self._objects, archived)
        with arriving(target) as arrived:
            findings = reader.brought(arrived, stopped, gone)
            fixity = held_to(archived, arrived, stopped=stopped, gone=gone)
            return _drilled(reader, with_first(findings, fixity), now())

    def require_current(self, archived: Archived, artifacts: Sequence[Artifact], stopped: Stopped) -> None:
        reader = Reader(self._objects, archived)
        left = payload_of(artifacts, self._sources.left)
        require_current(reader.as_archived(), left, reader.where, stopped)

    def exists(self, archived: Archived, *, gone: Collection[str] = ()) -> bool:
        """A cheap look: the list is of what is on record, and each object as long as it was. No proof."""
        try:
            return not Reader(self._objects, archived).looked_at(gone)
        except Corrupt:
            return False

    def audit(
        self, archived: Archived, turn: Turn, now: Now, stopped: Stopped, *, gone: Collection[str] = ()
    ) -> Audited:
        reader = Reader(self._objects, archived)
        found, fixity = reader.audited(turn, stopped, gone)
        require_sound(fixity, BRING_BACK, read_at=now())
        return found

    def keep(self, archived: Archived, keeping: Keeping, *, paths: Collection[str] | None = None) -> None:
        """Nothing can be locked here: only the record knows until when it is kept, and `prune` is told."""

    def files(self, archived: Archived) -> tuple[StoredFile, ...]:
        before = Reader(self._objects, archived).as_archived()
        return files_of(before.digests, before.sizes)

    def prune(
        self, archived: Archived, paths: Collection[str], tombstone: bytes, keeping: Keeping, now: datetime
    ) -> None:
        reader = Reader(self._objects, archived)
        listed = {one.path.removeprefix(PAYLOAD) for one in reader.listing.objects if one.is_payload}
        require_prunable(paths, listed, keeping, now, reader.where)
        with suppress(FileExistsError):
            self._objects.write(tombstone_name(archived.location, tombstone), tombstone, anew=False)
        for path in paths:
            self._objects.remove(f"{archived.location}/{PAYLOAD}{path}")
        # What was bad of it once is that class as well, all but a bit of it.
        shelf, _, name = archived.location.rpartition("/")
        chosen = {f"{PAYLOAD}{path}" for path in paths}
        for other in self._objects.sizes(shelf):
            folder, _, path = other.partition("/")
            if folder.startswith(f"{name}{DAMAGED}") and path in chosen:
                self._objects.remove(f"{shelf}/{other}")

    def copy_of(self, archived: Archived) -> Archived | None:
        """Where its list is gone or bad, none of it is known."""
        try:
            return archived if Reader(self._objects, archived).left(()) else None
        except Corrupt:
            return None

    def put_right(
        self,
        archived: Archived,
        whole: Whole,
        now: Now,
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Mended:
        """What was bad is copied aside before it is written over, where the store still gives it."""
        reader, bad = Reader(self._objects, archived), None
        if self.copy_of(archived) is not None:
            _, fixity = reader.audited(ALL, stopped, gone)
            bad = frozenset(finding.path for finding in fixity.findings)
            if not bad:
                return Mended()
        aside = f"{archived.location}{DAMAGED}{now():%Y%m%dT%H%M%S}"
        with TemporaryDirectory(prefix="emeritus-") as folder:
            bag = Path(folder) / "bag"
            whole(bag, held_here([one.path for one in reader.listing.objects], bad) if bad else ())
            files = {path.relative_to(bag).as_posix(): path for path in bag.rglob("*") if path.is_file()}
            for path in sorted(files.keys() if bad is None else bad):
                with suppress(FileNotFoundError):
                    self._objects.copy(f"{archived.location}/{path}", f"{aside}/{path}")
                self._write(f"{archived.location}/{path}", read_back(files[path]), anew=True)
            if bad is None:
                reader.listing = listed(files, archived)
                self._write(f"{archived.location}/{OBJECTS_FILE}", encoded(reader.listing), anew=True)
        _, after = reader.audited(ALL, stopped, gone)
        require_sound(after, BRING_BACK, read_at=now())
        return Mended(names=(EVERYTHING,) if bad is None else tuple(sorted(bad)))

    def _sent(
        self, location: str, payload: Sequence[PayloadFile], there: Collection[str], stopped: Stopped
    ) -> list[StoredFile]:
        """Each byte is read once. What is short is sent while the next is read, what is long in blocks."""
        stored = []
        with Sending() as sending:
            for file in payload:
                path, reading = f"{PAYLOAD}{file.path}", Reading(file, stopped)
                write = partial(self._write, f"{location}/{path}", anew=path in there)
                if file.size_bytes > WHOLE_BYTES_MAX:
                    write(reading.chunks())
                else:
                    body = b"".join(reading.chunks())
                    sending.send(partial(write, body), len(body))
                stored.append(reading.stored())
            sending.settle()
        return stored

    def _before(self, shelf: str, bag: Bag) -> Archived | None:
        """On this shelf, finished and with the same content."""
        for path in sorted(self._objects.sizes(shelf)):
            place, _, name = path.partition("/")
            if name == OBJECTS_FILE:
                found = self._archived(f"{shelf}/{place}", bag, "")
                with suppress(Corrupt):
                    tags = {one.path: one.sha256 for one in Reader(self._objects, found).left(())}
                    return msgspec.structs.replace(found, tags_digest=f"sha256:{tags[TAG_MANIFEST]}")
        return None

    def _archived(self, location: str, bag: Bag, tags_digest: str) -> Archived:
        return Archived(
            location=location,
            preservation_id=bag.preservation_id,
            manifest_digest=bag.manifest_digest,
            files=len(bag.files),
            bytes=bag.bytes,
            tags_digest=tags_digest,
            lacks=self._objects.scheme.lacks,
        )

    def _write(self, path: str, content: bytes | Iterable[bytes], *, anew: bool) -> None:
        try:
            if isinstance(content, bytes):
                self._objects.write(path, content, anew=anew)
            else:
                self._objects.stream(path, content, anew=anew)
        except FileExistsError as error:
            raise Unavailable(
                f"Another copy is under way: it has written {self._objects.where(path)}. "
                "It is tried again when that has ended"
            ) from error


def _drilled(reader: Reader, fixity: Fixity, read_at: datetime) -> Drilled:
    require_sound(fixity, BRING_BACK, read_at=read_at)
    return Drilled(
        files=fixity.files,
        bytes=fixity.bytes,
        read_at=read_at,
        manifest_digest=fixity.manifest_digest,
        noticed=reader.strangers(),
    )
