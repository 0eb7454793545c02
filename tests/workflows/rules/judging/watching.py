"""A plane that is looked at each minute, as counters have it, for tests of the judge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from data.records.judged import Judging
from data.records.traffic import Arm, Count, Observed
from workflows.rules.judging.gates import looked

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
Added = dict[tuple[Arm, str], tuple[int, int]]
"""(arm, consumer) -> calls and bad ones that came since the look before; all bad ones are errors."""


def both(old: tuple[int, int], new: tuple[int, int], consumer: str = "crm") -> Added:
    return {(Arm.OLD, consumer): old, (Arm.NEW, consumer): new}


def an_observed(since: datetime = START, /, **rows: tuple[int, int]) -> Observed:
    """`old_crm=(calls, errors)`, `new_crm=...`: what crm called of both."""
    counts = []
    for name, (calls, errors) in rows.items():
        arm, _, consumer = name.partition("_")
        counts.append(Count(arm=Arm(arm), consumer=consumer, calls=calls, errors=errors))
    return Observed(since=since, counts=tuple(counts))


class Watch:
    """Counters that only ever go up, and the judge who reads them."""

    def __init__(self, judging: Judging, at: datetime = START) -> None:
        self.at, self.since = at, at
        self.total: Added = {}
        self.judging = looked(judging, self.observed(), at)

    def observed(self) -> Observed:
        counts = [
            Count(arm=arm, consumer=who, calls=calls, errors=bad)
            for (arm, who), (calls, bad) in self.total.items()
        ]
        return Observed(since=self.since, counts=tuple(counts))

    def sees(self, added: Added, *, minutes: float = 1, times: int = 1) -> Watch:
        for _ in range(times):
            for key, (calls, bad) in added.items():
                had = self.total.get(key, (0, 0))
                self.total[key] = (had[0] + calls, had[1] + bad)
            self.at += timedelta(minutes=minutes)
            self.judging = looked(self.judging, self.observed(), self.at)
        return self

    def restarts(self) -> Watch:
        """The plane counts from zero again, and says so."""
        self.total, self.since = {}, self.at
        return self
