"""Objects of an archive put right from a whole bag: each as a newer version, and after all of them a newer list.

What was bad stays as an older version where the bucket keeps those; without them it is written over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from data.archive.auditing import ALL
from data.archive.fixity import PAYLOAD, entries_of, read_back
from data.archive.freshness import digests_of
from data.archive.keeping import Keeping
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST
from data.archive.results import Mended, PayloadFile, Stopped
from data.errors import Corrupt
from data.records.archived import Archived
from workflows.adapters.archived_payload import BRING_BACK, held_here, require_sound
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.checking import audited
from workflows.adapters.s3_archive.listing import (
    ID_IN_METADATA,
    OBJECTS_FILE,
    Listing,
    Placed,
    encoded,
    is_of,
    versions,
)
from workflows.adapters.s3_archive.reading import load
from workflows.adapters.s3_archive.shelf import end_uploads, listed_there
from workflows.adapters.s3_archive.writing import Writer
from workflows.artifact_store import EVERYTHING, Whole


def copy_of(bucket: Bucket, archived: Archived) -> Archived | None:
    """By the newest list there that says of every file what is on record: others may have put theirs over it."""
    path = f"{archived.location}/{OBJECTS_FILE}"
    for one in versions(bucket, path):
        if one.path != path or one.size is None:
            continue
        here = replace(archived, version=one.version)
        try:
            if is_of(load(bucket, here), archived):
                return here
        except Corrupt:
            continue
    return None


def put_right(
    bucket: Bucket,
    archived: Archived,
    whole: Whole,
    now: Callable[[], datetime],
    stopped: Stopped,
    *,
    gone: Collection[str],
    writer: Callable[..., Writer],
) -> Mended:
    """`writer`: writes as the store does. What lies in cold storage is only looked at."""
    before = _listed(bucket, archived)
    bad: frozenset[str] | None = None
    if before is not None:
        _, fixity = audited(bucket, archived, before, ALL, stopped=stopped, gone=gone)
        bad = frozenset(finding.path for finding in fixity.findings)
        if not bad:
            return Mended()
    with TemporaryDirectory(prefix="emeritus-") as folder:
        bag = Path(folder) / "bag"
        whole(bag, held_here([one.path for one in before.objects], bad) if before and bad else ())
        files = _files(bag, bad)
        bucket.require_keys(f"{archived.location}/{path}" for path in files)
        traits = bucket.traits()
        end_uploads(bucket, archived.location.rpartition("/")[0], archived.location, now())
        # None of them is as long as this: whatever lies there is written anew, and not compared.
        there = dict.fromkeys(listed_there(bucket, archived.location), -1)
        writes = writer(bucket, archived.location, traits, there)
        was = {one.path: one for one in before.objects} if before is not None else _pruned(bag, gone)
        keeping = partial(_keeping, was)
        payload = [_source(path, file) for path, file in files.items() if path.startswith(PAYLOAD)]
        placed = writes.payload(payload, keeping, stopped)[1]
        placed += [
            writes.tag(path, file.read_bytes(), keeping(path))
            for path, file in files.items()
            if not path.startswith(PAYLOAD)
        ]
    objects = was | {one.path: one for one in placed}
    listing = Listing(
        preservation_id=archived.preservation_id,
        part_bytes=writes.part_bytes,
        objects=tuple(objects[path] for path in sorted(objects)),
    )
    if not is_of(listing, archived):
        raise Corrupt(
            f"What was brought for {bucket.where(archived.location)} is not what is on record of it"
        )
    last = writes.tag(OBJECTS_FILE, encoded(listing), Keeping(), {ID_IN_METADATA: archived.preservation_id})
    _, after = audited(
        bucket, replace(archived, version=last.version), listing, ALL, stopped=stopped, gone=gone
    )
    require_sound(after, BRING_BACK, read_at=now())
    return Mended(names=(EVERYTHING,) if bad is None else tuple(sorted(bad)), version=last.version)


def _listed(bucket: Bucket, archived: Archived) -> Listing | None:
    """None where the list itself is gone or says something else: then nothing there is known."""
    try:
        listing = load(bucket, archived)
    except Corrupt:
        return None
    return listing if is_of(listing, archived) else None


def _files(bag: Path, bad: Collection[str] | None) -> dict[str, Path]:
    """All files of a bag, or the bad ones, by path; the manifests last."""
    found = {path.relative_to(bag).as_posix(): path for path in entries_of(bag, lambda _: None)}
    order = sorted(found, key=lambda path: (path == PAYLOAD_MANIFEST, path == TAG_MANIFEST, path))
    return {path: found[path] for path in order if bad is None or path in bad}


def _source(path: str, file: Path) -> PayloadFile:
    """Its role is its own path: how each was kept is known of each."""
    return PayloadFile(
        path=path.removeprefix(PAYLOAD),
        size_bytes=file.stat().st_size,
        chunks=partial(read_back, file),
        recheck=lambda: None,
        mark="",
        role=path,
    )


def _pruned(bag: Path, gone: Collection[str]) -> dict[str, Placed]:
    """What a new list says of files that are not there any more: only what they were."""
    if not gone:
        return {}
    digests = digests_of((bag / PAYLOAD_MANIFEST).read_bytes())
    lines = ((path, digests[path]) for path in (f"{PAYLOAD}{name}" for name in gone))
    return {
        path: Placed(path=path, version="", bytes=0, sha256=digest, checksum="") for path, digest in lines
    }


def _keeping(was: Mapping[str, Placed], path: str) -> Keeping:
    """As it was written before; what the record says since follows at once (workflows/effects/keeping.py)."""
    one = was.get(path)
    return Keeping(until=one.locked_until, storage=one.storage) if one else Keeping()
