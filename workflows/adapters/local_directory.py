"""An archive in a local directory: a folder per subject, in it a BagIt bag per content. Safe to call twice.

Tamper-evident, not tamper-proof: files are read-only and each digest is checked against one recorded outside,
but whoever owns the disk can delete a bag, and nothing here is locked until any date. Promises that nobody can
delete need a store with object lock.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from data.archive.auditing import Turn, share
from data.archive.bag import publish, sync_folders, write_bag, write_synced, writing
from data.archive.fixity import PAYLOAD, check, differing, digested, held_to, looks_complete, read_back
from data.archive.freshness import all_digests_of, before, digests_of, files_of
from data.archive.keeping import Keeping
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, sha256_id
from data.archive.results import Artifact, Audited, Drilled, Mended, Stopped, Stored, StoredFile, Wrapping
from data.errors import Corrupt, Unavailable
from data.records.archived import Archived
from workflows.adapters.archived_payload import (
    BRING_BACK,
    DAMAGED,
    described,
    payload_of,
    require_current,
    require_inside,
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
from workflows.adapters.bag_copies import restored
from workflows.adapters.bag_mending import put_right
from workflows.artifact_store import Whole

_PARTIAL, _RESTORED = ".partial", ".restored"


class LocalDirectory:
    """`root` is made when the first archive is put; locations are relative to it, so it can be moved."""

    def __init__(self, root: Path, sources: ArtifactSources | None = None) -> None:
        self.root = root
        self._sources = sources or ArtifactSources()

    def put(
        self,
        name: str,
        artifacts: Sequence[Artifact],
        wrapping: Wrapping,
        now: Callable[[], datetime],
        stopped: Stopped,
    ) -> Stored:
        """Archive the artifacts of a subject. The same content put twice is one bag with one id.

        A bag already there is read back before the new copy of it is thrown away: Corrupt when it has rotted.
        """
        payload = payload_of(artifacts, self._sources.files)
        require_whole(payload, wrapping)
        shelf = self.root / shelf_name(name, wrapping.retirement_id)
        with writing(shelf, 0):
            # Weights and data may have been readable to few; their copies are to this user alone, unless the
            # directory is there already with other rights.
            if not self.root.exists():
                self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            shelf.mkdir(parents=True, exist_ok=True)
        with alone(shelf):
            partial = shelf / _PARTIAL
            bag = write_bag(
                partial,
                payload,
                info=wrapping.info,
                describe=lambda bag: described(wrapping, bag, artifacts, payload),
                bagged_on=now().date(),
                stopped=stopped,
            )
            require_none_added(payload, payload_of(artifacts, self._sources.files))
            final = shelf / bag.preservation_id.removeprefix("sha256:")
            if final.exists():
                fixity = check(final, manifest_digest=bag.manifest_digest, stopped=stopped)
                require_sound(
                    fixity, f"Move {final} aside and keep it for a look, then archive again", read_at=now()
                )
                tags_digest = fixity.tags_digest
            else:
                tags_digest = sha256_id((partial / TAG_MANIFEST).read_bytes())
                publish(partial, final)
        archived = Archived(
            location=final.relative_to(self.root).as_posix(),
            preservation_id=bag.preservation_id,
            manifest_digest=bag.manifest_digest,
            tags_digest=tags_digest,
            files=len(bag.files),
            bytes=bag.bytes,
        )
        return Stored(archived=archived, artifacts=bag.files)

    def drill(
        self,
        archived: Archived,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        """Restore the whole bag beside itself, check that copy and remove it. Changes nothing stored.

        The manifest in the bag may have been rewritten: it counts what was recorded when it was archived.
        """
        bag = self._require_there(archived)
        with alone(bag.parent):
            return self._restored(archived, bag.parent / _RESTORED, now, stopped, gone)

    def fetch(
        self,
        archived: Archived,
        target: Path,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        """Copy the bag to `target`, which appears there only once every digest held."""
        self._require_there(archived)
        with arriving(target) as partial:
            return self._restored(archived, partial, now, stopped, gone)

    def require_current(self, archived: Archived, artifacts: Sequence[Artifact], stopped: Stopped) -> None:
        bag = self.path(archived.location)
        require_current(before(bag), payload_of(artifacts, self._sources.left), str(bag), stopped)

    def exists(self, archived: Archived, *, gone: Collection[str] = ()) -> bool:
        """A cheap look: the recorded manifest is there, with as many files and bytes as it had. No proof."""
        bag = self.path(archived.location)
        return looks_complete(
            bag, manifest_digest=archived.manifest_digest, tags_digest=archived.tags_digest, gone=gone
        )

    def audit(
        self,
        archived: Archived,
        turn: Turn,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Audited:
        """Where a look does not find all of it, all of it is read: that names what is wrong."""
        bag = self._require_there(archived)
        expected = {
            path: digest
            for path, digest in all_digests_of(bag).items()
            if path.removeprefix(PAYLOAD) not in gone
        }
        sizes = {path: (bag / path).stat().st_size for path in expected if (bag / path).is_file()}
        if len(sizes) < max(len(expected), 1) or not self.exists(archived, gone=gone):
            whole = held_to(archived, bag, stopped=stopped, gone=gone)
            require_sound(whole, BRING_BACK, read_at=now())
        paths, upto = share(sizes, turn)
        fixity = differing(
            {path: expected[path] for path in paths},
            lambda path: digested(read_back(bag / path), bag / path, stopped),
            manifest_digest=archived.manifest_digest,
        )
        require_sound(fixity, BRING_BACK, read_at=now())
        return Audited(files=fixity.files, bytes=fixity.bytes, upto=upto)

    def keep(self, archived: Archived, keeping: Keeping, *, paths: Collection[str] | None = None) -> None:  # noqa: ARG002
        """Nothing can be locked here: only the record knows until when it is kept, and `prune` is told."""
        self._require_there(archived)

    def files(self, archived: Archived) -> tuple[StoredFile, ...]:
        bag = self._require_there(archived)
        try:
            digests = digests_of((bag / PAYLOAD_MANIFEST).read_bytes())
        except FileNotFoundError as error:
            raise Corrupt(f"{bag / PAYLOAD_MANIFEST} is missing. {BRING_BACK}") from error
        there = ((path, bag / path) for path in digests)
        return files_of(digests, {path: file.stat().st_size for path, file in there if file.is_file()})

    def prune(
        self, archived: Archived, paths: Collection[str], tombstone: bytes, keeping: Keeping, now: datetime
    ) -> None:
        bag = self._require_there(archived)
        listed = digests_of((bag / PAYLOAD_MANIFEST).read_bytes())
        archived_here = {path.removeprefix(PAYLOAD) for path in listed}
        require_prunable(paths, archived_here, keeping, now, str(bag))
        with writing(bag, len(tombstone)), alone(bag.parent):
            stone = bag.with_name(tombstone_name(bag.name, tombstone))
            if not stone.exists():
                # Only a whole one has the name: of what goes after it, it is what stays.
                half = stone.with_name(f".{stone.name}")
                half.unlink(missing_ok=True)
                write_synced(half, iter([tombstone]))
                half.rename(stone)
                sync_folders(bag.parent)
            # What was bad of it once is that class as well, all but a bit of it.
            for place in (bag, *bag.parent.glob(f"{bag.name}{DAMAGED}*")):
                for path in paths:
                    (place / PAYLOAD / path).unlink(missing_ok=True)
                sync_folders(place)

    def copy_of(self, archived: Archived) -> Archived | None:
        return archived if self.path(archived.location).is_dir() else None

    def put_right(
        self,
        archived: Archived,
        whole: Whole,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Mended:
        bag = self.path(archived.location)
        with writing(bag, archived.bytes):
            bag.parent.mkdir(parents=True, exist_ok=True)
        with alone(bag.parent):
            return Mended(names=put_right(bag, archived, whole, now, stopped, gone=gone))

    def path(self, location: str) -> Path:
        """Where a bag lies."""
        require_inside(location, "directory")
        return self.root / location

    def _require_there(self, archived: Archived) -> Path:
        bag = self.path(archived.location)
        if not self.root.is_dir():
            raise Unavailable(
                f"Cannot reach the archive {self.root}: no such directory. "
                "Mount it or correct EMERITUS_ARCHIVE; it is tried again"
            )
        if not bag.is_dir():
            raise Corrupt(f"The archive {bag} is missing. {BRING_BACK}")
        return bag

    def _restored(
        self,
        archived: Archived,
        target: Path,
        now: Callable[[], datetime],
        stopped: Stopped,
        gone: Collection[str],
    ) -> Drilled:
        findings = restored(self.path(archived.location), target, stopped, gone)
        fixity = held_to(archived, target, stopped=stopped, gone=gone)
        fixity = with_first(findings, fixity)
        read_at = now()
        require_sound(fixity, BRING_BACK, read_at=read_at)
        return Drilled(
            files=fixity.files, bytes=fixity.bytes, read_at=read_at, manifest_digest=fixity.manifest_digest
        )


@contextmanager
def alone(shelf: Path) -> Iterator[None]:
    """Hold the shelf against other processes, and leave no half-finished copy on it, even a killed one's."""
    with writing(shelf, 0):
        descriptor = os.open(shelf, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(
                f"Another copy or drill is under way in {shelf}; it is tried again when that has ended"
            ) from error
        try:
            _sweep(shelf)
            yield
        finally:
            _sweep(shelf)
    finally:
        os.close(descriptor)


def _sweep(shelf: Path) -> None:
    with writing(shelf, 0):
        for name in (_PARTIAL, _RESTORED):
            if (shelf / name).exists():
                shutil.rmtree(shelf / name)
