"""What lies on a subject's shelf in the bucket: finished archives, and what runs that were killed left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from data.archive.results import Bag, PayloadFile
from data.records.archived import Archived, Lock
from workflows.adapters.aws_errors import code_of
from workflows.adapters.s3_archive.bucket import Bucket, of_version, version_of
from workflows.adapters.s3_archive.listing import ID_IN_METADATA, MISSING, OBJECTS_FILE

ABANDONED = timedelta(days=7)
"""So old an upload of another place on the shelf is nobody's any more."""


def archived_before(bucket: Bucket, shelf: str, bag: Bag) -> Archived | None:
    """On this shelf, with the same content."""
    pages = bucket.client.get_paginator("list_objects_v2")
    with bucket.errors(f"list {bucket.where(shelf)}"):
        places = [
            bucket.path_of(one["Prefix"]).rstrip("/")
            for page in pages.paginate(Bucket=bucket.name, Prefix=bucket.key(f"{shelf}/"), Delimiter="/")
            for one in page.get("CommonPrefixes", [])
        ]
    return next((found for place in places if (found := archived_at(bucket, place, bag)) is not None), None)


def archived_at(bucket: Bucket, location: str, bag: Bag, version: str = "") -> Archived | None:
    """What is finished there, in that version or the newest; None where that is nothing, or other content."""
    path = f"{location}/{OBJECTS_FILE}"
    with bucket.errors(f"read {bucket.where(path)}"):
        try:
            head = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(path), **of_version(version))
        except ClientError as error:
            if code_of(error) not in MISSING:
                raise
            return None
    if head["Metadata"].get(ID_IN_METADATA) != bag.preservation_id:
        return None
    lock = head.get("ObjectLockMode")
    return Archived(
        location=location,
        preservation_id=bag.preservation_id,
        manifest_digest=bag.manifest_digest,
        files=len(bag.files),
        bytes=bag.bytes,
        version=version_of(head),
        lock=Lock(lock.lower()) if lock else Lock.NONE,
    )


def listed_there(bucket: Bucket, location: str) -> dict[str, int]:
    """How long each object is at a place, by path in the bag; without what is hidden."""
    prefix = bucket.key(f"{location}/")
    pages = bucket.client.get_paginator("list_objects_v2")
    with bucket.errors(f"list {bucket.where(location)}"):
        return {
            one["Key"].removeprefix(prefix): one["Size"]
            for page in pages.paginate(Bucket=bucket.name, Prefix=prefix)
            for one in page.get("Contents", [])
        }


def end_uploads(bucket: Bucket, shelf: str, location: str, now: datetime) -> None:
    """What a run that was killed left in parts. Elsewhere on the shelf somebody may be at it."""
    own = bucket.key(f"{location}/")
    pages = bucket.client.get_paginator("list_multipart_uploads")
    with bucket.errors(f"end unfinished uploads to {bucket.where(shelf)}"):
        for page in pages.paginate(Bucket=bucket.name, Prefix=bucket.key(f"{shelf}/")):
            for one in page.get("Uploads", []):
                if one["Key"].startswith(own) or one["Initiated"] < now - ABANDONED:
                    bucket.client.abort_multipart_upload(
                        Bucket=bucket.name, Key=one["Key"], UploadId=one["UploadId"]
                    )


def listed_as(payload: Sequence[PayloadFile]) -> str:
    """The same as long as nothing came, went or was touched."""
    listed = sorted((file.path, file.size_bytes, file.mark) for file in payload)
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:32]
