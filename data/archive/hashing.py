"""SHA-256 of a stream, computed beside whatever else is done with its bytes."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

WORTH_A_THREAD_BYTES = 8 << 20
CHUNKS_AHEAD_MAX = 4


class Digest:
    """Once it turns out to be long, a thread of its own goes on with it, as hashlib lets others run meanwhile.

    Not on one core: there handing over costs a twentieth and gains nothing.
    """

    def __init__(self) -> None:
        self._digest, self._bytes = hashlib.sha256(), 0
        self._pool: ThreadPoolExecutor | None = None
        self._ahead: deque[Future[None]] = deque()

    def update(self, chunk: bytes) -> None:
        self._bytes += len(chunk)
        if self._pool is None:
            if self._bytes < WORTH_A_THREAD_BYTES or not _has_cores():
                self._digest.update(chunk)
                return
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="sha256")
        self._ahead.append(self._pool.submit(self._digest.update, chunk))
        if len(self._ahead) > CHUNKS_AHEAD_MAX:
            self._ahead.popleft().result()

    def hexdigest(self) -> str:
        """Of all of it; nothing may come after."""
        self.close()
        return self._digest.hexdigest()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True)


def _has_cores() -> bool:
    """Whether this thread may run on several."""
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) > 1
