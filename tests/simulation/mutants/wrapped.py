"""A machine around the real one, for mutants that decide otherwise."""

from __future__ import annotations

from datetime import datetime

from data.events import AnyEvent
from data.records.decision import Decision, Timer
from data.records.facts import Facts
from data.store import Machine
from tests.simulation.clock import Clock
from workflows.machine import RetirementMachine


class Wrapped:
    """A machine around the real one."""

    fold_version = RetirementMachine.fold_version

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.real: Machine = RetirementMachine()

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        return self.real.decide(stream, state, command, facts, now)

    def after_import(self, stream: str, now: datetime) -> tuple[Timer, ...]:
        return self.real.after_import(stream, now)

    def evolve(self, stream: str, state: bytes | None, *events: AnyEvent) -> bytes:
        return self.real.evolve(stream, state, *events)
