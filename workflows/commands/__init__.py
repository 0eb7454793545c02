"""Every command as a frozen record, in the imperative: what somebody, time, or a finished effect asks for.

`by` is a Slack user id, or "emeritus" where time or an effect asks. Commands are stored (inbox, timers) as JSON.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from data.records.archived import Archived
from data.records.base import NO_PROSE, Prose
from data.records.retirement import Endpoint, Reason, StepKind
from data.records.rounds import Choice
from workflows.commands.attestations import AskToAttest, Attest
from workflows.commands.break_glass import BreakGlass, ConfirmBreakGlass, RemindReview, ReviewBreakGlass
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
    Snooze,
    TakeOver,
)
from workflows.commands.imports import RecordFile, RecordImport, RunImport, ScheduleImports, TakeFile
from workflows.commands.manual import AskAgain, CheckManual, ContradictManual, ReportManual
from workflows.commands.playbooks import NamePlaybook
from workflows.commands.reviews import Review

__all__ = [
    "AskAgain",
    "AskForTime",
    "AskToAttest",
    "Attest",
    "BreakGlass",
    "ChangeDuty",
    "CheckManual",
    "Command",
    "ConfirmBreakGlass",
    "ConfirmClose",
    "ContestWaiver",
    "ContradictManual",
    "DecideExtension",
    "Delegate",
    "DropReader",
    "EndDelegation",
    "NamePlaybook",
    "RecordCheck",
    "RecordFile",
    "RecordImport",
    "RemindPolicyReview",
    "RemindReview",
    "ReportManual",
    "Review",
    "ReviewBreakGlass",
    "RunChecks",
    "RunImport",
    "ScheduleImports",
    "SendDigest",
    "Snooze",
    "Subscribe",
    "TakeFile",
    "TakeOver",
    "TellDigest",
]


class Propose(Command, frozen=True, kw_only=True, tag="propose"):
    """Open a retirement. No `endpoint_ids` means all endpoints the model has. `target_on`: last day of service.

    successor_from   the first day of its successor, where the catalog tells none
    interim          what consumers do between the two; `like`: RET number of the playbook it follows
    """

    model_id: str
    endpoint_ids: tuple[str, ...] = ()
    successor_id: str = ""
    successor_from: date | None = None
    reason: Reason
    why: Prose
    interim: Prose = NO_PROSE
    target_on: date
    like: str = ""


class Revise(Command, frozen=True, kw_only=True, tag="revise"):
    """Put another plan in the place of this one: votes are void, a new round opens."""

    endpoint_ids: tuple[str, ...] = ()
    successor_id: str = ""
    successor_from: date | None = None
    reason: Reason
    why: Prose
    interim: Prose = NO_PROSE
    target_on: date


class Cast(Command, frozen=True, kw_only=True, tag="cast"):
    """A vote on this plan, in this round. `cast_at`: when it was received; None: judged by when it is decided."""

    choice: Choice
    plan_digest: str
    round_number: int
    comment: Prose = Prose()
    cast_at: datetime | None = None


class CloseRound(Command, frozen=True, kw_only=True, tag="close round"):
    number: int


class LapseApproval(Command, frozen=True, kw_only=True, tag="lapse approval"):
    """An approval has kept for as long as it does."""


class RecordShown(Command, frozen=True, kw_only=True, tag="record shown"):
    """The card shows the round of this number only now."""

    number: int


class RunStep(Command, frozen=True, kw_only=True, tag="run step"):
    step: StepKind


class MeetOwners(Command, frozen=True, kw_only=True, tag="meet owners"):
    """The catalog changed: whoever owns a consumer now answers for it, and whoever is in a role now may vote."""


class Waive(Command, frozen=True, kw_only=True, tag="waive"):
    """`what`: a consumer or endpoint, by id or name; a file, for all callers of whom it alone tells; or "traffic"."""

    what: str
    reason: Prose


class ClaimCaller(Command, frozen=True, kw_only=True, tag="claim caller"):
    """A caller nobody declares is a team's: `caller` by id or name; the only one `by` is in where `team` is empty."""

    caller: str
    team: str = ""


