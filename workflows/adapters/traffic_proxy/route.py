"""What is wanted of each proxied endpoint: one folder with its route, which the proxy obeys and the bot writes.

The file is the truth, so a restart of either changes nothing of it: a proxy that comes back is as closed, or as open,
as it was wanted last. What is wanted is written whole or not at all.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec

from data.errors import Refused
from workflows.adapters.endpoint_folders import EndpointFolders, Status

ROUTE_FILE, CALLS_FILE, ADDRESS_FILE, LOCK_FILE = "route.json", "calls.db", "address.json", "running.lock"


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
    """

    ref: str
    to: str
    public: str = ""
    wanted: Status = Status.SERVING
    announced: Announced | None = None

    @property
    def digest(self) -> str:
        """By which a proxy says what it obeys."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_ROUTE = msgspec.json.Decoder(Route)


def routes(top: Path) -> EndpointFolders[Route]:
    """Of the proxies whose state is kept there."""
    return EndpointFolders(top, _ROUTE, file=ROUTE_FILE, noun="proxy")


def runs_already(ref: str) -> Refused:
    return Refused(
        f"Cannot start the proxy of {ref}",
        reasons=["it runs already"],
        next_step="emeritus endpoint list tells where it answers",
    )
