"""Some bytes are sent while the next are read. Never more than so many of them are in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

WORKERS = 6
BYTES_MAX = 128 << 20
CALLS_MAX = 4 * WORKERS


class Sending:
    """Leaving waits for what is under way, so that nothing is written after an error was raised."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="archive")
        self._under_way: deque[tuple[Future[Any], int]] = deque()
        self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def send(self, call: Callable[[], T], bytes_held: int) -> Future[T]:
        """Raises what an earlier call raised. `bytes_held` are free once this one has ended."""
        while self._under_way and (
            self._bytes + bytes_held > BYTES_MAX
            or len(self._under_way) >= CALLS_MAX
            or self._under_way[0][0].done()
        ):
            self._first()
        future = self._pool.submit(call)
        self._under_way.append((future, bytes_held))
        self._bytes += bytes_held
        return future

    def settle(self) -> None:
        """Wait for all that was sent. Raises what the first one raised."""
        while self._under_way:
            self._first()

    def _first(self) -> None:
        future, held = self._under_way.popleft()
        self._bytes -= held
        future.result()
