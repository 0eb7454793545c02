"""What every effect is handed: the record, the edges, the clock, and a way to be told to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.errors import Corrupt, EmeritusError, Refused, Unavailable
from data.events import EMERITUS
from data.records.catalog import EndpointKind
from data.records.decision import Claim, Done, NotDone, Result
from data.records.retirement import Endpoint, Retirement, StepKind
from workflows import commands as cmd
from workflows.engine import Engine
from workflows.ports import ArtifactStore, EndpointControl, Messenger, World

RETRY_SECONDS = 15.0
"""Outside services that do not answer are asked again after this, doubling up to an hour."""
RETRY_SECONDS_MAX = 3600.0
QUIET_TRIES = 5
"""A disk that is full or read-only stays so: after these tries, some four minutes, people are told."""

Then = tuple[str, str, bytes]
"""A follow-up: (stream, command, facts), decided in the commit that settles the effect."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """`ending` is set when the bot stops: long work looks at it, ends soon and is started over later."""

    engine: Engine
    world: World
    messenger: Messenger
    archive: ArtifactStore
    controls: Mapping[EndpointKind, EndpointControl]
    ending: threading.Event

    def retirement(self, claim: Claim) -> Retirement:
        """The retirement an effect belongs to, as it stands now."""
        found = self.engine.retirement(claim.stream)
        assert found is not None, f"{claim.key} belongs to {claim.stream}, which does not exist"
        return found


def endpoint_of(claim: Claim, state: Retirement) -> Endpoint:
    assert claim.effect is not None
    assert state.plan is not None
    endpoint_id = claim.effect.body["endpoint_id"]
    return next(found for found in state.plan.subject.endpoints if found.id == endpoint_id)


def control_of(endpoint: Endpoint, shop: Workshop) -> EndpointControl:
    """What drives the endpoint. Raises `Refused` where this installation cannot reach its platform."""
    control = shop.controls.get(endpoint.kind)
    if control is None:
        raise Refused(
            f"Cannot drive {endpoint.name}",
            reasons=[f"this Emeritus reaches no {endpoint.kind} endpoints"],
            next_step="Name a region in its AWS environment, start it again, and try the step again",
        )
    return control


def then(claim: Claim, command: cmd.AnyCommand) -> Then:
    return claim.stream, cmd.encoded(command), b""


def failed(claim: Claim, step: StepKind, error: EmeritusError, shop: Workshop) -> tuple[Result, Then | None]:
    """What is unavailable is asked again, quietly at first; all else holds the step, the reason in the thread."""
    if isinstance(error, Unavailable) and (claim.attempt < QUIET_TRIES or shop.ending.is_set()):
        return again(claim, error, shop.world), None
    reason = f"{error} Endpoint left running." if isinstance(error, Corrupt) else str(error)
    return Done(), then(claim, cmd.RecordFailure(by=EMERITUS, step=step, reason=reason))


def again(claim: Claim, error: EmeritusError, world: World) -> NotDone:
    """Try the same effect again, more and more seldom."""
    return NotDone(retry_at=later(claim, world), why=str(error))


def later(claim: Claim, world: World) -> datetime:
    """When to try again: the wait doubles with every attempt, up to an hour."""
    return world.after(min(RETRY_SECONDS * 2 ** (claim.attempt - 1), RETRY_SECONDS_MAX))
