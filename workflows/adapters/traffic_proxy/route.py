"""What is wanted of each proxied endpoint: one folder with its route, which the proxy obeys and the bot writes.

The file is the truth, so a restart of either changes nothing of it: a proxy that comes back is as closed, or as open,
as it was wanted last. What is wanted is written whole or not at all.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from data.errors import Refused
from data.records.traffic import Desired
from workflows.adapters.endpoint_folders import EndpointFolders, Status

ROUTE_FILE, CALLS_FILE, ADDRESS_FILE, LOCK_FILE = "route.json", "calls.db", "address.json", "running.lock"
OBEYED_FILE, TALLY_FILE = "obeyed.json", "traffic.json"


class Announced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What each answer says of the end of service, as headers.

    since      when it was announced
    until      when service ends
    successor  address at which what follows answers; empty where no proxy of ours is known to stand in front of it
    """

    retirement_id: str
    since: datetime
    until: datetime
    successor: str = ""


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One endpoint, where its calls go, and what its callers are told.

    to         address of the model behind
    public     address by which callers know the proxy; empty where nobody told
    wanted     open or closed, which only a retirement changes
    traffic    where calls go while it is open, and what keeps them out for a while
    """

    ref: str
    to: str
    public: str = ""
    wanted: Status = Status.SERVING
    announced: Announced | None = None
    traffic: Desired = Desired()

    @property
    def digest(self) -> str:
        """By which a proxy says what it obeys."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_ROUTE, _RAW = msgspec.json.Decoder(Route), msgspec.json.Decoder(dict[str, Any])


def route_from(content: bytes) -> Route:
    """A brownout that nobody can read is none, and the rest holds: a bad schedule fails open. Raises ValueError."""
    try:
        return _ROUTE.decode(content)
    except msgspec.ValidationError:
        raw = _RAW.decode(content)
        traffic = raw.get("traffic")
        if not isinstance(traffic, dict) or traffic.pop("brownout", None) is None:
            raise
        return _ROUTE.decode(msgspec.json.encode(raw))


def routes(top: Path) -> EndpointFolders[Route]:
    """Of the proxies whose state is kept there."""
    return EndpointFolders(top, route_from, file=ROUTE_FILE, noun="proxy")


def runs_already(ref: str) -> Refused:
    return Refused(
        f"Cannot start the proxy of {ref}",
        reasons=["it runs already"],
        next_step="emeritus endpoint list tells where it answers",
    )
