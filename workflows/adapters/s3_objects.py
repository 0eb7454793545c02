"""Objects in S3 as files to archive: listed, streamed once, checked to have stayed the same. Only reads."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from data.archive.bag import changed
from data.archive.fixity import CHUNK_BYTES
from data.archive.results import PayloadFile
from data.errors import Invalid, NotFound, Problem, Refused
from workflows.adapters.aws_errors import aws_errors, code_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_GONE = ("404", "NoSuchKey", "NoSuchBucket", "412", "PreconditionFailed")


class S3Objects:
    """`endpoint_url` points at another server than AWS."""

    def __init__(self, *, endpoint_url: str | None = None) -> None:
        self._endpoint_url = endpoint_url
        self._made: S3Client | None = None

    def files(self, uri: str) -> tuple[PayloadFile, ...]:
        """The object of that key, or all objects below it, sorted; a single object has the path "".

        Where both are there, an empty object is taken for the folder's mark, and any other is refused.
        """
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        if not bucket:
            raise Invalid(
                [Problem(field="artifact", value=repr(uri), accepted="name it as s3://bucket/key-or-prefix")]
            )
        with aws_errors(f"list {uri}", service="s3"):
            try:
                single, below = self._single(bucket, key), self._below(bucket, key)
            except ClientError as error:
                if code_of(error) != "NoSuchBucket":
                    raise
                raise NotFound("bucket", bucket) from error
            if not single and not below:
                raise NotFound("artifact", uri, closest=self._closest(bucket, key))
        if single and not below:
            return (single.as_payload(),)
        if single and single.size_bytes:
            raise Refused(
                f"Cannot archive {uri}",
                reasons=[f"it is an object of {single.size_bytes:,} bytes, and {uri}/ is a folder"],
                next_step=f"In the catalog, name {uri}/ for what lies below, or a copy of the object under another "
                "key; import it, then press Edit plan on the card for a new vote",
            )
        return tuple(file.as_payload() for file in below)

    def _client(self) -> S3Client:
        if self._made is None:
            import boto3  # noqa: PLC0415, it takes 0.4 s that a bot without S3 need not spend
            from botocore.config import Config  # noqa: PLC0415

            config = Config(
                connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 3}
            )
            self._made = boto3.client("s3", endpoint_url=self._endpoint_url, config=config)
        return self._made

    def _single(self, bucket: str, key: str) -> _S3Object | None:
        if not key or key.endswith("/"):
            return None
        try:
            head = self._client().head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey"):
                return None
            raise
        return _S3Object(
            self._client(), bucket, key, path="", size_bytes=head["ContentLength"], etag=head["ETag"]
        )

    def _below(self, bucket: str, key: str) -> list[_S3Object]:
        prefix = f"{key.rstrip('/')}/" if key else ""
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        listed = {entry["Key"]: entry for page in pages for entry in page.get("Contents", [])}
        # Tools mark a folder by an empty object: consoles with a slash at the end of its key, others without one.
        objects = {key: entry for key, entry in listed.items() if entry["Size"] or not key.endswith("/")}
        folders = {key[:end] for key in objects for end, sign in enumerate(key) if sign == "/"}
        return [
            _S3Object(
                self._client(),
                bucket,
                key,
                path=_path(key.removeprefix(prefix)),
                size_bytes=entry["Size"],
                etag=entry["ETag"],
            )
            for key, entry in sorted(objects.items())
            if entry["Size"] or key not in folders
        ]

    def _closest(self, bucket: str, key: str) -> list[str]:
        folder, _, name = key.rstrip("/").rpartition("/")
        prefix = f"{folder}/" if folder else ""
        page = self._client().list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/")
        beside = [entry["Key"] for entry in page.get("Contents", [])]
        beside += [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]
        names = {one.removeprefix(prefix).rstrip("/"): one for one in beside}
        return [f"s3://{bucket}/{names[match]}" for match in difflib.get_close_matches(name, names)]


def _path(key: str) -> str:
    """Where it lies below the prefix. Several slashes are one to every file system, so whoever loads it finds it there.

    Two objects that become one file by that are refused, as all such names are (data/archive/bag_paths.py).
    """
    return re.sub("/{2,}", "/", key).removeprefix("/")


class _S3Object:
    """An object as it was when listed, and the version that was read."""

    def __init__(
        self, client: S3Client, bucket: str, key: str, *, path: str, size_bytes: int, etag: str
    ) -> None:
        self._client, self._bucket, self._key = client, bucket, key
        self._uri = f"s3://{bucket}/{key}"
        self.path, self.size_bytes, self._etag = path, size_bytes, etag
        self._version_read: str | None = None

    def as_payload(self) -> PayloadFile:
        return PayloadFile(
            path=self.path,
            size_bytes=self.size_bytes,
            chunks=self._chunks,
            recheck=self._recheck,
            mark=self._etag,
        )

    def _chunks(self) -> Iterator[bytes]:
        with aws_errors(f"read {self._uri}", service="s3"):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key, IfMatch=self._etag)
            except ClientError as error:
                raise self._translated(error) from error
            self._version_read = answer.get("VersionId")
            yield from answer["Body"].iter_chunks(CHUNK_BYTES)

    def _recheck(self) -> None:
        with aws_errors(f"read {self._uri}", service="s3"):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=self._key)
            except ClientError as error:
                raise self._translated(error) from error
        if head["ETag"] != self._etag:
            raise changed(self._uri, f"ETag {self._etag} when listed, {head['ETag']} now")
        if head.get("VersionId") != self._version_read:
            raise changed(
                self._uri, f"version {self._version_read} was read, {head.get('VersionId')} is current"
            )

    def _translated(self, error: ClientError) -> Exception:
        if code_of(error) in _GONE:
            return changed(self._uri, "it was replaced or removed")
        if code_of(error) == "InvalidObjectState":
            return Refused(
                f"Cannot archive {self._uri}",
                reasons=["it lies in a storage class that must be restored first"],
                next_step="Restore it in S3 (RestoreObject; hours for Glacier), then archive again",
            )
        return error
