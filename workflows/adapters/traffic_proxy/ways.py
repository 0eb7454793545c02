"""What becomes of one call, by what is wanted and by the clock: who answers it, or why nobody does.

A bad schedule fails open: a window that is over, upside down or without a time zone serves.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from data.records.traffic import Brownout, Desired


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
    """`key`: of the endpoint, so that two of them do not fail the same calls."""
    brownout = desired.brownout
    if brownout is not None and is_under_way(brownout, now) and _is_out(call, brownout, key=key):
        return Became.BROWNOUT
    return Became.OLD


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
