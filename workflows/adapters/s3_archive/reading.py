"""Reads the objects of an archive back, each in the version that was written, and says what is wrong with which.

What S3 says of an object is no proof: with a key that is lost, all its answers are fine and only reading fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import partial
from typing import Any, TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from data.archive.findings import Fault, Finding
from data.archive.fixity import CHUNK_BYTES, Read, digested
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST
from data.archive.results import Stopped
from data.errors import Corrupt, Unavailable
from data.records.archived import Archived
from data.records.retention import Storage
from workflows.adapters.archived_payload import BRING_BACK
from workflows.adapters.aws_errors import code_of
from workflows.adapters.s3_archive.bucket import Bucket, of_version
from workflows.adapters.s3_archive.listing import MISSING, OBJECTS_FILE, Listing, Placed
from workflows.artifact_store import COLD_WAIT

RESTORED_DAYS = 7
_TRIES = 2
_LISTINGS = msgspec.json.Decoder(Listing)

T = TypeVar("T")


def load(bucket: Bucket, archived: Archived) -> Listing:
    """What the record leads to. Corrupt where it is not there, or cannot be read."""
    listing = Placed(
        path=OBJECTS_FILE,
        version=archived.version,
        bytes=0,
        sha256="",
        checksum="",
        kms_key=bucket.kms_key,
    )
    content = Reader(bucket, archived.location).take(listing, b"".join)
    where = bucket.where(f"{archived.location}/{OBJECTS_FILE}")
    if isinstance(content, Finding) and content.fault is Fault.MISSING:
        version = f" in version {archived.version}" if archived.version else ""
        raise Corrupt(f"The archive {where} is missing{version}. {BRING_BACK}")
    try:
        if not isinstance(content, Finding):
            return _LISTINGS.decode(content)
        why = content.found
    except msgspec.DecodeError as error:
        why = str(error)
    raise Corrupt(f"{where} cannot be read: {why}. {BRING_BACK}")


class Reader:
    """Below one place of the bucket. `unlocked`: what was read of which the lock is not as long as it was."""

    def __init__(self, bucket: Bucket, place: str) -> None:
        self._bucket, self._place = bucket, place
        self.unlocked: dict[str, str] = {}

    def read(
        self, objects: Sequence[Placed], stopped: Stopped
    ) -> tuple[dict[str, Read], dict[str, bytes], list[Finding]]:
        """What each was, the manifests among them, and what could not be read."""
        self.require_at_hand(objects)
        read: dict[str, Read] = {}
        manifests: dict[str, bytes] = {}
        findings = []
        for one in objects:
            if one.path in (PAYLOAD_MANIFEST, TAG_MANIFEST):
                content = self.take(one, b"".join)
                if not isinstance(content, Finding):
                    manifests[one.path] = content
                found = content if isinstance(content, Finding) else digested([content], one.path, stopped)
            else:
                found = self.take(one, partial(digested, what=self._where(one), stopped=stopped))
            if isinstance(found, Finding):
                findings.append(found)
            else:
                read[one.path] = found
        return read, manifests, findings

    def take(self, one: Placed, consume: Callable[[Iterator[bytes]], T]) -> T | Finding:
        """What `consume` makes of its bytes; it begins anew where the connection broke. Or why they cannot be read."""
        with self._bucket.errors(f"read {self._where(one)}"):
            for tries_left in reversed(range(_TRIES)):
                try:
                    return consume(self._chunks(one))
                except ClientError as error:
                    if (found := self._lost(one, error)) is None:
                        raise
                    return found
                except BotoCoreError as error:
                    if tries_left:
                        continue
                    if not self._is_shown(one):
                        raise
                    return _unreadable(one, f"it breaks off ({type(error).__name__})")
        raise AssertionError("the last try returns or raises")

    def _chunks(self, one: Placed) -> Iterator[bytes]:
        answer = self._bucket.client.get_object(**self._address(one))
        until, was = answer.get("ObjectLockRetainUntilDate"), one.locked_until
        if was is not None and (until is None or until < was):
            now = f"until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC now" if until else "not locked now"
            self.unlocked[one.path] = f"{one.path} was locked until {was:%Y-%m-%d %H:%M} UTC and is {now}"
        body = answer["Body"]
        try:
            yield from body.iter_chunks(CHUNK_BYTES)
        finally:
            body.close()

    def _lost(self, one: Placed, error: ClientError) -> Finding | None:
        """None where it may be another time, or a right that is missing: nobody knows then how it is."""
        code = code_of(error)
        if code in MISSING:
            return Finding(fault=Fault.MISSING, path=one.path, expected=one.sha256)
        if code.startswith("KMS."):
            return _unreadable(one, f"it cannot be decrypted with {one.kms_key} ({code})")
        if code in ("InternalError", "500") and self._is_shown(one):
            key = f"; see to its key {one.kms_key}" if one.kms_key else ""
            return _unreadable(one, f"S3 shows it and cannot give it ({code}){key}")
        return None

    def _is_shown(self, one: Placed) -> bool:
        try:
            self._bucket.client.head_object(**self._address(one))
        except (BotoCoreError, ClientError):
            return False
        return True

    def require_at_hand(self, objects: Sequence[Placed]) -> None:
        """Ask for all that lies in cold storage at once. `Unavailable` says how long that takes."""
        if waiting := self.asked_back(objects):
            files = "1 file lies" if len(waiting) == 1 else f"{len(waiting):,} files lie"
            raise Unavailable(
                f"{files} in cold storage in {self._bucket.where(self._place)} and were asked back: "
                f"that takes {COLD_WAIT}. It is tried again"
            )

    def asked_back(self, objects: Sequence[Placed]) -> list[Placed]:
        """What lies in cold storage and is not at hand; asked for here."""
        waiting = [one for one in objects if one.storage is Storage.COLD and not self._is_at_hand(one)]
        for one in waiting:
            with self._bucket.errors(f"ask {self._where(one)} back from cold storage"):
                try:
                    self._bucket.client.restore_object(
                        **self._address(one),
                        RestoreRequest={
                            "Days": RESTORED_DAYS,
                            "GlacierJobParameters": {"Tier": "Standard"},
                        },
                    )
                except ClientError as error:
                    if code_of(error) != "RestoreAlreadyInProgress":
                        raise
        return waiting

    def _is_at_hand(self, one: Placed) -> bool:
        with self._bucket.errors(f"read {self._where(one)}"):
            try:
                self._bucket.client.get_object(**self._address(one))["Body"].close()
            except ClientError as error:
                if code_of(error) == "InvalidObjectState":
                    return False
                if code_of(error) not in MISSING:
                    raise
            return True

    def _where(self, one: Placed) -> str:
        return self._bucket.where(f"{self._place}/{one.path}")

    def _address(self, one: Placed) -> dict[str, Any]:
        key = self._bucket.key(f"{self._place}/{one.path}")
        return {"Bucket": self._bucket.name, "Key": key, **of_version(one.version)}


def _unreadable(one: Placed, why: str) -> Finding:
    return Finding(fault=Fault.UNREADABLE, path=one.path, expected=one.sha256, found=why)
