"""What is wanted of an endpoint that an engine of the operator's carries, and where that engine is reached.

The file is the truth. What the engine reads is made of it, and is there when the engine starts without the bot.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

from data.errors import Refused
from data.records.traffic import Desired, Lane
from workflows.adapters.endpoint_folders import EndpointFolders, Status
from workflows.adapters.traffic_proxy import said
from workflows.adapters.traffic_proxy.route import Announced, Route

CALLS_FILE = "calls.db"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


class Engine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One endpoint.

    admin      where the engine is asked: an address, or the path of a socket
    folder     what the engine reads is there
    old, new   addresses of the models as the operator's configuration has them; `new` may be empty
    public     address by which callers know it; empty where nobody told
    wanted     open or closed, which only a retirement changes
    traffic    where calls go while it is open
    """

    ref: str
    admin: str
    folder: str
    old: str
    new: str = ""
    public: str = ""
    wanted: Status = Status.SERVING
    announced: Announced | None = None
    traffic: Desired = Desired()

    @property
    def slug(self) -> str:
        """What it is called in the engine's configuration: the name itself, where that is plain."""
        return slug_of(self.ref)

    @property
    def route(self) -> Route:
        """As a proxy of ours would have it, which says the same to callers."""
        return Route(ref=self.ref, to=self.old, announced=self.announced, traffic=self.traffic)

    @property
    def headers(self) -> dict[str, str]:
        """On every answer."""
        return said.headers(self.announced)


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_ENGINE = msgspec.json.Decoder(Engine)


def engines(top: Path, name: str) -> EndpointFolders[Engine]:
    """Those whose state is kept there. `name`: of the engine, as people write it."""
    return EndpointFolders(top, _ENGINE.decode, file=f"{name.casefold()}.json", noun=f"{name} endpoint")


def slug_of(ref: str) -> str:
    if _PLAIN.fullmatch(ref):
        return ref
    readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in ref)[:40].strip("-")
    return f"{readable}-{hashlib.sha256(ref.encode()).hexdigest()[:12]}".lstrip("-")


def check_led(engine: Engine, desired: Desired, name: str) -> None:
    """Raises `Refused` where another successor is wanted than the engine's configuration leads to."""
    if desired.new and desired.new != engine.new:
        raise Refused(
            f"Cannot lead calls of {engine.ref} so",
            reasons=[f"its {name} leads to {engine.new or 'no successor'}, and {desired.new} is wanted"],
            next_step=f"emeritus endpoint {name.casefold()} {engine.ref} --new {desired.new} prints what to merge",
        )


def led_nowhere(engine: Engine, name: str) -> Desired:
    """What is wanted, without a successor. Raises `Refused` where calls go to one."""
    wanted = engine.traffic
    if wanted.new_percent or wanted.mirror_percent or Lane.NEW in wanted.pins.values():
        raise Refused(
            f"Cannot give {engine.ref} another successor at its {name}",
            reasons=[f"calls are led to {engine.new}"],
            next_step="Lead them back to the old model first",
        )
    return msgspec.structs.replace(wanted, new="", new_name="")
