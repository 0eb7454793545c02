"""An archive that is killed at each thing it asks of the disk, or of S3, in turn, and done again each time.

`python -m tests.contract.killing FOLDER [URL DATA]` says at how many points it was killed, in a process that has no
threads: those that are killed are forks of it.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from data.archive.keeping import Keeping
from data.archive.results import Artifact, Wrapping
from data.errors import Unavailable
from data.records.archived import Archived
from tests.contract.archives import SMALL_PARTS, InBucket, InDirectory, Kept, never, now
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.store import S3Archive
from workflows.artifact_store import ArtifactStore

FILES = {"weights/w.bin": b"weights", "weights/more.bin": b"more", "card.md": b"# churn"}
GONE = ["weights/w.bin", "card.md"]
STONE = json.dumps({"pruned": GONE}).encode()
ASKED_OF_A_DISK = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod"}
TRIES = 5
"""S3 says of what was planted by a run that was killed that it is to be tried again."""

Work = Callable[[ArtifactStore], object]
Open = Callable[[Callable[[], None]], ArtifactStore]
"""A store that tells of each thing it asks for, before it does."""


class Countdown:
    def __init__(self, number: int) -> None:
        self._left, self._lock = number, threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


def is_killed(number: int, open_store: Open, work: Work) -> bool:
    """At the thing of that number; not where there are fewer."""
    pid = os.fork()
    if pid == 0:
        try:
            work(open_store(Countdown(number)))
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def killed_copies(places: Callable[[str], tuple[Kept, Open]], model: Path) -> int:
    """What is there after each is nothing or all of it; and it is all of it once it is done again."""
    for number in itertools.count(1):
        kept, opened = places(f"copy-{number}")
        if not is_killed(number, opened, lambda store: put(store, model)):
            return number - 1
        assert kept.finished() in (0, 1), number
        whole = names(kept) if kept.finished() else None
        archived = put_again(kept.store, model)
        assert kept.store.drill(archived, now, never).files == len(FILES), number
        assert kept.store.drill(archived, now, never).noticed == (), number
        assert kept.finished() == 1, number
        assert whole in (None, names(kept)), number
        assert not [one for one in names(kept) if ".partial" in one], number
    raise AssertionError


def killed_prunings(places: Callable[[str], tuple[Kept, Open]], model: Path) -> int:
    """Nothing goes but what was asked for, and of what went a whole tombstone is there."""
    for number in itertools.count(1):
        kept, opened = places(f"prune-{number}")
        archived = put(kept.store, model)

        def prune(store: ArtifactStore, archived: Archived = archived) -> None:
            store.prune(archived, GONE, STONE, Keeping(), now())

        if not is_killed(number, opened, prune):
            return number - 1
        there = names(kept)
        gone = [path for path in GONE if not any(one.endswith(f"/data/{path}") for one in there)]
        assert kept.store.drill(archived, now, never, gone=gone).files == len(FILES) - len(gone), number
        assert not gone or any(".tombstone-" in one and "/." not in one for one in there), number
        prune(kept.store)
        assert kept.store.drill(archived, now, never, gone=GONE).files == 1, number
    raise AssertionError


def names(kept: Kept) -> list[str]:
    """Of all that lies there; each version by its own."""
    return sorted(one if isinstance(one, str) else one[0] for one in kept.everything())


def put(store: ArtifactStore, model: Path) -> Archived:
    artifacts = [Artifact(path=path, source=str(model / path)) for path in FILES]
    return store.put("churn-v3", artifacts, Wrapping(), now, never).archived


def put_again(store: ArtifactStore, model: Path) -> Archived:
    for left in reversed(range(TRIES)):
        try:
            return put(store, model)
        except Unavailable:
            if not left:
                raise
    raise AssertionError


def on_disk(folder: Path) -> Callable[[str], tuple[Kept, Open]]:
    def places(name: str) -> tuple[Kept, Open]:
        kept = InDirectory(folder / name)

        def opened(asks: Callable[[], None]) -> ArtifactStore:
            sys.addaudithook(lambda event, _: asks() if event in ASKED_OF_A_DISK else None)
            return kept.store

        return kept, opened

    return places


def in_a_bucket(url: str, data: Path) -> Callable[[str], tuple[Kept, Open]]:
    def places(_: str) -> tuple[Kept, Open]:
        kept = InBucket(url, data, locks=False)

        def opened(asks: Callable[[], None]) -> ArtifactStore:
            bucket = Bucket(kept.bucket.where(), endpoint_url=url)  # a fork has no connections of its parent
            bucket.client.meta.events.register("before-send.s3", lambda **_: asks())
            return S3Archive(bucket, **SMALL_PARTS)

        return kept, opened

    return places


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for path, content in FILES.items():
        (folder / "model" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "model" / path).write_bytes(content)
    places = in_a_bucket(sys.argv[2], Path(sys.argv[3])) if sys.argv[2:] else on_disk(folder)
    print(killed_copies(places, folder / "model"), killed_prunings(places, folder / "model"))
