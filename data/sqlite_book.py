"""How does one command become one commit? Receipt, number, entries, state, timers and effects at once.

Everything here runs as a job of the one writer, on its connection, inside its transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from data.errors import Invalid, NotFound, Refused, Stale
from data.events import AnyEvent
from data.ledger import GENESIS, Text, entry, opened
from data.records.decision import Decision, Outcome, Receipt, Timer
from data.schema import micros
from data.sqlite_effects import put_effect
from data.sqlite_writer import savepoint
from data.store import Machine

_NUMBERED = "-*"


class Asked(NamedTuple):
    """A command as the writer gets it; `key` makes it happen once."""

    key: str
    stream: str
    command: str
    facts: bytes
    now: datetime


class Book:
    """The record as the writer sees it: decides with `machine`, salts with `rand`."""

    def __init__(self, machine: Machine, rand: Callable[[int], bytes]) -> None:
        self._machine = machine
        self._rand = rand

    def transact(
        self, conn: sqlite3.Connection, asked: Asked, *, catalog_version: int | None = None
    ) -> Receipt:
        if known := receipt_of(conn, asked.key):
            return msgspec.structs.replace(known, repeated=True)
        check_catalog(conn, catalog_version)
        try:
            with savepoint(conn):
                receipt = self._decided(conn, asked)
        except (Refused, Invalid, NotFound) as refusal:
            version, _, _ = _head(conn, asked.stream)
            refused = Receipt(key=asked.key, stream=asked.stream, outcome=Outcome.REFUSED, version=version)
            receipt = msgspec.structs.replace(refused, reply=str(refusal))
        conn.execute(
            "INSERT INTO receipts VALUES (?, ?, ?, ?, ?)",
            (receipt.key, receipt.stream, receipt.outcome, receipt.version, receipt.reply),
        )
        return receipt

    def follow_up(
        self, conn: sqlite3.Connection, turn: str, then: tuple[str, str, bytes], now: datetime
    ) -> Receipt:
        """Decide what a settled claim leads to.

        A timer set again, or an effect wanted again, comes around under the same key and attempt. The claim's
        fence, not the receipt, keeps it from being decided twice, so a key that is taken gets a suffix.
        """
        if receipt_of(conn, turn):
            (taken,) = conn.execute("SELECT max(rowid) FROM receipts").fetchone()
            turn = f"{turn}/{taken}"
        return self.transact(conn, Asked(turn, *then, now))

    def _decided(self, conn: sqlite3.Connection, asked: Asked) -> Receipt:
        stream, now = asked.stream, asked.now
        if stream.endswith(_NUMBERED):
            stream = _numbered(conn, stream.removesuffix(_NUMBERED))
        _, _, state = _head(conn, stream)
        decision = self._machine.decide(stream, state, asked.command, asked.facts, now)
        _reserve(conn, stream, decision)
        version = self.append(conn, stream, decision.events, now)
        _cancel_timers(conn, stream, decision.cancels)
        _set_timers(conn, stream, version, decision.timers)
        for effect in decision.effects:
            put_effect(conn, stream, effect, now)
        return Receipt(
            key=asked.key, stream=stream, outcome=Outcome.DONE, version=version, reply=decision.reply
        )

    def append(self, conn: sqlite3.Connection, stream: str, events: Iterable[AnyEvent], now: datetime) -> int:
        """Chain the events to the stream and fold them into its state. Returns the stream's version."""
        version, digest, state = _head(conn, stream)
        for event in events:
            version += 1
            item, texts = entry(stream, version, event, digest, self._rand)
            conn.execute(
                "INSERT INTO events (stream, version, stored, digest) VALUES (?, ?, ?, ?)",
                (stream, version, item.stored, item.digest),
            )
            conn.executemany(
                "INSERT INTO prose VALUES (?, ?, ?, ?, ?, ?)",
                [(text.commitment, stream, version, text.salt, text.text, micros(now)) for text in texts],
            )
            # Folded as it will be read back, so that a later fold gives the same bytes.
            state = self._machine.evolve(
                stream, state, opened(item.stored, {t.commitment: t for t in texts}.get)
            )
            digest = item.digest
        if state is not None:
            _keep_state(conn, stream, version, digest, state)
        return version

    def erase(self, conn: sqlite3.Connection, stream: str, version: int) -> int:
        """Forget the texts of one entry, in the folded state too. Returns how many there were."""
        erased = conn.execute(
            "DELETE FROM prose WHERE stream = ? AND version = ?", (stream, version)
        ).rowcount
        last, digest, _ = _head(conn, stream)
        state: bytes | None = None
        for (stored,) in conn.execute(
            "SELECT stored FROM events WHERE stream = ? ORDER BY version", (stream,)
        ):
            state = self._machine.evolve(stream, state, opened(stored, lambda key: text_of(conn, key)))
        if erased and state is not None:
            _keep_state(conn, stream, last, digest, state)
        return erased


