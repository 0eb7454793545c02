"""The pure machine a store is built with: which decision answers which command, and how each stream folds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from data import events
from data.errors import Refused
from data.records.base import Record
from data.records.decision import Decision, Timer
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows import commands as cmd
from workflows.decisions import (
    darkness,
    digests,
    duties,
    interventions,
    manual,
    owners,
    proofs,
    proposals,
    reminders,
    steps,
    unreached,
    votes,
    waivers,
)
from workflows.rules import folding

Decide = Callable[[Any, Any, Facts, datetime], Decision[Any]]

DECISIONS: dict[type[cmd.Command], Decide] = {
    cmd.Propose: proposals.propose,
    cmd.Revise: proposals.revise,
    cmd.Cast: votes.cast,
    cmd.CloseRound: votes.close_round,
    cmd.RecordShown: votes.record_shown,
    cmd.Cancel: votes.cancel,
    cmd.ChangeDuty: duties.change_duty,
    cmd.AskForTime: duties.ask_for_time,
    cmd.MeetOwners: owners.meet_owners,
    cmd.DecideExtension: duties.decide_extension,
    cmd.Waive: waivers.waive,
    cmd.Remind: reminders.remind,
    cmd.Escalate: reminders.escalate,
    cmd.RunStep: steps.run_step,
    cmd.RecordArchive: steps.record_archive,
    cmd.RecordDrill: proofs.record_drill,
    cmd.RecordDisabled: darkness.record_disabled,
    cmd.RecordFailure: steps.record_failure,
    cmd.Pause: interventions.pause,
    cmd.Resume: interventions.resume,
    cmd.Restore: interventions.restore,
    cmd.RecordRestored: interventions.record_restored,
    cmd.HandOver: interventions.hand_over,
    cmd.ReportManual: manual.report_manual,
    cmd.CheckManual: manual.check_manual,
    cmd.AskAgain: manual.ask_again,
    cmd.RecordUnreached: unreached.record_unreached,
    cmd.SendDigest: digests.send,
}


class CatalogState(Record, frozen=True, kw_only=True):
    """The catalog's stream only counts its imports; what exists is in the catalog's tables."""

    version: int = 0


# Built here, in one thread: threads that are the first to read a type at the same time can crash msgspec 0.22.
_FACTS = msgspec.json.Decoder(Facts)
_STATES: dict[
    type[Retirement | digests.DigestState | CatalogState],
    msgspec.json.Decoder[Retirement | digests.DigestState | CatalogState],
] = {kind: msgspec.json.Decoder(kind) for kind in (Retirement, digests.DigestState, CatalogState)}


# Counted up with every change of a state's record or of how events fold into it: tests/golden/folds.json.
FOLD_VERSION = 3


class RetirementMachine:
    """Implements `data.store.Machine` for every stream of the product."""

    fold_version = FOLD_VERSION

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[events.AnyEvent]:
        asked = cmd.decoded(command)
        known = _FACTS.decode(facts) if facts else Facts(observed_at=now)
        current = state_of(stream, state)
        if isinstance(current, Retirement) and current.version == 0 and not isinstance(asked, cmd.Propose):
            raise Refused(f"There is no {stream}", next_step="/retire list shows all there are")
        decision: Decision[events.AnyEvent] = DECISIONS[type(asked)](current, asked, known, now)
        return decision

    def after_import(self, stream: str, now: datetime) -> tuple[Timer, ...]:
        return (owners.timer(now),) if stream.startswith("RET-") else ()

    def evolve(self, stream: str, state: bytes | None, event: events.AnyEvent) -> bytes:
        current = state_of(stream, state)
        if isinstance(current, Retirement):
            assert not isinstance(event, events.Imported | events.DigestSent)
            return msgspec.json.encode(folding.evolve(current, event))
        if isinstance(current, digests.DigestState):
            assert isinstance(event, events.DigestSent)
            return msgspec.json.encode(digests.evolve(current, event))
        return msgspec.json.encode(CatalogState(version=current.version + 1))


def state_of(stream: str, state: bytes | None) -> Retirement | digests.DigestState | CatalogState:
    """The decoded state of a stream; an empty one before its first event."""
    kind: type[Retirement | digests.DigestState | CatalogState] = Retirement
    if stream == digests.STREAM:
        kind = digests.DigestState
    elif stream == "catalog":
        kind = CatalogState
    if state is not None:
        return _decoded(kind, state)
    if kind is digests.DigestState:
        return digests.DigestState()
    return CatalogState() if kind is CatalogState else Retirement(id=stream)


@lru_cache(maxsize=256)
def _decoded(
    kind: type[Retirement | digests.DigestState | CatalogState], state: bytes
) -> Retirement | digests.DigestState | CatalogState:
    """A state is read several times on the way through one command, and never changes."""
    return _STATES[kind].decode(state)


def retirement_of(stream: str, state: bytes | None) -> Retirement | None:
    """The retirement of a stream, or None when nobody opened it."""
    current = state_of(stream, state) if state is not None else None
    return current if isinstance(current, Retirement) else None
