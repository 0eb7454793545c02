"""Writes the objects of an archive. Each byte is read once and hashed for the manifest and for S3 in that pass.

What an earlier run left at the same place is compared with what is read, and not sent again: a locked version
could not be removed for years.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from data.archive.bag import Reading
from data.archive.fixity import PAYLOAD
from data.archive.keeping import Keeping
from data.archive.results import PayloadFile, Stopped, StoredFile
from data.errors import EmeritusError, Refused, Unavailable
from workflows.adapters.aws_errors import code_of
from workflows.adapters.s3_archive.bucket import Bucket, Traits, of_version, version_of
from workflows.adapters.s3_archive.holding import prolong
from workflows.adapters.s3_archive.listing import MISSING, Placed
from workflows.adapters.s3_archive.parts import (
    Part,
    base64_of,
    composite,
    hex_of,
    not_as_sent,
    part_bytes_for,
    parts_of,
    placed_as,
)
from workflows.adapters.s3_archive.sending import Sending

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

SINGLE_BYTES_MAX = 64 << 20
PART_BYTES = 32 << 20

THERE = ("412", "PreconditionFailed", "ConditionalRequestConflict")


class Writer:
    """Writes below one place of the bucket.

    there        keys that are there already, by path in the bag
    part_bytes   of what is longer than `single_bytes_max`
    """

    def __init__(
        self,
        bucket: Bucket,
        place: str,
        traits: Traits,
        there: Mapping[str, int],
        *,
        part_bytes: int = PART_BYTES,
        single_bytes_max: int = SINGLE_BYTES_MAX,
    ) -> None:
        self._bucket, self._place, self._traits, self._there = bucket, place, traits, there
        self.part_bytes, self._single_bytes_max = part_bytes, single_bytes_max
        self._uploads: dict[str, str] = {}

    def payload(
        self, sources: Sequence[PayloadFile], keeping_of: Callable[[str], Keeping], stopped: Stopped
    ) -> tuple[list[StoredFile], list[Placed]]:
        stored: list[StoredFile] = []
        placed: list[Placed | Future[Placed]] = []
        with self._no_uploads_left(), Sending() as sending:
            for source in sources:
                keeping, reading = keeping_of(source.role), Reading(source, stopped)
                earlier = self._earlier(source, keeping)
                if earlier is not None:
                    placed.append(self._compared(source, reading, keeping, earlier))
                elif source.size_bytes > self._single_bytes_max:
                    placed.append(self._in_parts(source, reading, keeping, sending))
                else:
                    placed.append(self._whole(source, reading, keeping, sending))
                stored.append(reading.stored())
            sending.settle()
            return stored, [one.result() if isinstance(one, Future) else one for one in placed]

    def tag(
        self, path: str, content: bytes, keeping: Keeping, metadata: Mapping[str, str] | None = None
    ) -> Placed:
        """Written over what an earlier run left: what describes an archive may have another date by now."""
        digest = hashlib.sha256(content)
        return self._put(path, content, digest.digest(), keeping, metadata or {})

    def _whole(
        self, source: PayloadFile, reading: Reading, keeping: Keeping, sending: Sending
    ) -> Future[Placed]:
        body = bytearray()
        for chunk in reading.chunks():
            body += chunk
        path, digest = f"{PAYLOAD}{source.path}", bytes.fromhex(hex_of(reading.stored()))
        return sending.send(partial(self._put, path, body, digest, keeping, {}), len(body))

    def _put(
        self,
        path: str,
        body: bytes | bytearray,
        digest: bytes,
        keeping: Keeping,
        metadata: Mapping[str, str],
    ) -> Placed:
        checksum = base64_of(digest)
        absent: dict[str, Any] = {} if path in self._there else {"IfNoneMatch": "*"}
        with self._bucket.errors(f"write {self._where(path)}"):
            try:
                answer: Any = self._bucket.client.put_object(
                    **self._address(path),
                    Body=body,  # type: ignore[arg-type]  # botocore takes a bytearray, too
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=checksum,
                    Metadata=metadata,
                    **absent,
                    **self._bucket.creating(keeping, self._traits),
                )
            except ClientError as error:
                if code_of(error) not in THERE:
                    raise
                # Either our own, sent again after its answer was lost, or that of another process.
                answer = self._head(path)
                if answer is None or answer.get("ChecksumSHA256") != checksum:
                    raise self._overtaken(path) from error
        if answer.get("ChecksumSHA256", checksum) != checksum:
            raise not_as_sent(self._where(path), checksum, answer["ChecksumSHA256"])
        return self._placed(path, answer, keeping, bytes_=len(body), sha256=digest.hex(), checksum=checksum)

    def _in_parts(
        self, source: PayloadFile, reading: Reading, keeping: Keeping, sending: Sending
    ) -> Future[Placed]:
        path = f"{PAYLOAD}{source.path}"
        part_bytes = part_bytes_for(source.size_bytes, self.part_bytes)
        with self._bucket.errors(f"write {self._where(path)}"):
            upload_id = self._bucket.client.create_multipart_upload(
                **self._address(path),
                ChecksumAlgorithm="SHA256",
                ChecksumType="COMPOSITE",
                **self._bucket.creating(keeping, self._traits),
            )["UploadId"]
        self._uploads[upload_id] = path
        sent = [
            sending.send(partial(self._part, path, upload_id, number, part), len(part))
            for number, part in enumerate(parts_of(reading.chunks(), part_bytes), 1)
        ]
        # Whoever completes it waits for its parts, which were begun before: the next file is read meanwhile.
        return sending.send(partial(self._completed, path, upload_id, keeping, sent, reading.stored()), 0)

    def _completed(
        self,
        path: str,
        upload_id: str,
        keeping: Keeping,
        sent: Sequence[Future[Part]],
        file: StoredFile,
    ) -> Placed:
        parts = [future.result() for future in sent]
        version = self._complete(path, upload_id, parts, file.bytes)
        del self._uploads[upload_id]
        checksum = composite([part.digest for part in parts])
        head = self._head(path, version)
        found = head.get("ChecksumSHA256") if head else None
        if head is None or found != checksum or head["ContentLength"] != file.bytes:
            raise not_as_sent(self._where(path), checksum, found)
        self._require_locked(path, keeping, head)
        return self._placed(path, head, keeping, bytes_=file.bytes, sha256=hex_of(file), checksum=checksum)

    @contextmanager
    def _no_uploads_left(self) -> Iterator[None]:
        """Of what was begun in parts and not completed: parts that nobody sees are paid for all the same."""
        try:
            yield
        finally:
            for upload_id, path in self._uploads.items():
                # Whatever becomes of that: the next run ends what it finds, and the first error is the one to tell.
                with suppress(EmeritusError), self._bucket.errors(f"end the upload of {self._where(path)}"):
                    self._bucket.client.abort_multipart_upload(**self._address(path), UploadId=upload_id)
            self._uploads.clear()

    def _part(self, path: str, upload_id: str, number: int, body: bytearray) -> Part:
        digest = hashlib.sha256(body).digest()
        with self._bucket.errors(f"write {self._where(path)}"):
            answer = self._bucket.client.upload_part(
                **self._address(path),
                UploadId=upload_id,
                PartNumber=number,
                Body=body,  # type: ignore[arg-type]
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=base64_of(digest),
            )
        return Part(number, answer["ETag"], digest)

    def _complete(self, path: str, upload_id: str, parts: Sequence[Part], bytes_: int) -> str:
        absent: dict[str, Any] = {} if path in self._there else {"IfNoneMatch": "*"}
        with self._bucket.errors(f"write {self._where(path)}"):
            try:
                answer = self._bucket.client.complete_multipart_upload(
                    **self._address(path),
                    UploadId=upload_id,
                    MultipartUpload={"Parts": [part.told() for part in parts]},
                    ChecksumType="COMPOSITE",
                    MpuObjectSize=bytes_,
                    **absent,
                )
            except ClientError as error:
                if code_of(error) in (*THERE, "NoSuchUpload"):
                    raise self._overtaken(path) from error
                raise
        return version_of(answer)

    def _earlier(self, source: PayloadFile, keeping: Keeping) -> Mapping[str, Any] | None:
        """What lies there from an earlier run, where it is as long and stored as it is to be."""
        path = f"{PAYLOAD}{source.path}"
        if self._there.get(path) != source.size_bytes:
            return None
        head = self._head(path)
        if head is None or not self._is_stored_so(head, keeping):
            return None
        is_whole = source.size_bytes <= self._single_bytes_max
        parts = -(-source.size_bytes // part_bytes_for(source.size_bytes, self.part_bytes))
        _, _, count = str(head.get("ChecksumSHA256") or "-none").partition("-")
        return head if count == ("" if is_whole else str(parts)) else None

    def _compared(
        self, source: PayloadFile, reading: Reading, keeping: Keeping, head: Mapping[str, Any]
    ) -> Placed:
        path, part_bytes = f"{PAYLOAD}{source.path}", part_bytes_for(source.size_bytes, self.part_bytes)
        digests = [hashlib.sha256(part).digest() for part in parts_of(reading.chunks(), part_bytes)]
        file = reading.stored()
        is_whole = source.size_bytes <= self._single_bytes_max
        checksum = base64_of(bytes.fromhex(hex_of(file))) if is_whole else composite(digests)
        if head["ChecksumSHA256"] != checksum:
            with self._bucket.errors(f"put {self._where(path)} aside"):
                self._bucket.client.delete_object(**self._address(path))
            raise Unavailable(
                f"{self._where(path)} is there from an earlier run and is not what is archived now. "
                "It was put aside; the archive is written anew next time"
            )
        placed = self._placed(path, head, keeping, bytes_=file.bytes, sha256=hex_of(file), checksum=checksum)
        if self._traits.lockable:
            prolong(
                self._bucket,
                f"{self._place}/{path}",
                placed.version,
                keeping,
                self._bucket.mode(self._traits),
            )
        return placed

    def _placed(self, path: str, answer: Mapping[str, Any], keeping: Keeping, **of_it: Any) -> Placed:
        asked = self._bucket.creating(keeping, self._traits)
        return placed_as(path, answer, keeping, locked_until=asked.get("ObjectLockRetainUntilDate"), **of_it)

    def _is_stored_so(self, head: Mapping[str, Any], keeping: Keeping) -> bool:
        asked = self._bucket.creating(keeping, self._traits)
        is_encrypted = not self._bucket.kms_key or head.get("ServerSideEncryption") == "aws:kms"
        return is_encrypted and head.get("StorageClass", "STANDARD") == asked["StorageClass"]

    def _require_locked(self, path: str, keeping: Keeping, head: Mapping[str, Any]) -> None:
        """Some servers take the lock of what comes in parts and forget it."""
        asked = self._bucket.creating(keeping, self._traits)
        for name in ("ObjectLockMode", "ObjectLockLegalHoldStatus"):
            if name in asked and head.get(name) != asked[name]:
                raise Refused(
                    f"Cannot archive to {self._where(path)}",
                    reasons=[f"{name} {asked[name]} was asked for, and the server has {head.get(name)}"],
                    next_step="Use a server that locks what comes in parts; emeritus doctor tries it",
                )

    def _head(self, path: str, version: str = "") -> HeadObjectOutputTypeDef | None:
        with self._bucket.errors(f"read {self._where(path)}"):
            try:
                return self._bucket.client.head_object(
                    **self._address(path), ChecksumMode="ENABLED", **of_version(version)
                )
            except ClientError as error:
                if code_of(error) not in MISSING:
                    raise
                return None

    def _address(self, path: str) -> dict[str, Any]:
        return {"Bucket": self._bucket.name, "Key": self._bucket.key(f"{self._place}/{path}")}

    def _where(self, path: str) -> str:
        return self._bucket.where(f"{self._place}/{path}")

    def _overtaken(self, path: str) -> Unavailable:
        return Unavailable(
            f"Another copy is under way in {self._bucket.where(self._place)}: it has written {path}. "
            "It is tried again when that has ended"
        )
