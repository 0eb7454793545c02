"""Closes and opens proxied endpoints, and reads their meters. Calling anything twice is safe.

The proxy is a process of the operator's, started by `emeritus endpoint proxy`, on the machine of the bot. Closing one
writes its route and waits until the proxy says that it obeys it: what is wanted is not yet what is. A proxy that is
gone passes nothing on, but one that should serve and is gone is unknown, never disabled.
"""

from __future__ import annotations

import shlex
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from data.errors import Unavailable
from workflows.adapters.call_meter import CallMeter
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.identities import identity_at
from workflows.adapters.led_endpoints import LedEndpoints
from workflows.adapters.model_server import is_locked
from workflows.adapters.traffic_proxy.route import (
    ADDRESS_FILE,
    CALLS_FILE,
    LOCK_FILE,
    ROUTE_FILE,
    Route,
    routes,
    runs_already,
)
from workflows.rules.migrating.telling import in_words

OBEYED_TIMEOUT_SECONDS = 5.0
POLL_SECONDS = 0.02


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """As it tells on loopback. `obeys`: digest of the route it goes by."""

    ref: str
    instance: str
    pid: int
    obeys: str


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """As it was written when it started. `port`: where it tells who it is; `address`: where it takes calls."""

    ref: str
    instance: str
    pid: int
    port: int
    address: str


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_IDENTITY, _ADDRESS = msgspec.json.Decoder(Identity), msgspec.json.Decoder(Address)


class ProxyEndpoints(LedEndpoints[Route], CallMeter):
    """An endpoint is named by its ref. `top` is where the state of all of them is kept."""

    def __init__(self, top: Path) -> None:
        self.folders = routes(top)

    def check_may_start(self, ref: str) -> None:
        """Raises `Refused` while its proxy runs: whoever is refused must not have led its callers elsewhere."""
        if self.is_running(ref):
            raise runs_already(ref)

    def settle(self, ref: str, *, to: str, public: str, is_closed: bool) -> None:
        """Make the route exist, or lead to another model. Whether it is open is not changed by that.

        is_closed   how a route that is not there yet begins: what a retirement closed stays closed
        """
        self.folders.make(ref)
        with self.folders.turn(ref):
            known = self.folders.config(ref)
            wanted = Status.DISABLED if is_closed else Status.SERVING
            route = known or Route(ref=ref, to=to, wanted=wanted)
            self.folders.save(msgspec.structs.replace(route, to=to, public=public))

    def describe(self, ref: str) -> Status:
        """As seen now. One that should serve and does not, or does not obey yet, is Unavailable."""
        route = self.folders.config(ref)
        if route is None and self.is_running(ref):
            raise Unavailable(
                f"The proxy of {ref} runs, and {self.folders.of(ref) / ROUTE_FILE} was taken away. Put it back, or "
                f"stop the proxy and start it again: emeritus endpoint proxy {shlex.quote(ref)} --to ADDRESS"
            )
        if route is None:
            return Status.ABSENT
        said = self.said(ref)
        if said is not None and said.obeys == route.digest:
            return route.wanted
        if said is not None:
            raise Unavailable(
                f"The proxy of {ref} does not do yet what is wanted of it. Ask again in a moment"
            )
        if self.is_running(ref):
            lock = self.folders.of(ref) / LOCK_FILE
            raise Unavailable(
                f"The proxy of {ref} runs and does not answer. Ask again in a moment; "
                f"if it stays so, stop the process that holds {lock}"
            )
        if route.wanted is Status.DISABLED:
            return Status.DISABLED
        raise Unavailable(
            f"The proxy of {ref} should pass calls on, and its process is gone. "
            f"Start it: emeritus endpoint proxy {shlex.quote(ref)}"
        )

    def address(self, ref: str) -> str:
        """Where a proxy that runs takes its calls."""
        found = self._address(ref)
        if found is None or self.said(ref) is None:
            raise Unavailable(f"The proxy of {ref} does not run. emeritus endpoint proxy starts it")
        return found.address

    def change(self, ref: str, **wanted: object) -> bool:
        """Returns once the proxy obeys it."""
        is_new = self.folders.change(ref, lambda one: msgspec.structs.replace(one, **wanted))
        self._obeyed(ref)
        return is_new

    def moving(self, ref: str) -> str:
        """In words where its calls are led now; empty where all go to the model behind."""
        return in_words(self.folders.known(ref).traffic, datetime.now(UTC))

    def log_of(self, ref: str) -> Path:
        return self.folders.of(ref) / CALLS_FILE

    def is_counting(self, ref: str) -> bool:
        return self.said(ref) is not None

    def _obeyed(self, ref: str) -> None:
        """Wait until the proxy says that it goes by the route there is. One that does not run has nothing to obey."""
        patience_until = time.monotonic() + OBEYED_TIMEOUT_SECONDS
        while self.is_running(ref):
            said = self.said(ref)
            if said is not None and said.obeys == self.folders.known(ref).digest:
                return
            if time.monotonic() > patience_until:
                raise Unavailable(f"The proxy of {ref} does not do yet what is wanted of it; looked at again")
            time.sleep(POLL_SECONDS)

    def is_running(self, ref: str) -> bool:
        """Whether a process holds the lock, which the kernel frees when the process ends, however it ends."""
        return is_locked(self.folders.of(ref) / LOCK_FILE)

    def _address(self, ref: str) -> Address | None:
        try:
            return _ADDRESS.decode((self.folders.of(ref) / ADDRESS_FILE).read_bytes())
        except (OSError, msgspec.MsgspecError):
            return None

    def said(self, ref: str) -> Identity | None:
        """What the process says, if it is the one that wrote the address."""
        if not self.is_running(ref) or (address := self._address(ref)) is None:
            return None
        said = identity_at(address.port, _IDENTITY)
        if said is None or (said.ref, said.instance, said.pid) != (ref, address.instance, address.pid):
            return None
        return said
