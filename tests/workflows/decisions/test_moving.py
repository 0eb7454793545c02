"""An owner is migrating, and says by when: no later than the day there is, and reminded where that passes."""

from __future__ import annotations

import pytest

from data import events
from data.errors import Invalid, Refused
from data.records.retirement import Duty
from tests.builders import (
    ANNOUNCED_AT,
    BILL,
    BILLING,
    CARL,
    MIGRATE_AT,
    PAT,
    WHY,
    Story,
    a_running_retirement,
    days,
)
from workflows import commands as cmd
from workflows.rules.people.due import overdue

MOVES_AT = MIGRATE_AT - days(10)


def moving(story: Story | None = None, *, by: str = BILL, more: int = -10) -> Story:
    story = story or a_running_retirement()
    until = (MIGRATE_AT + days(more)).date()
    story.does(cmd.ReportMigrating(by=by, consumer_id=BILLING, until=until))
    return story


def moved() -> Story:
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    return story


def reminded(story: Story) -> list[tuple[str, tuple[str, ...]]]:
    told = story.of(events.Reminded)
    return [(event.milestone, event.people) for event in told if event.milestone.startswith("moving")]


def test_whoever_is_migrating_says_by_when():
    duty = moving().state.obligation(BILLING)
    assert (duty.duty, duty.moves_on, duty.migrate_by) == (Duty.MIGRATING, MOVES_AT, MIGRATE_AT)


def test_a_day_is_theirs_to_its_end_and_on_the_next_they_are_overdue_and_reminded():
    story = moving().until(MOVES_AT + days(0.9))
    duty = story.state.obligation(BILLING)
    assert (overdue(duty, story.state, story.now), reminded(story)) == ((), [])
    story.until(MOVES_AT + days(1))
    assert overdue(duty, story.state, story.now) == (("migrate", MOVES_AT),)
    assert reminded(story) == [("moving@2027-01-31", (BILL, "UBELLA"))]


@pytest.mark.parametrize("then", ["moved", "said anew"])
def test_nobody_is_reminded_of_a_day_that_is_over(then: str):
    story = moving()
    if then == "moved":
        story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    else:
        moving(story, more=-2)
    assert reminded(story.until(MOVES_AT + days(2))) == []


def test_after_a_pause_they_are_reminded_as_well():
    story = moving()
    story.does(cmd.Pause(by=PAT, why=WHY))
    story.does(cmd.Resume(by=PAT), at=ANNOUNCED_AT + days(1))
    assert "remind/moving@2027-01-31" in story.timers


@pytest.mark.parametrize("more", [1, -100], ids=["later than the day there is", "past"])
def test_a_day_that_does_not_do_is_refused_on_its_field(more: int):
    with pytest.raises(Invalid) as invalid:
        moving(more=more)
    (problem,) = invalid.value.problems
    assert (problem.field, problem.accepted) == (
        "moves_on",
        "a day from 2027-01-18 to 2027-02-10, by when it has to have moved; for a later one press Need more time",
    )


@pytest.mark.parametrize(
    ("story", "error"),
    [
        (
            lambda: a_running_retirement().until(MIGRATE_AT + days(2)),
            "billing-etl had to move by Wed 2027-02-10",
        ),
        (moved, "billing-etl is migrated already"),
    ],
    ids=["late", "settled"],
)
def test_where_there_is_no_such_day_it_says_what_to_press(story, error):
    with pytest.raises(Refused, match=error):
        moving(story())


def test_it_is_for_its_owners_to_say():
    with pytest.raises(Refused, match="You may not answer for billing-etl"):
        moving(by=CARL)


def test_acknowledging_takes_it_back_no_more():
    story = moving()
    assert story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.ACKNOWLEDGED)).events == ()
