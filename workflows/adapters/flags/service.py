"""Answers evaluations: each is on the log of its flag before it is answered, so that the meter may say "nobody asks".

One process serves all flags of a folder. A flag is there as soon as the catalog declares it, or half a minute later.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from time import monotonic

import msgspec

from data.errors import Corrupt, EmeritusError, Refused
from data.records.traffic import Lane
from workflows.adapters.call_log import BEAT_SECONDS
from workflows.adapters.caller_names import ANONYMOUS, caller_of
from workflows.adapters.flags.endpoints import FlagEndpoints
from workflows.adapters.flags.evaluations import Evaluations
from workflows.adapters.flags.flag import ADDRESS_FILE, LOCK_FILE, Flag, Reason, choose, metadata
from workflows.adapters.model_server import take_lock, write_atomically


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One evaluation that succeeded, as OFREP has it. The value is the variant's own name."""

    key: str
    value: Lane
    variant: Lane
    reason: Reason
    metadata: dict[str, str] = {}


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """One of several that did not."""

    key: str
    errorCode: str  # noqa: N815 - as OFREP has it
    errorDetails: str  # noqa: N815


class FlagService:
    """`declared`: key of each flag of the catalog that may be new -> whether a retirement switched it off.

    Raises `Refused` where another process serves them.
    """

    def __init__(
        self,
        endpoints: FlagEndpoints,
        *,
        declared: Callable[[], Mapping[str, bool]],
        now: Callable[[], datetime],
    ) -> None:
        self._endpoints, self._declared, self._now = endpoints, declared, now
        self._logs: dict[str, Evaluations] = {}
        self._opening = threading.Lock()
        endpoints.top.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = take_lock(endpoints.top / LOCK_FILE)
        if lock is None:
            raise Refused(
                "Cannot serve flags",
                reasons=[f"another process serves those in {endpoints.top}"],
                next_step="Set EMERITUS_FLAGS for one of them only",
            )
        self._lock = lock
        self._last = monotonic()
        self._ended = threading.Event()
        try:
            self.settle()
        except BaseException:
            self.close()
            raise

    def settle(self) -> None:
        """Have a flag for all that the catalog declares, and a log for each there is. Safe to repeat."""
        for ref, is_closed in self._declared().items():
            self._endpoints.settle(ref, is_closed=is_closed)
        for file in self._endpoints.folders.files():
            with suppress(Corrupt):  # told to whoever asks for it
                self._log(self._endpoints.folders.read(file).ref)

    def listen(self, address: str) -> None:
        """It is served at this address from now on, and gives signs of life until it is closed."""
        write_atomically(self._endpoints.top / ADDRESS_FILE, address.encode())
        threading.Thread(target=self._live, name="flags", daemon=True).start()

    def close(self) -> None:
        self._ended.set()
        for log in self._logs.values():
            with suppress(sqlite3.Error):
                log.live(self._now())
            log.close()
        self._lock.close()

    def evaluate(self, key: str, consumer: str) -> Told | None:
        """None where there is no such flag. Raises `Corrupt`, and `sqlite3.Error` where it could not be logged."""
        flag = self._endpoints.folders.config(key)
        return None if flag is None or flag.ref != key else self._told(flag, consumer)

    def evaluate_all(self, consumer: str) -> Iterator[Told | Failed]:
        """Every flag: whoever asks for all may go by any, so each counts it. Raises `sqlite3.Error`."""
        for key in sorted(self._logs):
            try:
                told = self.evaluate(key, consumer)
            except Corrupt as error:
                yield Failed(key=key, errorCode="GENERAL", errorDetails=str(error))
            else:
                if told is not None:
                    yield told

    def _told(self, flag: Flag, consumer: str) -> Told:
        now, name = self._now(), caller_of(consumer) or ANONYMOUS
        variant, reason = choose(flag, name, now)
        self._log(flag.ref).tell(name, variant, now)
        return Told(
            key=flag.ref, value=variant, variant=variant, reason=reason, metadata=metadata(flag, variant, now)
        )

    def _log(self, ref: str) -> Evaluations:
        with self._opening:
            if ref not in self._logs:
                self._logs[ref] = Evaluations(self._endpoints.log_of(ref), self._now())
            return self._logs[ref]

    def _live(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            self.beat(monotonic())

    def beat(self, at: float) -> None:
        """`at`: seconds of a clock that never goes back."""
        with suppress(EmeritusError, sqlite3.Error):  # tried again at the next one
            self.settle()
        for log in list(self._logs.values()):
            with suppress(sqlite3.Error):
                log.beat(self._now(), seconds_since=at - self._last)
        self._last = at
