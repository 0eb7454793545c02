"""An archive in a bucket: a place per content, in it the objects of a BagIt bag. Safe to call twice.

Where a bag lies is named after what its sources were like when they were listed, since its content is known only
once all of it was read, and what is copied in S3 afterwards would have neither our checksums nor our locks. So what
is tried again finds what it wrote before. Tamper-proof as far as the bucket's Object Lock goes; without one whoever
may write there can delete it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from data.archive.auditing import Turn
from data.archive.bag import Reading, bag_of, require_fit, tag_files
from data.archive.findings import Fixity
from data.archive.fixity import PAYLOAD, held_to
from data.archive.freshness import files_of
from data.archive.keeping import Keeping, longest
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, sha256_id
from data.archive.results import (
    Artifact,
    Audited,
    Drilled,
    Mended,
    PayloadFile,
    Stopped,
    Stored,
    StoredFile,
    Wrapping,
)
from data.errors import Corrupt, EmeritusError, Unavailable
from data.records.archived import Archived
from workflows.adapters.archived_payload import (
    BRING_BACK,
    described,
    payload_of,
    require_current,
    require_inside,
    require_none_added,
    require_sound,
    require_whole,
    shelf_name,
    with_first,
)
from workflows.adapters.arriving import arriving
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.adapters.s3_archive.bucket import Bucket, of_version
from workflows.adapters.s3_archive.checking import as_archived, audited, fetched, fixity_of, looks_complete
from workflows.adapters.s3_archive.holding import keep, prune
from workflows.adapters.s3_archive.listing import (
    ID_IN_METADATA,
    OBJECTS_FILE,
    Listing,
    Placed,
    encoded,
    hide,
    strangers,
)
from workflows.adapters.s3_archive.mending import copy_of, put_right
from workflows.adapters.s3_archive.reading import Reader, load
from workflows.adapters.s3_archive.shelf import (
    archived_at,
    archived_before,
    end_uploads,
    listed_as,
    listed_there,
)
from workflows.adapters.s3_archive.writing import PART_BYTES, SINGLE_BYTES_MAX, Writer
from workflows.artifact_store import Whole


class S3Archive:
    """Locations are relative to the prefix, so an archive can be copied to another bucket that keeps version ids."""

    def __init__(
        self,
        bucket: Bucket,
        sources: ArtifactSources | None = None,
        *,
        part_bytes: int = PART_BYTES,
        single_bytes_max: int = SINGLE_BYTES_MAX,
    ) -> None:
        self._bucket, self._sources = bucket, sources or ArtifactSources()
        self._part_bytes = part_bytes
        self._writer = partial(Writer, part_bytes=part_bytes, single_bytes_max=single_bytes_max)

    def put(
        self,
        name: str,
        artifacts: Sequence[Artifact],
        wrapping: Wrapping,
        now: Callable[[], datetime],
        stopped: Stopped,
    ) -> Stored:
        """Archive the artifacts of a subject. The same content put twice is one archive with one id.

        One already there is read back before the new copy of it is thrown away: Corrupt when it has rotted.
        """
        payload = payload_of(artifacts, self._sources.files)
        require_whole(payload, wrapping)
        require_fit(payload, wrapping.info)
        shelf = shelf_name(name, wrapping.retirement_id)
        location = f"{shelf}/{listed_as(payload)}"
        self._bucket.require_keys(f"{location}/{PAYLOAD}{file.path}" for file in payload)
        traits = self._bucket.traits()
        self._bucket.mode(traits)
        end_uploads(self._bucket, shelf, location, now())
        there = listed_there(self._bucket, location)
        writer = self._writer(self._bucket, location, traits, there)
        placed: list[Placed] = []
        is_finished = OBJECTS_FILE in there
        if is_finished:
            stored = [Reading(file, stopped).to_the_end() for file in payload]
        else:
            stored, placed = writer.payload(payload, partial(keeping_of, wrapping.keeping), stopped)
        # The files belong together: one replaced after its own copy would mix two versions in one archive.
        for file in payload:
            file.recheck()
        require_none_added(payload, payload_of(artifacts, self._sources.files))
        bag = bag_of(stored)
        if (archived := archived_before(self._bucket, shelf, bag)) is not None:
            tags_digest = self._require_same(archived, location, placed, now, stopped)
            archived = replace(archived, tags_digest=tags_digest)
            self._keep_by_role(archived, payload, wrapping)
            return Stored(archived=archived, artifacts=bag.files)
        if is_finished:
            where = self._bucket.where(location)
            raise Corrupt(f"{where} lists other content than was there. {hide(where)}, then archive again")
        tags = tag_files(
            bag,
            info=wrapping.info,
            further=described(wrapping, bag, artifacts, payload),
            bagged_on=now().date(),
        )
        keeping = longest(wrapping.keeping.values())
        # The manifest comes after all that it lists, and last of all what says that there is an archive.
        order = sorted(tags, key=lambda path: (path == PAYLOAD_MANIFEST, path == TAG_MANIFEST))
        placed += [writer.tag(path, tags[path], keeping) for path in order]
        listing = Listing(
            preservation_id=bag.preservation_id, part_bytes=self._part_bytes, objects=tuple(placed)
        )
        last = writer.tag(OBJECTS_FILE, encoded(listing), keeping, {ID_IN_METADATA: bag.preservation_id})
        finished = archived_at(self._bucket, location, bag, last.version)
        if finished is None:
            raise Unavailable(f"{self._bucket.where(location)} is gone again. It is archived anew")
        vouched = replace(finished, tags_digest=sha256_id(tags[TAG_MANIFEST]))
        return Stored(archived=vouched, artifacts=bag.files)

    def drill(
        self,
        archived: Archived,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        """Read every byte of every version back from the bucket. Changes nothing stored."""
        self._require_inside(archived)
        listing = load(self._bucket, archived)
        reader = Reader(self._bucket, archived.location)
        fixity = fixity_of(reader, archived, listing, stopped, gone)
        return self._drilled(archived, listing, fixity, now(), reader)

    def fetch(
        self,
        archived: Archived,
        target: Path,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        """Bring the bag to `target`, which appears there only once every digest held."""
        self._require_inside(archived)
        with arriving(target) as arrived:
            listing = load(self._bucket, archived)
            reader, where = Reader(self._bucket, archived.location), self._bucket.where(archived.location)
            findings = fetched(reader, where, listing, arrived, stopped=stopped, gone=gone)
            fixity = held_to(archived, arrived, stopped=stopped, gone=gone)
            return self._drilled(archived, listing, with_first(findings, fixity), now(), reader)

    def require_current(self, archived: Archived, artifacts: Sequence[Artifact], stopped: Stopped) -> None:
        self._require_inside(archived)
        before = as_archived(self._bucket, archived)
        left = payload_of(artifacts, self._sources.left)
        require_current(before, left, self._bucket.where(archived.location), stopped)

    def exists(self, archived: Archived, *, gone: Collection[str] = ()) -> bool:
        """A cheap look: the recorded manifest is there, and each version with as many bytes as it had. No proof."""
        self._require_inside(archived)
        return looks_complete(self._bucket, archived, gone)

    def audit(
        self,
        archived: Archived,
        turn: Turn,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Audited:
        self._require_inside(archived)
        listing = load(self._bucket, archived)
        found, fixity = audited(self._bucket, archived, listing, turn, stopped=stopped, gone=gone)
        require_sound(fixity, BRING_BACK, read_at=now())
        return found

    def keep(self, archived: Archived, keeping: Keeping, *, paths: Collection[str] | None = None) -> None:
        self._require_inside(archived)
        keep(self._bucket, archived, keeping, paths)

    def files(self, archived: Archived) -> tuple[StoredFile, ...]:
        self._require_inside(archived)
        before = as_archived(self._bucket, archived)
        return files_of(before.digests, before.sizes)

    def prune(
        self, archived: Archived, paths: Collection[str], tombstone: bytes, keeping: Keeping, now: datetime
    ) -> None:
        self._require_inside(archived)
        prune(self._bucket, archived, paths, tombstone, keeping=keeping, now=now)

    def copy_of(self, archived: Archived) -> Archived | None:
        self._require_inside(archived)
        return copy_of(self._bucket, archived)

    def put_right(
        self,
        archived: Archived,
        whole: Whole,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Mended:
        self._require_inside(archived)
        return put_right(self._bucket, archived, whole, now, stopped, gone=gone, writer=self._writer)

    def _require_inside(self, archived: Archived) -> None:
        require_inside(archived.location, "bucket")

    def _drilled(
        self, archived: Archived, listing: Listing, fixity: Fixity, read_at: datetime, reader: Reader
    ) -> Drilled:
        require_sound(fixity, BRING_BACK, read_at=read_at)
        return Drilled(
            files=fixity.files,
            bytes=fixity.bytes,
            read_at=read_at,
            manifest_digest=fixity.manifest_digest,
            noticed=(*strangers(self._bucket, archived, listing), *reader.unlocked.values()),
        )

    def _require_same(
        self,
        archived: Archived,
        location: str,
        placed: Sequence[Placed],
        now: Callable[[], datetime],
        stopped: Stopped,
    ) -> str:
        """The archive that is there holds; what was written besides it now goes again, unless it is locked.

        The digest of its tag manifest.
        """
        listing = load(self._bucket, archived)
        fixity = fixity_of(Reader(self._bucket, archived.location), archived, listing, stopped, ())
        then = f"{hide(self._bucket.where(archived.location))}, then archive again"
        require_sound(fixity, then, read_at=now())
        kept = {(archived.location, one.path, one.version) for one in listing.objects}
        for one in placed:
            if (location, one.path, one.version) not in kept:
                key = self._bucket.key(f"{location}/{one.path}")
                with suppress(EmeritusError), self._bucket.errors(f"remove {key}"):
                    self._bucket.client.delete_object(
                        Bucket=self._bucket.name, Key=key, **of_version(one.version)
                    )
        return fixity.tags_digest

    def _keep_by_role(self, archived: Archived, payload: Sequence[PayloadFile], wrapping: Wrapping) -> None:
        """As long as is asked for now, where that is longer than when it was written."""
        by_role: dict[str, list[str]] = {}
        for file in payload:
            by_role.setdefault(file.role, []).append(file.path)
        for role, paths in by_role.items() if wrapping.keeping else ():
            self.keep(archived, keeping_of(wrapping.keeping, role), paths=paths)


def keeping_of(keeping: Mapping[str, Keeping], role: str) -> Keeping:
    return keeping.get(role) or keeping.get("") or Keeping()