class Remind(Command, frozen=True, kw_only=True, tag="remind"):
    milestone: str


class Escalate(Command, frozen=True, kw_only=True, tag="escalate"):
    milestone: str
    level: int


class Pause(Command, frozen=True, kw_only=True, tag="pause"):
    why: Prose


class Resume(Command, frozen=True, kw_only=True, tag="resume"):
    pass


class Cancel(Command, frozen=True, kw_only=True, tag="cancel"):
    why: Prose


class Restore(Command, frozen=True, kw_only=True, tag="restore"):
    why: Prose


class HandOver(Command, frozen=True, kw_only=True, tag="hand over"):
    to: str


class RecordUnreached(Command, frozen=True, kw_only=True, tag="record unreached"):
    """No message reaches this person, or gets into this channel, and why.

    unheard   what it told them of others: its notice and what that one needs, so that somebody hears it instead
    """

    person: str
    why: str
    unheard: dict[str, str] = {}


class Finished(Command, frozen=True, kw_only=True):
    """Work of a step came to an end. `started` says of which start: what an older one did is not this one's."""

    started: int


class RecordArchive(Finished, frozen=True, kw_only=True, tag="record archive"):
    archived: Archived


class RecordDrill(Finished, frozen=True, kw_only=True, tag="record drill"):
    """Everything in the archive was read back: as the drill, or right before `step`."""

    step: StepKind
    manifest_digest: str
    files: int
    bytes: int


class RecordDisabled(Command, frozen=True, kw_only=True, tag="record disabled"):
    """`endpoint` in full: the plan may have dropped it meanwhile. `was_gone`: nothing was left to switch off."""

    endpoint: Endpoint
    was_gone: bool = False


class RecordRestored(Command, frozen=True, kw_only=True, tag="record restored"):
    endpoint_id: str


class RecordDelayed(Command, frozen=True, kw_only=True, tag="record delayed"):
    """Switching this endpoint was begun and has not come to its end; `action` is "disable" or "restore"."""

    endpoint_id: str
    action: str
    reason: str


class RecordFailure(Finished, frozen=True, kw_only=True, tag="record failure"):
    """`is_archive_lost`: it is the archive itself that did not hold."""

    step: StepKind
    reason: str
    is_archive_lost: bool = False


class TellWritten(Command, frozen=True, kw_only=True, tag="tell written"):
    """A catalog says this now, in these places; or could not be told, and `trouble` says why."""

    catalog: str
    lifecycle: str
    last_day: str = ""
    successor: str = ""
    places: tuple[str, ...] = ()
    trouble: str = ""


_OfVotes = (
    Propose
    | Revise
    | Cast
    | CloseRound
    | LapseApproval
    | RecordShown
    | DecideExtension
    | Waive
    | ContestWaiver
    | Cancel
)
_OfDuties = (
    ChangeDuty
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
_OfDelegations = Delegate | EndDelegation
_OfAttestations = Attest | AskToAttest
_OfBreakGlass = BreakGlass | ConfirmBreakGlass | ReviewBreakGlass | RemindReview
_OfOthers = RecordFailure | TellWritten | Review | NamePlaybook | RunChecks | RecordCheck | ConfirmClose
AnyCommand = (
    _OfVotes
    | _OfDuties
    | _OfSteps
    | _OfPeople
    | _OfImports
    | _OfDigests
    | _OfDelegations
    | _OfAttestations
    | _OfBreakGlass
    | _OfOthers
)

_decoder = msgspec.json.Decoder(AnyCommand)


def encoded(command: Command) -> str:
    return msgspec.json.encode(command).decode()


def decoded(text: str) -> AnyCommand:
    command: AnyCommand = _decoder.decode(text)
    return command
