"""When owners are reminded and when it goes over their heads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from data.records.retirement import Duty
from tests.builders import ANNOUNCED_AT, CARL, MIGRATE_AT, a_policy, a_running_retirement, days
from workflows.rules.hours import late_at
from workflows.rules.people.due import overdue
from workflows.rules.plans.plan import shifted
from workflows.rules.telling import milestones
from workflows.rules.telling.milestones import Milestone

STATE = a_running_retirement().state


def test_reminders_come_at_the_policys_offsets_before_the_day_to_have_moved():
    assert milestones.reminders(STATE) == (
        Milestone(name="migrate-30d@2027-02-10", due_at=MIGRATE_AT - days(30)),
        Milestone(name="migrate-7d@2027-02-10", due_at=MIGRATE_AT - days(7)),
        Milestone(name="migrate-1d@2027-02-10", due_at=MIGRATE_AT - days(1)),
        Milestone(name="migrate-0d@2027-02-10", due_at=MIGRATE_AT),
    )


def test_escalation_follows_either_deadline_first_to_managers_then_to_the_channel():
    assert milestones.escalations(STATE) == (
        Milestone(name="acknowledge@2027-01-25", due_at=ANNOUNCED_AT + days(8), level=1),
        Milestone(name="acknowledge@2027-01-25", due_at=ANNOUNCED_AT + days(11), level=2),
        Milestone(name="migrate@2027-02-10", due_at=MIGRATE_AT + days(1), level=1),
        Milestone(name="migrate@2027-02-10", due_at=MIGRATE_AT + days(4), level=2),
    )


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        pytest.param("UTC", datetime(2027, 1, 25, 0, 30, tzinfo=UTC), "2027-01-26 09:00", id="early on it"),
        pytest.param("UTC", datetime(2027, 1, 25, 23, 59, tzinfo=UTC), "2027-01-26 09:00", id="late on it"),
        pytest.param(
            "Pacific/Auckland", datetime(2027, 1, 25, 20, tzinfo=UTC), "2027-01-26 20:00", id="of the zone"
        ),
        pytest.param(
            "Europe/Lisbon", datetime(2027, 3, 27, 9, tzinfo=UTC), "2027-03-28 08:00", id="clocks change"
        ),
    ],
)
def test_whoever_has_until_a_day_has_all_of_it_and_is_late_from_the_hour_of_steps_on_the_next(
    zone, at, expected
):
    policy = a_policy(zone=zone)
    assert f"{late_at(at, policy):%Y-%m-%d %H:%M}" == expected
    state = replace(STATE, policy=policy)
    duty = replace(STATE.obligations[0], acknowledge_by=at, migrate_by=at + days(30))
    state = replace(state, obligations=(duty,))
    first = next(one for one in milestones.escalations(state) if one.name.startswith("acknowledge"))
    assert first.due_at == late_at(at, policy), "those above hear"
    assert not overdue(duty, state, first.due_at - timedelta(seconds=1))
    assert overdue(duty, state, first.due_at) == (("acknowledge", at),), "and it is shown"


def test_the_last_reminder_is_due_on_the_day_and_before_anybody_above_hears():
    *_, last = milestones.reminders(STATE)
    first = next(one for one in milestones.escalations(STATE) if one.name.startswith("migrate"))
    assert last.due_at + days(1) == first.due_at


def test_who_took_over_later_is_held_to_their_own_day_and_not_to_one_that_was_past():
    first, second = STATE.obligations
    late = replace(second, acknowledge_by=MIGRATE_AT + days(2))
    state = replace(STATE, obligations=(first, late))
    assert [found.name for found in milestones.escalations(state) if found.level == 1] == [
        "acknowledge@2027-01-25",
        "acknowledge@2027-02-12",
        "migrate@2027-02-10",
    ]
    assert milestones.concerned(state, "acknowledge@2027-01-25") == (first,)
    assert milestones.concerned(state, "acknowledge@2027-02-12") == (late,)
    assert milestones.concerned(state, "migrate@2027-02-10") == (first,)
    assert milestones.concerned(state, "migrate-7d@2027-02-10") == (first, late)
    assert milestones.Courses(state).overtaken_at("acknowledge@2027-02-12", 1, late) is None


def test_without_obligations_nobody_has_anything_to_acknowledge():
    names = {milestone.name for milestone in milestones.escalations(replace(STATE, obligations=()))}
    assert names == {"migrate@2027-02-10"}


def test_offsets_already_past_when_an_obligation_is_created_are_skipped():
    ahead = milestones.ahead(milestones.reminders(STATE), ANNOUNCED_AT)
    assert [milestone.name for milestone in ahead] == [
        "migrate-7d@2027-02-10",
        "migrate-1d@2027-02-10",
        "migrate-0d@2027-02-10",
    ]


def test_an_offset_that_falls_on_the_announcement_itself_is_skipped():
    ahead = milestones.ahead(milestones.reminders(STATE), MIGRATE_AT - days(7))
    assert [milestone.name for milestone in ahead] == ["migrate-1d@2027-02-10", "migrate-0d@2027-02-10"]


def test_a_moved_date_is_a_new_milestone():
    moved = replace(STATE, plan=shifted(STATE, days(5)))
    before = {milestone.name for milestone in (*milestones.reminders(STATE), *milestones.escalations(STATE))}
    after = {milestone.name for milestone in (*milestones.reminders(moved), *milestones.escalations(moved))}
    assert before & after == {"acknowledge@2027-01-25"}


def test_a_reminder_keeps_its_hour_across_a_change_of_the_clocks():
    state = replace(STATE, policy=a_policy(zone="Europe/Lisbon"))
    state = replace(state, plan=shifted(state, days(50)))
    week_before = milestones.reminders(state)[1]
    assert week_before.due_at == datetime(2027, 3, 25, 9, tzinfo=UTC)
    assert state.obligations[0].migrate_by == MIGRATE_AT


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        pytest.param("migrate-7d@2027-02-10", MIGRATE_AT - days(7), False, id="on time"),
        pytest.param("migrate-7d@2027-02-10", MIGRATE_AT - days(1) - timedelta(seconds=1), False, id="late"),
        pytest.param("migrate-7d@2027-02-10", MIGRATE_AT - days(1), True, id="the next one is due, too"),
        pytest.param("migrate-0d@2027-02-10", MIGRATE_AT + days(9), False, id="the last one stays"),
        pytest.param("migrate-7d@2027-01-31", MIGRATE_AT, True, id="of a date that has moved"),
    ],
)
def test_overdue_reminders_collapse_to_the_latest(name, at, expected):
    assert milestones.is_overtaken(name, STATE, at) is expected


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        pytest.param(
            "acknowledge@2027-01-25", 1, MIGRATE_AT + days(1), id="once managers hear of the later one, too"
        ),
        pytest.param("acknowledge@2027-01-25", 2, MIGRATE_AT + days(4), id="once the channel does"),
        pytest.param("migrate@2027-02-10", 1, None, id="the later one stays"),
    ],
)
def test_overdue_escalations_collapse_to_the_later_deadline(name, level, expected):
    assert milestones.Courses(STATE).overtaken_at(name, level, STATE.obligations[0]) == expected


@pytest.mark.parametrize(
    ("duty", "to_acknowledge", "to_migrate"),
    [
        (Duty.OPEN, True, True),
        (Duty.NOT_MINE, True, False),
        (Duty.ACKNOWLEDGED, False, True),
        (Duty.NEEDS_TIME, False, True),
        (Duty.MIGRATED, False, False),
        (Duty.WAIVED, False, False),
    ],
)
def test_a_milestone_concerns_those_who_still_owe_it(duty, to_acknowledge, to_migrate):
    theirs = tuple(
        replace(owed, duty=duty) for owed in STATE.obligations if CARL in owed.consumer.owners.slack_ids
    )
    state = replace(STATE, obligations=theirs)
    assert bool(milestones.concerned(state, "acknowledge@2027-01-25")) is to_acknowledge
    assert bool(milestones.concerned(state, "migrate-7d@2027-02-10")) is to_migrate
    is_missed = to_migrate or duty is Duty.NOT_MINE
    assert bool(milestones.concerned(state, "migrate@2027-02-10")) is is_missed, "somebody finds its owner"
