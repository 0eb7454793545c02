"""The port every store implements: one commit per command, claims that are fenced, a chain that can be checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from data.events import AnyEvent
from data.log.checkpoints import Signs
from data.log.heads import KeptHead, Sealed
from data.records.base import Record
from data.records.decision import EPOCH, Claim, ClaimKind, Decision, Effect, Receipt, Result, Room, Timer
from data.records.facts import Facts


class Streams(Protocol):
    """What is on record by streams, for whoever only looks there."""

    def state(self, stream: str) -> bytes | None: ...

    def streams(self, prefix: str = "") -> tuple[str, ...]: ...


Then = tuple[str, str, Facts | None]
"""A follow-up: (stream, command, facts), decided in the commit that settles the work it follows."""


def always() -> bool:
    return True


class Trouble(NamedTuple):
    """Something that waits for a person to look: it stopped for good, or `is_held_up` until they mend what it names.

    A command names no stream.
    """

    key: str
    stream: str
    why: str
    is_held_up: bool = False


class Waiting(NamedTuple):
    """An effect that is still to come: when it was first tried, if it was, and what kept it from being done."""

    since: datetime | None
    why: str


class Kept(NamedTuple):
    """An effect as it is kept: what is wanted, and what was found when it was last done; empty where it never was.

    tried    from when until when it may have been done, where nobody knows; empty where that is known
    turn_at  when its turn came, or comes: when it was wanted, and its patience later
    """

    effect: Effect
    found: dict[str, str]
    is_done: bool
    is_stopped: bool
    tried: tuple[datetime, ...] = ()
    turn_at: datetime = EPOCH


class Asleep(NamedTuple):
    """A message that waits for the working hours of `person`, which begin at `until` by all that is known now."""

    key: str
    stream: str
    person: str
    until: datetime
    why: str


class Queue(NamedTuple):
    """How a queue stands.

    due       should be done by now, whether nobody took it up yet, somebody works on it, or it is tried again
    waiting   all that is not settled, however far ahead     stopped   waits for a person to look
    """

    kind: ClaimKind
    due: int
    oldest_due_at: datetime | None
    waiting: int
    stopped: int


class Machine(Protocol):
    """The pure part a store is built with: how commands are decided and events folded.

    States are opaque to the store; it keeps them encoded. `opens` says which id a new stream of that kind gets:
    commands sent to the stream "RET-*" open the next "RET-n".

    fold_version   counts up whenever the same events fold to other bytes: all states are then folded anew
    """

    @property
    def fold_version(self) -> int: ...

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        """What the command leads to. Raises `Refused`, `Invalid` or `NotFound`; never touches anything."""
        ...

    def after_import(self, stream: str, now: datetime) -> tuple[Timer, ...]:
        """What to set in a stream that has something reserved when an import changed the catalog."""
        ...

    def evolve(self, stream: str, state: bytes | None, *events: AnyEvent) -> bytes:
        """The encoded state after these events, in order. Total: an event that was stored always folds."""
        ...


class Cursor(NamedTuple):
    """A place in the tail of the store that gave it, and of no other.

    xid   the transaction that wrote the event where several can write at once, 0 where only one can. Positions are
          given out before commits, so one alone says too little: tailing by it lost 16 % of events under 8 writers.
    """

    xid: int = 0
    position: int = 0


BEGINNING = Cursor()


class StoredEvent(Record, frozen=True, kw_only=True):
    """An event with its place. `position` is its number over all streams, `cursor` where a tail goes on after it."""

    position: int
    stream: str
    version: int
    event: AnyEvent
    cursor: Cursor


class Verified(Record, frozen=True, kw_only=True):
    """What `verify` found: how many entries and streams hold; `bad` names the first that does not.

    sealed   entries that are in the log     checkpoints   signed heads of it; each is consistent with all others
    """

    entries: int
    streams: int
    sealed: int = 0
    checkpoints: int = 0
    bad: str = ""


class Store(Protocol):
    """All methods are safe to call from any thread. Writes return once they are durable."""

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
        """Decide and commit: inbox key, events, state, timers and effects at once.

        A key seen before returns its first receipt with `repeated`. A refusal of the machine's is a receipt, too.
        Raises `Stale` when the catalog is not at `catalog_version` any more: gather facts again.

        tried_since   of the claim this answers. Where that was before the record was brought back from a backup,
                      messages it leads to are looked up before they are sent
        """
        ...

    def receive(
        self,
        key: str,
        command: str,
        reply_to: dict[str, str],
        now: datetime,
        *,
        may_keep: Callable[[], bool] = always,
    ) -> bool:
        """Keep an inbound command durably. False when the key was there already.

        may_keep   asked last of all before the commit, and each time that is tried: told no, it keeps nothing
                   and raises `Unrecorded`
        """
        ...

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        """Due rows, leased until `now + LEASE`. A row whose lease ran out is claimed again with a higher attempt.

        Nothing is written where nothing is due, nor for effects that `room` leaves waiting.
        """
        ...

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        """Record how a claim ended; `then` is decided in the same commit.

        False, and nothing changes, when another attempt has the row by now.
        """
        ...

    def renew(self, claim: Claim, now: datetime) -> bool:
        """Extend the lease of work that still goes on. False when another attempt has the row by now."""
        ...

    def state(self, stream: str) -> bytes | None:
        """The encoded state, or None for a stream nobody opened."""
        ...

    def want(self, stream: str, effects: Iterable[Effect], now: datetime) -> None:
        """Have effects performed that no event asks for; those of a key that is known only where they refresh."""
        ...

    def receipt(self, key: str) -> Receipt | None:
        """What became of a command; None for a key that was never decided."""
        ...

    def states(self, prefix: str) -> dict[str, bytes]:
        """Stream -> its encoded state, for all whose names begin with this. The prefix is ASCII, and not empty."""
        ...

    def streams(self, prefix: str = "") -> tuple[str, ...]: ...

    def events(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]: ...

    def found(self, effect_key: str) -> dict[str, str] | None:
        """What a done effect found, such as the channel and ts of a message; None while it is not done."""
        ...

    def waiting(self, effect_key: str) -> Waiting | None:
        """An effect that is wanted and may still be done; None once it is done, or stopped for good."""
        ...

    def kept(self, prefix: str) -> tuple[Kept, ...]:
        """Every effect whose key begins with this, done or not. The prefix is ASCII."""
        ...

    def entries(self) -> int:
        """How many there are in all streams: a number that grows with whatever happens."""
        ...

    def next_due(self, room: Room | None = None) -> datetime | None:
        """When the first row falls due, or its lease ends; of effects only those that `room` lets begin."""
        ...

    def tail(self, cursor: Cursor = BEGINNING) -> Iterator[StoredEvent]:
        """Every event after the cursor, each stream in its order. None is ever skipped; the newest may come later."""
        ...

    def is_awaited(self, sender: str) -> bool:
        """Whether something this person asked for was kept and is not decided yet, by any process."""
        ...

    def unheard(self, stream: str) -> bool:
        """Whether something anybody asked of this stream was kept and is not decided yet."""
        ...

    def troubles(self) -> tuple[Trouble, ...]:
        """What stopped for good: messages and work, then timers, then commands; at last messages that are held up."""
        ...

    def timers(self, stream: str) -> tuple[Timer, ...]:
        """Those that are set, the first to fall due first."""
        ...

    def asleep(self) -> tuple[Asleep, ...]:
        """Messages that wait for somebody's working hours, the first to go first."""
        ...

    def queues(self, now: datetime) -> tuple[Queue, ...]:
        """How much waits, of each kind of claim."""
        ...

    def seal(self, now: datetime, signer: Signs | None = None) -> Sealed:
        """Take all entries into the log that are not in it, and keep its head, signed where there is a key.

        Beside all other work: no commit waits for it. Nothing changes where nothing is new, unless the last head is
        not signed by this key. The order of leaves is fixed here, once for all processes: what another seals at the
        same time may be left to it.
        """

    def checkpoint(self) -> KeptHead | None:
        """The newest signed head; None while there is none."""

    def bundle(self, stream: str) -> bytes:
        """All that is on record of a stream, with proofs (data/audit). Raises `Refused` while no checkpoint has it."""

    def verify(self, kept: Sequence[bytes] = ()) -> Verified:
        """Look at every entry, at the log over them, and whether it goes on from checkpoints that somebody kept."""

    def close(self) -> None: ...
