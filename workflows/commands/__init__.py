"""Every command as a frozen record, in the imperative: what somebody, time, or a finished effect asks for.

`by` is a Slack user id, or "emeritus" where time or an effect asks. Commands are stored (inbox, timers) as JSON.
"""

from __future__ import annotations

import msgspec

from workflows.commands.anchors import OF_ANCHORS, LeaveAnchors, PlanAnchors, RecordAnchored, RunAnchors
from workflows.commands.attestations import AskToAttest, Attest
from workflows.commands.break_glass import BreakGlass, ConfirmBreakGlass, RemindReview, ReviewBreakGlass
from workflows.commands.brownouts import OfBrownouts
from workflows.commands.checks import RecordCheck, RunChecks
from workflows.commands.closing import ConfirmClose
from workflows.commands.command import Command
from workflows.commands.delegations import Delegate, EndDelegation
from workflows.commands.digests import DropReader, RemindPolicyReview, SendDigest, Subscribe, TellDigest
from workflows.commands.duties import (
    AskForTime,
    ChangeDuty,
    ContestWaiver,
    DecideExtension,
    Object,
    ReportMigrating,
    Snooze,
    TakeBack,
    TakeOver,
)
from workflows.commands.fixity import PlanFixity, RecordAudit, RecordFixity, RecordMended, RunFixity
from workflows.commands.granting import EndRead, GiveFiles, GrantRead, RevokeRead
from workflows.commands.imports import RecordFile, RecordImport, RunImport, ScheduleImports, TakeFile
from workflows.commands.keeping import (
    AskPrune,
    ConfirmPrune,
    DropPrune,
    Erase,
    PlaceHold,
    RecordPruned,
    ReleaseHold,
)
from workflows.commands.log import UseSigningKey
from workflows.commands.manual import AskAgain, CheckManual, ContradictManual, ReportManual
from workflows.commands.playbooks import NamePlaybook
from workflows.commands.reached import ClaimCaller, Escalate, MeetOwners, RecordUnreached, Remind, Waive
from workflows.commands.reviews import Review
from workflows.commands.steps import (
    Finished,
    HandOver,
    Pause,
    RecordArchive,
    RecordDelayed,
    RecordDisabled,
    RecordDrill,
    RecordFailure,
    RecordRestored,
    Restore,
    Resume,
    RunStep,
    TellWritten,
)
from workflows.commands.votes import Cancel, Cast, CloseRound, LapseApproval, Propose, RecordShown, Revise

__all__ = [
    "OF_ANCHORS",
    "AskAgain",
    "AskForTime",
    "AskPrune",
    "AskToAttest",
    "Attest",
    "BreakGlass",
    "Cancel",
    "Cast",
    "ChangeDuty",
    "CheckManual",
    "ClaimCaller",
    "CloseRound",
    "Command",
    "ConfirmBreakGlass",
    "ConfirmClose",
    "ConfirmPrune",
    "ContestWaiver",
    "ContradictManual",
    "DecideExtension",
    "Delegate",
    "DropPrune",
    "DropReader",
    "EndDelegation",
    "EndRead",
    "Erase",
    "Escalate",
    "Finished",
    "GiveFiles",
    "GrantRead",
    "HandOver",
    "LapseApproval",
    "LeaveAnchors",
    "MeetOwners",
    "NamePlaybook",
    "Object",
    "Pause",
    "PlaceHold",
    "PlanAnchors",
    "PlanFixity",
    "Propose",
    "RecordAnchored",
    "RecordArchive",
    "RecordAudit",
    "RecordCheck",
    "RecordDelayed",
    "RecordDisabled",
    "RecordDrill",
    "RecordFailure",
    "RecordFile",
    "RecordFixity",
    "RecordImport",
    "RecordMended",
    "RecordPruned",
    "RecordRestored",
    "RecordShown",
    "RecordUnreached",
    "ReleaseHold",
    "Remind",
    "RemindPolicyReview",
    "RemindReview",
    "ReportManual",
    "ReportMigrating",
    "Restore",
    "Resume",
    "Review",
    "ReviewBreakGlass",
    "Revise",
    "RevokeRead",
    "RunAnchors",
    "RunChecks",
    "RunFixity",
    "RunImport",
    "RunStep",
    "ScheduleImports",
    "SendDigest",
    "Snooze",
    "Subscribe",
    "TakeBack",
    "TakeFile",
    "TakeOver",
    "TellDigest",
    "TellWritten",
    "UseSigningKey",
    "Waive",
]


_OfVotes = (
    Propose
    | Revise
    | Cast
    | CloseRound
    | LapseApproval
    | RecordShown
    | DecideExtension
    | Object
    | ReportMigrating
    | Waive
    | ContestWaiver
    | Cancel
)
_OfDuties = (
    ChangeDuty
    | TakeBack
    | TakeOver
    | AskForTime
    | Snooze
    | MeetOwners
    | ClaimCaller
    | Remind
    | Escalate
    | RecordUnreached
)
_OfSteps = RunStep | RecordArchive | RecordDrill | RecordDisabled | RecordRestored | RecordDelayed
_OfPeople = Pause | Resume | Restore | HandOver | ReportManual | CheckManual | ContradictManual | AskAgain
_OfImports = ScheduleImports | RunImport | RecordImport | TakeFile | RecordFile
_OfDigests = SendDigest | TellDigest | Subscribe | DropReader | RemindPolicyReview
_OfNames = Delegate | EndDelegation | Attest | AskToAttest | UseSigningKey
_OfBreakGlass = BreakGlass | ConfirmBreakGlass | ReviewBreakGlass | RemindReview
_OfKeeping = PlaceHold | ReleaseHold | AskPrune | ConfirmPrune | DropPrune | RecordPruned | Erase
_OfGrants = GrantRead | RevokeRead | EndRead | GiveFiles
_OfFixity = PlanFixity | RunFixity | RecordFixity | RecordAudit | RecordMended
_OfAnchors = PlanAnchors | RunAnchors | RecordAnchored | LeaveAnchors
_OfOthers = RecordFailure | TellWritten | Review | NamePlaybook | RunChecks | RecordCheck | ConfirmClose
AnyCommand = (
    _OfVotes
    | _OfDuties
    | _OfSteps
    | _OfPeople
    | _OfImports
    | _OfDigests
    | _OfNames
    | _OfBreakGlass
    | _OfKeeping
    | _OfGrants
    | _OfFixity
    | _OfAnchors
    | OfBrownouts
    | _OfOthers
)

_decoder = msgspec.json.Decoder(AnyCommand)


def encoded(command: Command) -> str:
    return msgspec.json.encode(command).decode()


def decoded(text: str) -> AnyCommand:
    command: AnyCommand = _decoder.decode(text)
    return command
