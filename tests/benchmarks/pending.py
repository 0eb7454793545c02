"""A process with many timers pending, in the store or in APScheduler: adds more, says how long and how big.

Told "fill N" and "add N"; timers are due at random within a year, and what "add" added is taken away again.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Protocol

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from data.events import AnyEvent
from data.records.decision import Decision, Timer
from data.sqlite.store import SqliteStore
from tests.benchmarks.child import resident_bytes, tell

PER_RETIREMENT = 50
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
YEAR = 365 * 86_400
COMMAND = '{"command":"remind","by":"emeritus","milestone":"7 days before"}'


def moments(seed: int) -> Iterator[datetime]:
    """Ahead of the clock on the wall too: APScheduler runs what is past."""
    rand = Random(seed)
    begin = max(NOW, datetime.now(UTC))
    while True:
        yield begin + timedelta(days=1, seconds=rand.randrange(YEAR))


class Pending(Protocol):
    def add(self, dues: list[datetime], *, to: str) -> float:
        """Seconds it took to have them all pending."""
        ...

    def remove(self, of: str, count: int) -> None: ...

    def close(self) -> None: ...


class Setting:
    """A machine that sets the timers it is given, and cancels what it is told to; nothing is decided."""

    fold_version = 0

    def __init__(self) -> None:
        self.decision: Decision[AnyEvent] = Decision()

    def decide(self, *_: object) -> Decision[AnyEvent]:
        return self.decision

    def after_import(self, *_: object) -> tuple[Timer, ...]:
        return ()

    def evolve(self, stream: str, state: bytes | None, *events: AnyEvent) -> bytes:
        return b"{}"


class Stored:
    """Timers as a command leaves them: durable when `transact` returns."""

    def __init__(self, path: Path) -> None:
        self._machine = Setting()
        self._store = SqliteStore(path, self._machine)
        self._keys = 0

    def add(self, dues: list[datetime], *, to: str) -> float:
        timers = tuple(
            Timer(name=f"reminder/{number}", due_at=due, command=COMMAND) for number, due in enumerate(dues)
        )
        return self._does(to, Decision(timers=timers))

    def remove(self, of: str, count: int) -> None:
        self._does(of, Decision(cancels=("*",)))

    def close(self) -> None:
        self._store.close()

    def _does(self, stream: str, decision: Decision[AnyEvent]) -> float:
        self._machine.decision = decision
        self._keys += 1
        began = time.perf_counter()
        self._store.transact(f"{stream}/{self._keys}", stream, "{}", b"", NOW)
        return time.perf_counter() - began


def remind(command: str) -> None:
    """What a job of APScheduler's would call. A plain function: it inspects a builtin's at three times the price."""


class InMemory:
    """APScheduler as an application uses it: a job per timer, in the store it uses by default; paused, so none runs."""

    def __init__(self, _: Path) -> None:
        self._scheduler = BackgroundScheduler(jobstores={"default": MemoryJobStore()}, timezone=UTC)
        self._scheduler.start(paused=True)

    def add(self, dues: list[datetime], *, to: str) -> float:
        began = time.perf_counter()
        for number, due in enumerate(dues):
            self._scheduler.add_job(
                remind,
                DateTrigger(due, timezone=UTC),
                args=(COMMAND,),
                id=f"{to}/{number}",
                misfire_grace_time=None,
            )
        return time.perf_counter() - began

    def remove(self, of: str, count: int) -> None:
        for number in range(count):
            self._scheduler.remove_job(f"{of}/{number}")

    def close(self) -> None:
        self._scheduler.shutdown()


def fill(pending: Pending, count: int) -> None:
    coming = moments(seed=1)
    for number in range(count // PER_RETIREMENT):
        pending.add([next(coming) for _ in range(PER_RETIREMENT)], to=f"RET-{number}")


def main(kind: str, path: str) -> None:
    pending: Pending = Stored(Path(path)) if kind == "stored" else InMemory(Path(path))
    coming = moments(seed=2)
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        match word:
            case "fill":
                gc.collect()
                before = resident_bytes()
                fill(pending, int(number))
                gc.collect()
                tell(resident_bytes() - before)
            case "add":
                dues = [next(coming) for _ in range(int(number))]
                tell(pending.add(dues, to="RET-added"))
                pending.remove("RET-added", int(number))
    pending.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
