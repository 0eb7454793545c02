"""The executors handed to the dispatcher: everything runs in the calling thread, when the world says so."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from random import Random
from typing import Any


class Bench(Executor):
    """Work waits on the bench and is taken up in any order, as by threads that are scheduled at random."""

    def __init__(self, rand: Random) -> None:
        self._rand = rand
        self._waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self.slow = 0.0
        """How often a piece is left lying while others, and time, go on."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert not kwargs
        future: Future[Any] = Future()
        self._waiting.append((future, fn, args))
        return future

    def __len__(self) -> int:
        return len(self._waiting)

    def run_some(self) -> int:
        """Run what waits, in any order; how much that was. One piece at least."""
        ran = 0
        while self._waiting:
            if ran and self.slow and self._rand.random() < self.slow:
                break
            place = self._rand.randrange(len(self._waiting)) if len(self._waiting) > 1 else 0
            run(*self._waiting.pop(place))
            ran += 1
        return ran


class AtOnce(Executor):
    """Runs what it is given before it returns."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        run(future, fn, args)
        return future


def run(future: Future[Any], fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """As a worker thread would; a crash of the process is nobody's result."""
    try:
        result = fn(*args)
    except Exception as error:  # noqa: BLE001 - it is the future's
        future.set_exception(error)
    else:
        future.set_result(result)
