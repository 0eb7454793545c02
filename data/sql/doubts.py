"""What may have happened since this record was as it is? One that was brought back from a backup cannot know.

What waited in the backup may have been done since, and so may what its timers led to. All of that is marked as
tried from the moment of the backup until it was brought back, with an end that nobody knows: a message is then
looked up in Slack before it is ever sent, and work outside may run twice anyway. Rejected: to hold everything back
until a person has looked, which stops every retirement; and to count it as done, which tells nobody what is still
to be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from data.records.base import Record
from data.records.decision import Effect, EffectKind
from data.schema import instant, micros
from data.sql.connection import Connection
from data.sql.effects import BATCH_MAX

_EFFECT = msgspec.json.Decoder(Effect)  # built in one thread: two at once can crash msgspec 0.22

NUMBERS_SKIPPED = 100
"""Numbers may have been given out that are lost; what is left of those in Slack must not speak for a new one."""

# What is held by another effect stays pending, and is of unknown end once it is let go (effects.py).
_AS_TRIED = """attempt = attempt + 1,
    first_tried = CASE WHEN first_tried < :since THEN first_tried ELSE :since END, tried_at = :until,
    ready_at = CASE WHEN status = 'claimed' THEN :until ELSE ready_at END,
    claimed_wanted = CASE WHEN status = 'pending' THEN wanted ELSE claimed_wanted END,
    status = CASE WHEN ready_at IS NULL THEN status ELSE 'unknown' END"""


class Doubted(Record, frozen=True, kw_only=True):
    """How much is looked up before it is done, by kind."""

    commands: int
    timers: int
    messages: int


class Doubt(NamedTuple):
    """Between which moments something may have been done that this record does not know of."""

    since: datetime
    until: datetime


def doubt_of(conn: Connection, first_tried: datetime | None) -> Doubt | None:
    """The doubt in what was tried before; None for what was first tried after the last backup that came back."""
    if first_tried is None:
        return None
    (until,) = conn.execute(
        "SELECT max(restored_at) FROM backups WHERE taken_at >= ?", (micros(first_tried),)
    ).fetchone()
    return None if until is None else Doubt(first_tried, instant(until))


def brought_back(conn: Connection) -> tuple[Doubt, ...]:
    """Every backup that this record ever was: when it was taken, and brought back; the last one first."""
    rows = conn.execute(
        "SELECT taken_at, restored_at FROM backups WHERE restored_at IS NOT NULL ORDER BY restored_at DESC"
    ).fetchall()
    return tuple(Doubt(instant(taken_at), instant(restored_at)) for taken_at, restored_at in rows)


def doubt_everything(conn: Connection, taken_at: datetime, now: datetime) -> Doubted:
    """Mark all that waits, in the commit that puts the record of `taken_at` back into use."""
    conn.execute("DELETE FROM backups WHERE restored_at IS NULL")
    conn.execute("INSERT INTO backups VALUES (?, ?)", (micros(taken_at), micros(now)))
    conn.execute("UPDATE numbers SET last = last + ?", (NUMBERS_SKIPPED,))
    when = _between(Doubt(taken_at, now))
    commands = conn.execute(
        """UPDATE inbox SET attempt = attempt + 1, first_tried = :since, leased = 0, ready_at = :until
        WHERE ready_at IS NOT NULL""",
        when,
    ).rowcount
    timers = conn.execute(
        """UPDATE timers SET attempt = attempt + 1, first_tried = :since, leased = 0, ready_at = :until
        WHERE due_at <= :until AND ready_at IS NOT NULL""",
        when,
    ).rowcount
    _join_batches(conn)
    messages = conn.execute(
        f"""UPDATE effects SET {_AS_TRIED}
        WHERE status IN ('pending', 'claimed', 'unknown') AND lead IS NULL""",  # noqa: S608 - from above
        when,
    ).rowcount
    return Doubted(commands=commands, timers=timers, messages=messages)


def doubt_what_follows(
    conn: Connection, stream: str, effects: Iterable[Effect], doubt: Doubt, now: datetime
) -> None:
    """What a doubted decision has wanted, and set to be due at once, it may have wanted and seen done before.

    But for lines: they are numbered by version, and the lost ones had the same numbers.
    """
    when = _between(doubt)
    conn.execute(
        """UPDATE timers SET attempt = attempt + 1, first_tried = :since
        WHERE stream = :stream AND due_at <= :now AND ready_at IS NOT NULL AND leased = 0""",
        {"stream": stream, "since": when["since"], "now": micros(now)},
    )
    conn.executemany(
        f"""UPDATE effects SET {_AS_TRIED}
        WHERE key = :key AND status = 'pending' AND attempt = 0""",  # noqa: S608 - from above
        [
            {**when, "key": effect.key}
            for effect in effects
            if effect.kind is EffectKind.POST and not effect.batch
        ],
    )


def _between(doubt: Doubt) -> dict[str, int]:
    return {"since": micros(doubt.since), "until": micros(doubt.until)}


def _join_batches(conn: Connection) -> None:
    """What was to be performed together is looked up together: Slack knows a batch by its first key only.

    As effects.py would have joined them: in the order of their lane, and never across another batch of it.
    """
    rows = conn.execute(
        """SELECT key, effect, batch, lane, CASE WHEN ready_at IS NULL THEN after_key ELSE '' END FROM effects
        WHERE batch <> '' AND status = 'pending' AND attempt = 0 ORDER BY seq"""
    ).fetchall()
    joined: list[list[tuple[str, bytes]]] = []
    growing: dict[tuple[Any, ...], list[tuple[str, bytes]]] = {}
    for key, effect, batch, lane, held_by in rows:
        for ended in [one for one in growing if one[1:] == (lane, held_by) and one[0] != batch]:
            del growing[ended]
        which = (batch, lane, held_by)
        if which not in growing or len(growing[which]) == BATCH_MAX:
            growing[which] = []
            joined.append(growing[which])
        growing[which].append((key, effect))
    for members in joined:
        lead = members[0][0]
        bodies = [_EFFECT.decode(effect).body for _, effect in members]
        conn.execute("UPDATE effects SET merged = ? WHERE key = ?", (msgspec.json.encode(bodies), lead))
        conn.executemany(
            """UPDATE effects SET status = 'claimed', lead = ?, claimed_wanted = wanted, ready_at = NULL
            WHERE key = ?""",
            [(lead, key) for key, _ in members[1:]],
        )
