"""Which effects may be performed now, together with which others, and what becomes of them?

An effect is live while `ready_at` is set. Held ones (their `after` is not done) and those absorbed into a
batch are not; parked and dead ones never again, unless a person says so. The first live effect of a lane may be
claimed, no other. A held one has been tried only where the record was brought back from a backup (doubts.py).
Those that may take turns: turns.py.
"""

from __future__ import annotations

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
    Room,
    Unknown,
)
from data.schema import instant, micros
from data.sql.connection import Connection
from data.sql.turns import choices, open_to, turn_of
from data.sql.wishes import (
    AGAIN,
    CLAIMED,
    DEAD,
    DONE,
    IS_PENDING,
    PARKED,
    PENDING,
    UNKNOWN,
    ready_at,
    start_anew,
)
from data.store import Asleep, Kept, Waiting

# Built in one thread: two at once can crash msgspec 0.22.
_EFFECT = msgspec.json.Decoder(Effect)
_FOUND = msgspec.json.Decoder(dict[str, str])

BATCH_MAX = 20  # ours: what is performed together must fit into one message, also after days without Slack

_IS_HEAD = """(e.lane = '' OR e.seq = (
    SELECT min(o.seq) FROM effects o WHERE o.lane = e.lane AND o.ready_at IS NOT NULL))"""


def claim_effects(
    conn: Connection, now: datetime, limit: int, lease: timedelta, room: Room | None
) -> tuple[Claim, ...]:
    rows: list[tuple[Any, ...]] = []
    for condition, values, most in choices(room or Room(at=now), limit):
        rows += conn.execute(
            f"""SELECT e.key, e.stream, e.effect, e.status, e.attempt, e.first_tried, e.merged, e.wanted,
                e.claimed_wanted, coalesce(e.tried_at, e.ready_at), e.found, e.turn_at, e.kept
            FROM effects e WHERE {condition} AND e.ready_at <= ? AND {_IS_HEAD}
            ORDER BY e.turn_at, e.seq LIMIT ?
            /*! FOR UPDATE OF e SKIP LOCKED */""",  # noqa: S608 - constants of this file
            (*values, micros(now), min(most, limit - len(rows))),
        ).fetchall()
    until = now + lease
    places, absorbed = set[str](), set[str]()
    claims: list[Claim] = []
    for row in rows:
        key, stream, encoded, status, tried, first, merged, wanted, claimed_wanted, last = row[:10]
        found, turn_at, times_kept = row[10:]
        if key in absorbed:
            # By an effect of the same batch, a moment ago.
            continue
        effect = _EFFECT.decode(encoded)
        if effect.place and room is not None:
            if effect.place in places:
                continue
            places.add(effect.place)
        bodies = msgspec.json.decode(merged, type=tuple[dict[str, str], ...]) if merged else (effect.body,)
        if effect.batch and tried == 0:
            members = _absorb(conn, key, effect, now)
            absorbed.update(members)
            bodies = tuple(members.values())
        claims.append(
            Claim(
                kind=ClaimKind.EFFECT,
                key=key,
                stream=stream,
                attempt=tried + 1,
                first_tried=now if first is None else instant(first),
                leased_until=until,
                effect=effect,
                merged=bodies,
                # A try whose end nobody knows may have answered an older wish: what it answers stays as it was.
                wanted=wanted if status == PENDING else claimed_wanted,
                # Whose lease ran out may have done it until then.
                tried_at=None if status == PENDING else instant(last),
                found=_FOUND.decode(found),
                turn_at=instant(turn_at),
                kept=times_kept,
            )
        )
    conn.executemany(
        "UPDATE effects SET status = ?, attempt = ?, first_tried = ?, ready_at = ?, claimed_wanted = ?,"
        " tried_at = NULL WHERE key = ?",
        [
            (CLAIMED, one.attempt, micros(one.first_tried), micros(until), one.wanted, one.key)
            for one in claims
        ],
    )
    begun = {one.key for one in claims}
    # Performed together again, a batch answers together what each of its members has been wanted for since.
    conn.executemany(
        "UPDATE effects SET claimed_wanted = wanted WHERE lead = ?",
        [(key,) for key, _, _, status, tried, *_ in rows if tried and status == PENDING and key in begun],
    )
    return tuple(claims)


