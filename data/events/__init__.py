"""What happened, in the past tense. The only thing that changes a state; the only thing that is hashed.

Each says when (`at`) and by whom (`by`: a Slack id, or "emeritus"). Text by people is `Prose`; names are catalogs'.
"""

from __future__ import annotations

from data.events.anchors import OnAnchors
from data.events.attesting import Attested
from data.events.base import EMERITUS, Event, name_of
from data.events.breaking_glass import BreakGlassAsked, BreakGlassConfirmed, BreakGlassReviewed, OnBreakGlass
from data.events.brownouts import OnBrownouts
from data.events.callers import CallerClaimed, CallerDeclared, CallersSeen, Reopened, ServiceMissed
from data.events.checking import CheckEnded, ChecksDeclared, ChecksStarted, ChecksWaiverOutdated
from data.events.closing import CloseConfirmed
from data.events.delegating import Delegated, DelegationEnded
from data.events.duties import (
    Amended,
    Announced,
    DutyChanged,
    Escalated,
    ExtensionDecided,
    IdsChanged,
    OwnersChanged,
    Reminded,
    Snoozed,
    TakenOver,
    Unreached,
    Waived,
    WaiverContested,
    WaiverOutdated,
)
from data.events.fixity import ArchiveAudited, OnFixity
from data.events.keeping import (
    ArchivePruned,
    ClassPruned,
    Erased,
    HoldPlaced,
    HoldReleased,
    OnArchives,
    PruneAsked,
    PruneConfirmed,
    PruneDropped,
)
from data.events.objecting import ObjectionEnded, ObjectionProposed, OnObjections
from data.events.others import (
    DigestSent,
    Imported,
    ImportFailed,
    ImportMended,
    ImportsScheduled,
    OnImports,
    SigningKeyUsed,
)
from data.events.parts import PartsChanged, Weighed
from data.events.people import (
    AskedAgain,
    HandedOver,
    ManualChecked,
    ManualContradicted,
    ManualReported,
    Paused,
    Resumed,
)
from data.events.playbooks import PlaybookMade, PlaybookTakenBack
from data.events.readers import DigestSubscribed, DigestUnsubscribed, OnReaders, QuietTold, ReaderMoved
from data.events.reviewing import Reviewed
from data.events.steps import (
    ArchiveConfirmed,
    ArchiveLost,
    ArchiveStored,
    Closed,
    Disabled,
    DrillPassed,
    EndpointDisabled,
    EndpointGone,
    EndpointRestored,
    MigrationClosed,
    RestoreStarted,
    RolledBack,
    StepFailed,
    StepHeld,
    StepStarted,
    SwitchDelayed,
)
from data.events.voting import (
    ApprovalLapsed,
    Approved,
    CancellationDropped,
    CancellationProposed,
    Cancelled,
    Expired,
    ExtensionAgreed,
    ExtensionDropped,
    ExtensionProposed,
    Proposed,
    Rejected,
    Revised,
    RoundExtended,
    RoundProlonged,
    RoundReopened,
    Voted,
    VotersChanged,
    Withdrawn,
)

RetirementEvent = (
    Proposed
    | Revised
    | Voted
    | Approved
    | ApprovalLapsed
    | Rejected
    | RoundExtended
    | RoundProlonged
    | RoundReopened
    | VotersChanged
    | Expired
    | Withdrawn
    | CancellationProposed
    | CancellationDropped
    | Cancelled
    | ExtensionProposed
    | ExtensionAgreed
    | ExtensionDropped
    | Announced
    | Amended
    | DutyChanged
    | OnObjections
    | TakenOver
    | OwnersChanged
    | IdsChanged
    | ExtensionDecided
    | Waived
    | WaiverContested
    | WaiverOutdated
    | CallersSeen
    | CallerClaimed
    | CallerDeclared
    | Reopened
    | ServiceMissed
    | PartsChanged
    | Weighed
    | Reminded
    | Snoozed
    | Escalated
    | Unreached
    | StepStarted
    | StepHeld
    | StepFailed
    | ArchiveStored
    | DrillPassed
    | ArchiveConfirmed
    | ArchiveLost
    | MigrationClosed
    | EndpointDisabled
    | EndpointGone
    | SwitchDelayed
    | Disabled
    | Closed
    | RestoreStarted
    | EndpointRestored
    | RolledBack
    | OnArchives
    | ManualReported
    | ManualChecked
    | ManualContradicted
    | AskedAgain
    | Attested
    | ChecksDeclared
    | ChecksStarted
    | CheckEnded
    | ChecksWaiverOutdated
    | CloseConfirmed
    | OnBreakGlass
    | OnBrownouts
    | Paused
    | Resumed
    | HandedOver
    | Reviewed
    | PlaybookMade
    | PlaybookTakenBack
)
OtherEvent = (
    OnImports | DigestSent | OnReaders | Delegated | DelegationEnded | SigningKeyUsed | OnFixity | OnAnchors
)
AnyEvent = RetirementEvent | OtherEvent

__all__ = [
    "EMERITUS",
    "Amended",
    "Announced",
    "AnyEvent",
    "ApprovalLapsed",
    "Approved",
    "ArchiveAudited",
    "ArchiveConfirmed",
    "ArchiveLost",
    "ArchivePruned",
    "ArchiveStored",
    "AskedAgain",
    "Attested",
    "BreakGlassAsked",
    "BreakGlassConfirmed",
    "BreakGlassReviewed",
    "CallerClaimed",
    "CallerDeclared",
    "CallersSeen",
    "CancellationDropped",
    "CancellationProposed",
    "Cancelled",
    "CheckEnded",
    "ChecksDeclared",
    "ChecksStarted",
    "ChecksWaiverOutdated",
    "ClassPruned",
    "CloseConfirmed",
    "Closed",
    "Delegated",
    "DelegationEnded",
    "DigestSent",
    "DigestSubscribed",
    "DigestUnsubscribed",
    "Disabled",
    "DrillPassed",
    "DutyChanged",
    "EndpointDisabled",
    "EndpointGone",
    "EndpointRestored",
    "Erased",
    "Escalated",
    "Event",
    "Expired",
    "ExtensionAgreed",
    "ExtensionDecided",
    "ExtensionDropped",
    "ExtensionProposed",
    "HandedOver",
    "HoldPlaced",
    "HoldReleased",
    "IdsChanged",
    "ImportFailed",
    "ImportMended",
    "Imported",
    "ImportsScheduled",
    "ManualChecked",
    "ManualContradicted",
    "ManualReported",
    "MigrationClosed",
    "ObjectionEnded",
    "ObjectionProposed",
    "OtherEvent",
    "OwnersChanged",
    "PartsChanged",
    "Paused",
    "PlaybookMade",
    "PlaybookTakenBack",
    "Proposed",
    "PruneAsked",
    "PruneConfirmed",
    "PruneDropped",
    "QuietTold",
    "ReaderMoved",
    "Rejected",
    "Reminded",
    "Reopened",
    "RestoreStarted",
    "Resumed",
    "RetirementEvent",
    "Reviewed",
    "Revised",
    "RolledBack",
    "RoundExtended",
    "RoundProlonged",
    "RoundReopened",
    "ServiceMissed",
    "SigningKeyUsed",
    "Snoozed",
    "StepFailed",
    "StepHeld",
    "StepStarted",
    "SwitchDelayed",
    "TakenOver",
    "Unreached",
    "Voted",
    "VotersChanged",
    "Waived",
    "WaiverContested",
    "WaiverOutdated",
    "Weighed",
    "Withdrawn",
    "name_of",
]
