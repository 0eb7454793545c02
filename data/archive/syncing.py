"""Files go to the disk while the next are written: it takes many syncs at once in little more than the time of one."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

WORKERS = 16
OPEN_MAX = 128
"""Each keeps its file open until it is synced: an error of the disk is told to whoever had it open then."""


class Syncing:
    """Leaving without an error means that all that was written is on disk. Folders are not: `sync_folders`."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="sync")
        self._under_way: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)
        if error is None:
            while self._under_way:
                self._under_way.popleft().result()

    def write(self, path: Path, chunks: Iterable[bytes]) -> None:
        """Create a file that nobody overwrites by accident. Raises what the disk said of an earlier one, too."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            for chunk in chunks:
                rest = memoryview(chunk)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            os.fchmod(descriptor, 0o444)
        except BaseException:
            os.close(descriptor)
            raise
        while len(self._under_way) >= OPEN_MAX or (self._under_way and self._under_way[0].done()):
            self._under_way.popleft().result()
        self._under_way.append(self._pool.submit(_synced, descriptor))


def _synced(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
