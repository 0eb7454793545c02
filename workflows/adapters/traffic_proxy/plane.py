"""Our proxy as the edge that moves calls: the embedded one, for trying it out and for little traffic. Safe to repeat.

What is wanted lies in its route, so it outlives every restart, and the clock of the proxy ends a brownout even while
nothing else runs.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from data.errors import Refused, Unavailable
from data.records.traffic import Ability, Arm, Desired, Observed
from workflows.adapters.caller_names import via_of
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.route import OBEYED_FILE, TALLY_FILE
from workflows.adapters.traffic_proxy.tally import kept_at
from workflows.rules.migrating.wanting import check_wanted

ABILITIES = frozenset(Ability)

_ADDRESS_FORM = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*[^\s?#/])?")

Tells = Callable[[str, str, datetime], int | None]
"""Calls that a model itself counted: of the one at this address, those that a proxy passed on, since then; None where
it does not tell."""


def silent(address: str, via: str, since: datetime) -> None:
    """Of models of others nobody knows how they count."""


class ProxyPlane:
    def __init__(self, endpoints: ProxyEndpoints, models: Tells = silent) -> None:
        self._endpoints, self._models = endpoints, models

    def abilities(self, ref: str) -> frozenset[Ability]:  # noqa: ARG002 - the same for every endpoint
        return ABILITIES

    def desired(self, ref: str) -> Desired:
        return self._endpoints.folders.known(ref).traffic

    def want(self, ref: str, desired: Desired) -> None:
        """Raises `Unavailable` where the proxy does not run: it goes by that once it is started."""
        self._endpoints.folders.known(ref)
        check_wanted(ref, desired, ABILITIES)
        if desired.new and not _ADDRESS_FORM.fullmatch(desired.new):
            raise Refused(
                f"Cannot lead calls of {ref} to {desired.new}",
                reasons=["that is no address"],
                next_step="Name where the successor answers, http://HOST:PORT",
            )
        self._endpoints.change(ref, traffic=desired)
        if self._endpoints.said(ref) is None:
            raise _is_gone(ref)

    def obeyed(self, ref: str) -> Desired:
        self._endpoints.folders.known(ref)
        said = self._endpoints.said(ref)
        if said is None:
            raise _is_gone(ref)
        route = self._endpoints.folders.read(self._file(ref, OBEYED_FILE))
        if route.digest != said.obeys:
            raise Unavailable(f"The proxy of {ref} is just told something else. Ask again in a moment")
        return route.traffic

    def observe(self, ref: str) -> Observed:
        """Of one that does not run, what it had counted when it ended."""
        self._endpoints.folders.known(ref)
        # One that runs writes what it counted before it says anything.
        if self._endpoints.said(ref) is None and self._endpoints.is_running(ref):
            raise Unavailable(
                f"The proxy of {ref} runs and does not tell what it counted. Ask again in a moment"
            )
        kept = kept_at(self._file(ref, TALLY_FILE))
        if kept is None:
            raise Unavailable(f"The proxy of {ref} has counted nothing yet that could be read")
        via, since = via_of(ref), kept.observed.since
        asked = {Arm.OLD: kept.old, Arm.NEW: kept.new}
        told = {arm: self._models(address, via, since) for arm, address in asked.items() if address}
        models = {arm: calls for arm, calls in told.items() if calls is not None}
        return msgspec.structs.replace(kept.observed, models=models)

    def _file(self, ref: str, name: str) -> Path:
        return self._endpoints.folders.of(ref) / name


def _is_gone(ref: str) -> Unavailable:
    return Unavailable(
        f"The proxy of {ref} does not run, so nothing goes through it. "
        f"Start it: emeritus endpoint proxy {shlex.quote(ref)}"
    )
