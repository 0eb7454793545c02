"""Our proxy as the edge that moves calls: the embedded one, for trying it out and for little traffic. Safe to repeat.

What is wanted lies in its route, so it outlives every restart, and the clock of the proxy ends a brownout even while
nothing else runs.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from data.errors import Unavailable
from data.records.traffic import Ability, Desired, Observed
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.route import OBEYED_FILE, TALLY_FILE
from workflows.adapters.traffic_proxy.tally import kept_at
from workflows.rules.migrating.wanting import check_wanted

ABILITIES = frozenset((Ability.BROWNOUT, Ability.WINDOW, Ability.CONSUMERS, Ability.LATENCY))


class ProxyPlane:
    def __init__(self, endpoints: ProxyEndpoints) -> None:
        self._endpoints = endpoints

    def abilities(self, ref: str) -> frozenset[Ability]:  # noqa: ARG002 - the same for every endpoint
        return ABILITIES

    def desired(self, ref: str) -> Desired:
        return self._endpoints.folders.known(ref).traffic

    def want(self, ref: str, desired: Desired) -> None:
        """Raises `Unavailable` where the proxy does not run: it goes by that once it is started."""
        self._endpoints.folders.known(ref)
        check_wanted(ref, desired, ABILITIES)
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
        self._endpoints.said(ref)  # one that runs writes what it counted before it says anything
        kept = kept_at(self._file(ref, TALLY_FILE))
        if kept is None:
            raise Unavailable(f"The proxy of {ref} has counted nothing yet that could be read")
        return kept.observed

    def _file(self, ref: str, name: str) -> Path:
        return self._endpoints.folders.of(ref) / name


def _is_gone(ref: str) -> Unavailable:
    return Unavailable(
        f"The proxy of {ref} does not run, so nothing goes through it. "
        f"Start it: emeritus endpoint proxy {shlex.quote(ref)}"
    )
