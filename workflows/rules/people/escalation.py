"""When does silence go to whom? One walk through the policy's tree, which the engine and the dry run both take.

Each notification has its number, counted through the whole tree with both sides of every branch and every time round,
so that a number means the same step whichever way is taken. What a branch asks is answered by how things stand now:
whoever looks again later looks anew. What it does not know yet (whose working hours count) it says by stopping there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from data.records.base import Record
from data.records.escalation import (
    Branch,
    Deadline,
    Notify,
    Repeat,
    TreeStep,
    WaitDays,
    WaitHours,
    When,
)
from data.records.hours import Hours
from data.records.policy import Policy
from data.records.retirement import Duty
from workflows.rules.hours import day_of, days_later
from workflows.rules.people.windows import had_hours, next_window

COMPANY = ""
"""Whose working hours count where a consumer has no owner: nobody's own, but those everybody has."""


class Late(Record, frozen=True, kw_only=True):
    """A duty whose day is over, or will be: from when on (`at`), and how the duty stands."""

    tier: int
    deadline: Deadline
    at: datetime
    migrate_by: datetime
    duty: Duty


class Told(Record, frozen=True, kw_only=True):
    """One notification: its number in the tree, when it is due, whom it names. `is_last` once none comes after."""

    level: int
    due_at: datetime
    to: tuple[str, ...]
    is_last: bool = False


Worked = dict[tuple[datetime, Hours, int], datetime]
"""From when, whose hours, how many -> when they have had them: found once for all walks of one look."""


class _Walk:
    """How far one has come: the time, the number of the next notification, and what was found on the way."""

    def __init__(self, policy: Policy, late: Late, hours: Sequence[Hours] | None, worked: Worked) -> None:
        self.policy, self.late, self.hours, self.worked = policy, late, hours, worked
        self.at, self.level = late.at, 0
        self.found: list[Told] = []
        self.is_vague = False

    def goes(self, steps: Iterable[TreeStep], *, is_taken: bool = True) -> None:
        """Through these; a side that is not taken only counts its numbers."""
        for step in steps:
            match step:
                case Notify(to=to):
                    self._notify(to, is_taken=is_taken)
                case WaitDays(days=days) if is_taken and not self.is_vague:
                    self.at = days_later(self.at, days, self.policy)
                case WaitHours(hours=needed) if is_taken:
                    self._waits(needed)
                case Branch(when=when, then=then, otherwise=otherwise):
                    holds = self._holds(when)
                    self.goes(then, is_taken=is_taken and (holds or self.is_vague))
                    self.goes(otherwise, is_taken=is_taken and (not holds or self.is_vague))
                case Repeat(times=times, steps=inner):
                    for _ in range(times):
                        self.goes(inner, is_taken=is_taken)
                case _:
                    pass

    def _notify(self, to: tuple[str, ...], *, is_taken: bool) -> None:
        self.level += 1
        if is_taken:
            self.found.append(Told(level=self.level, due_at=self.at, to=to))

    def _waits(self, needed: int) -> None:
        """Until the first of the owners has worked so long; of several, one is enough."""
        if self.hours is None:
            self.is_vague = True
        elif self.hours:
            self.at = min(self._at_work(one, needed) for one in self.hours)

    def _at_work(self, hours: Hours, needed: int) -> datetime:
        """When somebody will have worked so long from here on, or begins to. Many have the same hours."""
        key = (self.at, hours, needed)
        if key not in self.worked:
            self.worked[key] = (
                had_hours(self.at, hours, needed)
                if needed
                else next_window(self.at, replace(hours, quiet=()), since=self.at)
            )
        return self.worked[key]

    def _holds(self, when: When) -> bool:
        late = self.late
        left = (day_of(late.migrate_by, self.policy) - day_of(self.at, self.policy)).days
        return (
            (not when.tiers or (late.tier if late.tier in (1, 2, 3) else 1) in when.tiers)
            and (when.deadline is None or when.deadline is late.deadline)
            and (not when.duties or late.duty in when.duties)
            and (when.days_left_max is None or left <= when.days_left_max)
        )


def course(
    policy: Policy, late: Late, hours: Sequence[Hours] | None = (), worked: Worked | None = None
) -> tuple[Told, ...]:
    """Who is told when, in order, of a duty that nobody touches; at the end who hears when the tree is exhausted.

    hours    those of the owners who can be reached; None where nobody has looked. From the first wait in working
             hours on, all that may come then is given as due at that instant: the earliest it can be
    """
    walk = _Walk(policy, late, hours, {} if worked is None else worked)
    walk.goes(policy.tree.steps)
    last = policy.tree.on_exhausted
    walk.level += 1
    ends = walk.found[-1] if walk.found else None
    if ends is None or walk.is_vague or ends.due_at < walk.at or last not in ends.to:
        walk.found.append(Told(level=walk.level, due_at=walk.at, to=(last,)))
    *before, final = walk.found
    return (*before, replace(final, is_last=True))


def targets(steps: Iterable[TreeStep]) -> tuple[str, ...]:
    """All that the tree names anywhere, once each."""
    found: list[str] = []
    for step in steps:
        match step:
            case Notify(to=to):
                found += to
            case Branch(then=then, otherwise=otherwise):
                found += targets((*then, *otherwise))
            case Repeat(steps=inner):
                found += targets(inner)
            case _:
                pass
    return tuple(dict.fromkeys(found))


def waits_at_work(steps: Iterable[TreeStep]) -> bool:
    """Does it wait for somebody's working hours anywhere?"""
    return any(
        isinstance(step, WaitHours)
        or (isinstance(step, Branch) and waits_at_work((*step.then, *step.otherwise)))
        or (isinstance(step, Repeat) and waits_at_work(step.steps))
        for step in steps
    )


def above_owners(to: Iterable[str]) -> bool:
    """Does it go to anybody but the owners and who stands in for them?"""
    return any(target not in ("owner", "delegate") for target in to)
