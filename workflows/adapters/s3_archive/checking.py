"""Is an archive in the bucket still what was archived? All of it is read, or what is cheap is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from data.archive.auditing import Turn, share
from data.archive.bag import sync_folders, write_synced
from data.archive.bag_paths import SHOWN_MAX, could_be_ours
from data.archive.findings import Fault, Finding, Fixity
from data.archive.fixity import Read, differing, digested, judged
from data.archive.freshness import SOURCES_FILE, Before, digests_of, marks_of
from data.archive.manifest import PAYLOAD_MANIFEST, sha256_id
from data.archive.results import Audited, Stopped
from data.errors import Corrupt, Unavailable
from data.records.archived import Archived
from data.records.retention import Storage
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.listing import Listing, Placed, strangers, versions
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
    if hostile := [one.path for one in objects if not could_be_ours(one.path)]:
        raise Corrupt(
            f"{where} lists what leads out of it: {hostile[0][:SHOWN_MAX]!r}. Nothing of it was written"
        )
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
        return not any(_looked_at(bucket, archived, load(bucket, archived), gone))
    except Corrupt:
        return False


def audited(
    bucket: Bucket,
    archived: Archived,
    listing: Listing,
    turn: Turn,
    *,
    stopped: Stopped,
    gone: Collection[str],
) -> tuple[Audited, Fixity]:
    """A look at all of it, and a share read. Of each key that no file of the share has, its smallest file is begun.

    What S3 says of an object proves nothing about its key.
    """
    reader = Reader(bucket, archived.location)
    left = {one.path: one for one in listing.left(gone)}
    warm = {path: one for path, one in left.items() if one.storage is not Storage.COLD}
    paths, upto = share({path: one.bytes for path, one in warm.items()}, turn)

    def read(path: str) -> Read | Finding:
        return reader.take(left[path], partial(digested, what=path, stopped=stopped))

    expected = {path: left[path].sha256 for path in paths}
    fixity = differing(expected, read, manifest_digest=archived.manifest_digest)
    decrypted = {left[path].kms_key for path in paths}
    undecided: dict[str, Placed] = {}
    for one in sorted(warm.values(), key=lambda one: one.bytes):
        if one.kms_key not in decrypted:
            undecided.setdefault(one.kms_key, one)
    begun = [reader.take(one, lambda chunks: next(chunks, b"")) for one in undecided.values()]
    findings = [
        *_looked_at(bucket, archived, listing, gone),
        *(found for found in begun if isinstance(found, Finding)),
        *fixity.findings,
    ]
    told = {one.path: one for one in reversed(findings)}
    done = Audited(
        files=fixity.files,
        bytes=fixity.bytes,
        upto=upto,
        unread=len(left) - len(warm),
        keys=tuple(sorted({one.kms_key for one in warm.values()} - {""})),
        noticed=(*strangers(bucket, archived, listing), *reader.unlocked.values()) if paths else (),
    )
    return done, replace(fixity, findings=tuple(reversed(told.values())))


def _looked_at(
    bucket: Bucket, archived: Archived, listing: Listing, gone: Collection[str]
) -> Iterator[Finding]:
    """What differs without any payload being read."""
    manifest = _content(bucket, archived, listing, PAYLOAD_MANIFEST)
    if manifest is None:
        yield Finding(fault=Fault.MISSING, path=PAYLOAD_MANIFEST)
        return
    found, recorded = sha256_id(manifest), archived.manifest_digest
    if found != recorded:
        yield Finding(
            fault=Fault.CHANGED,
            path=PAYLOAD_MANIFEST,
            expected=recorded.removeprefix("sha256:"),
            found=found.removeprefix("sha256:"),
            bytes=len(manifest),
        )
    place = f"{archived.location}/"
    there = {(one.path.removeprefix(place), one.version): one.size for one in versions(bucket, place)}
    names = digests_of(manifest).keys() if found == recorded else set()
    unlisted = names - {one.path for one in listing.objects}
    yield from (Finding(fault=Fault.MISSING, path=path) for path in sorted(unlisted))
    for one in listing.left(gone):
        size = there.get((one.path, one.version))
        if size is None:
            yield Finding(fault=Fault.MISSING, path=one.path, expected=one.sha256)
        elif size != one.bytes:
            said = f"it has {size:,} bytes instead of {one.bytes:,}"
            yield Finding(fault=Fault.UNREADABLE, path=one.path, expected=one.sha256, found=said)


def _content(bucket: Bucket, archived: Archived, listing: Listing, path: str) -> bytes | None:
    placed: Placed | None = next((one for one in listing.objects if one.path == path), None)
    found = Reader(bucket, archived.location).take(placed, b"".join) if placed else None
    return None if isinstance(found, Finding) else found
