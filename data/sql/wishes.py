"""What becomes of a wish for an effect: it is new, known already, or wants what was done once more?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from data.records.decision import Effect
from data.schema import micros
from data.sql.connection import Connection
from data.sql.turns import turns

_EFFECT = msgspec.json.Decoder(Effect)  # built in one thread: two at once can crash msgspec 0.22

PENDING, CLAIMED, UNKNOWN, DONE, PARKED, DEAD = (
    "pending",
    "claimed",
    "unknown",
    "done",
    "parked",
    "dead",
)

AGAIN = "it is looked at again, as somebody else may be to have it, or it goes on"

# Spelled out: a database cannot use the index of such rows for a value it is given later.
IS_PENDING = f"status = '{PENDING}'"

# Where several processes write, a sequence numbers them: two must never take the same place.
NEXT_SEQ = "(SELECT coalesce(max(seq), 0) + 1 FROM effects)"


_PUT = f"""INSERT INTO effects (key, seq, stream, effect, lane, after_key, batch, ready_at, gate, place, turn_at)
    VALUES (?, {NEXT_SEQ}, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""  # noqa: S608 - a constant of this file
_PUT_IF_NEW = f"{_PUT} ON CONFLICT (key) DO NOTHING"


def put_effects(conn: Connection, stream: str, effects: Iterable[Effect], now: datetime) -> None:
    """Want all that one decision leads to."""
    for effect, turn_at in turns(effects, now):
        _put_effect(conn, stream, effect, now, turn_at)


def _put_effect(conn: Connection, stream: str, effect: Effect, now: datetime, turn_at: int) -> None:
    """A key that is known is never performed again, unless it refreshes."""
    encoded = msgspec.json.encode(effect)
    if effect.refresh and (known := _known(conn, effect.key)):
        _want_again(conn, effect, encoded, known, now, turn_at)
        return
    conn.execute(
        _PUT if effect.refresh else _PUT_IF_NEW,
        (
            effect.key,
            stream,
            encoded,
            effect.lane,
            effect.after,
            effect.batch,
            ready_at(conn, effect, now),
            effect.gate,
            effect.place,
            turn_at,
        ),
    )


def ready_at(conn: Connection, effect: Effect, now: datetime) -> int | None:
    """None while the effect is held by another that is not done."""
    if not effect.after:
        return micros(now)
    held_by = _known(conn, effect.after)
    return micros(now) if held_by and held_by[0] == DONE else None


def look_again(conn: Connection, people: Iterable[str], now: datetime, *, resumed: str) -> None:
    """What waits for these people's working hours waits no longer, unless whoever performs it says so anew.

    Who performs it at this moment may have looked before: what they say is not the last word. `resumed`: the stream of
    which the same is so of all that was set aside; empty for none.
    """
    if resumed:
        _take_up(conn, resumed, now)
    for person in people:
        conn.execute(
            f"UPDATE effects SET ready_at = ? WHERE kept_until IS NOT NULL AND {IS_PENDING} AND place = ?",  # noqa: S608 - as above
            (micros(now), person),
        )
        conn.execute(
            "UPDATE effects SET why = ? WHERE ready_at IS NOT NULL AND status = ? AND place = ?",
            (AGAIN, CLAIMED, person),
        )


def _take_up(conn: Connection, stream: str, now: datetime) -> None:
    """What was set aside stands in its lane again, where it stood; the same of what is being looked at."""
    theirs = (f"{stream}/", f"{stream}/\x7f")
    conn.execute(
        f"""UPDATE effects SET ready_at = ?
        WHERE key >= ? AND key < ? AND {IS_PENDING} AND ready_at IS NULL AND kept > 0""",  # noqa: S608 - as above
        (micros(now), *theirs),
    )
    conn.execute(
        "UPDATE effects SET why = ? WHERE key >= ? AND key < ? AND status = ?", (AGAIN, *theirs, CLAIMED)
    )


def want_again(conn: Connection, keys: Iterable[str], now: datetime, patience_seconds: int) -> None:
    """Have these performed once more, as they are wanted now. What is not known, or stopped, stays so."""
    turn_at = micros(now + timedelta(seconds=patience_seconds))
    for key in keys:
        if known := _known(conn, key):
            _want_again(conn, _EFFECT.decode(known[1]), known[1], known, now, turn_at)


def _known(conn: Connection, key: str) -> tuple[str, bytes] | None:
    """Its status, and what is wanted of it.

    Locked, done or not: an effect that ends in another commit either is seen here, or sees what waits for it.
    """
    row: tuple[str, bytes] | None = conn.execute(
        "SELECT status, effect FROM effects WHERE key = ? /*! FOR UPDATE */", (key,)
    ).fetchone()
    return row


def _want_again(  # noqa: PLR0917 - what is wanted, what is known of it, and when
    conn: Connection, effect: Effect, encoded: bytes, known: tuple[str, bytes], now: datetime, turn_at: int
) -> None:
    """While it waits, nothing; while it may be running, it runs again later; when done, it starts anew."""
    status, wanted = known
    if status in (CLAIMED, UNKNOWN):
        conn.execute("UPDATE effects SET wanted = wanted + 1 WHERE key = ?", (effect.key,))
    elif status == DONE:
        conn.execute("UPDATE effects SET wanted = wanted + 1 WHERE key = ?", (effect.key,))
        start_anew(conn, effect.key, ready_at(conn, effect, now), turn_at)
    if encoded != wanted and status not in (PARKED, DEAD):
        # Only the latest matters, so a try that is still to come performs this one, and as early as either was due.
        conn.execute(
            "UPDATE effects SET effect = ?, turn_at = CASE WHEN turn_at > ? THEN ? ELSE turn_at END WHERE key = ?",
            (encoded, turn_at, turn_at, effect.key),
        )


def start_anew(conn: Connection, key: str, ready_at: int | None, turn_at: int) -> None:
    """At the end of its lane, so that what is wanted often does not keep others waiting."""
    conn.execute(
        f"""UPDATE effects SET status = ?, ready_at = ?, attempt = 0, kept = 0, first_tried = NULL,
        tried_at = NULL, lead = NULL, merged = NULL, turn_at = ?, seq = {NEXT_SEQ} WHERE key = ?""",  # noqa: S608 - as above
        (PENDING, ready_at, turn_at, key),
    )
    conn.execute(
        f"""UPDATE effects SET ready_at = NULL
        WHERE after_key = ? AND {IS_PENDING} AND attempt = 0""",  # noqa: S608 - a constant of this file
        (key,),
    )
