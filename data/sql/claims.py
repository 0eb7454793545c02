"""What is due, who holds it, and how does a claim end?

A claim is a lease with a number: whoever settles must still be the last who claimed. What a settled claim
leads to is decided in the same commit, so nothing is ever done without its consequence, nor twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from data.records.decision import Claim, ClaimKind, Dead, Done, NotDone, Result, Room, Timer, Unknown
from data.schema import instant, micros
from data.sql.book import Book, standing_of
from data.sql.connection import Connection
from data.sql.effects import claim_effects, next_effect, renew_effect, settle_effect
from data.store import Then

# Earlier commands of the same sender that somebody works on. All that name no sender are one sender's.
_HELD = """SELECT 1 FROM inbox held
    WHERE held.sender = i.sender AND held.arrival < i.arrival AND held.leased = 1"""


def receive(conn: Connection, key: str, command: str, reply_to: dict[str, str], now: datetime) -> bool:
    cursor = conn.execute(
        """INSERT INTO inbox (key, command, reply_to, ready_at, sender) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (key) DO NOTHING""",
        (
            key,
            command,
            msgspec.json.encode(reply_to).decode(),
            micros(now),
            reply_to.get("user", ""),
        ),
    )
    return cursor.rowcount == 1


def claim_due(
    conn: Connection, kind: ClaimKind, now: datetime, limit: int, *, lease: timedelta, room: Room | None
) -> tuple[Claim, ...]:
    match kind:
        case ClaimKind.INBOX:
            return _claim_inbox(conn, now, limit, lease)
        case ClaimKind.TIMER:
            return _claim_timers(conn, now, limit, lease)
        case ClaimKind.EFFECT:
            return claim_effects(conn, now, limit, lease, room)


def _claim_inbox(conn: Connection, now: datetime, limit: int, lease: timedelta) -> tuple[Claim, ...]:
    """Nothing overtakes a command of the same person that is held: a first vote would replace a second one.

    Processes take turns at claiming, so that each sees what the others hold.
    """
    conn.execute(
        "SELECT 1 /*! FROM pg_advisory_xact_lock(hashtextextended('inbox ' || current_schema(), 0)) */"
    )
    rows = conn.execute(
        f"""SELECT arrival, key, attempt + 1, coalesce(first_tried, :now), command, reply_to FROM inbox i
        WHERE ready_at <= :now AND NOT EXISTS ({_HELD} AND held.ready_at > :now)
        ORDER BY arrival LIMIT :limit /*! FOR UPDATE OF i */""",  # noqa: S608 - a constant of this file
        {"now": micros(now), "limit": limit},
    ).fetchall()
    until = now + lease
    conn.executemany(
        "UPDATE inbox SET attempt = ?, first_tried = ?, ready_at = ?, leased = 1 WHERE arrival = ?",
        [(attempt, first, micros(until), arrival) for arrival, _, attempt, first, _, _ in rows],
    )
    return tuple(
        Claim(
            kind=ClaimKind.INBOX,
            key=key,
            stream="",
            attempt=attempt,
            first_tried=instant(first),
            leased_until=until,
            command=command,
            reply_to=msgspec.json.decode(reply_to, type=dict[str, str]),
        )
        for _, key, attempt, first, command, reply_to in rows
    )


def _claim_timers(conn: Connection, now: datetime, limit: int, lease: timedelta) -> tuple[Claim, ...]:
    rows = conn.execute(
        """SELECT stream, name, due_at, attempt + 1, coalesce(first_tried, :now), command, set_at FROM timers
        WHERE ready_at <= :now AND due_at <= :now ORDER BY ready_at, stream, name LIMIT :limit
        /*! FOR UPDATE SKIP LOCKED */""",
        {"now": micros(now), "limit": limit},
    ).fetchall()
    until = now + lease
    conn.executemany(
        """UPDATE timers SET attempt = ?, first_tried = ?, ready_at = ?, leased = 1
        WHERE stream = ? AND name = ?""",
        [(attempt, first, micros(until), stream, name) for stream, name, _, attempt, first, *_ in rows],
    )
    return tuple(
        Claim(
            kind=ClaimKind.TIMER,
            key=f"{stream}/{name}",
            stream=stream,
            attempt=attempt,
            first_tried=instant(first),
            leased_until=until,
            command=command,
            due_at=instant(due_at),
            set_at=set_at,
        )
        for stream, name, due_at, attempt, first, command, set_at in rows
    )


def renew(conn: Connection, claim: Claim, until: datetime) -> bool:
    """Work on an effect goes on: nobody else may take it before `until`."""
    assert claim.kind is ClaimKind.EFFECT, "commands and timers are decided at once"
    return renew_effect(conn, claim, until)


def settle(
    conn: Connection, book: Book, claim: Claim, result: Result, now: datetime, *, then: Then | None
) -> bool:
    if then is not None:
        # First of all, as `transact` does: two that lock in another order would wait for each other.
        standing_of(conn, then[0])
    match claim.kind:
        case ClaimKind.INBOX:
            settled = _settle_inbox(conn, claim, result)
        case ClaimKind.TIMER:
            settled = _settle_timer(conn, claim, result)
        case ClaimKind.EFFECT:
            settled = settle_effect(conn, claim, result, now)
    if settled and then is not None:
        turn = f"then/{claim.key}/{claim.attempt}"
        book.follow_up(conn, turn, then, now, tried_since=claim.tried_since)
    return settled


def _settle_inbox(conn: Connection, claim: Claim, result: Result) -> bool:
    """What was asked is erased once it is answered; the key stays, so that a late duplicate is known."""
    held = {"key": claim.key, "attempt": claim.attempt}
    match result:
        case NotDone() | Unknown():
            cursor = conn.execute(
                """UPDATE inbox SET leased = 0, ready_at = :retry_at, why = :why
                WHERE key = :key AND attempt = :attempt AND leased = 1""",
                {**held, "retry_at": micros(result.retry_at), "why": result.why},
            )
        case Done() | Dead():
            is_done = isinstance(result, Done)
            cursor = conn.execute(
                """UPDATE inbox SET leased = 0, ready_at = NULL, command = NULL, reply_to = NULL,
                outcome = :outcome, found = :found, why = :why
                WHERE key = :key AND attempt = :attempt AND leased = 1""",
                {
                    **held,
                    "outcome": "done" if is_done else "dead",
                    "found": msgspec.json.encode(result.found).decode() if isinstance(result, Done) else "{}",
                    "why": result.why if isinstance(result, Dead) else "",
                },
            )
    return cursor.rowcount == 1


def _settle_timer(conn: Connection, claim: Claim, result: Result) -> bool:
    """A timer that was moved or cancelled meanwhile is not the one that was claimed.

    A done one is dropped before its follow-up is decided, so that setting it again is a new timer.
    """
    assert claim.due_at is not None
    held = {
        "stream": claim.stream,
        "name": claim.key.removeprefix(f"{claim.stream}/"),
        "attempt": claim.attempt,
        "due_at": micros(claim.due_at),
    }
    is_held = "stream = :stream AND name = :name AND attempt = :attempt AND due_at = :due_at AND leased = 1"
    match result:
        case Done():
            cursor = conn.execute(f"DELETE FROM timers WHERE {is_held}", held)  # noqa: S608 - the line above
        case NotDone() | Unknown():
            cursor = conn.execute(
                f"UPDATE timers SET leased = 0, ready_at = :retry_at, why = :why WHERE {is_held}",  # noqa: S608
                {**held, "retry_at": micros(result.retry_at), "why": result.why},
            )
        case Dead():
            cursor = conn.execute(
                f"UPDATE timers SET leased = 0, ready_at = NULL, why = :why WHERE {is_held}",  # noqa: S608
                {**held, "why": result.why},
            )
    return cursor.rowcount == 1


# What waits behind a held command is due when that one is.
_NEXT = {
    ClaimKind.INBOX: f"""SELECT min(i.ready_at) FROM inbox i
        WHERE i.ready_at IS NOT NULL AND NOT EXISTS ({_HELD})""",  # noqa: S608 - a constant of this file
    ClaimKind.TIMER: "SELECT min(ready_at) FROM timers WHERE ready_at IS NOT NULL",
}


def _next(conn: Connection, kind: ClaimKind, room: Room | None) -> int | None:
    if kind is ClaimKind.EFFECT:
        return next_effect(conn, room)
    (at,) = conn.execute(_NEXT[kind]).fetchone()
    return None if at is None else int(at)


def is_due(conn: Connection, kind: ClaimKind, now: datetime, room: Room | None) -> bool:
    at = _next(conn, kind, room)
    return at is not None and at <= micros(now)


def next_due(conn: Connection, room: Room | None) -> datetime | None:
    due = [at for kind in ClaimKind if (at := _next(conn, kind, room)) is not None]
    return instant(min(due)) if due else None


def timers(conn: Connection, stream: str) -> tuple[Timer, ...]:
    """Those of a stream that are set and did not stop for good."""
    rows = conn.execute(
        "SELECT name, due_at, command FROM timers WHERE stream = ? AND ready_at IS NOT NULL ORDER BY due_at, name",
        (stream,),
    )
    return tuple(Timer(name=name, due_at=instant(due_at), command=command) for name, due_at, command in rows)


def is_awaited(conn: Connection, sender: str) -> bool:
    found = conn.execute(
        "SELECT 1 FROM inbox WHERE ready_at IS NOT NULL AND sender = ? LIMIT 1", (sender,)
    ).fetchone()
    return found is not None


def unheard(conn: Connection, stream: str) -> bool:
    """Few rows wait, so where each is to go is read from what it carries."""
    waiting = conn.execute("SELECT reply_to FROM inbox WHERE ready_at IS NOT NULL").fetchall()
    return any(msgspec.json.decode(reply_to).get("stream") == stream for (reply_to,) in waiting)
