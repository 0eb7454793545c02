"""Flags as endpoints and as a plane: what callers are told to call, until when, and who asked. Safe to call twice.

Nothing passes through here: callers go by what they are told, or by the default in their own code while nobody
serves flags. So one that nobody serves is unknown, never disabled.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from msgspec.structs import replace

from data.errors import Unavailable
from data.records.traffic import Ability, Desired, Observed
from workflows.adapters.call_meter import CallMeter
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.flags.evaluations import observed
from workflows.adapters.flags.flag import ADDRESS_FILE, CALLS_FILE, LOCK_FILE, Flag, flags
from workflows.adapters.led_endpoints import LedEndpoints
from workflows.adapters.model_server import is_locked
from workflows.rules.migrating.wanting import check_wanted

ABILITIES = frozenset((Ability.SPLIT, Ability.BROWNOUT, Ability.WINDOW, Ability.PIN, Ability.CONSUMERS))
PATH = "/ofrep/v1/evaluate/flags"


class FlagEndpoints(LedEndpoints[Flag], CallMeter):
    """Implements `EndpointControl`, `TrafficMeter` and `TrafficPlane`. An endpoint is named by its flag's key."""

    def __init__(self, top: Path) -> None:
        self.top, self.folders = top, flags(top)

    def settle(self, ref: str, *, is_closed: bool = False) -> None:
        """Make the flag exist, as open or closed as it is wanted already.

        is_closed   how one begins that is not there yet: what a retirement closed stays closed
        """
        self.folders.make(ref)
        with self.folders.turn(ref):
            if self.folders.config(ref) is None:
                self.folders.save(Flag(ref=ref, wanted=Status.DISABLED if is_closed else Status.SERVING))

    def describe(self, ref: str) -> Status:
        flag = self.folders.config(ref)
        if flag is None:
            return Status.ABSENT
        self._check_served(ref)
        return flag.wanted

    def address(self, ref: str) -> str:
        """Where it is evaluated."""
        self._check_served(ref)
        return f"{(self.top / ADDRESS_FILE).read_text()}{PATH}/{quote(ref, safe='')}"

    def abilities(self, ref: str) -> frozenset[Ability]:  # noqa: ARG002 - the same for every flag
        return ABILITIES

    def desired(self, ref: str) -> Desired:
        return self.folders.known(ref).traffic

    def want(self, ref: str, desired: Desired) -> None:
        """Raises `Unavailable` where nobody serves flags: it is told so once somebody does."""
        self.folders.known(ref)
        check_wanted(ref, desired, ABILITIES)
        self.change(ref, traffic=desired)

    def obeyed(self, ref: str) -> Desired:
        """What is served is the file itself, read for each evaluation."""
        flag = self.folders.known(ref)
        self._check_served(ref)
        return flag.traffic

    def observe(self, ref: str) -> Observed:
        """Evaluations, not calls; who called which model, only the models themselves can tell."""
        self.folders.known(ref)
        found = observed(self.log_of(ref))
        if found is None:
            raise Unavailable(
                f"Who asked for the flag {ref} is unknown: nobody served it yet, or its log is unreadable"
            )
        return found

    def log_of(self, ref: str) -> Path:
        return self.folders.of(ref) / CALLS_FILE

    def is_counting(self, ref: str) -> bool:  # noqa: ARG002 - all flags are served together
        return is_locked(self.top / LOCK_FILE)

    def change(self, ref: str, **wanted: object) -> bool:
        is_new = self.folders.change(ref, lambda one: replace(one, **wanted))
        self._check_served(ref)
        return is_new

    def _check_served(self, ref: str) -> None:
        if not self.is_counting(ref):
            raise Unavailable(
                f"Nobody serves the flag {ref}, so callers go by the default in their own code. "
                "Set EMERITUS_FLAGS=[HOST:]PORT and start emeritus serve"
            )
