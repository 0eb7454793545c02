"""The bucket of an archive: its keys, what it can do, and what is asked of it when an object is created."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from data.archive.keeping import Keeping
from data.errors import Refused, Unavailable
from data.records.archived import Lock
from data.records.retention import Storage
from workflows.adapters.archived_payload import require_keys
from workflows.adapters.aws_errors import aws_errors, code_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CONNECTIONS = 8

STORAGE_CLASSES = {
    Storage.STANDARD: "STANDARD",
    Storage.INFREQUENT: "STANDARD_IA",
    Storage.COLD: "GLACIER",
}


class Traits(NamedTuple):
    """Whether what is overwritten stays as an older version, and whether versions can be locked."""

    versioned: bool
    lockable: bool


class Bucket:
    """`s3://name/prefix`. The server is AWS, or what AWS_ENDPOINT_URL_S3 says.

    lock      None: as firm as governance where the bucket can lock
    kms_key   everything is encrypted with it; empty: as the bucket does by default
    variable  which of the environment's names it
    """

    def __init__(
        self,
        url: str,
        *,
        lock: Lock | None = None,
        kms_key: str = "",
        endpoint_url: str | None = None,
        client: S3Client | None = None,
        variable: str = "EMERITUS_ARCHIVE",
    ) -> None:
        self.name, _, prefix = url.removeprefix("s3://").strip("/").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self.lock, self.kms_key = lock, kms_key
        self._endpoint_url, self.variable = endpoint_url, variable
        self._made = client

    @property
    def client(self) -> S3Client:
        if self._made is None:
            import boto3  # noqa: PLC0415, it takes 0.4 s that a bot without S3 need not spend
            from botocore.config import Config  # noqa: PLC0415

            config = Config(
                connect_timeout=5,
                read_timeout=60,
                retries={"mode": "standard", "max_attempts": 3},
                max_pool_connections=CONNECTIONS,
                # Its own checksums would go into trailers, which buckets with Object Lock refuse for parts. What is
                # sent has the digest we computed; what is read is compared with the manifest.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            )
            self._made = boto3.client("s3", endpoint_url=self._endpoint_url, config=config)
        return self._made

    def credentials(self) -> Any:
        """What the client signs with, as it is now. Raises `Unavailable` where there is none."""
        import boto3  # noqa: PLC0415, as above

        # The client's own session: boto3's default one, unless it was handed in.
        found = (boto3.DEFAULT_SESSION or boto3.Session()).get_credentials()
        if found is None:
            raise Unavailable(
                f"There are no credentials for {self.where()}. Set AWS_PROFILE, or as boto3 reads them"
            )
        return found.get_frozen_credentials()

    def key(self, path: str) -> str:
        return f"{self._prefix}{path}"

    def path_of(self, key: str) -> str:
        return key.removeprefix(self._prefix)

    def where(self, path: str = "") -> str:
        """For people."""
        return f"s3://{self.name}/{self.key(path)}".rstrip("/")

    @contextmanager
    def errors(self, doing: str) -> Iterator[None]:
        """Every error of AWS inside becomes one of ours; `doing` completes "Cannot ..."."""
        with aws_errors(doing, service="s3"):
            try:
                yield
            except ClientError as error:
                if code_of(error) == "NoSuchBucket":
                    raise Unavailable(
                        f"Cannot reach the archive {self.where()}: there is no bucket {self.name}. "
                        f"Make it or correct {self.variable}; it is tried again"
                    ) from error
                raise

    def traits(self) -> Traits:
        with self.errors(f"look at the bucket {self.name}"):
            versioning = self.client.get_bucket_versioning(Bucket=self.name).get("Status")
            try:
                locking = self.client.get_object_lock_configuration(Bucket=self.name)
            except ClientError as error:
                # Servers without Object Lock do not know the question.
                if code_of(error) not in (
                    "ObjectLockConfigurationNotFoundError",
                    "NotImplemented",
                    "MethodNotAllowed",
                ):
                    raise
                return Traits(versioned=versioning == "Enabled", lockable=False)
        enabled = locking.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"
        return Traits(versioned=versioning == "Enabled", lockable=enabled)

    def mode(self, traits: Traits) -> Lock:
        """How firmly it locks. Refused where it was asked to and cannot."""
        if traits.lockable:
            return Lock.GOVERNANCE if self.lock is None else self.lock
        if self.lock in (None, Lock.NONE):
            return Lock.NONE
        raise Refused(
            f"Cannot archive to {self.where()}",
            reasons=[f"{self.variable}_LOCK = {self.lock}, and the bucket {self.name} has no Object Lock"],
            next_step=f"Turn Object Lock on for the bucket, or set {self.variable}_LOCK to none: "
            "then whoever may write there can delete an archive",
        )

    def creating(self, keeping: Keeping, traits: Traits) -> dict[str, Any]:
        """What an object is created with, so that there is no moment without its lock."""
        asked: dict[str, Any] = {"StorageClass": STORAGE_CLASSES[keeping.storage]}
        if self.kms_key:
            asked |= {
                "ServerSideEncryption": "aws:kms",
                "SSEKMSKeyId": self.kms_key,
                "BucketKeyEnabled": True,
            }
        mode = self.mode(traits)
        if mode is not Lock.NONE and keeping.until is not None and keeping.until > datetime.now(UTC):
            until = keeping.until.astimezone(UTC).replace(microsecond=0)
            asked |= {"ObjectLockMode": mode.upper(), "ObjectLockRetainUntilDate": until}
        if traits.lockable and keeping.held:
            asked["ObjectLockLegalHoldStatus"] = "ON"
        return asked

    def require_keys(self, paths: Iterable[str]) -> None:
        require_keys(paths, self.key)


def is_locked(lock: str | None) -> bool:
    return lock in ("GOVERNANCE", "COMPLIANCE")


def version_of(answer: Any) -> str:
    """Empty where the bucket keeps no versions; there S3 lists them as "null"."""
    version = answer.get("VersionId", "")
    return "" if version == "null" else version


def of_version(version: str) -> dict[str, Any]:
    """The argument that reads exactly this one."""
    return {"VersionId": version} if version else {}
