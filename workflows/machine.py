"""The pure machine a store is built with: how a command is decided, and how each stream folds."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from datetime import datetime

import msgspec

from data import events
from data.errors import Refused
from data.records.anchors import STREAM as ANCHORS
from data.records.anchors import Anchoring
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
from workflows.deciding import DECISIONS
from workflows.decisions import anchors, delegations, digests, fixity, imports, signing
from workflows.decisions.decided import owners_timer
from workflows.rules import folding


class CatalogState(Record, frozen=True, kw_only=True):
    """The catalog's stream only counts its imports; what exists is in the catalog's tables."""

    version: int = 0


AnyState = Retirement | DigestState | Delegation | CatalogState | Imports | LogKeys | Rounds | Anchoring

# Streams that are no retirement's.
_OF_NO_RETIREMENT: dict[str, type[DigestState | CatalogState | Imports | LogKeys | Rounds | Anchoring]] = {
    digests.STREAM: DigestState,
    imports.STREAM: Imports,
    "catalog": CatalogState,
    LOG: LogKeys,
    fixity.STREAM: Rounds,
    ANCHORS: Anchoring,
}

# Built here, in one thread: threads that are the first to read a type at the same time can crash msgspec 0.22.
_STATES: dict[type[AnyState], msgspec.json.Decoder[AnyState]] = {
    kind: msgspec.json.Decoder(kind)
    for kind in (Retirement, DigestState, Delegation, CatalogState, Imports, LogKeys, Rounds, Anchoring)
}

# What some states mean, by their very bytes, which cannot come to mean anything else. A state is read several times
# on the way through one command, and the next command on its stream begins where this one ended.
_KNOWN: OrderedDict[tuple[type[AnyState], bytes], AnyState] = OrderedDict()
KNOWN_MAX = 256


# Counted up with every change of a state's record or of how events fold into it: tests/golden/folds.json.
FOLD_VERSION = 16


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
    if isinstance(current, Anchoring):
        assert isinstance(event, anchors.AnchorEvent)
        return anchors.evolve(current, event)
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
