"""Is an archive in the bucket still what was archived? All of it is read, or what is cheap is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from data.archive.bag import sync_folders, write_synced
from data.archive.bag_paths import stays_inside
from data.archive.fixity import Finding, Fixity, judged
from data.archive.freshness import SOURCES_FILE, Before, digests_of, marks_of
from data.archive.manifest import PAYLOAD_MANIFEST, sha256_id
from data.archive.results import Stopped
from data.errors import Corrupt, Unavailable
from data.records.archived import Archived
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.listing import Listing, Placed, versions
from workflows.adapters.s3_archive.reading import Reader, load


def fixity_of(
    reader: Reader, archived: Archived, listing: Listing, stopped: Stopped, gone: Collection[str]
) -> Fixity:
    read, manifests, findings = reader.read(listing.left(gone), stopped)
    return judged(
        read,
        manifests,
        findings,
        manifest_digest=archived.manifest_digest,
        tags_digest=archived.tags_digest,
        gone=gone,
    )


def fetched(
    reader: Reader,
    where: str,
    listing: Listing,
    target: Path,
    *,
    stopped: Stopped,
    gone: Collection[str],
) -> list[Finding]:
    """Write all of it below `target`, which is made. What S3 does not give is a finding."""
    objects = listing.left(gone)
    if hostile := [one.path for one in objects if not stays_inside(one.path)]:
        raise Corrupt(f"{where} lists what leads out of it: {hostile[0]!r}. Nothing of it was written")
    reader.require_at_hand(objects)
    target.mkdir()
    findings = []
    for one in objects:
        found = reader.take(one, partial(_written, target / one.path, stopped))
        if isinstance(found, Finding):
            (target / one.path).unlink(missing_ok=True)
            findings.append(found)
    sync_folders(target)
    return findings


def _written(path: Path, stopped: Stopped, chunks: Iterator[bytes]) -> None:
    def until_stopped() -> Iterator[bytes]:
        for chunk in chunks:
            if stopped():
                raise Unavailable(f"Stopped while fetching {path.name}; it starts over")
            yield chunk

    path.unlink(missing_ok=True)
    write_synced(path, until_stopped())


def as_archived(bucket: Bucket, archived: Archived) -> Before:
    """What its sources are compared with."""
    listing = load(bucket, archived)
    manifest, sources = (
        _content(bucket, archived, listing, name) for name in (PAYLOAD_MANIFEST, SOURCES_FILE)
    )
    if manifest is None:
        raise Corrupt(f"{bucket.where(archived.location)} has no {PAYLOAD_MANIFEST}")
    return Before(
        digests=digests_of(manifest),
        sizes={one.path: one.bytes for one in listing.objects},
        marks=marks_of(sources or b"{}"),
    )


def looks_complete(bucket: Bucket, archived: Archived, gone: Collection[str]) -> bool:
    """The recorded manifest is there, and each version with as many bytes as it had."""
    try:
        listing = load(bucket, archived)
    except Corrupt:
        return False
    manifest = _content(bucket, archived, listing, PAYLOAD_MANIFEST)
    if manifest is None or sha256_id(manifest) != archived.manifest_digest:
        return False
    place = f"{archived.location}/"
    there = {(one.path.removeprefix(place), one.version): one.size for one in versions(bucket, place)}
    left = listing.left(gone)
    listed = {one.path for one in listing.objects}
    return digests_of(manifest).keys() <= listed and all(
        there.get((one.path, one.version)) == one.bytes for one in left
    )


def _content(bucket: Bucket, archived: Archived, listing: Listing, path: str) -> bytes | None:
    placed: Placed | None = next((one for one in listing.objects if one.path == path), None)
    found = Reader(bucket, archived.location).take(placed, b"".join) if placed else None
    return None if isinstance(found, Finding) else found
