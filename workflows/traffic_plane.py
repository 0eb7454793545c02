"""The edge that moves calls from a model to its successor, as a Protocol."""

from __future__ import annotations

from typing import Protocol

from data.records.traffic import Ability, Desired, Observed


class TrafficPlane(Protocol):
    """One per kind of endpoint. All calls are safe to repeat.

    They raise Unavailable (asked again later), Refused (a person must act) or NotFound (no such endpoint here).
    """

    def abilities(self, ref: str) -> frozenset[Ability]:
        """What it can do for this endpoint. What is missing is said in the plan, or keeps it from being one."""
        ...

    def desired(self, ref: str) -> Desired:
        """What was last wanted of it, from where that outlives a restart of plane and bot."""
        ...

    def want(self, ref: str, desired: Desired) -> None:
        """Make it so: durable first, then in effect. Returns once the plane says that it goes by it.

        Raises Refused where it lacks the ability, or where that makes no sense to any plane (`check_wanted`);
        nothing has changed then. Unavailable: it is durable, and the plane goes by it once it runs and can be asked.
        """
        ...

    def obeyed(self, ref: str) -> Desired:
        """What it goes by now, as it says itself. That is no proof: `observe` tells what calls really do."""
        ...

    def observe(self, ref: str) -> Observed:
        """What was counted. All that it decided before it was asked is in it: a baseline for what follows."""
        ...
