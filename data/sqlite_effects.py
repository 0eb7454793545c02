"""Which effects may be performed now, together with which others, and what becomes of them?

An effect is live while `ready_at` is set. Held ones (their `after` is not done) and those absorbed into a
batch are not; parked and dead ones never again. The first live effect of a lane may be claimed, no other.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import msgspec

from data.records.decision import (
    Claim,
    ClaimKind,
    Dead,
    Done,
    Effect,
    NotDone,
    OnUnknown,
    Result,
    Unknown,
)
from data.schema import instant, micros

_EFFECT = msgspec.json.Decoder(Effect)  # built in one thread: two at once can crash msgspec 0.22

_PENDING, _CLAIMED, _UNKNOWN, _DONE, _PARKED, _DEAD = (
    "pending",
    "claimed",
    "unknown",
    "done",
    "parked",
    "dead",
)

_IS_HEAD = """(e.lane = '' OR e.seq = (
    SELECT min(o.seq) FROM effects o WHERE o.lane = e.lane AND o.ready_at IS NOT NULL))"""

_NEXT_SEQ = "(SELECT coalesce(max(seq), 0) + 1 FROM effects)"


def put_effect(conn: sqlite3.Connection, stream: str, effect: Effect, now: datetime) -> None:
    """Want an effect. A key that is known is never performed again, unless it refreshes."""
    row = conn.execute("SELECT status FROM effects WHERE key = ?", (effect.key,)).fetchone()
    if row is None:
        conn.execute(
            f"""INSERT INTO effects (key, seq, stream, effect, lane, after_key, batch, ready_at)
            VALUES (?, {_NEXT_SEQ}, ?, ?, ?, ?, ?, ?)""",  # noqa: S608 - a constant of this file
            (
                effect.key,
                stream,
                msgspec.json.encode(effect),
                effect.lane,
                effect.after,
                effect.batch,
                _ready_at(conn, effect, now),
            ),
        )
    elif effect.refresh:
        _want_again(conn, effect, row[0], now)


def _ready_at(conn: sqlite3.Connection, effect: Effect, now: datetime) -> int | None:
    """None while the effect is held by another that is not done."""
    if not effect.after:
        return micros(now)
    done = conn.execute(
        "SELECT 1 FROM effects WHERE key = ? AND status = ?", (effect.after, _DONE)
    ).fetchone()
    return micros(now) if done else None


def _want_again(conn: sqlite3.Connection, effect: Effect, status: str, now: datetime) -> None:
    """While it waits, nothing; while it may be running, it runs again later; when done, it starts anew."""
    if status in (_CLAIMED, _UNKNOWN):
        conn.execute("UPDATE effects SET wanted = wanted + 1 WHERE key = ?", (effect.key,))
    elif status == _DONE:
        conn.execute("UPDATE effects SET wanted = wanted + 1 WHERE key = ?", (effect.key,))
        _start_anew(conn, effect.key, _ready_at(conn, effect, now))
    if status not in (_PARKED, _DEAD):
        # Only the latest matters, so a try that is still to come performs this one.
        conn.execute("UPDATE effects SET effect = ? WHERE key = ?", (msgspec.json.encode(effect), effect.key))


def _start_anew(conn: sqlite3.Connection, key: str, ready_at: int | None) -> None:
    """At the end of its lane, so that what is wanted often does not keep others waiting."""
    conn.execute(
        f"""UPDATE effects SET status = ?, ready_at = ?, attempt = 0, first_tried = NULL,
        lead = NULL, merged = NULL, seq = {_NEXT_SEQ} WHERE key = ?""",  # noqa: S608 - a constant of this file
        (_PENDING, ready_at, key),
    )
    conn.execute(
        "UPDATE effects SET ready_at = NULL WHERE after_key = ? AND status = ? AND attempt = 0",
        (key, _PENDING),
    )


def claim_effects(conn: sqlite3.Connection, now: datetime, limit: int, lease: timedelta) -> tuple[Claim, ...]:
    # Who waits longest goes first, or a rate limit would let the newest overtake the same few for ever.
    keys = conn.execute(
        f"""SELECT e.key FROM effects e WHERE e.ready_at <= ? AND {_IS_HEAD}
        ORDER BY coalesce(e.first_tried, e.ready_at), e.seq LIMIT ?""",  # noqa: S608 - a constant of this file
        (micros(now), limit),
    ).fetchall()
    return tuple(claim for (key,) in keys if (claim := _claimed(conn, key, now, lease)))


def _claimed(conn: sqlite3.Connection, key: str, now: datetime, lease: timedelta) -> Claim | None:
    row = conn.execute(
        "SELECT stream, effect, status, attempt, first_tried, merged, ready_at FROM effects WHERE key = ?",
        (key,),
    ).fetchone()
    stream, encoded, status, attempt, first_tried, merged, ready_at = row
    if ready_at is None:
        # Absorbed by an effect of the same batch that was claimed a moment ago.
        return None
    effect = _EFFECT.decode(encoded)
    if effect.batch and attempt == 0:
        merged = _absorb(conn, key, effect, now)
    # A try whose end nobody knows may have answered an older wish already: what it answers stays as it was.
    answers = "wanted" if status == _PENDING else "claimed_wanted"
    conn.execute(
        f"UPDATE effects SET claimed_wanted = {answers} WHERE key = ? OR lead = ?",  # noqa: S608 - one of two names
        (key, key),
    )
    first = micros(now) if first_tried is None else first_tried
    until = now + lease
    conn.execute(
        "UPDATE effects SET status = ?, attempt = ?, first_tried = ?, ready_at = ? WHERE key = ?",
        (_CLAIMED, attempt + 1, first, micros(until), key),
    )
    (wanted,) = conn.execute("SELECT claimed_wanted FROM effects WHERE key = ?", (key,)).fetchone()
    return Claim(
        kind=ClaimKind.EFFECT,
        key=key,
        stream=stream,
        attempt=attempt + 1,
        first_tried=instant(first),
        leased_until=until,
        effect=effect,
        merged=msgspec.json.decode(merged, type=tuple[dict[str, str], ...]) if merged else (effect.body,),
        wanted=wanted,
    )


def _absorb(conn: sqlite3.Connection, key: str, effect: Effect, now: datetime) -> bytes:
    """Take in what waits in the same batch and lane. Fixed from here on: a retry repeats what was tried."""
    rows = conn.execute(
        """SELECT key, effect FROM effects
        WHERE batch = ? AND lane = ? AND ready_at <= ? AND status = ? AND attempt = 0 ORDER BY seq""",
        (effect.batch, effect.lane, micros(now), _PENDING),
    ).fetchall()
    conn.executemany(
        "UPDATE effects SET status = ?, lead = ?, ready_at = NULL WHERE key = ?",
        [(_CLAIMED, key, other) for other, _ in rows if other != key],
    )
    merged = msgspec.json.encode([_EFFECT.decode(encoded).body for _, encoded in rows])
    conn.execute("UPDATE effects SET merged = ? WHERE key = ?", (merged, key))
    return merged


def renew_effect(conn: sqlite3.Connection, claim: Claim, until: datetime) -> bool:
    """False when another attempt has the row by now."""
    cursor = conn.execute(
        """UPDATE effects SET ready_at = ?
        WHERE key = ? AND status = ? AND attempt = ? AND claimed_wanted = ? AND lead IS NULL""",
        (micros(until), claim.key, _CLAIMED, claim.attempt, claim.wanted),
    )
    return cursor.rowcount == 1


def settle_effect(conn: sqlite3.Connection, claim: Claim, result: Result, now: datetime) -> bool:
    """False when the row is no longer the one that was claimed. A batch shares one end."""
    held = conn.execute(
        """SELECT 1 FROM effects
        WHERE key = ? AND status = ? AND attempt = ? AND claimed_wanted = ? AND lead IS NULL""",
        (claim.key, _CLAIMED, claim.attempt, claim.wanted),
    ).fetchone()
    if held is None:
        return False
    assert claim.effect is not None
    match result:
        case Done():
            _finish(conn, claim.key, result, now)
        case NotDone():
            _retry(conn, claim.key, _PENDING, result)
        case Unknown() if claim.effect.on_unknown == OnUnknown.PARK:
            _stop(conn, claim.key, _PARKED, result.why)
        case Unknown():
            _retry(conn, claim.key, _UNKNOWN, result)
        case Dead():
            _stop(conn, claim.key, _DEAD, result.why)
    return True


def _finish(conn: sqlite3.Connection, lead: str, result: Done, now: datetime) -> None:
    together = conn.execute(
        "SELECT key, wanted > claimed_wanted, effect FROM effects WHERE key = ? OR lead = ? ORDER BY seq",
        (lead, lead),
    ).fetchall()
    found = msgspec.json.encode(result.found).decode()
    for key, is_wanted_again, encoded in together:
        conn.execute(
            "UPDATE effects SET status = ?, ready_at = NULL, found = ?, why = '', lead = NULL WHERE key = ?",
            (_DONE, found, key),
        )
        if is_wanted_again:
            _start_anew(conn, key, _ready_at(conn, _EFFECT.decode(encoded), now))
        else:
            conn.execute(
                "UPDATE effects SET ready_at = ? WHERE after_key = ? AND status = ? AND ready_at IS NULL",
                (micros(now), key, _PENDING),
            )


def _retry(conn: sqlite3.Connection, lead: str, status: str, result: NotDone | Unknown) -> None:
    conn.execute(
        "UPDATE effects SET status = ?, ready_at = ?, why = ? WHERE key = ?",
        (status, micros(result.retry_at), result.why, lead),
    )


def _stop(conn: sqlite3.Connection, lead: str, status: str, why: str) -> None:
    conn.execute(
        "UPDATE effects SET status = ?, ready_at = NULL, why = ? WHERE key = ? OR lead = ?",
        (status, why, lead, lead),
    )


def next_effect(conn: sqlite3.Connection) -> int | None:
    """When the earliest effect that nothing stands before is due, or its lease ends."""
    row = conn.execute(
        f"""SELECT e.ready_at FROM effects e WHERE e.ready_at IS NOT NULL AND {_IS_HEAD}
        ORDER BY e.ready_at LIMIT 1"""  # noqa: S608 - a constant of this file
    ).fetchone()
    return row[0] if row else None


def found_by(conn: sqlite3.Connection, key: str) -> dict[str, str] | None:
    row = conn.execute("SELECT found FROM effects WHERE key = ? AND status = ?", (key, _DONE)).fetchone()
    return msgspec.json.decode(row[0], type=dict[str, str]) if row else None


def stopped_effects(conn: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return conn.execute(
        "SELECT key, stream, why FROM effects WHERE status IN ('parked', 'dead') ORDER BY seq"
    ).fetchall()
