"""What becomes of one call, by what is wanted and by the clock: who answers it, or why nobody does.

A bad schedule fails open: a window that is over, upside down or without a time zone serves.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from data.records.traffic import Brownout, Desired, Lane


class Became(StrEnum):
    """As it stands in the call log. Only OLD and NEW were passed on."""

    OLD = "old"
    NEW = "new"
    BROWNOUT = "brownout"
    BLOCKED = "blocked"
    ENDED = "ended"
    INVALID = "invalid"


class Call(NamedTuple):
    """`number`: what its caller calls this request, or one of ours, so that shares of one caller's calls are shares."""

    caller: str
    number: str


def way_of(call: Call, desired: Desired, now: datetime, *, key: str) -> Became:
    """Who is blocked is so in a brownout, too; who has a lane is led by it, and all others by their share.

    key   of the endpoint, so that two of them do not fail the same calls
    """
    lane = desired.pins.get(call.caller)
    if lane is Lane.BLOCKED:
        return Became.BLOCKED
    brownout = desired.brownout
    if brownout is not None and is_under_way(brownout, now) and _is_out(call, brownout, key=key):
        return Became.BROWNOUT
    if not desired.new or lane is Lane.OLD:
        return Became.OLD
    is_new = lane is Lane.NEW or is_among(call, desired.new_percent, key=key)
    return Became.NEW if is_new else Became.OLD


def is_copied(call: Call, desired: Desired, method: str, path: str, *, key: str) -> bool:
    """Whether the successor gets a copy of one that the old model answers."""
    return (
        bool(desired.new)
        and (not desired.mirror_methods or method in desired.mirror_methods)
        and (not desired.mirror_paths or path.startswith(desired.mirror_paths))
        and is_among(call, desired.mirror_percent, key=f"{key} mirror")
    )


def _is_out(call: Call, brownout: Brownout, *, key: str) -> bool:
    return call.caller not in brownout.exempt and is_among(call, brownout.percent, key=f"{key} brownout")


def is_under_way(brownout: Brownout, now: datetime) -> bool:
    try:
        return brownout.begins_at <= now < brownout.ends_at
    except TypeError:  # one has a time zone and the other has none
        return False


def is_among(call: Call, percent: float, *, key: str) -> bool:
    """Whether a call is one of so many in a hundred. Who is among them stays so when the share grows."""
    said = f"{call.caller}\0{call.number}".encode(errors="surrogateescape")
    seed = hashlib.sha256(key.encode()).digest()
    drawn = int.from_bytes(hashlib.blake2b(said, digest_size=8, key=seed).digest())
    return drawn < percent / 100 * 2**64
