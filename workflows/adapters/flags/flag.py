"""What is wanted of each flag: one folder with its file, which the bot writes and whoever serves flags reads.

The file is the truth, so a restart sends nobody back to the old model. It is read anew for each evaluation.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from data.records.traffic import Brownout, Desired, Lane
from workflows.adapters.endpoint_folders import EndpointFolders, Status
from workflows.adapters.traffic_proxy.route import Announced
from workflows.adapters.traffic_proxy.ways import Call, is_among, is_under_way

FLAG_FILE, CALLS_FILE = "flag.json", "calls.db"
LOCK_FILE, ADDRESS_FILE = "serving.lock", "address"
"""Of all flags together, in the folder above theirs."""
SAME = ""
"""However often a consumer asks it is told the same: shares are of consumers, a larger one has all of a smaller."""


class Flag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`ref` is its key. `wanted`: closed once the model behind is switched off, which only a retirement changes."""

    ref: str
    wanted: Status = Status.SERVING
    traffic: Desired = Desired()
    announced: Announced | None = None


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_FLAG = msgspec.json.Decoder(Flag)


def flags(top: Path) -> EndpointFolders[Flag]:
    """Of all flags whose state is kept there."""
    return EndpointFolders(top, _FLAG.decode, file=FLAG_FILE, noun="flag")


class Reason(StrEnum):
    """openfeature.dev/specification/types#resolution-reason"""

    STATIC = "STATIC"
    TARGETING_MATCH = "TARGETING_MATCH"
    SPLIT = "SPLIT"


def choose(flag: Flag, consumer: str, now: datetime) -> tuple[Lane, Reason]:
    """Which model a consumer is told to call, and what decided that.

    A brownout, and the end, are of calls to the address of the old model. Whoever is told to call its successor does
    not call that address, so nobody who has moved is blocked.
    """
    desired = flag.traffic
    if consumer in desired.pins:
        lane, reason = desired.pins[consumer], Reason.TARGETING_MATCH
    elif is_among(Call(consumer, SAME), desired.new_percent, key=f"{flag.ref} new"):
        lane, reason = Lane.NEW, _of_share(desired.new_percent)
    else:
        lane, reason = Lane.OLD, _of_share(desired.new_percent)
    if lane is not Lane.OLD:
        return lane, reason
    if flag.wanted is Status.DISABLED:
        return Lane.BLOCKED, reason
    return _browned_out(flag.ref, desired.brownout, consumer, now) or (lane, reason)


def metadata(flag: Flag, variant: Lane, now: datetime) -> dict[str, str]:
    """What an answer says of the end, nothing before it is announced; in a brownout, until when that lasts."""
    told = {"successorAddress": flag.traffic.new} if flag.traffic.new else {}
    brownout, is_open = flag.traffic.brownout, flag.wanted is Status.SERVING
    if variant is Lane.BLOCKED and is_open and brownout is not None and is_under_way(brownout, now):
        told["until"] = brownout.ends_at.isoformat()
    if (announced := flag.announced) is not None:
        told |= {
            "retirement": announced.retirement_id,
            "deprecated": announced.since.isoformat(),
            "sunset": announced.until.isoformat(),
        }
        told |= {"successor": announced.successor} if announced.successor else {}
    return told


def _of_share(percent: float) -> Reason:
    return Reason.SPLIT if 0 < percent < 100 else Reason.STATIC


def _browned_out(
    ref: str, brownout: Brownout | None, consumer: str, now: datetime
) -> tuple[Lane, Reason] | None:
    if brownout is None or not is_under_way(brownout, now) or consumer in brownout.exempt:
        return None
    if not is_among(Call(consumer, SAME), brownout.percent, key=f"{ref} brownout"):
        return None
    return Lane.BLOCKED, Reason.SPLIT if brownout.percent < 100 else Reason.TARGETING_MATCH
