"""What every effect is handed: the record, the edges, the clock, and a way to be told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from msgspec.structs import replace

from data.archive.results import Sign
from data.errors import EmeritusError, Lacking, Refused, Unavailable
from data.events import EMERITUS
from data.metrics import UNCOUNTED, Metrics
from data.records.artifacts import ArtifactClass
from data.records.catalog import EndpointKind
from data.records.decision import Claim, Done, HeldUp, NotDone, Result, Unknown
from data.records.deprecation import CatalogKind
from data.records.facts import Facts
from data.records.plan import Endpoint
from data.records.progress import StepKind
from data.records.retirement import Retirement
from data.store import Then
from workflows import commands as cmd
from workflows.anchor_store import Anchors, Stamper
from workflows.artifact_store import ArtifactStore, SecondStore
from workflows.engine import Engine
from workflows.histories import History
from workflows.outlook import Outlook
from workflows.ports import (
    CatalogWriter,
    EndpointControl,
    Importer,
    Messenger,
    Readers,
    SharedFiles,
    Timekeeper,
    Wording,
    World,
)

RETRY_SECONDS = 15.0
"""Outside services that do not answer are asked again after this, doubling up to an hour."""
RETRY_SECONDS_MAX = 3600.0
DOUBLINGS_MAX = 20  # then it waits for years, or for the most there is: no number grows without end
QUIET_TRIES = 5
"""A disk that is full or read-only stays so: after these tries, some four minutes, people are told."""


def _always(_: Sequence[History], __: datetime) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """`ending` is set when the bot stops: long work looks at it, ends soon and is started over later.

    writers         the catalogs this installation writes to
    grace_seconds   of a lease that must be left for a post: it may take ten and show up twenty after, and has to be
                    there before anybody else can look for it
    outlook         who will hear what and when; None where nobody looks ahead
    files           what people share in the import channel; None without one
    timekeeper      who knows people's working hours; None where they are written to at any hour
    readers         who reads the digest, as Slack tells; None where nobody can say
    wording         who understands questions that fit no wording we know; None where nobody does
    metrics         counts how checks of consumers ended
    anchors         where checkpoints of the log are kept; None where they are not by the clock
    stamper         a time-stamping service; None where there is none
    stopwatch       seconds, only ever subtracted
    sign            signs what is archived; None where nobody does
    second          another place that has a copy of every archive; None without one
    canary          what the archive does not refuse though it has to, each tried; None where nothing can
    tells           whether a digest of these histories, at this instant, says anything
    """

    engine: Engine
    world: World
    messenger: Messenger
    archive: ArtifactStore
    controls: Mapping[EndpointKind, EndpointControl]
    importer: Importer
    ending: threading.Event
    writers: Mapping[CatalogKind, CatalogWriter] = field(default_factory=dict)
    grace_seconds: float = 30.0
    files: SharedFiles | None = None
    outlook: Outlook | None = None
    timekeeper: Timekeeper | None = None
    readers: Readers | None = None
    wording: Wording | None = None
    sign: Sign | None = None
    second: SecondStore | None = None
    canary: Callable[[datetime], tuple[str, ...]] | None = None
    anchors: Anchors | None = None
    stamper: Stamper | None = None
    tells: Callable[[Sequence[History], datetime], bool] = _always
    stopwatch: Callable[[], float] = monotonic
    metrics: Metrics = UNCOUNTED

    def retirement(self, claim: Claim) -> Retirement:
        """The retirement an effect belongs to, as it stands now."""
        found = self.engine.retirement(claim.stream)
        assert found is not None, f"{claim.key} belongs to {claim.stream}, which does not exist"
        return found


def endpoint_of(claim: Claim) -> Endpoint:
    """As it was when the effect was wanted, whatever the plan says now."""
    assert claim.effect is not None
    body = claim.effect.body
    return Endpoint(
        id=body["endpoint_id"], name=body["name"], kind=EndpointKind(body["kind"]), ref=body["ref"]
    )


def step_of(claim: Claim) -> StepKind:
    assert claim.effect is not None
    return StepKind(claim.effect.body["step"])


def started(claim: Claim) -> int:
    """Which start of its step the work belongs to."""
    assert claim.effect is not None
    return int(claim.effect.body["started"])


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


def then(claim: Claim, command: cmd.AnyCommand, facts: Facts | None = None) -> Then:
    """`facts` for a decision that looks at more than the state; gathered after the work they follow."""
    return claim.stream, cmd.encoded(command), facts


def failed(
    claim: Claim, error: EmeritusError, shop: Workshop, *, is_archive_lost: bool = False
) -> tuple[Result, Then | None]:
    """What is unavailable is asked again, quietly at first; all else holds the step, the reason in the thread."""
    if isinstance(error, Unavailable) and (claim.attempt < QUIET_TRIES or shop.ending.is_set()):
        return again(claim, error, shop.world), None
    said = failure(claim, str(error), is_archive_lost=is_archive_lost)
    if isinstance(error, Lacking):
        said = replace(said, lacks=tuple(map(ArtifactClass, error.classes)))
    return Done(), then(claim, said)


def failure(claim: Claim, reason: str, *, is_archive_lost: bool = False) -> cmd.RecordFailure:
    return cmd.RecordFailure(
        by=EMERITUS,
        step=step_of(claim),
        started=started(claim),
        reason=reason,
        is_archive_lost=is_archive_lost,
    )


def again(
    claim: Claim, error: EmeritusError, world: World, *, seconds_max: float = RETRY_SECONDS_MAX
) -> NotDone:
    """Try the same effect again, more and more seldom."""
    return NotDone(retry_at=later(claim, world, seconds_max), why=str(error))


def until_mended(claim: Claim, error: EmeritusError, world: World) -> NotDone:
    """The same, listed as held up by what is wrong with this installation once it is no passing trouble."""
    is_passing = isinstance(error, Unavailable) and claim.attempt < QUIET_TRIES
    return NotDone(
        retry_at=later(claim, world), why=str(error), held_up=None if is_passing else HeldUp.EMERITUS
    )


def delayed(claim: Claim, action: str, reason: str) -> Then:
    """Say that switching an endpoint, once begun, has not come to its end."""
    command = cmd.RecordDelayed(by=EMERITUS, endpoint_id=endpoint_of(claim).id, action=action, reason=reason)
    return then(claim, command)


def not_begun(claim: Claim, retry_at: datetime, why: str) -> Result:
    """For an attempt that did nothing. What an earlier one may have done stays as unknown as it was."""
    if claim.tried_at is not None:
        return Unknown(retry_at=retry_at, why=why)
    return NotDone(retry_at=retry_at, why=why)


def later(claim: Claim, world: World, seconds_max: float = RETRY_SECONDS_MAX) -> datetime:
    """When to try again: the wait doubles with every try, up to an hour or what else is the most."""
    doublings = min(claim.tries - 1, DOUBLINGS_MAX)
    return world.after(min(RETRY_SECONDS * 2**doublings, seconds_max))
