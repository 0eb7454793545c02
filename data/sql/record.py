"""The `Store` port in SQL, whatever database is behind it. A store adds how to connect, commit and tail.

Reading looks at the database each time: nothing is kept here, so any process may have written meanwhile.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from data.audit.bundle import gathered
from data.audit.container import packed
from data.errors import Unrecorded
from data.events import AnyEvent
from data.log.checkpoints import Signs
from data.log.heads import KeptHead, Sealed
from data.records.decision import Claim, ClaimKind, Effect, Receipt, Result, Room, Timer
from data.records.facts import Facts
from data.sql import claims, depths, troubles
from data.sql.book import Asked, Book, receipt_of
from data.sql.connection import Connection
from data.sql.doubts import Doubted, doubt_everything
from data.sql.effects import asleep, found_by, kept, waiting_for
from data.sql.entries import states, stored_event, streams, texts_where
from data.sql.log import last_head
from data.sql.sealing import seal
from data.sql.tail import Order, followed
from data.sql.verifying import verify
from data.sql.wishes import put_effects, want_again
from data.store import (
    BEGINNING,
    Asleep,
    Cursor,
    Kept,
    Machine,
    Queue,
    StoredEvent,
    Then,
    Trouble,
    Verified,
    Waiting,
    always,
)

T = TypeVar("T")


class SqlStore(ABC):
    """Implements `data.store.Store`.

    A job given to `write` may run more than once before it is committed: it must keep nothing outside.
    """

    _TAIL: ClassVar[Order]
    _SIZE: ClassVar[str]

    is_shared: ClassVar[bool] = False
    """Whether several processes may write to it at once."""

    def __init__(self, machine: Machine, rand: Callable[[int], bytes], lease: timedelta) -> None:
        self._machine = machine
        self._book = Book(machine, rand, self.positions)
        self._lease = lease

    @abstractmethod
    def write(self, job: Callable[[Connection], T]) -> T:
        """Run the job in a commit, and return once that is durable."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with; each statement sees what is committed by then."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Connection]:
        """A connection that cannot write, and sees one moment of the record however long the reading takes."""

    @abstractmethod
    def inspection(self) -> AbstractContextManager[Connection]:
        """A snapshot that shows what cannot be there, too: text that is none comes with surrogates in it."""

    @abstractmethod
    def examine(self, conn: Connection) -> None:
        """Raises `Corrupt` where the database itself is damaged, be it where no entry stands."""

    @abstractmethod
    def close(self) -> None:
        """Finish what waits and let go of the database. Safe to call twice."""

    @abstractmethod
    def left_work(self) -> None:
        """A commit may have left something due: whoever else could take it up is told."""

    def wait_hint(self, timeout_seconds: float) -> bool:  # noqa: ARG002 - others wait that long
        """Wait until some other process says that it left work; False when none did in time.

        A hint may be lost, and come without any work. Where only one process may write there is none, nor a wait.
        """
        return False

    @abstractmethod
    def positions(self, conn: Connection, count: int) -> Sequence[int]:
        """Inside a job of `write` that holds its stream: the next places in the order of all entries."""

    @abstractmethod
    def renumber(self, conn: Connection) -> None:
        """After rows came in with their numbers, in their job of `write`: what is counted goes on behind them."""

    @abstractmethod
    def check_writable(self) -> None:
        """Raises `Unavailable` where nothing could be recorded now; changes nothing."""

    def transact(
        self,
        key: str,
        stream: str,
        command: str,
        facts: Facts | None,
        now: datetime,
        *,
        catalog_version: int | None = None,
        tried_since: datetime | None = None,
    ) -> Receipt:
        asked = Asked(key, stream, command, facts, now, tried_since)
        receipt = self.write(lambda conn: self._book.transact(conn, asked, catalog_version=catalog_version))
        if not receipt.repeated:
            self.left_work()
        return receipt

    def receive(
        self,
        key: str,
        command: str,
        reply_to: dict[str, str],
        now: datetime,
        *,
        may_keep: Callable[[], bool] = always,
    ) -> bool:
        def job(conn: Connection) -> bool:
            is_new = claims.receive(conn, key, command, reply_to, now)
            if not may_keep():
                raise Unrecorded("Whoever asked for it does not wait any more, so it was not recorded")
            return is_new

        is_new = self.write(job)
        if is_new:
            self.left_work()
        return is_new

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        with self.reading() as conn:
            if not claims.is_due(conn, kind, now, room):
                return ()
        return self.write(lambda conn: claims.claim_due(conn, kind, now, limit, lease=self._lease, room=room))

    def renew(self, claim: Claim, now: datetime) -> bool:
        return self.write(lambda conn: claims.renew(conn, claim, now + self._lease))

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        is_settled = self.write(lambda conn: claims.settle(conn, self._book, claim, result, now, then=then))
        if is_settled and then is not None:
            self.left_work()
        return is_settled

    def append(self, conn: Connection, stream: str, events: Iterable[AnyEvent], now: datetime) -> int:
        """Inside a job of `write`: add events to a stream in its commit. Returns the stream's version."""
        return self._book.append(conn, stream, events, now)

    def want(self, stream: str, effects: Iterable[Effect], now: datetime) -> None:
        """Have effects performed that no event asks for: such as drawing anew what is there."""
        self.write(lambda conn: put_effects(conn, stream, effects, now))

    def want_again(self, keys: Iterable[str], now: datetime, *, patience_seconds: int = 0) -> None:
        """Have effects that refresh performed once more, as they were wanted last."""
        self.write(lambda conn: want_again(conn, keys, now, patience_seconds))

    def doubt(self, since: datetime, now: datetime) -> Doubted:
        """The record was brought back as it stood then: what waits is looked up before it is done."""
        return self.write(lambda conn: doubt_everything(conn, since, now))

    def wake(self, conn: Connection, now: datetime) -> None:
        """Inside a job of `write` that changed the catalog: what waits on it is asked in the same commit."""
        self._book.wake(conn, now)

    def erase(self, stream: str, version: int, containing: str = "") -> int:
        """Forget what people wrote in one entry, with this in it; the chain still holds. Returns how many texts."""
        return self.write(lambda conn: self._book.erase(conn, stream, version, containing))

    def state(self, stream: str) -> bytes | None:
        with self.reading() as conn:
            row = conn.execute("SELECT state FROM states WHERE stream = ?", (stream,)).fetchone()
        return row[0] if row else None

    def states(self, prefix: str) -> dict[str, bytes]:
        with self.reading() as conn:
            return states(conn, prefix)

    def streams(self, prefix: str = "") -> tuple[str, ...]:
        """In the order they were opened."""
        with self.reading() as conn:
            return streams(conn, prefix)

    def events(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]:
        with self.snapshot() as conn:
            rows = conn.execute(
                f"""SELECT {self._TAIL.xid}, position, stream, version, stored FROM events
                WHERE stream = ? AND version > ? ORDER BY version""",  # noqa: S608 - a constant of the store
                (stream, after),
            ).fetchall()
            texts = texts_where(conn, "stream = ? AND version > ?", (stream, after))
        return tuple(stored_event(row, texts) for row in rows)

    def tail(self, cursor: Cursor = BEGINNING) -> Iterator[StoredEvent]:
        return followed(self.snapshot, self._TAIL, cursor)

    def found(self, effect_key: str) -> dict[str, str] | None:
        with self.reading() as conn:
            return found_by(conn, effect_key)

    def waiting(self, effect_key: str) -> Waiting | None:
        with self.reading() as conn:
            return waiting_for(conn, effect_key)

    def kept(self, prefix: str) -> tuple[Kept, ...]:
        with self.reading() as conn:
            return kept(conn, prefix)

    def entries(self) -> int:
        with self.reading() as conn:
            return int(conn.execute("SELECT coalesce(sum(version), 0) FROM states").fetchone()[0])

    def receipt(self, key: str) -> Receipt | None:
        with self.reading() as conn:
            return receipt_of(conn, key)

    def next_due(self, room: Room | None = None) -> datetime | None:
        with self.reading() as conn:
            return claims.next_due(conn, room)

    def is_awaited(self, sender: str) -> bool:
        with self.reading() as conn:
            return claims.is_awaited(conn, sender)

    def unheard(self, stream: str) -> bool:
        with self.reading() as conn:
            return claims.unheard(conn, stream)

    def troubles(self) -> tuple[Trouble, ...]:
        with self.reading() as conn:
            return troubles.troubles(conn)

    def timers(self, stream: str) -> tuple[Timer, ...]:
        with self.reading() as conn:
            return claims.timers(conn, stream)

    def asleep(self) -> tuple[Asleep, ...]:
        with self.reading() as conn:
            return asleep(conn)

    def retry(self, key: str, now: datetime) -> bool:
        """Have what waits for a person tried again at once. False where nothing of this key does, or can be."""
        if is_found := self.write(lambda conn: troubles.retry(conn, key, now)):
            self.left_work()
        return is_found

    def dismiss(self, key: str) -> bool:
        """Somebody has seen to what stopped for good. False where nothing of this key has."""
        return self.write(lambda conn: troubles.dismiss(conn, key))

    def queues(self, now: datetime) -> tuple[Queue, ...]:
        with self.snapshot() as conn:
            return depths.queues(conn, now)

    def size(self) -> int:
        """Bytes the database takes, without what is still in a log beside it."""
        with self.reading() as conn:
            return int(conn.execute(self._SIZE).fetchone()[0])

    def seal(self, now: datetime, signer: Signs | None = None) -> Sealed:
        return seal(self, self._TAIL, now, signer)

    def checkpoint(self) -> KeptHead | None:
        with self.reading() as conn:
            return last_head(conn, signed=True)

    def bundle(self, stream: str) -> bytes:
        with self.snapshot() as conn:
            return packed(gathered(conn, stream))

    def verify(self, kept: Sequence[bytes] = ()) -> Verified:
        with self.inspection() as conn:
            found = verify(conn, self._machine, self._TAIL, kept)
            if not found.bad:
                self.examine(conn)
            return found
