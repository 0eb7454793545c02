"""What does an archive cost beside a plain copy? `python -m tests.benchmarks.archive [--json] [--quick] [--only NAME]`.

The set is 2 GB: one file of 1.5 GB, 200 of 1 to 2 MB, 2,000 of 1 to 50 KB; a tenth of it with --quick. What the
record costs is in the same table.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bagit

from data.archive.fixity import check
from tests.benchmarks import ledger
from tests.benchmarks.archive_set import MIB, archived, make_set, open_store
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, ratios, taken, unmeasured
from tests.benchmarks.table import Figures, main
from tests.contract import seaweedfs
from workflows.adapters.local_directory import LocalDirectory

SCALE_QUICK = 10
ROUNDS = 3
"""Of 2 GB each: more would not end in five minutes."""
PEAK_MIB = 256
FLAT = 1.1
LARGE_BYTES = 6_000_000_000
TO_S3, TO_S3_MAX = "archive to S3 / the faster of rclone and s5cmd", 1.2
INSTALL = "uv run --group benchmarks python -m tests.benchmarks.archive"


def to_a_directory(run: Run) -> Iterator[Figure]:
    source = _set(run)
    target = run.folder / "out"

    def copied() -> None:
        subprocess.run(["cp", "-r", source, target / "copy"], check=True)
        subprocess.run(["sync", "-f", target / "copy"], check=True)

    def bagged() -> None:
        subprocess.run(["cp", "-r", source, target / "bag"], check=True)
        subprocess.run(["sync", "-f", target / "bag"], check=True)
        bagit.make_bag(str(target / "bag"))

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        os.sync()
        yield {
            "cp": lambda: taken(copied),
            "bagit": lambda: taken(bagged),
            "archive": lambda: taken(lambda: archived(LocalDirectory(target / "archive"), source)),
        }
        shutil.rmtree(target)

    found = in_rounds(run._replace(rounds=min(run.rounds, ROUNDS)), ready)
    yield figure(
        "archive to a directory / cp",
        ratios(found["archive"], found["cp"]),
        unit="x",
        target=1.6,
        better="lower",
        reference="cp -r and sync of the same files; the archive has manifests, and every file is synced",
    )
    yield figure(
        "archive to a directory / bagit",
        ratios(found["archive"], found["bagit"]),
        unit="x",
        target=0.6,
        better="lower",
        reference="cp -r and sync, then bagit.make_bag with its defaults",
    )


def verifying(run: Run) -> Iterator[Figure]:
    source, store = _set(run), LocalDirectory(run.folder / "archive")
    kept = archived(store, source).archived
    bag = store.path(kept.location)
    files = sorted(path for path in bag.rglob("*") if path.is_file())

    def forget() -> None:
        for path in files:
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def hashed() -> None:
        for path in files:
            with path.open("rb", buffering=0) as file:
                hashlib.file_digest(file, "sha256")

    def verified() -> None:
        fixity = check(bag, manifest_digest=kept.manifest_digest, stopped=lambda: False)
        assert not fixity.findings

    def on(cores: set[int], work: Callable[[], None]) -> float:
        """Threads that begin meanwhile are bound to the same cores."""
        forget()
        every = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)
        try:
            return taken(work)
        finally:
            os.sched_setaffinity(0, every)

    every = os.sched_getaffinity(0)
    one = {min(every)}

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        yield {
            "hashlib": lambda: on(one, hashed),
            "verify": lambda: on(one, verified),
            "verify with two threads": lambda: on(every, verified),
        }

    found = in_rounds(run, ready)
    for name, how, target in (
        ("verify", "on one core", 1.1),
        ("verify with two threads", "on all cores", 1.0),
    ):
        yield figure(
            f"{name.replace('verify', 'verify a stored bag')} / hashlib",
            ratios(found[name], found["hashlib"]),
            unit="x",
            target=target,
            better="lower",
            reference=f"{how}; one pass of hashlib's SHA-256 over the same files, on one core, from the disk, too",
        )


def to_s3(run: Run) -> Iterator[Figure]:
    if missing := [name for name in ("rclone", "s5cmd") if not Path(_program(name)).exists()]:
        why = f"not installed: {' and '.join(missing)}; measure with them: {INSTALL}"
        run.say(f"  {why}")
        yield unmeasured(TO_S3, unit="x", target=TO_S3_MAX, better="lower", why=why)
        return
    source = _set(run)
    with _server(run) as server:
        client = seaweedfs.a_client(server.url)
        remote = {
            "RCLONE_CONFIG_W_TYPE": "s3",
            "RCLONE_CONFIG_W_PROVIDER": "SeaweedFS",
            "RCLONE_CONFIG_W_ENDPOINT": server.url,
            "RCLONE_CONFIG_W_ENV_AUTH": "true",
        }

        def rclone(bucket: str) -> None:
            command = [_program("rclone"), "copy", "-q", str(source), f"w:{bucket}/rclone"]
            subprocess.run(command, check=True, env={**os.environ, **remote})

        def s5cmd(bucket: str) -> None:
            command = [_program("s5cmd"), "--log", "error", "--endpoint-url", server.url, "cp", f"{source}/"]
            subprocess.run([*command, f"s3://{bucket}/s5cmd/"], check=True)

        @contextmanager
        def ready() -> Iterator[Mapping[str, Side]]:
            bucket = f"archive-{uuid.uuid4()}"
            client.create_bucket(Bucket=bucket)
            yield {
                "rclone": lambda: taken(lambda: rclone(bucket)),
                "s5cmd": lambda: taken(lambda: s5cmd(bucket)),
                "archive": lambda: taken(lambda: archived(open_store(f"s3://{bucket}/archive"), source)),
            }
            subprocess.run(
                [_program("s5cmd"), "--log", "error", "--endpoint-url", server.url, "rm", f"s3://{bucket}/*"],
                check=True,
            )

        found = in_rounds(run._replace(rounds=min(run.rounds, ROUNDS)), ready)
        faster = [min(pair) for pair in zip(found["rclone"], found["s5cmd"], strict=True)]
        yield figure(
            TO_S3,
            ratios(found["archive"], faster),
            unit="x",
            target=TO_S3_MAX,
            better="lower",
            reference="the same files to the same SeaweedFS, with their own checks; ours is a SHA-256 each",
        )


def reading(run: Run) -> Iterator[Figure]:
    """In processes of their own: memory, and how often each byte is read."""
    source = _set(run)
    large = run.folder / "large"
    large.mkdir()
    with (large / "weights.bin").open("wb") as file:
        file.truncate(run.sized(LARGE_BYTES, LARGE_BYTES // SCALE_QUICK))
    with _server(run) as server:
        bucket = f"archive-{uuid.uuid4()}"
        seaweedfs.a_client(server.url).create_bucket(Bucket=bucket)
        told = {
            "directory": _told(str(run.folder / "archive"), source),
            "directory, the larger file": _told(str(run.folder / "archive"), large),
            "S3": _told(f"s3://{bucket}/archive", source),
            **({} if run.is_quick else {"S3, the larger file": _told(f"s3://{bucket}/archive", large)}),
        }
    for where, one in told.items():
        yield figure(
            f"peak memory, {where}",
            [one["peak"] / MIB],
            unit="MiB",
            target=PEAK_MIB,
            better="lower",
            reference=f"a process that archives {one['payload']:,} bytes and does nothing else",
        )
    for where in ("directory", "S3"):
        if (larger := told.get(f"{where}, the larger file")) is not None:
            yield figure(
                f"peak memory, {where}, the larger file / the other",
                [larger["peak"] / told[where]["peak"]],
                unit="x",
                target=FLAT,
                better="lower",
                reference=f"{larger['payload']:,} bytes in one file beside {told[where]['payload']:,} in many",
            )
        yield figure(
            f"reads of each byte, {where}",
            [told[where]["read"] / told[where]["payload"]],
            unit="x",
            target=1.01,
            better="lower",
            reference="all that the process read from files (rchar of /proc) while it archived",
        )


def _told(where: str, source: Path) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.benchmarks.archive_set", where, str(source)]
    told: dict[str, int] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def _set(run: Run) -> Path:
    source = run.folder / "set"
    bytes_ = make_set(source, run.sized(1, SCALE_QUICK))
    run.say(f"  a set of {bytes_:,} bytes")
    return source


@contextmanager
def _server(run: Run) -> Iterator[seaweedfs.Server]:
    with ExitStack() as stack:
        before = {name: os.environ.get(name) for name in (*seaweedfs.ENVIRONMENT, "AWS_ENDPOINT_URL_S3")}
        folder = run.folder / "weed"
        folder.mkdir()
        server = seaweedfs.Server(folder)
        stack.callback(server.stop)
        stack.callback(_restored, before)
        os.environ.update(seaweedfs.ENVIRONMENT, AWS_ENDPOINT_URL_S3=server.url)
        yield server


def _restored(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


FIGURES: Figures = {
    "directory": to_a_directory,
    "verify": verifying,
    "s3": to_s3,
    "reading": reading,
    **{f"ledger {name}": measure for name, measure in ledger.FIGURES.items()},
}


if __name__ == "__main__":
    sys.exit(main("archive", FIGURES, __doc__))