def receipt_of(conn: sqlite3.Connection, key: str) -> Receipt | None:
    row = conn.execute(
        "SELECT stream, outcome, version, reply FROM receipts WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    return Receipt(key=key, stream=row[0], outcome=Outcome(row[1]), version=row[2], reply=row[3])


def text_of(conn: sqlite3.Connection, commitment: str) -> Text | None:
    row = conn.execute("SELECT salt, text FROM prose WHERE commitment = ?", (commitment,)).fetchone()
    return Text(commitment, row[0], row[1]) if row else None


def check_catalog(conn: sqlite3.Connection, gathered_at: int | None) -> None:
    current = conn.execute("SELECT version FROM catalog_version").fetchone()[0]
    if gathered_at is not None and gathered_at != current:
        raise Stale(
            f"The catalog changed meanwhile: this was gathered at version {gathered_at}, "
            f"now it is at {current}. Gather it again"
        )


def _head(conn: sqlite3.Connection, stream: str) -> tuple[int, bytes, bytes | None]:
    row = conn.execute("SELECT version, digest, state FROM states WHERE stream = ?", (stream,)).fetchone()
    return tuple(row) if row else (0, GENESIS, None)


def _keep_state(conn: sqlite3.Connection, stream: str, version: int, digest: bytes, state: bytes) -> None:
    conn.execute("INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?)", (stream, version, digest, state))


def _numbered(conn: sqlite3.Connection, prefix: str) -> str:
    """The next id of its kind; a refusal takes it back with the savepoint, so numbers have no gaps."""
    row = conn.execute("SELECT last FROM numbers WHERE prefix = ?", (prefix,)).fetchone()
    number = row[0] + 1 if row else 1
    conn.execute("INSERT OR REPLACE INTO numbers VALUES (?, ?)", (prefix, number))
    return f"{prefix}-{number}"


def _reserve(conn: sqlite3.Connection, stream: str, decision: Decision[AnyEvent]) -> None:
    if decision.releases:
        conn.execute("DELETE FROM reservations WHERE stream = ?", (stream,))
    for reserved in decision.reserves:
        holder = conn.execute("SELECT stream FROM reservations WHERE id = ?", (reserved,)).fetchone()
        if holder is None:
            conn.execute("INSERT INTO reservations VALUES (?, ?)", (reserved, stream))
        elif holder[0] != stream:
            raise Refused(
                f"{reserved} is already being retired by {holder[0]}",
                next_step=f"Run /retire show {holder[0]}",
            )


def _cancel_timers(conn: sqlite3.Connection, stream: str, names: Iterable[str]) -> None:
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


def _set_timers(conn: sqlite3.Connection, stream: str, version: int, timers: Iterable[Timer]) -> None:
    """Set or move. Whoever holds a timer that changes is fenced off; the same again changes nothing."""
    for timer in timers:
        conn.execute(
            """INSERT INTO timers (stream, name, due_at, command, ready_at, set_at)
            VALUES (:stream, :name, :due, :command, :due, :version)
            ON CONFLICT (stream, name) DO UPDATE SET
                due_at = :due, command = :command, ready_at = :due, leased = 0, first_tried = NULL, why = '',
                set_at = :version, attempt = CASE WHEN due_at = :due THEN attempt + 1 ELSE 0 END
            WHERE due_at <> :due OR command <> :command OR ready_at IS NULL""",
            {
                "stream": stream,
                "name": timer.name,
                "due": micros(timer.due_at),
                "command": timer.command,
                "version": version,
            },
        )
