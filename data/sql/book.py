"""How does one command become one commit? Receipt, number, entries, state, timers and effects at once.

Everything here runs as a job of `write`, inside its transaction. Where several processes write, the lock on the
stream comes first: commands on one stream wait for each other, and their entries are tailed in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from data.errors import Invalid, NotFound, Refused, Stale
from data.events import AnyEvent
from data.ledger import GENESIS, Entry, Text, entry, opened
from data.records.decision import Decision, Outcome, Receipt, Timer
from data.records.facts import Facts
from data.schema import micros
from data.sql.connection import Connection, savepoint
from data.sql.doubts import doubt_of, doubt_what_follows
from data.sql.entries import forget
from data.sql.refolding import folded
from data.sql.wishes import look_again, put_effects
from data.store import Machine, Then

_NUMBERED = "-*"

Positions = Callable[[Connection, int], Sequence[int]]
"""The next so many positions in the order of all entries. Asked once the stream is held."""


class Asked(NamedTuple):
    """A command as the writer gets it; `key` makes it happen once.

    tried_since   when the claim it answers was first tried, where that was before
    """

    key: str
    stream: str
    command: str
    facts: Facts | None
    now: datetime
    tried_since: datetime | None = None


class Standing(NamedTuple):
    """Where a stream stands. Nobody else moves it until this commit is over."""

    version: int
    digest: bytes
    state: bytes | None


_UNOPENED = Standing(0, GENESIS, None)


class _Link(NamedTuple):
    """An entry that is to follow, and the texts beside it."""

    item: Entry
    texts: tuple[Text, ...]


class _Chain(NamedTuple):
    """Entries that are to follow, and the state all of them lead to."""

    links: Sequence[_Link]
    state: bytes


class Book:
    """The record as the writer sees it: decides with `machine`, salts with `rand`, places with `positions`."""

    def __init__(self, machine: Machine, rand: Callable[[int], bytes], positions: Positions) -> None:
        self._machine = machine
        self._rand = rand
        self._positions = positions

    def transact(self, conn: Connection, asked: Asked, *, catalog_version: int | None = None) -> Receipt:
        if known := receipt_of(conn, asked.key):
            return msgspec.structs.replace(known, repeated=True)
        standing = standing_of(conn, asked.stream)
        check_catalog(conn, catalog_version)
        try:
            receipt = self._decided(conn, asked, standing)
        except (Refused, Invalid, NotFound) as refusal:
            receipt = Receipt(
                key=asked.key,
                stream=asked.stream,
                outcome=Outcome.REFUSED,
                version=standing.version,
                reply=refusal.told(),
            )
        conn.execute(
            "INSERT INTO receipts VALUES (?, ?, ?, ?, ?)",
            (receipt.key, receipt.stream, str(receipt.outcome), receipt.version, receipt.reply),
        )
        return receipt

    def follow_up(
        self, conn: Connection, turn: str, then: Then, now: datetime, *, tried_since: datetime | None
    ) -> Receipt:
        """Decide what a settled claim leads to.

        A timer set again, or an effect wanted again, comes around under the same key and attempt. The claim's
        fence, not the receipt, keeps it from being decided twice, so a key that is taken gets a suffix.
        """
        if receipt_of(conn, turn):
            turn = f"{turn}/{self._rand(8).hex()}"
        return self.transact(conn, Asked(turn, *then, now, tried_since))

    def _decided(self, conn: Connection, asked: Asked, standing: Standing) -> Receipt:
        """Nothing is written before everything that can be refused has been."""
        if not asked.stream.endswith(_NUMBERED):
            return self._committed(conn, asked, asked.stream, standing)
        with savepoint(conn):
            # A refusal takes the number back, so they have no gaps.
            stream = _numbered(conn, asked.stream.removesuffix(_NUMBERED))
            return self._committed(conn, asked, stream, standing_of(conn, stream))

    def _committed(self, conn: Connection, asked: Asked, stream: str, standing: Standing) -> Receipt:
        now = asked.now
        decision = self._machine.decide(stream, standing.state, asked.command, asked.facts, now)
        chain = self._chained(conn, stream, standing, decision.events)
        _reserve(conn, stream, decision)
        version = _keep(conn, standing, chain, now)
        _cancel_timers(conn, stream, decision.cancels)
        _set_timers(conn, stream, version, decision.timers)
        put_effects(conn, stream, decision.effects, now)
        look_again(conn, decision.wakes, now, resumed=stream if decision.resumes else "")
        if doubt := doubt_of(conn, asked.tried_since):
            doubt_what_follows(conn, stream, decision.effects, doubt, now)
        return Receipt(
            key=asked.key, stream=stream, outcome=Outcome.DONE, version=version, reply=decision.reply
        )

    def append(self, conn: Connection, stream: str, events: Iterable[AnyEvent], now: datetime) -> int:
        """Chain the events to the stream and fold them into its state. Returns the stream's version."""
        standing = standing_of(conn, stream)
        return _keep(conn, standing, self._chained(conn, stream, standing, events), now)

    def wake(self, conn: Connection, now: datetime) -> None:
        """The catalog changed: every stream that still has something reserved is asked what that means for it.

        Not those with timers: what is paused waits for nothing, and its people change all the same.
        """
        living = conn.execute(
            "SELECT stream, version FROM states WHERE stream IN (SELECT stream FROM reservations) ORDER BY stream"
        ).fetchall()
        for stream, version in living:
            _set_timers(conn, stream, version, self._machine.after_import(stream, now))

    def _chained(
        self, conn: Connection, stream: str, standing: Standing, events: Iterable[AnyEvent]
    ) -> _Chain:
        """The entries that follow, and the state after them. Nothing is written yet."""
        version, digest, state = standing
        if not (following := tuple(events)):
            return _Chain((), b"")
        links = []
        happened: list[AnyEvent] = []
        for event, position in zip(following, self._positions(conn, len(following)), strict=True):
            version += 1
            item, texts = entry(stream, version, event, digest, self._rand, position=position)
            # Folded as it will be read back, so that a later fold gives the same bytes.
            happened.append(opened(item.stored, {t.commitment: t for t in texts}.get))
            digest = item.digest
            links.append(_Link(item, texts))
        return _Chain(links, self._machine.evolve(stream, state, *happened))

    def erase(self, conn: Connection, stream: str, version: int, containing: str) -> int:
        """Forget the texts of one entry in which this stands, in the folded state too. Returns how many there were."""
        last, digest, _ = standing_of(conn, stream)
        erased = forget(conn, stream, version, containing)
        if erased and (state := folded(conn, self._machine, stream)) is not None:
            _keep_state(conn, stream, last, digest, state)
        return erased