def _absorb(conn: Connection, lead: str, effect: Effect, now: datetime) -> dict[str, dict[str, str]]:
    """Take in what waits in the same batch and lane. Fixed from here on: a retry repeats what was tried.

    What stands behind another batch of the lane waits for its turn, or it would overtake that one.
    """
    rows = conn.execute(
        """SELECT key, effect FROM effects
        WHERE batch = ? AND lane = ? AND ready_at <= ? AND status = ? AND attempt = 0
            AND seq >= (SELECT l.seq FROM effects l WHERE l.key = ?)
            AND NOT EXISTS (SELECT 1 FROM effects o WHERE o.lane = effects.lane AND o.ready_at IS NOT NULL
                AND o.batch NOT IN ('', effects.batch) AND o.seq < effects.seq)
        ORDER BY seq LIMIT ?
        /*! FOR UPDATE SKIP LOCKED */""",
        (effect.batch, effect.lane, micros(now), PENDING, lead, BATCH_MAX),
    ).fetchall()
    members = {key: _EFFECT.decode(encoded).body for key, encoded in rows}
    conn.executemany(
        "UPDATE effects SET status = ?, lead = ?, claimed_wanted = wanted, ready_at = NULL WHERE key = ?",
        [(CLAIMED, lead, key) for key in members if key != lead],
    )
    conn.execute(
        "UPDATE effects SET merged = ? WHERE key = ?", (msgspec.json.encode([*members.values()]), lead)
    )
    return members


def renew_effect(conn: Connection, claim: Claim, until: datetime) -> bool:
    """False when another attempt has the row by now."""
    cursor = conn.execute(
        """UPDATE effects SET ready_at = ?
        WHERE key = ? AND status = ? AND attempt = ? AND claimed_wanted = ? AND lead IS NULL""",
        (micros(until), claim.key, CLAIMED, claim.attempt, claim.wanted),
    )
    return cursor.rowcount == 1


def settle_effect(conn: Connection, claim: Claim, result: Result, now: datetime) -> bool:
    """False when the row is no longer the one that was claimed. A batch shares one end."""
    held = conn.execute(
        """SELECT why FROM effects
        WHERE key = ? AND status = ? AND attempt = ? AND claimed_wanted = ? AND lead IS NULL
        /*! FOR UPDATE */""",
        (claim.key, CLAIMED, claim.attempt, claim.wanted),
    ).fetchone()
    if held is None:
        return False
    assert claim.effect is not None
    if isinstance(result, NotDone) and result.is_kept and held[0] == AGAIN:
        result = msgspec.structs.replace(result, retry_at=now, is_set_aside=False)
    match result:
        case Done():
            _finish(conn, claim.key, result, now)
            _forget(conn, claim.effect)
        case NotDone():
            _retry(conn, claim.key, PENDING, result, None)
        case Unknown() if claim.effect.on_unknown == OnUnknown.PARK:
            _stop(conn, claim.key, PARKED, result.why)
        case Unknown():
            _retry(conn, claim.key, UNKNOWN, result, result.tried_at or claim.tried_at)
        case Dead():
            _stop(conn, claim.key, DEAD, result.why)
            _forget(conn, claim.effect)
    return True


def _forget(conn: Connection, effect: Effect) -> None:
    """What nobody will need any more, such as what somebody wrote."""
    if effect.forgets:
        body = {name: said for name, said in effect.body.items() if name not in effect.forgets}
        left = msgspec.structs.replace(effect, body=body)
        conn.execute("UPDATE effects SET effect = ? WHERE key = ?", (msgspec.json.encode(left), effect.key))


