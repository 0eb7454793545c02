"""Keeping archived objects longer, putting a legal hold on them, and removing them once nothing keeps them."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from data.archive.fixity import PAYLOAD
from data.archive.keeping import Keeping
from data.archive.manifest import sha256_id
from data.records.archived import Archived, Lock
from workflows.adapters.archived_payload import not_pruned, require_prunable, tombstone_name
from workflows.adapters.aws_errors import code_of, is_denied
from workflows.adapters.s3_archive.bucket import CONNECTIONS, Bucket, of_version
from workflows.adapters.s3_archive.listing import MISSING, OBJECTS_FILE, versions
from workflows.adapters.s3_archive.parts import base64_of
from workflows.adapters.s3_archive.reading import load


def keep(bucket: Bucket, archived: Archived, keeping: Keeping, paths: Collection[str] | None) -> None:
    traits = bucket.traits()
    if not traits.lockable:
        return
    chosen = None if paths is None else {f"{PAYLOAD}{path}" for path in paths}
    objects = [(one.path, one.version) for one in load(bucket, archived).objects]
    objects.append((OBJECTS_FILE, archived.version))
    mode = bucket.mode(traits)

    def each(path: str, version: str) -> None:
        is_tag = not path.startswith(PAYLOAD)
        if chosen is None or is_tag or path in chosen:
            # What describes the files is held as long as any of them is, which nobody knows who has some of them.
            releases = not chosen or not is_tag
            prolong(bucket, f"{archived.location}/{path}", version, keeping, mode, releases=releases)

    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="keep") as pool:
        for done in [pool.submit(each, *one) for one in objects]:
            done.result()


def prolong(
    bucket: Bucket, path: str, version: str, keeping: Keeping, mode: Lock, *, releases: bool = False
) -> None:
    """Never shorter than it is kept already. `releases`: a legal hold that is not asked for any more is taken off."""
    address: dict[str, Any] = {"Bucket": bucket.name, "Key": bucket.key(path), **of_version(version)}
    with bucket.errors(f"keep {bucket.where(path)}"):
        try:
            head = bucket.client.head_object(**address)
        except ClientError as error:
            if code_of(error) not in MISSING:
                raise
            # Pruned before, or lost: what reads it all back tells which.
            return
        until, locked_until = keeping.until, head.get("ObjectLockRetainUntilDate")
        if until is not None and mode is not Lock.NONE:
            until = until.astimezone(UTC).replace(microsecond=0)
            if until > datetime.now(UTC) and (locked_until is None or locked_until < until):
                retention: Any = {
                    "Mode": head.get("ObjectLockMode", mode.upper()),
                    "RetainUntilDate": until,
                }
                bucket.client.put_object_retention(**address, Retention=retention)
        is_held = head.get("ObjectLockLegalHoldStatus") == "ON"
        if keeping.held and not is_held:
            bucket.client.put_object_legal_hold(**address, LegalHold={"Status": "ON"})
        elif is_held and releases and not keeping.held:
            bucket.client.put_object_legal_hold(**address, LegalHold={"Status": "OFF"})


def prune(
    bucket: Bucket,
    archived: Archived,
    paths: Collection[str],
    tombstone: bytes,
    *,
    keeping: Keeping,
    now: datetime,
) -> None:
    where = bucket.where(archived.location)
    listing = load(bucket, archived)
    listed = {one.path.removeprefix(PAYLOAD) for one in listing.objects if one.is_payload}
    require_prunable(paths, listed, keeping, now, where)
    chosen = {f"{archived.location}/{PAYLOAD}{path}" for path in paths}
    # Every version of such a key: what somebody put over it may be a copy of it.
    found = [
        (path, one.version) for path in sorted(chosen) for one in versions(bucket, path) if one.path == path
    ]
    if reasons := [why for path, version in found if (why := _why_kept(bucket, path, version))]:
        raise not_pruned(paths, where, reasons)
    _put_tombstone(bucket, archived, tombstone)
    for path, version in found:
        with bucket.errors(f"remove {bucket.where(path)}"):
            try:
                bucket.client.delete_object(Bucket=bucket.name, Key=bucket.key(path), **of_version(version))
            except ClientError as error:
                if not is_denied(error):
                    raise
                raise not_pruned(paths, where, [f"{bucket.where(path)}: {error}"]) from error


def _why_kept(bucket: Bucket, path: str, version: str) -> str:
    """By the bucket itself; empty where nothing keeps it, as with a delete marker."""
    with bucket.errors(f"read {bucket.where(path)}"):
        try:
            head = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(path), **of_version(version))
        except ClientError as error:
            if code_of(error) not in (*MISSING, "405", "MethodNotAllowed"):
                raise
            return ""
    if head.get("ObjectLockLegalHoldStatus") == "ON":
        return f"{bucket.where(path)} has a legal hold on it"
    until = head.get("ObjectLockRetainUntilDate")
    if until is not None and until > datetime.now(UTC):
        mode = head.get("ObjectLockMode", "").lower()
        return f"{bucket.where(path)} is locked ({mode}) until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return ""


def _put_tombstone(bucket: Bucket, archived: Archived, tombstone: bytes) -> None:
    path = tombstone_name(archived.location, tombstone)
    checksum = base64_of(bytes.fromhex(sha256_id(tombstone).removeprefix("sha256:")))
    with bucket.errors(f"write {bucket.where(path)}"):
        try:
            bucket.client.put_object(
                Bucket=bucket.name,
                Key=bucket.key(path),
                Body=tombstone,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=checksum,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if code_of(error) not in ("412", "PreconditionFailed"):
                raise
