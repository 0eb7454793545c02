"""How near is the day of what somebody still owes? In whole days, from the day they have to the policy's day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from data.records.retirement import Obligation, Retirement
from workflows.rules.consumers.obligations import is_asked_late
from workflows.rules.hours import day_of
from workflows.rules.people.due import owes


class Near(NamedTuple):
    """The first day by which some of it is owed: `days` from today, fewer than none once it is over.

    first   how many consumers are owed by that day
    """

    on: date
    days: int
    first: int


def nearest(owed: Iterable[Obligation], state: Retirement, today: date) -> dict[str, Near]:
    """By what is to be done, "acknowledge" and "migrate"; neither of what is settled, or while dates stand still.

    Who was asked when the day to migrate was past is not late by it: they have none.
    """
    assert state.policy is not None
    days: dict[str, list[date]] = {}
    for duty in owed:
        for what, by in owes(duty, state):
            if what == "acknowledge" or not is_asked_late(duty):
                days.setdefault(what, []).append(day_of(by, state.policy))
    return {what: Near(on := min(found), (on - today).days, found.count(on)) for what, found in days.items()}
