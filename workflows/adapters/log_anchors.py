"""Checkpoints of the log beside the archives, where whoever changes the record does not reach them: its anchors.

Put if absent, one each, named by size and content, so that they sort by size and those of a forked log lie side by
side. A name says what its content is: of several versions the first that it fits counts, and what somebody put over
or beside an anchor is told and hides none. In a bucket each is locked from the moment it is made. A directory is
tamper-evident only: whoever owns the disk can take anchors away.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from data.archive.bag import sync_folders, write_synced, writing
from data.archive.keeping import Keeping
from data.errors import Corrupt, Unavailable
from data.log.checkpoints import NOTE_BYTES_MAX, name_of
from workflows.adapters.aws_errors import code_of
from workflows.adapters.s3_archive.bucket import Bucket, is_locked, of_version, version_of
from workflows.adapters.s3_archive.listing import Version, versions
from workflows.adapters.s3_archive.parts import base64_of
from workflows.adapters.s3_archive.writing import THERE
from workflows.anchor_store import Anchored, Beside

FOLDER = ".anchors"
"""No archive's: names of their folders do not begin with a dot."""

NOT_AS_PUT = "the anchor {where} is not what was put there"
_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{64}")
"""As `name_of` has it."""


class DirectoryAnchors:
    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def put(self, checkpoint: bytes, now: datetime) -> Anchored:  # noqa: ARG002 - nothing is locked here
        path = self._folder / name_of(checkpoint)
        partial = self._folder / f".partial-{os.getpid()}"
        with writing(self._folder, len(checkpoint)):
            if path.exists():
                if not is_named(_start_of(path), path.name):
                    raise Corrupt(NOT_AS_PUT.format(where=path))
                return Anchored(str(path), "", is_new=False)
            partial.unlink(missing_ok=True)
            write_synced(partial, iter([checkpoint]))
            partial.rename(path)
            sync_folders(self._folder)
        return Anchored(str(path), "", is_new=True)

    def all(self) -> Beside:
        try:
            return beside(self._lying()) if self._folder.exists() else Beside()
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise Unavailable(f"The anchors in {self._folder} cannot be read ({why})") from error

    def _lying(self) -> Iterator[Lying]:
        for path in sorted(self._folder.iterdir()):
            if not path.name.startswith(".partial-"):
                # Whoever opens a pipe waits for its other end.
                is_file = S_ISREG(path.lstat().st_mode)
                yield Lying(path.name, str(path), [partial(_start_of, path)] if is_file else [])


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(NOTE_BYTES_MAX + 1)


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
            for one in self._versions(path).get(path, ()):
                if one.size is None:
                    continue
                there = self._read(one)
                if is_named(there.content, _name(path)):
                    return Anchored(where, one.version, False, there.locked_until)
        raise Corrupt(NOT_AS_PUT.format(where=where))

    def all(self) -> Beside:
        return beside(
            Lying(
                _name(path),
                self._bucket.where(path),
                [partial(self._content, one) for one in found if one.size is not None],
                is_hidden=any(one.size is None for one in found),
            )
            for path, found in sorted(self._versions(f"{FOLDER}/").items())
        )

    def _versions(self, path: str) -> dict[str, list[Version]]:
        """Of each path that begins with this one, the oldest first: S3 lists the newest first."""
        found: dict[str, list[Version]] = {}
        for one in versions(self._bucket, path):
            found.setdefault(one.path, []).insert(0, one)
        return found

    def _content(self, one: Version) -> bytes:
        return self._read(one).content

    def _read(self, one: Version) -> _Read:
        with self._bucket.errors(f"read {self._bucket.where(one.path)}"):
            there = self._bucket.client.get_object(
                Bucket=self._bucket.name, Key=self._bucket.key(one.path), **of_version(one.version)
            )
            content = there["Body"].read(NOTE_BYTES_MAX + 1)
        is_kept = is_locked(there.get("ObjectLockMode"))
        return _Read(content, there.get("ObjectLockRetainUntilDate") if is_kept else None)


def _name(path: str) -> str:
    return path.removeprefix(f"{FOLDER}/")


class _Read(NamedTuple):
    content: bytes
    locked_until: datetime | None


class Lying(NamedTuple):
    """What lies under a name. `copies` read it, the oldest first; none for what is no file.

    is_hidden  a delete marker lies over it
    """

    name: str
    where: str
    copies: Sequence[Callable[[], bytes]]
    is_hidden: bool = False


def beside(found: Iterable[Lying]) -> Beside:
    """`found`: by name, so the smallest log first."""
    anchors, bad, strays = list[bytes](), list[str](), list[str]()
    for name, where, copies, is_hidden in found:
        if not _NAME.fullmatch(name) or not copies:
            strays.append(f"{where} is no anchor")
            continue
        fitting = [content for content in (read() for read in copies) if is_named(content, name)]
        anchors += fitting[:1]
        if not fitting:
            bad.append(NOT_AS_PUT.format(where=where))
        elif len(fitting) < len(copies):
            strays.append(f"something else was put over the anchor {where}, and hides nothing")
        if fitting and is_hidden:
            strays.append(f"a delete marker was put over the anchor {where}, and hides nothing")
    return Beside(tuple(anchors), tuple(bad), tuple(strays))


def is_named(content: bytes, name: str) -> bool:
    """Whether it is the anchor that its name says."""
    try:
        return name_of(content) == name
    except Corrupt:
        return False
