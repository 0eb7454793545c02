"""`objects.json`: every object of an archive with its version. Written last: where it is missing, there is no archive.

Its own version is on the record, so one id there leads to each version that was written, whatever others put over
them or hide by a delete marker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from data.archive.fixity import PAYLOAD
from data.archive.manifest import TAG_MANIFEST, manifest_of, sha256_id
from data.records.archived import Archived
from data.records.base import Record
from data.records.retention import Storage
from workflows.adapters.s3_archive.bucket import Bucket, version_of

OBJECTS_FILE = "objects.json"
ID_IN_METADATA = "preservation-id"
MISSING = ("404", "NoSuchKey", "NoSuchVersion")


class Placed(Record, frozen=True, kw_only=True):
    """One object as it was written.

    path      in the bag     version   empty in a bucket that keeps none
    sha256    of all of it, in hexadecimal
    checksum  as S3 has it, in base64: the same, or for one in parts the digest of their digests and how many they are
    kms_key   that it is encrypted with; empty where the bucket does that by itself or not at all
    locked_until  as it was written; a lock only ever gets longer
    """

    path: str
    version: str
    bytes: int
    sha256: str
    checksum: str
    kms_key: str = ""
    storage: Storage = Storage.STANDARD
    locked_until: datetime | None = None

    @property
    def is_payload(self) -> bool:
        return self.path.startswith(PAYLOAD)


class Listing(Record, frozen=True, kw_only=True):
    """`part_bytes`: how long the parts are of what was sent in parts."""

    preservation_id: str
    part_bytes: int
    objects: tuple[Placed, ...]
    format: int = 1

    def left(self, gone: Collection[str]) -> list[Placed]:
        """Without what was pruned."""
        pruned = {f"{PAYLOAD}{path}" for path in gone}
        return [one for one in self.objects if one.path not in pruned]


def is_of(listing: Listing, archived: Archived) -> bool:
    """Does it say of every file what is on record? Both manifests follow from the digests it lists, unread."""
    payload = {one.path: one.sha256 for one in listing.objects if one.is_payload}
    tags = {one.path: one.sha256 for one in listing.objects if not one.is_payload}
    own = tags.pop(TAG_MANIFEST, "")
    is_tagged = archived.tags_digest in ("", f"sha256:{own}") and own == _digest_of(tags)
    return is_tagged and archived.manifest_digest == f"sha256:{_digest_of(payload)}"


def _digest_of(digests: Mapping[str, str]) -> str:
    return sha256_id(manifest_of(digests.items())).removeprefix("sha256:")


class Version(NamedTuple):
    """One of a key's, as the bucket lists it; `size` is None for a delete marker."""

    path: str
    version: str
    size: int | None
    is_latest: bool


def versions(bucket: Bucket, path: str) -> Iterator[Version]:
    """All of what begins with this path, hidden ones and delete markers, too."""
    pages = bucket.client.get_paginator("list_object_versions")
    with bucket.errors(f"list {bucket.where(path)}"):
        for page in pages.paginate(Bucket=bucket.name, Prefix=bucket.key(path)):
            for one in page.get("Versions", []):
                yield Version(bucket.path_of(one["Key"]), version_of(one), one["Size"], one["IsLatest"])
            for marker in page.get("DeleteMarkers", []):
                yield Version(bucket.path_of(marker["Key"]), version_of(marker), None, marker["IsLatest"])


def strangers(bucket: Bucket, archived: Archived, listing: Listing) -> list[str]:
    """What somebody else put over the objects or beside them. It hides nothing from who reads by version."""
    place = f"{archived.location}/"
    own = {one.path: one.version for one in listing.objects} | {OBJECTS_FILE: archived.version}
    found = []
    for one in versions(bucket, place):
        path = one.path.removeprefix(place)
        if path not in own:
            found.append(f"{path} is not of this archive")
        elif one.is_latest and one.version != own[path]:
            what = "a delete marker hides it" if one.size is None else "a newer version lies over it"
            found.append(f"{path}: {what}")
    return sorted(found)


def encoded(listing: Listing) -> bytes:
    return msgspec.json.format(msgspec.json.encode(listing)) + b"\n"


def hide(where: str) -> str:
    """How an archive in a bucket is moved aside."""
    return f"Hide it with aws s3 rm --recursive {where}/, which leaves what is locked for a look"
