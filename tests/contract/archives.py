"""The archives under contract, and what happens to one behind its back. Another one joins by one more entry."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from data.archive.results import Artifact, Stored, Wrapping
from data.records.archived import Archived
from tests.contract import seaweedfs
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.store import S3Archive
from workflows.artifact_store import ArtifactStore

WEIGHTS = os.urandom(5_500_000)
"""Six chunks, two parts. Nobody else's: where the server keeps them is found by them."""
WRAPPING = Wrapping(info={"Source-Organization": "Example Ltd"})
SMALL_PARTS = {"part_bytes": 5 << 20, "single_bytes_max": 5 << 20}
"""So that the weights are sent in parts; no server takes shorter ones."""


def now() -> datetime:
    return datetime(2026, 3, 2, 9, 14, tzinfo=UTC)


def never() -> bool:
    return False


def sha(content: bytes) -> str:
    return sha256(content).hexdigest()


def ten_thousand_deep(top: Path) -> None:
    """Folders in each other: `rm -rf` removes them, and Python's own means do not."""
    here = os.open(top, os.O_RDONLY)
    for _ in range(10_000):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def a_model(folder: Path) -> Path:
    (folder / "weights").mkdir(parents=True)
    (folder / "weights/w.bin").write_bytes(WEIGHTS)
    (folder / "card.md").write_bytes(b"# churn")
    return folder


def artifacts_of(model: Path) -> list[Artifact]:
    return [
        Artifact(path="weights", source=str(model / "weights"), role="weights"),
        Artifact(path="card.md", source=(model / "card.md").as_uri(), role="card"),
    ]


def put(
    archive: ArtifactStore,
    model: Path,
    stopped: Callable[[], bool] = never,
    name: str = "churn-v3",
    wrapping: Wrapping = WRAPPING,
) -> Stored:
    return archive.put(name, artifacts_of(model), wrapping, now, stopped)


class Kept(Protocol):
    """A store and the way behind it."""

    store: ArtifactStore

    def everything(self) -> list[Any]:
        """All that lies there, so that two looks can be compared."""
        ...

    def rot(self, archived: Archived, path: str) -> None:
        """One bit of a file is another."""
        ...

    def lose(self, archived: Archived, path: str) -> None: ...

    def where(self, archived: Archived) -> str: ...

    def finished(self) -> int:
        """How many archives there are."""
        ...

    def hide(self, archived: Archived) -> None:
        """What an operator does with an archive that has rotted."""
        ...


class InDirectory:
    def __init__(self, folder: Path) -> None:
        self.store: ArtifactStore = LocalDirectory(folder / "archive")
        self.root = folder / "archive"

    def everything(self) -> list[Any]:
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*"))

    def rot(self, archived: Archived, path: str) -> None:
        file = self.root / archived.location / path
        content = file.read_bytes()
        file.chmod(0o644)
        file.write_bytes(bytes([content[0] ^ 1]) + content[1:])

    def lose(self, archived: Archived, path: str) -> None:
        (self.root / archived.location / path).unlink()

    def where(self, archived: Archived) -> str:
        return str(self.root / archived.location)

    def finished(self) -> int:
        return len([path for path in self.root.glob("*/*") if not path.name.startswith(".")])

    def hide(self, archived: Archived) -> None:
        place = self.root / archived.location
        place.rename(self.root.with_name(f"aside-{place.name}"))


class InBucket:
    def __init__(self, url: str, data: Path, *, locks: bool, **how: Any) -> None:
        self.client = seaweedfs.a_client(url)
        # A bucket for all of a kind: each has volumes of its own, and the server runs out of them.
        self.name = "archives-locked" if locks else "archives-plain"
        with suppress(
            self.client.exceptions.BucketAlreadyOwnedByYou, self.client.exceptions.BucketAlreadyExists
        ):
            self.client.create_bucket(Bucket=self.name, ObjectLockEnabledForBucket=locks)
        self.prefix = uuid.uuid4().hex
        self.bucket = Bucket(f"s3://{self.name}/{self.prefix}", endpoint_url=url, **how)
        self.store: ArtifactStore = S3Archive(self.bucket, **SMALL_PARTS)
        self._data = data

    def key(self, archived: Archived, path: str) -> str:
        return f"{self.prefix}/{archived.location}/{path}"

    def uploads(self) -> list[Any]:
        """What was begun in parts and has not ended."""
        found = self.client.list_multipart_uploads(Bucket=self.name, Prefix=f"{self.prefix}/")
        return list(found.get("Uploads", []))

    def everything(self) -> list[Any]:
        found = self.client.list_object_versions(Bucket=self.name, Prefix=f"{self.prefix}/")
        return [
            (one["Key"], one["VersionId"])
            for one in found.get("Versions", []) + found.get("DeleteMarkers", [])
        ]

    def rot(self, archived: Archived, path: str) -> None:
        """Where versions are kept none can change: the other content lies over one that is gone."""
        key = self.key(archived, path)
        content = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        self.lose(archived, path)
        self.client.put_object(Bucket=self.name, Key=key, Body=bytes([content[0] ^ 1]) + content[1:])

    def flip_on_disk(self) -> None:
        """One bit of the weights, in the server's own files."""
        for file in self._data.rglob("*.dat"):
            content, at = file.read_bytes(), -1
            with file.open("r+b") as volume:
                while (at := content.find(WEIGHTS[:4096], at + 1)) >= 0:
                    volume.seek(at)
                    volume.write(bytes([content[at] ^ 1]))

    def lose(self, archived: Archived, path: str) -> None:
        key = self.key(archived, path)
        for one in self.client.list_object_versions(Bucket=self.name, Prefix=key)["Versions"]:
            self.client.delete_object(Bucket=self.name, Key=key, VersionId=one["VersionId"])

    def where(self, archived: Archived) -> str:
        return f"s3://{self.name}/{self.prefix}/{archived.location}"

    def finished(self) -> int:
        return len([key for key, _ in self.everything() if key.endswith("/objects.json")])

    def hide(self, archived: Archived) -> None:
        for one in self.client.list_objects_v2(Bucket=self.name, Prefix=self.key(archived, ""))["Contents"]:
            self.client.delete_object(Bucket=self.name, Key=one["Key"])
