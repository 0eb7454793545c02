"""The files that archives are measured with, and one measured act on them in a process of its own.

`python -m tests.benchmarks.archive_set STORE SOURCE`: archives SOURCE and tells peak memory and the bytes read.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import boto3

from data.archive.results import Artifact, Stored, Wrapping
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.store import S3Archive
from workflows.artifact_store import ArtifactStore

MIB = 1 << 20


def make_set(folder: Path, scale: int) -> int:
    """One large file, some hundreds of 1 to 2 MB, thousands of 1 to 50 KB; 2 GB at scale 1. How many bytes it has."""
    rand = Random(1)
    block = rand.randbytes(4 * MIB)
    (folder / "small").mkdir(parents=True)

    def write(path: Path, size: int) -> int:
        with path.open("wb") as file:
            for at in range(0, size, len(block)):
                start = rand.randrange(len(block) // 2)
                file.write(block[start : start + min(len(block) // 2, size - at)])
                file.write(block[: max(0, min(len(block), size - at) - len(block) // 2)])
        return path.stat().st_size

    written = write(folder / "weights.bin", 1_500_000_000 // scale)
    written += sum(
        write(folder / f"part-{n}.bin", rand.randrange(1_000_000, 2_000_000)) for n in range(200 // scale)
    )
    return written + sum(
        write(folder / f"small/{n}.txt", rand.randrange(1_000, 50_000)) for n in range(2_000 // scale)
    )


def archived(store: ArtifactStore, source: Path) -> Stored:
    artifacts = [Artifact(path="model", source=str(source))]
    return store.put("model", artifacts, Wrapping(), lambda: datetime(2026, 3, 2, tzinfo=UTC), lambda: False)


def open_store(where: str) -> ArtifactStore:
    return S3Archive(Bucket(where)) if where.startswith("s3://") else LocalDirectory(Path(where))


def _read_by_now() -> int:
    return int(Path("/proc/self/io").read_text().partition("rchar: ")[2].split()[0])


def _peak() -> int:
    """Since this program began; what getrusage says is also that of whoever started it."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    boto3.client("s3", region_name="eu-central-1")  # its own files are read before anything is counted
    before = _read_by_now()
    payload = archived(open_store(sys.argv[1]), Path(sys.argv[2])).archived.bytes
    print(json.dumps({"peak": _peak(), "read": _read_by_now() - before, "payload": payload}))