def receipt_of(conn: Connection, key: str) -> Receipt | None:
    row = conn.execute(
        "SELECT stream, outcome, version, reply FROM receipts WHERE key = ?", (key,)
    ).fetchone()
    return row and Receipt(key=key, stream=row[0], outcome=Outcome(row[1]), version=row[2], reply=row[3])


def standing_of(conn: Connection, stream: str) -> Standing:
    """Where a stream stands, held until this commit is over.

    The first lock is there for the order of the tail: a lock on a row gives the transaction its number before it
    waits. Two that open the same stream lock nothing; the second collides on its first entry and runs again.
    """
    row = conn.execute(
        """SELECT version, digest, state
        FROM states /*! , pg_advisory_xact_lock(hashtext(:stream), hashtext(current_schema())) */
        WHERE stream = :stream /*! FOR UPDATE OF states */""",
        {"stream": stream},
    ).fetchone()
    return Standing(*row) if row else _UNOPENED


def check_catalog(conn: Connection, gathered_at: int | None) -> None:
    if gathered_at is None:
        return
    current = conn.execute("SELECT version FROM catalog_version /*! FOR SHARE */").fetchone()[0]
    if gathered_at != current:
        raise Stale(
            f"The catalog changed meanwhile: this was gathered at version {gathered_at}, "
            f"now it is at {current}. Gather it again"
        )


