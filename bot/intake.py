"""How long may taking in what people ask for hold them up? Two seconds, and eight of them at most.

Slack waits three (docs.slack.dev, Acknowledgment response), and everybody who waits keeps a thread from those
who only read. Whoever has waited long enough is told whether their request was recorded, and that stays true:
it is withdrawn in the very instant in which it could have been kept, so it never turns up afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from time import monotonic

from data.errors import EmeritusError, Unrecorded
from data.patience import seconds_left

PATIENCE_SECONDS = 2.0
AT_ONCE = 8
# The others come in turn: a store that is well takes eight in some milliseconds, one that is stuck takes none.
TURN_SECONDS = 0.25

NOT_RECORDED = (
    "Emeritus cannot write its record right now: nothing was recorded. Press or type it again in a minute"
)
NOT_KNOWN = (
    "Emeritus cannot say yet whether this was recorded: its record does not answer. "
    "Look with /retire show in a minute; if it is not there, press or type it again"
)

Keep = Callable[[Callable[[], bool]], object]
"""Writes something down, and asks at the last instant whether it still may; told no, it writes nothing."""


class NotKeptError(EmeritusError):
    """What a person asked for was not taken in; the sentence says whether it may still have been recorded."""


class _Wish:
    """One request on its way: withdrawn, or past the point where it can be, and never both."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._is_withdrawn = False
        self._is_passed = False

    def may_pass(self) -> bool:
        """Asked right before the commit; more than once where a commit is tried again."""
        with self._gate:
            self._is_passed = not self._is_withdrawn
            return self._is_passed

    def withdrawn(self) -> bool:
        """Whether it will surely not be recorded, from now on."""
        with self._gate:
            self._is_withdrawn = not self._is_passed
            return self._is_withdrawn


class Intake:
    def __init__(
        self,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        turn_seconds: float = TURN_SECONDS,
        at_once: int = AT_ONCE,
    ) -> None:
        self._patience_seconds = patience_seconds
        self._turn_seconds = turn_seconds
        self._free = threading.BoundedSemaphore(at_once)

    def take(
        self, keep: Keep, *, late: Callable[[], None], stopwatch: Callable[[], float] = monotonic
    ) -> None:
        """Return once it is kept. Raises `NotKeptError` with what to tell the person.

        late        called when something that was given up turns out to have been kept
        stopwatch   seconds as Slack counts them, only ever subtracted
        """
        # Whoever looked something up before has used some of Slack's patience.
        patience = max(0.0, min(self._patience_seconds, seconds_left()))
        began, until = stopwatch(), monotonic() + patience
        if not self._free.acquire(timeout=min(self._turn_seconds, patience)):
            raise NotKeptError(NOT_RECORDED)
        wish, keeping = _Wish(), Future[None]()
        # A thread of its own, and one that no exit waits for: a store that is stuck may stay so for long.
        threading.Thread(target=self._keep, args=(keep, wish, keeping), name="intake", daemon=True).start()
        ended, _ = wait((keeping,), max(0.0, until - monotonic()))
        if not ended and wish.withdrawn():
            raise NotKeptError(NOT_RECORDED)
        if not keeping.done():
            keeping.add_done_callback(lambda ended: None if ended.exception() else late())
            raise NotKeptError(NOT_KNOWN)
        if error := keeping.exception():
            if not isinstance(error, Exception):
                raise error
            # A store that fails before it commits has kept nothing, nor has one that says so.
            is_certain = isinstance(error, Unrecorded) or wish.withdrawn()
            raise NotKeptError(NOT_RECORDED if is_certain else NOT_KNOWN) from error
        if stopwatch() - began > self._patience_seconds:
            # The machine slept, or was too busy to look in time: Slack does not wait for the acknowledgement any more.
            late()
            raise NotKeptError(NOT_KNOWN)

    def _keep(self, keep: Keep, wish: _Wish, keeping: Future[None]) -> None:
        failure: BaseException | None = None
        try:
            keep(wish.may_pass)
        except BaseException as error:  # noqa: BLE001 - whoever waits raises it
            failure = error
        self._free.release()
        if failure is None:
            keeping.set_result(None)
        else:
            keeping.set_exception(failure)
