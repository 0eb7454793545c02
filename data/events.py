"""What happened, in the past tense. The only thing that changes a state; the only thing that is hashed.

Every event says when (`at`) and by whom (`by`: a Slack user id, or "emeritus" for what time did). Text by people
is `Prose`; names of people appear nowhere.
"""

from __future__ import annotations

from datetime import datetime

from data.records.base import Prose, Record
from data.records.catalog import Impacted
from data.records.policy import Policy
from data.records.retirement import (
    Archived,
    Ballot,
    Duty,
    Extension,
    Obligation,
    Plan,
    Round,
    StepKind,
)

EMERITUS = "emeritus"


class Event(Record, frozen=True, kw_only=True, tag_field="event"):
    at: datetime
    by: str


class Proposed(Event, frozen=True, kw_only=True, tag="proposed"):
    plan: Plan
    why: Prose
    policy: Policy
    coordinator_id: str
    impact: tuple[Impacted, ...]
    impact_notes: tuple[str, ...]
    round: Round


class Revised(Event, frozen=True, kw_only=True, tag="revised"):
    """Another plan took the place of the old one: its votes are void, a new round opens."""

    plan: Plan
    why: Prose
    impact: tuple[Impacted, ...]
    impact_notes: tuple[str, ...]
    round: Round


class Voted(Event, frozen=True, kw_only=True, tag="voted"):
    """`eligible_roles` is what the voter's group memberships allowed at that moment."""

    round_number: int
    ballot: Ballot
    eligible_roles: tuple[str, ...]


class Approved(Event, frozen=True, kw_only=True, tag="approved"):
    round_number: int
    plan_digest: str


class Rejected(Event, frozen=True, kw_only=True, tag="rejected"):
    """A veto: a rejection in a role that has it."""

    round_number: int
    role: str


class Expired(Event, frozen=True, kw_only=True, tag="expired"):
    round_number: int
    missing: dict[str, int]


class Withdrawn(Event, frozen=True, kw_only=True, tag="withdrawn"):
    why: Prose = Prose()


class CancellationProposed(Event, frozen=True, kw_only=True, tag="cancellation proposed"):
    why: Prose
    round: Round


class CancellationDropped(Event, frozen=True, kw_only=True, tag="cancellation dropped"):
    """The round on cancelling ended without approval; the retirement goes on."""

    round_number: int


class Cancelled(Event, frozen=True, kw_only=True, tag="cancelled"):
    round_number: int


class Announced(Event, frozen=True, kw_only=True, tag="announced"):
    obligations: tuple[Obligation, ...]


class Amended(Event, frozen=True, kw_only=True, tag="amended"):
    """All remaining dates moved later; obligations stay, the plan's digest is chained to the approved one."""

    plan: Plan
    because: str


class DutyChanged(Event, frozen=True, kw_only=True, tag="duty changed"):
    consumer_id: str
    duty: Duty
    note: Prose = Prose()
    extension: Extension | None = None


class ExtensionDecided(Event, frozen=True, kw_only=True, tag="extension decided"):
    consumer_id: str
    number: int
    granted: str


class Waived(Event, frozen=True, kw_only=True, tag="waived"):
    """A named person takes responsibility for a gate: a consumer id, or "traffic"."""

    what: str
    reason: Prose


class Reminded(Event, frozen=True, kw_only=True, tag="reminded"):
    milestone: str
    people: tuple[str, ...]


class Escalated(Event, frozen=True, kw_only=True, tag="escalated"):
    """`to` is Slack ids of managers, or the governance channel. `unreachable` names owners without a manager."""

    milestone: str
    level: int
    consumer_ids: tuple[str, ...]
    to: tuple[str, ...]
    unreachable: tuple[str, ...] = ()


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
    """It was tried and did not hold; it is tried again, or a person is asked."""

    step: StepKind
    reason: str


class ArchiveStored(Event, frozen=True, kw_only=True, tag="archive stored"):
    archived: Archived


class DrillPassed(Event, frozen=True, kw_only=True, tag="drill passed"):
    manifest_digest: str
    files: int
    bytes: int


class MigrationClosed(Event, frozen=True, kw_only=True, tag="migration closed"):
    """The day by which consumers were to move has come; what is still open holds the disable step."""

    open_ids: tuple[str, ...]


class EndpointDisabled(Event, frozen=True, kw_only=True, tag="endpoint disabled"):
    endpoint_id: str


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


class ManualReported(Event, frozen=True, kw_only=True, tag="manual reported"):
    endpoint_id: str
    action: str
    evidence: Prose


class ManualChecked(Event, frozen=True, kw_only=True, tag="manual checked"):
    endpoint_id: str
    action: str


class Paused(Event, frozen=True, kw_only=True, tag="paused"):
    why: Prose


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    pass


class HandedOver(Event, frozen=True, kw_only=True, tag="handed over"):
    coordinator_id: str


class Imported(Event, frozen=True, kw_only=True, tag="imported"):
    """One import of one source into the catalog. On the `catalog` stream."""

    format: str
    source_digest: str
    counts: dict[str, int]
    changed_ids: tuple[str, ...]


class DigestSent(Event, frozen=True, kw_only=True, tag="digest sent"):
    """On the `digest` stream: what happened since `since` was posted."""

    since: datetime


RetirementEvent = (
    Proposed
    | Revised
    | Voted
    | Approved
    | Rejected
    | Expired
    | Withdrawn
    | CancellationProposed
    | CancellationDropped
    | Cancelled
    | Announced
    | Amended
    | DutyChanged
    | ExtensionDecided
    | Waived
    | Reminded
    | Escalated
    | StepStarted
    | StepHeld
    | StepFailed
    | ArchiveStored
    | DrillPassed
    | MigrationClosed
    | EndpointDisabled
    | Disabled
    | Closed
    | RestoreStarted
    | EndpointRestored
    | RolledBack
    | ManualReported
    | ManualChecked
    | Paused
    | Resumed
    | HandedOver
)
AnyEvent = RetirementEvent | Imported | DigestSent
