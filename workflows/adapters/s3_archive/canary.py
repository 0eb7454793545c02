"""Does the bucket really refuse what its lock forbids? It is tried on a tiny object, because servers were seen that
take a lock and do not keep it (rustfs/rustfs#1509 and #2473, floci-io/floci#2598).

What is tried stays locked for a few minutes; what is left of earlier times is removed first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from data.archive.keeping import Keeping
from data.archive.manifest import sha256_id
from data.errors import EmeritusError
from data.records.archived import Lock
from data.records.base import Record
from workflows.adapters.aws_errors import code_of
from workflows.adapters.s3_archive.bucket import Bucket, Traits, of_version
from workflows.adapters.s3_archive.listing import versions
from workflows.adapters.s3_archive.parts import base64_of

FOLDER = ".canary"
KEPT = timedelta(minutes=15)
_CONTENT = b"Does it stay?\n"
_BUCKET_FIX = "Archive to a bucket or server that keeps what it locks"


class Sign(Record, frozen=True, kw_only=True):
    """What came of one try. `fix`: what to do where that is not well."""

    tried: str
    ok: bool
    found: str
    fix: str = ""


def canary(bucket: Bucket, now: datetime) -> tuple[Sign, ...]:
    """Everything that was tried. Raises our errors where nothing can be tried at all."""
    traits = bucket.traits()
    return tuple(_Canary(bucket, traits, now).signs())


class _Canary:
    def __init__(self, bucket: Bucket, traits: Traits, now: datetime) -> None:
        self._bucket, self._traits = bucket, traits
        self._mode, self._until = bucket.mode(traits), (now + KEPT).replace(microsecond=0)
        self._name = f"{FOLDER}/{now:%Y-%m-%dT%H-%M-%S}"
        self._keeping = Keeping(until=self._until)

    def signs(self) -> Iterator[Sign]:
        self._sweep()
        yield self._refuses_other_content()
        version = self._put(self._name)
        yield self._reads_back(version)
        if self._mode is not Lock.NONE:
            yield from self._refuses_what_is_locked(self._name, version)
            parts = f"{self._name}-parts"
            yield from self._locks_parts(parts, self._put_in_parts(parts))
        self._sweep()

    def _refuses_what_is_locked(self, name: str, version: str) -> Iterator[Sign]:
        address = self._address(name, version)
        earlier = self._until - KEPT / 3
        mode: Any = self._mode.upper()

        def still_there() -> bool:
            head = self._bucket.client.head_object(**address)
            return head.get("ObjectLockMode") == mode and head["ObjectLockRetainUntilDate"] >= self._until

        def refused(tried: str, call: Callable[[], object], fix: str = _BUCKET_FIX) -> Sign:
            return self._refused(tried, call, still_there, fix)

        client = self._bucket.client
        yield refused("delete it", lambda: client.delete_object(**address))
        shorter: Any = {"Mode": mode, "RetainUntilDate": earlier}
        yield refused("shorten its lock", lambda: client.put_object_retention(**address, Retention=shorter))
        if self._mode is Lock.COMPLIANCE:
            softer: Any = {"Mode": "GOVERNANCE", "RetainUntilDate": self._until}
            yield refused(
                "change the mode of its lock",
                lambda: client.put_object_retention(
                    **address, Retention=softer, BypassGovernanceRetention=True
                ),
            )
        fix = (
            _BUCKET_FIX
            if self._mode is Lock.COMPLIANCE
            else "Take s3:BypassGovernanceRetention from the bot's role, or set EMERITUS_ARCHIVE_LOCK to compliance"
        )
        yield refused(
            "bypass its lock",
            lambda: client.delete_object(**address, BypassGovernanceRetention=True),
            fix,
        )

    def _locks_parts(self, name: str, version: str) -> Iterator[Sign]:
        head = self._bucket.client.head_object(**self._address(name, version))
        mode = head.get("ObjectLockMode", "no lock")
        is_locked = mode == self._mode.upper()
        yield Sign(
            tried="lock what comes in parts",
            ok=is_locked,
            found="it is locked" if is_locked else f"it has {mode}",
            fix="" if is_locked else _BUCKET_FIX,
        )

    def _refuses_other_content(self) -> Sign:
        name = f"{self._name}-damaged"
        wrong = base64_of(bytes.fromhex(sha256_id(_CONTENT).removeprefix("sha256:")))

        def put() -> object:
            return self._bucket.client.put_object(
                **self._address(name), Body=_CONTENT[::-1], ChecksumAlgorithm="SHA256", ChecksumSHA256=wrong
            )

        def is_absent() -> bool:
            try:
                self._bucket.client.head_object(**self._address(name))
            except ClientError as error:
                return code_of(error) in ("404", "NoSuchKey")
            return False

        return self._refused("send other content than its digest says", put, is_absent, _BUCKET_FIX)

    def _reads_back(self, version: str) -> Sign:
        tried = "encrypt it and read it back" if self._bucket.kms_key else "read it back"
        try:
            with self._bucket.errors(f"read {self._bucket.where(self._name)}"):
                answer = self._bucket.client.get_object(**self._address(self._name, version))
                same = answer["Body"].read() == _CONTENT
        except EmeritusError as error:
            return Sign(
                tried=tried, ok=False, found=str(error), fix="See to the key and the bot's right to it"
            )
        found = "it came back as it was" if same else "other content came back"
        return Sign(tried=tried, ok=same, found=found, fix="" if same else _BUCKET_FIX)

    def _refused(
        self, tried: str, call: Callable[[], object], as_before: Callable[[], bool], fix: str
    ) -> Sign:
        """Only a refusal counts after which all is as before: some servers refuse and do it all the same."""
        try:
            call()
        except ClientError as error:
            answer = f"refused ({code_of(error)})"
            is_refused = True
        else:
            answer, is_refused = "it was done", False
        try:
            ok = as_before() and is_refused
        except ClientError as error:
            ok, answer = False, f"{answer}, and then it was gone ({code_of(error)})"
        return Sign(tried=tried, ok=ok, found=answer, fix="" if ok else fix)

    def _put(self, name: str) -> str:
        digest = bytes.fromhex(sha256_id(_CONTENT).removeprefix("sha256:"))
        with self._bucket.errors(f"write {self._bucket.where(name)}"):
            answer = self._bucket.client.put_object(
                **self._address(name),
                Body=_CONTENT,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=base64_of(digest),
                **self._creating(),
            )
        return answer.get("VersionId", "")

    def _put_in_parts(self, name: str) -> str:
        client, address = self._bucket.client, self._address(name)
        digest = base64_of(bytes.fromhex(sha256_id(_CONTENT).removeprefix("sha256:")))
        with self._bucket.errors(f"write {self._bucket.where(name)}"):
            upload = client.create_multipart_upload(
                **address, ChecksumAlgorithm="SHA256", ChecksumType="COMPOSITE", **self._creating()
            )["UploadId"]
            part = client.upload_part(
                **address, UploadId=upload, PartNumber=1, Body=_CONTENT, ChecksumSHA256=digest
            )
            told: Any = [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": digest}]
            answer = client.complete_multipart_upload(
                **address, UploadId=upload, MultipartUpload={"Parts": told}, ChecksumType="COMPOSITE"
            )
        return answer.get("VersionId", "")

    def _sweep(self) -> None:
        """What is still locked stays until another time."""
        for one in list(versions(self._bucket, f"{FOLDER}/")):
            try:
                self._bucket.client.delete_object(
                    Bucket=self._bucket.name, Key=self._bucket.key(one.path), **of_version(one.version)
                )
            except ClientError:
                continue

    def _creating(self) -> dict[str, Any]:
        return self._bucket.creating(self._keeping, self._traits)

    def _address(self, name: str, version: str = "") -> dict[str, Any]:
        return {
            "Bucket": self._bucket.name,
            "Key": self._bucket.key(name),
            **of_version(version),
        }
