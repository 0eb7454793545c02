"""Bugs in how messages are sent: what is made of no answer, and of a history that lags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data.records.decision import Done, Gate, NotDone, Result, Room, Unknown
from tests.simulation.clock import Clock
from tests.simulation.process import Parts
from workflows.ports import Message, Messenger


class Courier:
    """A messenger around the real one."""

    def __init__(self, real: Messenger, clock: Clock) -> None:
        self.real, self.clock = real, clock

    def room(self, begun: Iterable[tuple[Gate, str]], now: datetime) -> tuple[Room, datetime | None]:
        return self.real.room(begun, now)

    def post(self, message: Message, now: datetime) -> Result:
        return self.real.post(message, now)

    def edit(self, message: Message, now: datetime) -> Result:
        return self.real.edit(message, now)

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        return self.real.find(message, since, now)


class NeverLooks(Courier):
    """What may have been posted is posted again without a look."""

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        return NotDone(retry_at=now, why="not looked for")


class HastyLook(Courier):
    """What history does not show at once is taken not to be there."""

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        found = self.real.find(message, since, now)
        if isinstance(found, Unknown) and "late" in found.why:
            return NotDone(retry_at=now, why="not there yet, so not there")
        return found


class UnknownIsNo(Courier):
    """No answer is taken for "not done", so that nothing is looked up."""

    def __init__(self, real: Messenger, clock: Clock) -> None:
        super().__init__(real, clock)
        self._unsent: set[str] = set()

    def post(self, message: Message, now: datetime) -> Result:
        result = self.real.post(message, now)
        if isinstance(result, Unknown):
            self._unsent.add(message.key)
            return NotDone(retry_at=result.retry_at, why=result.why)
        return result

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        if message.key in self._unsent:
            return NotDone(retry_at=now, why="it never left")
        return self.real.find(message, since, now)


class UnknownIsDone(Courier):
    """No answer is taken for "done"."""

    def edit(self, message: Message, now: datetime) -> Result:
        result = self.real.edit(message, now)
        return Done() if isinstance(result, Unknown) else result


MUTANTS: dict[str, Parts] = {
    "never-looks": Parts(messenger=NeverLooks),
    "hasty-look": Parts(messenger=HastyLook),
    "unknown-is-no": Parts(messenger=UnknownIsNo),
    "unknown-is-done": Parts(messenger=UnknownIsDone),
}
