"""The pure machine a store is built with: which decision answers which command, and how each stream folds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from data import events
from data.errors import Refused
from data.records.base import Record
from data.records.decision import Decision, Timer
from data.records.delegation import Delegation
from data.records.digests import DigestState
from data.records.facts import Facts
from data.records.fixity import Rounds
from data.records.imports import Imports
from data.records.log import STREAM as LOG
from data.records.log import LogKeys
from data.records.retirement import Retirement
from workflows import commands as cmd
from workflows.decisions import (
    attesting,
    break_glass,
    callers,
    checking,
    closing,
    contesting,
    darkness,
    delegations,
    digests,
    duties,
    erasing,
    escalating,
    files,
    fixity,
    imports,
    interventions,
    keeping,
    lapsing,
    manual,
    moving,
    objections,
    owners,
    playbooks,
    policy_review,
    proofs,
    proposals,
    pruning,
    readers,
    reminders,
    reviews,
    signing,
    snoozes,
    steps,
    taking_back,
    taking_over,
    unreached,
    votes,
    waivers,
    writings,
)
from workflows.decisions.decided import owners_timer
from workflows.decisions.following import following
from workflows.rules import folding

Decide = Callable[[Any, Any, Facts, datetime], Decision[Any]]

DECISIONS: dict[type[cmd.Command], Decide] = {
    cmd.Propose: proposals.propose,
    cmd.Revise: proposals.revise,
    cmd.Cast: votes.cast,
    cmd.CloseRound: votes.close_round,
    cmd.LapseApproval: lapsing.lapse_approval,
    cmd.RecordShown: votes.record_shown,
    cmd.Cancel: votes.cancel,
    cmd.ChangeDuty: duties.change_duty,
    cmd.AskForTime: duties.ask_for_time,
    cmd.TakeOver: taking_over.take_over,
    cmd.TakeBack: taking_back.take_back,
    cmd.ReportMigrating: moving.report_migrating,
    cmd.Object: objections.object_to,
    cmd.Snooze: snoozes.snooze,
    cmd.MeetOwners: following(owners.meet_owners),
    cmd.DecideExtension: duties.decide_extension,
    cmd.Waive: waivers.waive,
    cmd.ContestWaiver: contesting.contest,
    cmd.ClaimCaller: callers.claim,
    cmd.Remind: reminders.remind,
    cmd.Escalate: escalating.escalate,
    cmd.RunStep: following(steps.run_step),
    cmd.RecordArchive: steps.record_archive,
    cmd.RecordDrill: following(proofs.record_drill),
    cmd.RecordDisabled: darkness.record_disabled,
    cmd.RecordDelayed: darkness.record_delayed,
    cmd.RecordFailure: steps.record_failure,
    cmd.Pause: interventions.pause,
    cmd.Resume: interventions.resume,
    cmd.Restore: interventions.restore,
    cmd.RecordRestored: interventions.record_restored,
    cmd.HandOver: interventions.hand_over,
    cmd.ReportManual: following(manual.report_manual),
    cmd.CheckManual: following(manual.check_manual),
    cmd.ContradictManual: manual.contradict_manual,
    cmd.AskAgain: following(manual.ask_again),
    cmd.BreakGlass: break_glass.ask,
    cmd.ConfirmBreakGlass: break_glass.confirm,
    cmd.ReviewBreakGlass: break_glass.review,
    cmd.RemindReview: break_glass.remind_review,
    cmd.RunChecks: checking.run_checks,
    cmd.RecordCheck: checking.record_check,
    cmd.ConfirmClose: closing.confirm,
    cmd.PlaceHold: keeping.place,
    cmd.ReleaseHold: keeping.release,
    cmd.AskPrune: pruning.ask,
    cmd.ConfirmPrune: pruning.confirm,
    cmd.DropPrune: pruning.drop,
    cmd.RecordPruned: pruning.record,
    cmd.Erase: erasing.erase,
    cmd.Attest: attesting.attest,
    cmd.AskToAttest: attesting.ask_to_attest,
    cmd.RecordUnreached: unreached.record_unreached,
    cmd.ScheduleImports: imports.schedule,
    cmd.RunImport: imports.run,
    cmd.RecordImport: imports.record,
    cmd.TakeFile: files.take,
    cmd.RecordFile: files.record,
    cmd.SendDigest: digests.send,
    cmd.TellDigest: digests.tell,
    cmd.RemindPolicyReview: policy_review.remind,
    cmd.Subscribe: readers.subscribe,
    cmd.DropReader: readers.drop,
    cmd.Delegate: delegations.delegate,
    cmd.EndDelegation: delegations.end,
    cmd.TellWritten: writings.tell_written,
    cmd.Review: reviews.review,
    cmd.NamePlaybook: playbooks.name_playbook,
    cmd.UseSigningKey: signing.use_key,
    cmd.PlanFixity: fixity.plan,
    cmd.RunFixity: fixity.run,
    cmd.RecordFixity: fixity.record,
    cmd.RecordAudit: fixity.record_audit,
    cmd.RecordMended: fixity.record_mended,
}


class CatalogState(Record, frozen=True, kw_only=True):
    """The catalog's stream only counts its imports; what exists is in the catalog's tables."""

    version: int = 0


AnyState = Retirement | DigestState | Delegation | CatalogState | Imports | LogKeys | Rounds

# Streams that are no retirement's.
_OF_NO_RETIREMENT: dict[str, type[DigestState | CatalogState | Imports | LogKeys | Rounds]] = {
    digests.STREAM: DigestState,
    imports.STREAM: Imports,
    "catalog": CatalogState,
    LOG: LogKeys,
    fixity.STREAM: Rounds,
}

# Built here, in one thread: threads that are the first to read a type at the same time can crash msgspec 0.22.
_STATES: dict[type[AnyState], msgspec.json.Decoder[AnyState]] = {
    kind: msgspec.json.Decoder(kind)
    for kind in (Retirement, DigestState, Delegation, CatalogState, Imports, LogKeys, Rounds)
}

# What some states mean, by their very bytes, which cannot come to mean anything else. A state is read several times
# on the way through one command, and the next command on its stream begins where this one ended.
_KNOWN: OrderedDict[tuple[type[AnyState], bytes], AnyState] = OrderedDict()
KNOWN_MAX = 256


# Counted up with every change of a state's record or of how events fold into it: tests/golden/folds.json.
FOLD_VERSION = 14


class RetirementMachine:
    """Implements `data.store.Machine` for every stream of the product."""

    fold_version = FOLD_VERSION

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[events.AnyEvent]:
        asked = cmd.decoded(command)
        known = facts or Facts(observed_at=now)
        current = state_of(stream, state)
        if isinstance(current, Retirement) and current.version == 0 and not isinstance(asked, cmd.Propose):
            raise Refused(f"There is no {stream}", next_step="/retire list shows all there are")
        decision: Decision[events.AnyEvent] = DECISIONS[type(asked)](current, asked, known, now)
        return decision

    def after_import(self, stream: str, now: datetime) -> tuple[Timer, ...]:
        return (owners_timer(now),) if stream.startswith("RET-") else ()

    def evolve(self, stream: str, state: bytes | None, *happened: events.AnyEvent) -> bytes:
        """Decoded and encoded once: one press about hundreds of consumers is as many events, and others wait for it."""
        current = state_of(stream, state)
        for event in happened:
            current = _after(current, event)
        encoded = msgspec.json.encode(current)
        _remember(encoded, current)
        return encoded


def _after(  # noqa: PLR0911 - one case per kind of stream
    current: AnyState, event: events.AnyEvent
) -> AnyState:
    if isinstance(current, Retirement):
        assert not isinstance(event, events.OtherEvent)
        return folding.evolve(current, event)
    if isinstance(current, DigestState):
        assert isinstance(event, digests.DigestEvent)
        return digests.evolve(current, event)
    if isinstance(current, Delegation):
        assert isinstance(event, delegations.DelegationEvent)
        return delegations.evolve(current, event)
    if isinstance(current, Imports):
        assert isinstance(event, imports.ImportEvent)
        return imports.evolve(current, event)
    if isinstance(current, Rounds):
        assert isinstance(event, fixity.FixityEvent)
        return fixity.evolve(current, event)
    if isinstance(current, LogKeys):
        assert isinstance(event, events.SigningKeyUsed)
        return signing.evolve(current, event)
    return CatalogState(version=current.version + 1)


def state_of(stream: str, state: bytes | None) -> AnyState:
    """The decoded state of a stream; an empty one before its first event."""
    first = _first_of(stream)
    return first if state is None else _decoded(type(first), state)


def _first_of(stream: str) -> AnyState:
    if place := digests.place_of(stream):
        return DigestState(place=place)
    if person := delegations.person_of(stream):
        return Delegation(person=person)
    kind = _OF_NO_RETIREMENT.get(stream)
    return kind() if kind else Retirement(id=stream)


def _decoded(kind: type[AnyState], state: bytes) -> AnyState:
    known = _KNOWN.get((kind, state))
    if known is None:
        known = _STATES[kind].decode(state)
        _remember(state, known)
    return known


def _remember(encoded: bytes, state: AnyState) -> None:
    _KNOWN[type(state), encoded] = state
    while len(_KNOWN) > KNOWN_MAX:
        # Threads may forget at the same time; a state that is forgotten is only decoded again.
        with suppress(KeyError):
            _KNOWN.popitem(last=False)


def retirement_of(stream: str, state: bytes | None) -> Retirement | None:
    """The retirement of a stream, or None when nobody opened it."""
    current = state_of(stream, state) if state is not None else None
    return current if isinstance(current, Retirement) else None


def digest_of(stream: str, state: bytes | None) -> DigestState:
    """Where a reader of the digest stands."""
    current = state_of(stream, state)
    assert isinstance(current, DigestState)
    return current


def imports_of(state: bytes | None) -> Imports:
    """What is read on a schedule."""
    current = state_of(imports.STREAM, state)
    assert isinstance(current, Imports)
    return current


def log_keys_of(state: bytes | None) -> LogKeys:
    """Which keys have signed the heads of the log."""
    current = state_of(LOG, state)
    assert isinstance(current, LogKeys)
    return current


def delegation_of(stream: str, state: bytes | None) -> Delegation:
    """Whom somebody's answers go to."""
    current = state_of(stream, state)
    assert isinstance(current, Delegation)
    return current