def _keep(conn: Connection, standing: Standing, chain: _Chain, now: datetime) -> int:
    """Write the entries, their texts and the state they lead to. Returns the stream's version."""
    for (stream, version, stored, digest, position), texts in chain.links:
        conn.execute(
            "INSERT INTO events (stream, version, stored, digest, position) VALUES (?, ?, ?, ?, ?)",
            (stream, version, stored, digest, position),
        )
        if texts:
            conn.executemany(
                "INSERT INTO prose VALUES (?, ?, ?, ?, ?, ?)",
                [(text.commitment, stream, version, text.salt, text.text, micros(now)) for text in texts],
            )
    if not chain.links:
        return standing.version
    last = chain.links[-1].item
    _keep_state(conn, last.stream, last.version, last.digest, chain.state)
    return last.version


def _keep_state(conn: Connection, stream: str, version: int, digest: bytes, state: bytes) -> None:
    conn.execute(
        """INSERT INTO states VALUES (?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE SET
            version = excluded.version, digest = excluded.digest, state = excluded.state""",
        (stream, version, digest, state),
    )


def _numbered(conn: Connection, prefix: str) -> str:
    """The next id of its kind; a refusal takes it back with the savepoint, so numbers have no gaps."""
    conn.execute(
        "INSERT INTO numbers VALUES (?, 1) ON CONFLICT (prefix) DO UPDATE SET last = numbers.last + 1",
        (prefix,),
    )
    (number,) = conn.execute("SELECT last FROM numbers WHERE prefix = ?", (prefix,)).fetchone()
    return f"{prefix}-{number}"


def _reserve(conn: Connection, stream: str, decision: Decision[AnyEvent]) -> None:
    """What is reserved now replaces what was: a changed plan gives back what it dropped."""
    for reserved in decision.reserves:
        holder = conn.execute("SELECT stream FROM reservations WHERE id = ?", (reserved,)).fetchone()
        if holder is not None and holder[0] != stream:
            raise Refused(
                f"{reserved} is already being retired by {holder[0]}",
                next_step=f"Run /retire show {holder[0]}",
            )
    if decision.releases or decision.reserves:
        conn.execute("DELETE FROM reservations WHERE stream = ?", (stream,))
    for reserved in dict.fromkeys(decision.reserves):
        conn.execute("INSERT INTO reservations VALUES (?, ?)", (reserved, stream))


def _cancel_timers(conn: Connection, stream: str, names: Iterable[str]) -> None:
    """Before new ones are set, so that a decision can drop a family of timers and set one of it again."""
    for name in names:
        if name.endswith("*"):
            beginning = name.removesuffix("*")
            conn.execute(
                "DELETE FROM timers WHERE stream = ? AND substr(name, 1, ?) = ?",
                (stream, len(beginning), beginning),
            )
        else:
            conn.execute("DELETE FROM timers WHERE stream = ? AND name = ?", (stream, name))


def _set_timers(conn: Connection, stream: str, version: int, timers: Iterable[Timer]) -> None:
    """Set or move. Whoever holds a timer that changes is fenced off; the same again changes nothing."""
    by_name = {timer.name: (micros(timer.due_at), timer) for timer in timers}
    if not by_name:
        return
    conn.executemany(
        """INSERT INTO timers (stream, name, due_at, command, ready_at, set_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (stream, name) DO UPDATE SET
            due_at = excluded.due_at, command = excluded.command, ready_at = excluded.due_at, leased = 0,
            first_tried = NULL, why = '', set_at = excluded.set_at,
            attempt = CASE WHEN timers.due_at = excluded.due_at THEN timers.attempt + 1 ELSE 0 END
        WHERE timers.due_at <> excluded.due_at OR timers.command <> excluded.command
            OR timers.ready_at IS NULL""",
        [
            (stream, name, due, timer.command, due, version)
            # As they fall due, which is the order of the index: neighbours are on one page.
            for name, (due, timer) in sorted(by_name.items(), key=lambda item: item[1][0])
        ],
    )
