"""Whose turn is it among the effects that may be performed, where not all of them can be begun at once?

The turn is when an effect was wanted, and its patience later. So what somebody waits for overtakes what can wait,
yet nothing waits for ever; and what has no room yet is not touched at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from data.records.decision import Effect, Gate, Room
from data.schema import micros

# A post whose end nobody knows is looked up first, which is another call than posting.
_BEHIND = {
    Gate.EDIT: f"e.gate = '{Gate.EDIT}'",
    Gate.POST: f"e.gate = '{Gate.POST}' AND e.status = 'pending'",
    Gate.FIND: f"e.gate = '{Gate.POST}' AND e.status <> 'pending'",
    Gate.HOME: f"e.gate = '{Gate.HOME}'",
    Gate.WORK: f"e.gate = '{Gate.WORK}'",
    Gate.CHECK: f"e.gate = '{Gate.CHECK}'",
}

# Between two of the same decision: one retirement that tells hundreds leaves every other a turn in between.
_SPACING_MICROS = 1_000_000


def turn_of(effect: Effect, now: datetime) -> int:
    return micros(now + timedelta(seconds=effect.patience_seconds))


def turns(effects: Iterable[Effect], now: datetime) -> Iterator[tuple[Effect, int]]:
    """The effects of one decision, each with its turn."""
    patient: Counter[int] = Counter()
    for effect in effects:
        yield effect, turn_of(effect, now) + patient[effect.patience_seconds] * _SPACING_MICROS
        patient[effect.patience_seconds] += 1 if effect.patience_seconds else 0


def choices(room: Room, limit: int) -> Iterator[tuple[str, tuple[Any, ...], int]]:
    """Which effects may be begun, as conditions, each with how many at most: first those whose turn has come."""
    shut = f"e.place NOT IN ({', '.join('?' * len(room.shut))})" if room.shut else "1 = 1"
    for has_come in (True, False):
        turn = f"e.turn_at {'<=' if has_come else '>'} ?"
        allowed = room.free if has_come else room.patient
        if not allowed:
            yield f"{shut} AND {turn}", (*room.shut, micros(room.at)), limit
            continue
        for gate, behind in _BEHIND.items():
            if (most := allowed.get(gate, limit)) > 0:
                yield f"{behind} AND {shut} AND {turn}", (*room.shut, micros(room.at)), most


def open_to(room: Room | None) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The same conditions, where all that matters is whether anything may be begun: mostly everything may."""
    if room is None or all(
        allowed.get(gate, 1) > 0 for allowed in (room.free, room.patient) for gate in _BEHIND
    ):
        shut = room.shut if room else ()
        yield f"e.place NOT IN ({', '.join('?' * len(shut))})" if shut else "1 = 1", tuple(shut)
        return
    for condition, values, _ in choices(room, 1):
        yield condition, values
