"""Bugs in what is known of the world outside: the consumers, the meters, the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from data.archive.results import Drilled, Stopped, Stored
from data.records.archived import Archived
from data.records.catalog import Impacted
from data.records.facts import Facts
from data.records.retirement import Retirement
from tests.simulation.process import Parts
from workflows import commands as cmd
from workflows.artifact_store import ArtifactStore
from workflows.gathering import Gatherer
from workflows.rules.people.delegating import NOBODY, InForce


class OldImpact(Gatherer):
    """Consumers that appeared after the vote are not looked for."""

    def facts(self, command: cmd.AnyCommand, state: Retirement | None, now: datetime) -> Facts:
        found = super().facts(command, state, now)
        if state is None or state.plan is None or not isinstance(command, cmd.RunStep):
            return found
        voted: tuple[Impacted, ...] = tuple(
            one for one in found.impact if one.consumer_id in state.plan.consumer_ids
        )
        return replace(found, impact=voted)


class NothingBeside(Gatherer):
    """Endpoints that were added since the vote are not looked for."""

    def facts(self, command: cmd.AnyCommand, state: Retirement | None, now: datetime) -> Facts:
        return replace(super().facts(command, state, now), parts=())


class SilentMeters(Gatherer):
    """Who still calls is not asked."""

    def facts(self, command: cmd.AnyCommand, state: Retirement | None, now: datetime) -> Facts:
        found = super().facts(command, state, now)
        quiet = tuple(replace(one, calls=0, days=max(one.days, 999)) for one in found.readings)
        return replace(found, readings=quiet)


@dataclass(frozen=True, kw_only=True)
class OldStandIns(Gatherer):
    """Whoever once answered for somebody still does."""

    def __post_init__(self) -> None:
        now_in_force, ever = self.delegations, {}

        def in_force(at: datetime) -> InForce:
            ever.update(now_in_force(at))
            return dict(ever)

        object.__setattr__(self, "delegations", in_force)


@dataclass(frozen=True, kw_only=True)
class NoStandIns(Gatherer):
    """What is asked of people goes to them, whoever answers for them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "delegations", lambda _: NOBODY)


class Trusting:
    """An archive that says it holds without reading anything back."""

    def __init__(self, real: ArtifactStore) -> None:
        self._real = real

    def put(self, *asked: Any) -> Stored:
        return self._real.put(*asked)

    def drill(self, archived: Archived, now: Callable[[], datetime], stopped: Stopped, **_: Any) -> Drilled:
        return Drilled(files=2, bytes=2000, read_at=now(), manifest_digest=archived.manifest_digest)

    def require_current(self, *asked: Any) -> None:
        self._real.require_current(*asked)

    def exists(self, *asked: Any, **_: Any) -> bool:
        return True

    def fetch(self, *asked: Any, **more: Any) -> Drilled:
        return self._real.fetch(*asked, **more)

    def keep(self, *asked: Any, **more: Any) -> None:
        self._real.keep(*asked, **more)

    def prune(self, *asked: Any) -> None:
        self._real.prune(*asked)


MUTANTS: dict[str, Parts] = {
    "old-impact": Parts(gatherer=OldImpact),
    "nothing-beside": Parts(gatherer=NothingBeside),
    "silent-meters": Parts(gatherer=SilentMeters),
    "old-stand-ins": Parts(gatherer=OldStandIns),
    "no-stand-ins": Parts(gatherer=NoStandIns),
    "archive-not-read": Parts(archive=Trusting),
}