def _finish(conn: Connection, lead: str, result: Done, now: datetime) -> None:
    together = conn.execute(
        "SELECT key, wanted > claimed_wanted, effect FROM effects WHERE key = ? OR lead = ? ORDER BY seq"
        " /*! FOR UPDATE */",
        (lead, lead),
    ).fetchall()
    found = msgspec.json.encode(result.found).decode()
    for key, is_wanted_again, encoded in together:
        conn.execute(
            """UPDATE effects SET status = ?, ready_at = NULL, found = ?, why = '', held_up = 0, kept_until = NULL,
            lead = NULL WHERE key = ?""",
            (DONE, found, key),
        )
        if is_wanted_again:
            again = _EFFECT.decode(encoded)
            start_anew(conn, key, ready_at(conn, again, now), turn_of(again, now))
        else:
            conn.execute(
                f"""UPDATE effects SET ready_at = ?, status = CASE WHEN tried_at IS NULL THEN status ELSE ? END
                WHERE after_key = ? AND {IS_PENDING} AND ready_at IS NULL""",  # noqa: S608 - as above
                (micros(now), UNKNOWN, key),
            )


def _retry(
    conn: Connection, lead: str, status: str, result: NotDone | Unknown, tried_at: datetime | None
) -> None:
    is_kept = isinstance(result, NotDone) and result.is_kept
    ready_at = None if isinstance(result, NotDone) and result.is_set_aside else micros(result.retry_at)
    conn.execute(
        """UPDATE effects SET status = ?, ready_at = ?, why = ?, held_up = ?, tried_at = ?, kept = kept + ?,
        kept_until = ? WHERE key = ?""",
        (
            status,
            ready_at,
            result.why,
            int(result.held_up is not None),
            tried_at and micros(tried_at),
            int(is_kept),
            ready_at if is_kept else None,
            lead,
        ),
    )


def _stop(conn: Connection, lead: str, status: str, why: str) -> None:
    conn.execute(
        """UPDATE effects SET status = ?, ready_at = NULL, why = ?, held_up = 0, kept_until = NULL
        WHERE key = ? OR lead = ?""",
        (status, why, lead, lead),
    )


def next_effect(conn: Connection, room: Room | None) -> int | None:
    """When the earliest effect that nothing stands before is due, or its lease ends."""
    found = [
        conn.execute(
            f"""SELECT e.ready_at FROM effects e WHERE {condition} AND e.ready_at IS NOT NULL AND {_IS_HEAD}
            ORDER BY e.ready_at LIMIT 1""",  # noqa: S608 - constants of this file and of turns.py
            values,
        ).fetchone()
        for condition, values in open_to(room)
    ]
    return min((row[0] for row in found if row), default=None)


def found_by(conn: Connection, key: str) -> dict[str, str] | None:
    row = conn.execute("SELECT found FROM effects WHERE key = ? AND status = ?", (key, DONE)).fetchone()
    return _FOUND.decode(row[0]) if row else None


def kept(conn: Connection, prefix: str) -> tuple[Kept, ...]:
    """All whose keys begin with this, in the order of their keys; a key's first characters are ASCII."""
    rows = conn.execute(
        """SELECT effect, status, found, turn_at, first_tried, coalesce(tried_at, ready_at) FROM effects
        WHERE key >= ? AND key < ? ORDER BY key""",
        (prefix, f"{prefix}\x7f"),
    ).fetchall()
    return tuple(
        Kept(
            _EFFECT.decode(encoded),
            _FOUND.decode(found),
            status == DONE,
            status in (PARKED, DEAD),
            tuple(instant(at) for at in tried if at is not None) if status in (CLAIMED, UNKNOWN) else (),
            instant(turn_at),
        )
        for encoded, status, found, turn_at, *tried in rows
    )


def asleep(conn: Connection) -> tuple[Asleep, ...]:
    """What waits for somebody's working hours, the first to go first."""
    rows = conn.execute(
        "SELECT key, stream, place, kept_until, why FROM effects WHERE kept_until IS NOT NULL ORDER BY kept_until, seq"
    )
    return tuple(Asleep(key, stream, place, instant(until), why) for key, stream, place, until, why in rows)


def waiting_for(conn: Connection, key: str) -> Waiting | None:
    row = conn.execute(
        "SELECT first_tried, why FROM effects WHERE key = ? AND status IN (?, ?, ?)",
        (key, PENDING, CLAIMED, UNKNOWN),
    ).fetchone()
    return Waiting(instant(row[0]) if row[0] is not None else None, row[1] or "") if row else None
