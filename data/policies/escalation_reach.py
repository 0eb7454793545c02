"""Which steps of an escalation tree does nothing ever lead to? Whatever a model's tier, and however a duty stands.

Each case is followed through the tree; a side that no case takes is never reached. Days left are an interval: they
only become fewer, and once the day to have moved by is missed none are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

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

DUTIES = {
    Deadline.ACKNOWLEDGE: ("open", "not mine"),
    Deadline.MIGRATE: ("open", "acknowledged", "needs more time", "not mine"),
}
"""How a duty may stand whose day was missed: who has acknowledged has not missed the day to."""
FAR = 100_000


class Case(Record, frozen=True, kw_only=True):
    """A model and a duty whose day was missed. From `fewest` to `most` days are left until the day to have moved by."""

    tier: int
    deadline: Deadline
    duty: str
    fewest: int = -FAR
    most: int = FAR


def unreachable(steps: tuple[TreeStep, ...]) -> tuple[str, ...]:
    """The places of the sides nothing leads to, ".2.then", the outermost of each."""
    cases = [
        Case(tier=tier, deadline=deadline, duty=duty, most=FAR if deadline is Deadline.ACKNOWLEDGE else 0)
        for deadline in Deadline
        for tier, duty in product((1, 2, 3), DUTIES[deadline])
    ]
    found: list[str] = []
    _through(steps, cases, "", found)
    return tuple(dict.fromkeys(found))


def _through(steps: Iterable[TreeStep], cases: list[Case], where: str, found: list[str]) -> list[Case]:
    """The cases that come out at the end."""
    for number, step in enumerate(steps, start=1):
        here = f"{where}.{number}"
        match step:
            case Notify():
                pass
            case WaitDays(days=days):
                cases = [_later(case, days) for case in cases]
            case WaitHours():
                cases = [replace(case, fewest=-FAR) for case in cases]
            case Repeat(steps=inner):
                # The first time round has the most days left: what is reached at all is reached then or later.
                _through(inner, [replace(case, fewest=-FAR) for case in cases], f"{here}.steps", found)
                cases = [replace(case, fewest=-FAR) for case in cases]
            case Branch(when=when, then=then, otherwise=otherwise):
                cases = [
                    *_side(then, list(_holding(when, cases)), f"{here}.then", found),
                    *_side(otherwise, list(_failing(when, cases)), f"{here}.otherwise", found),
                ]
    return cases


def _side(steps: tuple[TreeStep, ...], cases: list[Case], where: str, found: list[str]) -> list[Case]:
    if not cases:
        if steps:
            found.append(where)
        return []
    return _through(steps, cases, where, found)


def _later(case: Case, days: int) -> Case:
    return replace(
        case, fewest=max(-FAR, case.fewest - days), most=case.most - days if case.most < FAR else FAR
    )


def _holding(when: When, cases: Iterable[Case]) -> Iterator[Case]:
    for case in cases:
        if not _is_said(when, case):
            continue
        if when.days_left_max is None:
            yield case
        elif case.fewest <= when.days_left_max:
            yield replace(case, most=min(case.most, when.days_left_max))


def _failing(when: When, cases: Iterable[Case]) -> Iterator[Case]:
    for case in cases:
        if not _is_said(when, case):
            yield case
        elif when.days_left_max is not None and case.most > when.days_left_max:
            yield replace(case, fewest=max(case.fewest, when.days_left_max + 1))


def _is_said(when: When, case: Case) -> bool:
    """Does all that is asked of it hold, days left apart?"""
    return (
        (not when.tiers or case.tier in when.tiers)
        and (when.deadline is None or case.deadline is when.deadline)
        and (not when.duties or case.duty in when.duties)
    )
