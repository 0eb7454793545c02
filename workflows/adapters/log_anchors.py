"""Checkpoints of the log beside the archives, where whoever changes the record does not reach them: its anchors.

Put if absent, one each, named by size and content, so that they sort by size and those of a forked log lie side by
side. In a bucket each is locked from the moment it is made, and all versions are read: what somebody put over one, or
a delete marker, hides nothing. A directory is tamper-evident only: whoever owns the disk can take anchors away.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from data.archive.bag import sync_folders, write_synced, writing
from data.archive.keeping import Keeping
from data.errors import Corrupt, Unavailable
from data.log.checkpoints import NOTE_BYTES_MAX, name_of
from workflows.adapters.aws_errors import code_of
from workflows.adapters.s3_archive.bucket import Bucket, is_locked, of_version, version_of
from workflows.adapters.s3_archive.listing import versions
from workflows.adapters.s3_archive.parts import base64_of
from workflows.adapters.s3_archive.writing import THERE
from workflows.anchor_store import Anchored

FOLDER = ".anchors"
"""No archive's: names of their folders do not begin with a dot."""


class DirectoryAnchors:
    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def put(self, checkpoint: bytes, now: datetime) -> Anchored:  # noqa: ARG002 - nothing is locked here
        path = self._folder / name_of(checkpoint)
        partial = self._folder / f".partial-{os.getpid()}"
        with writing(self._folder, len(checkpoint)):
            if path.exists():
                require_same(str(path), path.read_bytes(), path.name)
                return Anchored(str(path), "", is_new=False)
            partial.unlink(missing_ok=True)
            write_synced(partial, iter([checkpoint]))
            partial.rename(path)
            sync_folders(self._folder)
        return Anchored(str(path), "", is_new=True)

    def all(self) -> Iterator[bytes]:
        if not self._folder.exists():
            return
        try:
            for path in sorted(self._folder.iterdir()):
                if path.name.startswith(".partial-"):
                    continue
                with path.open("rb") as file:
                    content = file.read(NOTE_BYTES_MAX + 1)
                yield require_same(str(path), content, path.name)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise Unavailable(f"The anchors in {self._folder} cannot be read ({why})") from error


class BucketAnchors:
    def __init__(self, bucket: Bucket, lock_days: int) -> None:
        self._bucket, self._lock_days = bucket, lock_days

    def put(self, checkpoint: bytes, now: datetime) -> Anchored:
        path = f"{FOLDER}/{name_of(checkpoint)}"
        where, checksum = self._bucket.where(path), base64_of(sha256(checkpoint).digest())
        address: dict[str, Any] = {"Bucket": self._bucket.name, "Key": self._bucket.key(path)}
        how = self._bucket.creating(
            Keeping(until=now + timedelta(days=self._lock_days)), self._bucket.traits()
        )
        with self._bucket.errors(f"write {where}"):
            try:
                answer = self._bucket.client.put_object(
                    **address,
                    Body=checkpoint,
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=checksum,
                    IfNoneMatch="*",
                    **how,
                )
                return Anchored(where, version_of(answer), True, how.get("ObjectLockRetainUntilDate"))
            except ClientError as error:
                if code_of(error) not in THERE:
                    raise
            there = self._bucket.client.get_object(**address)
            require_same(where, there["Body"].read(NOTE_BYTES_MAX + 1), path.rpartition("/")[2])
        locked_until = (
            there.get("ObjectLockRetainUntilDate") if is_locked(there.get("ObjectLockMode")) else None
        )
        return Anchored(where, version_of(there), False, locked_until)

    def all(self) -> Iterator[bytes]:
        for one in sorted(versions(self._bucket, f"{FOLDER}/"), key=lambda one: one.path):
            if one.size is None:
                continue
            where = self._bucket.where(one.path)
            with self._bucket.errors(f"read {where}"):
                there = self._bucket.client.get_object(
                    Bucket=self._bucket.name, Key=self._bucket.key(one.path), **of_version(one.version)
                )
                content = there["Body"].read(NOTE_BYTES_MAX + 1)
            yield require_same(where, content, one.path.rpartition("/")[2])


def require_same(where: str, content: bytes, name: str) -> bytes:
    try:
        is_same = name_of(content) == name
    except Corrupt:
        is_same = False
    if not is_same:
        raise Corrupt(f"the anchor {where} is not what was put there")
    return content
