"""Bugs in what is committed together, and how often: receipts, outbox, timers, follow-ups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from data.events import AnyEvent
from data.records.decision import Claim, Decision, Receipt, Result
from data.records.facts import Facts
from data.store import Then
from tests.simulation.clock import Clock
from tests.simulation.disk import DiskStore
from tests.simulation.mutants.wrapped import Wrapped
from tests.simulation.process import Parts

LATER = '"later"'
"""The command by which a part of a decision is committed on its own."""


class Later(Wrapped):
    """Keeps back a part of each decision until the store asks for it with a command of its own."""

    part = "effects"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.kept: dict[str, tuple[Any, ...]] = {}

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        if command == LATER:
            nothing: Decision[AnyEvent] = Decision()
            return replace(nothing, **{self.part: self.kept.pop(stream, ())})
        decision = super().decide(stream, state, command, facts, now)
        if kept := getattr(decision, self.part):
            self.kept[stream] = kept
        return replace(decision, **{self.part: ()})


class LaterTimers(Later):
    part = "timers"


class TwoCommits(DiskStore):
    """The second commit follows the first, unless the process dies between them."""

    def transact(self, key: str, *asked: Any, **more: Any) -> Receipt:
        receipt = super().transact(key, *asked, **more)
        self._rest(key, receipt.stream, asked[-1])
        return receipt

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        settled = super().settle(claim, result, now, then=then)
        if then is not None:
            self._rest(f"{claim.key}/{claim.attempt}/{now.isoformat()}", then[0], now)
        return settled

    def _rest(self, key: str, stream: str, now: datetime) -> None:
        machine = self._machine
        assert isinstance(machine, Later)
        if machine.kept.get(stream):
            super().transact(f"later/{key}", stream, LATER, b"", now)


class ThenApart(DiskStore):
    """What an effect leads to is decided in a commit after the one that settles it."""

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        settled = super().settle(claim, result, now)
        if settled and then is not None:
            super().transact(f"then/{claim.key}/{claim.attempt}", *then, now)
        return settled


class NoReceipts(DiskStore):
    """A command that was decided already is decided again."""

    _count = 0

    def transact(self, key: str, *asked: Any, **more: Any) -> Receipt:
        if self.receipt(key) is not None:
            NoReceipts._count += 1
            key = f"{key}/again-{asked[-1].isoformat()}-{NoReceipts._count}"
        return super().transact(key, *asked, **more)


class NoCatalogVersion(DiskStore):
    """Whether the catalog has moved since the facts were gathered is not looked at."""

    def transact(self, *asked: Any, **_: Any) -> Receipt:
        return super().transact(*asked)


MUTANTS: dict[str, Parts] = {
    "outbox-forgotten": Parts(store=TwoCommits, machine=Later),
    "timers-forgotten": Parts(store=TwoCommits, machine=LaterTimers),
    "follow-up-apart": Parts(store=ThenApart),
    "no-receipts": Parts(store=NoReceipts),
    "no-catalog-version": Parts(store=NoCatalogVersion),
}
