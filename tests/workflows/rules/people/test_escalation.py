"""The walk through a policy's tree: which notification is due when, for a duty that stands like this."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from data.policies.policy import read_windows
from data.records.escalation import (
    Branch,
    Deadline,
    Escalation,
    Notify,
    Repeat,
    TreeStep,
    WaitDays,
    WaitHours,
    When,
)
from data.records.hours import Hours
from data.records.retirement import Duty
from tests.builders import a_policy
from workflows.rules.people.escalation import Late, Told, course

FRIDAY = datetime(2027, 1, 22, 9, tzinfo=UTC)
LISBON = Hours(windows=read_windows(), zone="Europe/Lisbon")
AUCKLAND = Hours(windows=read_windows(), zone="Pacific/Auckland")
LEAD, CHIEF = Notify(to=("lead",)), Notify(to=("manager(2)",))


def late(**changes: object) -> Late:
    standing = Late(
        tier=3,
        deadline=Deadline.ACKNOWLEDGE,
        at=FRIDAY,
        migrate_by=FRIDAY + timedelta(days=10),
        duty=Duty.OPEN,
    )
    return replace(standing, **changes)


def told(*steps: TreeStep, hours: tuple[Hours, ...] | None = (), last: str = "channel", **changes: object):
    """Level, hours from the start, and whom it names."""
    policy = a_policy(escalation=Escalation(steps=steps, on_exhausted=last))
    found = course(policy, late(**changes), hours)
    assert [one.is_last for one in found] == [False] * (len(found) - 1) + [True]
    return [(one.level, (one.due_at - FRIDAY) / timedelta(hours=1), one.to) for one in found]


def test_a_policy_of_before_there_were_trees_tells_the_manager_and_days_later_the_channel():
    assert course(a_policy(escalate_again_days=3), late()) == (
        Told(level=1, due_at=FRIDAY, to=("manager",)),
        Told(level=2, due_at=FRIDAY + timedelta(days=3), to=("channel",), is_last=True),
    )


def test_days_pass_by_the_policys_clock_whatever_the_clocks_are_put_to():
    policy = a_policy(zone="Europe/Lisbon", escalation=Escalation(steps=(WaitDays(days=3), LEAD)))
    before_summer = datetime(2027, 3, 27, 9, tzinfo=UTC)
    first, _ = course(policy, late(at=before_summer))
    assert first.due_at == datetime(2027, 3, 30, 8, tzinfo=UTC)


def test_working_hours_are_those_of_the_first_owner_to_have_had_them():
    assert told(WaitHours(hours=4), LEAD, hours=(LISBON, AUCKLAND)) == [
        (1, 4, ("lead",)),
        (2, 4, ("channel",)),
    ]
    night, *_ = told(WaitHours(hours=0), LEAD, hours=(AUCKLAND,))
    assert night == (1, 2 * 24 + 11, ("lead",)), (
        "nine on Monday in Auckland is eight on Sunday evening in UTC"
    )


def test_where_nobody_has_looked_at_hours_all_that_may_come_is_given_at_the_earliest():
    steps = (LEAD, WaitHours(hours=8), Branch(when=When(days_left_max=3), then=(CHIEF,)), WaitDays(days=2))
    assert told(*steps, hours=None) == [(1, 0, ("lead",)), (2, 0, ("manager(2)",)), (3, 0, ("channel",))]


BRANCH = Branch(when=When(tiers=(1,)), then=(LEAD, WaitDays(days=1)), otherwise=(CHIEF, WaitDays(days=5)))


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        pytest.param({"tier": 1}, [(1, 0, ("lead",)), (3, 24, ("channel",))], id="it holds"),
        pytest.param({"tier": 2}, [(2, 0, ("manager(2)",)), (3, 120, ("channel",))], id="it does not"),
        pytest.param({"tier": 0}, [(1, 0, ("lead",)), (3, 24, ("channel",))], id="unknown is the strictest"),
    ],
)
def test_a_number_means_the_same_step_whichever_way_is_taken(standing, expected):
    assert told(BRANCH, **standing) == expected


@pytest.mark.parametrize(
    ("when", "standing", "holds"),
    [
        (When(deadline=Deadline.MIGRATE), {}, False),
        (When(deadline=Deadline.ACKNOWLEDGE), {}, True),
        (When(duties=("open", "not mine")), {"duty": Duty.NOT_MINE}, True),
        (When(duties=("open",)), {"duty": Duty.ACKNOWLEDGED}, False),
        (When(days_left_max=10), {}, True),
        (When(days_left_max=9), {}, False),
        (When(days_left_max=9, tiers=(3,)), {"migrate_by": FRIDAY}, True),
    ],
)
def test_a_branch_asks_for_all_that_it_names(when, standing, holds):
    first, *_ = told(Branch(when=when, then=(LEAD,), otherwise=(CHIEF,)), **standing)
    assert first[2] == (("lead",) if holds else ("manager(2)",))


def test_days_left_are_counted_when_the_step_is_come_to():
    steps = (WaitDays(days=7), Branch(when=When(days_left_max=3), then=(LEAD,), otherwise=(CHIEF,)))
    assert told(*steps)[0] == (1, 7 * 24, ("lead",))


def test_what_is_repeated_has_a_number_each_time_round():
    assert told(Repeat(times=3, steps=(LEAD, WaitDays(days=1)))) == [
        (1, 0, ("lead",)),
        (2, 24, ("lead",)),
        (3, 48, ("lead",)),
        (4, 72, ("channel",)),
    ]


def test_whoever_hears_at_last_is_not_told_twice_at_once():
    both = Notify(to=("manager", "channel"))
    assert told(both) == [(1, 0, ("manager", "channel"))]
    assert told(both, WaitDays(days=1)) == [(1, 0, ("manager", "channel")), (2, 24, ("channel",))]
    assert told(both, last="coordinator") == [(1, 0, ("manager", "channel")), (2, 0, ("coordinator",))]


def test_a_tree_without_steps_is_exhausted_at_once():
    assert told() == [(1, 0, ("channel",))]
