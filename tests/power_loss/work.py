"""What does the bot do to its record while it runs? Everything, drawn from a seed: through the store's own methods.

Also several threads at once, so that their commands share a commit.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from msgspec.structs import replace

from data.records.base import Record
from data.records.decision import (
    Claim,
    ClaimKind,
    Dead,
    Done,
    Effect,
    NotDone,
    Outcome,
    Receipt,
    Result,
    Timer,
    Unknown,
)
from data.sqlite.store import SqliteStore
from data.sqlite.writer import Writer
from tests.contract.scripted import a_command, an_effect

_TEXT_LENGTHS = (20, 20, 200, 3_000, 30_000)
_IN_TEN_YEARS = timedelta(days=3_650)


class Readable(Protocol):
    """A connection, the simulated or an ordinary one."""

    def execute(self, sql: str, /) -> Iterable[tuple[Any, ...]]: ...


class Ack(Record, frozen=True, kw_only=True):
    """A command that came back: from then on all it led to is in the record, whatever happens."""

    receipt: Receipt
    effects: tuple[str, ...]
    timer: str


class WatchedWriter(Writer):
    """The product's writer; one can see how many jobs wait, to let a known number share a commit."""

    def waiting(self) -> int:
        return len(self._jobs)


class Work:
    """`acknowledged` is called with each command in the moment it came back to who asked."""

    def __init__(
        self,
        store: SqliteStore,
        writer: WatchedWriter,
        reader: Readable,
        *,
        rng: Random,
        began_at: datetime,
        acknowledged: Callable[[Ack], None],
    ) -> None:
        self._store, self._writer, self._reader, self._rng = store, writer, reader, rng
        self._is_looking = False
        self._now = began_at
        self._acknowledged = acknowledged
        self._acks: list[Ack] = []

    def go_on(self, turns: int) -> None:
        deeds = [
            self._command,
            self._together,
            self._again,
            self._receive,
            self._claim,
            self._erase,
            self._look,
        ]
        for _ in range(turns):
            self._now += timedelta(seconds=self._rng.randrange(1, 40))
            self._rng.choices(deeds, weights=[6, 2, 1, 2, 4, 1, 2])[0]()

    def _command(self) -> None:
        self._back(self._asked()())

    def _together(self) -> None:
        for ack in self._in_one_commit([self._asked() for _ in range(self._rng.randrange(2, 7))]):
            self._back(ack)

    def _again(self) -> None:
        if self._acks:
            first = self._rng.choice(self._acks).receipt
            repeated = self._store.transact(
                first.key, first.stream, a_command(refuses="never"), b"", self._now
            )
            assert repeated == replace(first, repeated=True)

    def _receive(self) -> None:
        self._store.receive(
            self._key(), a_command(counts=1), {"channel": "C1", "ts": self._words()}, self._now
        )

    def _claim(self) -> None:
        kind = self._rng.choice(list(ClaimKind))
        for claim in self._store.claim(kind, self._now, self._rng.randrange(1, 4)):
            if self._rng.random() < 0.8:
                self._store.settle(claim, self._result(), self._now, then=self._then(claim))

    def _erase(self) -> None:
        if self._acks:
            receipt = self._rng.choice(self._acks).receipt
            told = a_command(erases=receipt.version)
            said = self._store.transact(self._key(), receipt.stream, told, b"", self._now)
            self._back(Ack(receipt=said, effects=(), timer=""))
            self._store.erase(receipt.stream, receipt.version)

    def _look(self) -> None:
        """A reader keeps one moment of the record for a while: checkpoints stop before what came later."""
        if self._is_looking:
            self._reader.execute("ROLLBACK")
        else:
            self._reader.execute("BEGIN")
            list(self._reader.execute("SELECT count(*) FROM events"))
        self._is_looking = not self._is_looking

    def _back(self, ack: Ack) -> None:
        self._acks.append(ack)
        self._acknowledged(ack)

    def _asked(self) -> Callable[[], Ack]:
        """A command, all of it drawn now, to be sent by whoever calls."""
        key, stream, now, timer = self._key(), self._stream(), self._now, f"lasting-{self._key()}"
        effects = self._effects(key)
        moving = [
            Timer(
                name=f"remind-{number}",
                due_at=now + timedelta(seconds=self._rng.randrange(200)),
                command=a_command(counts=1),
            )
            for number in self._rng.sample(range(4), self._rng.randrange(3))
        ]
        script: dict[str, Any] = {
            "counts": self._rng.randrange(1, 4),
            "says": tuple(self._words() for _ in range(self._rng.randrange(2))),
            "timers": (*moving, Timer(name=timer, due_at=now + _IN_TEN_YEARS, command=a_command())),
            "cancels": ("remind-*",) if self._rng.random() < 0.1 else (),
            "effects": effects,
            "reserves": (f"model-{key}",) if self._rng.random() < 0.3 else (),
            "releases": self._rng.random() < 0.2,
            "reply": self._words()[:40],
        }
        if self._rng.random() < 0.1:
            script = {"refuses": "The rules forbid it"}
        encoded = a_command(**script)

        def ask() -> Ack:
            receipt = self._store.transact(key, stream, encoded, b"", now)
            if receipt.outcome is Outcome.REFUSED:
                return Ack(receipt=receipt, effects=(), timer="")
            return Ack(receipt=receipt, effects=tuple(effect.key for effect in effects), timer=timer)

        return ask

    def _in_one_commit(self, asked: Sequence[Callable[[], Ack]]) -> list[Ack]:
        """Holds the writer until all of them wait, in this order; then it takes them into one transaction."""
        is_held, may_go_on = threading.Event(), threading.Event()

        def hold(_: object) -> None:
            is_held.set()
            may_go_on.wait()

        with ThreadPoolExecutor(len(asked) + 1) as pool:
            holding = pool.submit(self._store.write, hold)
            is_held.wait()
            sent: list[Future[Ack]] = []
            try:
                for ask in asked:
                    sent.append(pool.submit(ask))
                    while self._writer.waiting() < len(sent) and not sent[-1].done():
                        os.sched_yield()
            finally:
                may_go_on.set()
            holding.result()
            return [future.result() for future in sent]

    def _effects(self, key: str) -> tuple[Effect, ...]:
        lane = self._rng.choice(["", "C1", "C2"])
        drawn = [
            an_effect(f"{key}/line", lane=lane, batch=self._rng.choice(["", "lines"])),
            an_effect(f"{key}/thread", lane=lane, after=f"{key}/line"),
            an_effect("card", lane="C1", refresh=True),
        ]
        return tuple(drawn[: self._rng.randrange(4)])

    def _result(self) -> Result:
        later = self._now + timedelta(seconds=60)
        results: list[Result] = [
            Done(found={"ts": self._words()[:20]}),
            Done(),
            NotDone(retry_at=later, why="rate limit"),
            Unknown(retry_at=later, why="no reply"),
            Dead(why="the channel is gone"),
        ]
        return self._rng.choice(results)

    def _then(self, claim: Claim) -> tuple[str, str, bytes] | None:
        is_wanted = claim.kind is not ClaimKind.EFFECT or self._rng.random() < 0.5
        return (claim.stream or "RET-*", a_command(counts=1), b"") if is_wanted else None

    def _stream(self) -> str:
        known = [ack.receipt.stream for ack in self._acks if ack.receipt.version]
        return self._rng.choice(known) if known and self._rng.random() < 0.7 else "RET-*"

    def _key(self) -> str:
        return f"{self._rng.getrandbits(48):012x}"

    def _words(self) -> str:
        return self._key() * (self._rng.choice(_TEXT_LENGTHS) // 12 + 1)
