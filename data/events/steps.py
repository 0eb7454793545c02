"""The steps of the plan: started, held, done; endpoints go dark and come back."""

from __future__ import annotations

from data.events.base import Event
from data.records.archived import Archived
from data.records.artifacts import ArtifactClass
from data.records.base import Prose
from data.records.progress import StepKind


class StepStarted(Event, frozen=True, kw_only=True, tag="step started"):
    """Every gate held. `evidence` says with which readings."""

    step: StepKind
    evidence: tuple[str, ...] = ()


class StepHeld(Event, frozen=True, kw_only=True, tag="step held"):
    """`gates` names what `reasons` tells, number for number, so that a count that moved is no news."""

    step: StepKind
    reasons: tuple[str, ...]
    gates: tuple[str, ...] = ()


class StepFailed(Event, frozen=True, kw_only=True, tag="step failed"):
    """It was tried and did not hold; it is tried again, or a person is asked. `lacks`: see `StepProgress`."""

    step: StepKind
    reason: str
    lacks: tuple[ArtifactClass, ...] = ()


class ArchiveStored(Event, frozen=True, kw_only=True, tag="archive stored"):
    archived: Archived


class DrillPassed(Event, frozen=True, kw_only=True, tag="drill passed"):
    """`noticed`: what is not as it was left although every byte is, such as a lock that somebody shortened."""

    manifest_digest: str
    files: int
    bytes: int
    noticed: tuple[str, ...] = ()


class ArchiveConfirmed(Event, frozen=True, kw_only=True, tag="archive confirmed"):
    """Everything was read back once more, right before a step that cannot do without the archive. See `DrillPassed`."""

    step: StepKind
    manifest_digest: str
    files: int
    bytes: int
    noticed: tuple[str, ...] = ()


class ArchiveLost(Event, frozen=True, kw_only=True, tag="archive lost"):
    """The archive did not hold, or its sources are newer, when `step` read it back: it is made and proven again."""

    step: StepKind
    reason: str


class MigrationClosed(Event, frozen=True, kw_only=True, tag="migration closed"):
    """The day by which consumers were to move has come; what is still open holds the disable step."""

    open_ids: tuple[str, ...]


class EndpointDisabled(Event, frozen=True, kw_only=True, tag="endpoint disabled"):
    endpoint_id: str


class EndpointGone(Event, frozen=True, kw_only=True, tag="endpoint gone"):
    """There was nothing left to switch off, as `vouched_by` had said. A restore does not bring it back."""

    endpoint_id: str
    vouched_by: str


class SwitchDelayed(Event, frozen=True, kw_only=True, tag="switch delayed"):
    """Its `action`, "disable" or "restore", was begun and has not come to its end. It goes on, or is tried again."""

    endpoint_id: str
    action: str
    reason: str


class Disabled(Event, frozen=True, kw_only=True, tag="disabled"):
    """Nothing serves the subject any more; config and weights are kept until close."""


class Closed(Event, frozen=True, kw_only=True, tag="closed"):
    """The dark window is over. The archive stays."""


class RestoreStarted(Event, frozen=True, kw_only=True, tag="restore started"):
    why: Prose


class EndpointRestored(Event, frozen=True, kw_only=True, tag="endpoint restored"):
    endpoint_id: str


class RolledBack(Event, frozen=True, kw_only=True, tag="rolled back"):
    """Service is back; the retirement has ended. The archive stays."""
