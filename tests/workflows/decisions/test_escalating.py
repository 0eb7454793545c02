"""Silence goes where a policy's own tree sends it, and ends at somebody; the shipped tree is in test_reminders.py."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.events import EMERITUS
from data.policies.policy import parsed, read_windows
from data.records.delegation import Delegation
from data.records.hours import Hours
from data.records.retirement import Duty
from tests.builders import (
    ANNOUNCED_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    MAX,
    MIGRATE_AT,
    PAT,
    Story,
    a_policy,
    a_running_retirement,
    an_impacted,
    days,
    paused,
    resumed,
)
from workflows import commands as cmd
from workflows.rules.telling.milestones import Courses

LATE = ANNOUNCED_AT + days(8)
"""The morning after the day to answer by."""
ANSWER, MOVE = "acknowledge@2027-01-25", "migrate@2027-02-10"
MAYA, CHIEF, DORA, GWEN, GUS = "UMAYA", "UCHIEF", "UDORA", "UGWEN", "UGUS"
LINES = {BILL: MAX, BELLA: MAX, CARL: MAYA, MAX: CHIEF, MAYA: CHIEF}
ADS = "component:default/ads"


def running(steps: str, *, last: str = "channel", **facts: Any) -> Story:
    toml = f'[escalation]\non_exhausted = "{last}"\nsteps = [{steps}]'
    policy = a_policy(escalation=parsed(toml, source="own.toml").escalation)
    return a_running_retirement(policy=policy, **{"managers": LINES, **facts})


def hops(story: Story, milestone: str = ANSWER) -> list[tuple[float, dict[str, tuple[str, ...]]]]:
    """Days since the day was over, and who was told of which consumers."""
    start = LATE if milestone == ANSWER else MIGRATE_AT + days(1)
    return [
        ((event.at - start) / days(1), event.to)
        for event in story.of(events.Escalated)
        if event.milestone == milestone
    ]


BOTH = (BILLING, CRM)


def test_each_step_names_its_own_people_and_the_last_ends_at_the_coordinator():
    story = running(
        '{ notify = "owner" }, { wait_days = 1 }, { notify = "manager" }, { wait_days = 2 }, '
        '{ notify = "manager(2)" }, { wait_days = 1 }',
        last="coordinator",
    ).until(LATE + days(9))
    assert hops(story) == [
        (0, {BILL: (BILLING,), BELLA: (BILLING,), CARL: (CRM,)}),
        (1, {MAX: (BILLING,), MAYA: (CRM,)}),
        (3, {CHIEF: BOTH}),
        (4, {PAT: BOTH}),
    ]
    assert [event.told_as for event in story.of(events.Escalated)][2:] == [
        {CHIEF: "manager(2)"},
        {PAT: "exhausted"},
    ]


def test_one_who_is_named_twice_hears_of_everything_in_one_message():
    story = running(
        '{ notify = ["manager", "group:sre", "coordinator", "channel:#ml-ops"] }', groups={"sre": (MAX, GWEN)}
    )
    story.until(LATE)
    assert hops(story)[0] == (0, {MAX: BOTH, GWEN: BOTH, PAT: BOTH, "#ml-ops": BOTH, MAYA: (CRM,)})
    told = [
        one for one in story.effects.values() if one.body.get("notice") == "escalation" and one.place == MAX
    ]
    assert len(told) == 1


def test_the_lead_is_who_is_above_most_of_the_owners():
    ads = an_impacted("ads", team="ads", people=(CARL, BILL, BELLA))
    story = running('{ notify = "lead" }, { wait_days = 1 }', impact=(ads,)).until(LATE)
    assert hops(story) == [(0, {MAX: (ADS,)})]


def test_who_stands_in_for_an_owner_is_told_and_where_nobody_does_nothing_is_said_instead():
    away = Delegation(person=CARL, to=DORA, since=ANNOUNCED_AT, until=MIGRATE_AT)
    story = running('{ notify = "delegate" }, { wait_days = 2 }', delegations={CARL: away}).until(
        LATE + days(5)
    )
    assert hops(story) == [(0, {DORA: (CRM,)}), (2, {"CGOV": BOTH})]


def test_of_what_a_step_finds_nobody_for_the_last_one_hears_once_ahead_and_once_at_the_end():
    story = running(
        '{ notify = "manager" }, { wait_days = 1 }, { notify = "manager(2)" }, { wait_days = 1 }',
        managers={BILL: MAX, MAX: CHIEF},
    ).until(LATE + days(5))
    assert hops(story) == [
        (0, {MAX: (BILLING,), "CGOV": (CRM,)}),
        (1, {CHIEF: (BILLING,)}),
        (2, {"CGOV": BOTH}),
    ]
    first, *_ = story.of(events.Escalated)
    assert (first.ahead, first.told_as["CGOV"]) == ((CRM,), "nobody")


def test_a_group_nobody_knows_is_no_silence():
    story = running('{ notify = "group:gone" }, { wait_days = 1 }').until(LATE + days(2))
    assert hops(story) == [(0, {"CGOV": BOTH}), (1, {"CGOV": BOTH})]


def test_a_coordinator_whom_no_message_reaches_is_passed_over_for_the_channel():
    story = running('{ notify = "manager" }, { wait_days = 1 }', last="coordinator")
    story.does(cmd.RecordUnreached(by=EMERITUS, person=PAT, why="account_inactive"))
    story.until(LATE + days(2))
    assert hops(story)[-1] == (1, {"CGOV": BOTH})


def test_who_answers_meanwhile_stops_the_tree():
    story = running('{ notify = "owner" }, { wait_days = 1 }, { notify = "manager" }, { wait_days = 1 }')
    story.until(LATE)
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.ACKNOWLEDGED))
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.MIGRATED))
    story.until(LATE + days(9))
    assert [to for _, to in hops(story)] == [{BILL: (BILLING,), BELLA: (BILLING,), CARL: (CRM,)}]


def test_each_deadline_takes_its_own_side():
    story = running(
        '{ when = { deadline = "migrate" }, then = [{ notify = "manager(2)" }], '
        'otherwise = [{ notify = "manager" }, { wait_days = 1 }] }'
    ).until(MIGRATE_AT + days(3))
    assert hops(story) == [(0, {MAX: (BILLING,), MAYA: (CRM,)}), (1, {"CGOV": BOTH})]
    assert hops(story, MOVE) == [(0, {CHIEF: BOTH}), (0, {"CGOV": BOTH})]


def test_duties_that_stand_otherwise_take_other_sides_each_at_its_own_time():
    story = running(
        '{ when = { state = "acknowledged" }, then = [{ wait_days = 2 }] }, { notify = "manager" }, { wait_days = 1 }'
    )
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.ACKNOWLEDGED))
    story.until(MIGRATE_AT + days(9))
    assert hops(story, MOVE) == [
        (0, {MAX: (BILLING,)}),
        (1, {"CGOV": (BILLING,)}),
        (2, {MAYA: (CRM,)}),
        (3, {"CGOV": (CRM,)}),
    ]
    keys = [one.key for one in story.effects.values() if one.body.get("notice") == "escalation"]
    assert len(set(keys)) == len(keys) == 6


def test_the_tree_goes_on_after_a_pause_where_it_was():
    story = running(
        '{ notify = "owner" }, { wait_days = 1 }, { notify = "manager" }, { wait_days = 1 }, '
        '{ notify = "manager(2)" }, { wait_days = 1 }'
    ).until(LATE)
    paused(story, for_days=1.5)
    resumed(story).until(story.now + days(9))
    assert [to for _, to in hops(story)][1:] == [
        {MAX: (BILLING,), MAYA: (CRM,)},
        {CHIEF: BOTH},
        {"CGOV": BOTH},
    ]


def test_after_downtime_each_is_told_once_by_its_own_step():
    story = running(
        '{ notify = "owner" }, { wait_days = 1 }, { notify = "manager" }, { wait_days = 1 }'
    ).wakes(LATE + days(1.5))
    assert [to for _, to in hops(story)] == [
        {BILL: (BILLING,), BELLA: (BILLING,), CARL: (CRM,)},
        {MAX: (BILLING,), MAYA: (CRM,)},
    ]
    assert [to for _, to in hops(story.until(LATE + days(4)))][2:] == [{"CGOV": BOTH}]


WORK = {
    BILL: Hours(windows=read_windows(), zone="UTC"),
    BELLA: Hours(windows=read_windows(), zone="UTC"),
    CARL: Hours(windows=read_windows(), zone="Pacific/Auckland"),
}


def at_work(steps: str) -> Story:
    return running(steps, hours=WORK)


def test_working_hours_are_each_owners_own():
    """The day to answer by is over on Tuesday the 26th at nine in UTC, ten in the evening in Auckland."""
    story = at_work('{ wait_hours = 4 }, { notify = "manager" }, { wait_hours = 8 }').until(LATE + days(4))
    assert [(at * 24, to) for at, to in hops(story)] == [
        (4, {MAX: (BILLING,)}),
        (15, {MAYA: (CRM,)}),
        (24 + 4, {"CGOV": (BILLING,)}),
        (24 + 15, {"CGOV": (CRM,)}),
    ]


def test_where_nobody_owns_it_the_companys_working_hours_count_and_each_goes_its_own_way():
    impact = (an_impacted(), an_impacted("ads", team="", people=()))
    hours = {**WORK, "": Hours(windows=read_windows(), zone="America/New_York")}
    steps = '{ wait_hours = 4 }, { notify = "channel:#one" }, { wait_hours = 4 }, { notify = "channel:#two" }'
    story = running(steps, impact=impact, hours=hours).until(LATE + days(4))
    assert [(at * 24, to) for at, to in hops(story)] == [
        (4, {"#one": (BILLING,)}),
        (8, {"#two": (BILLING,)}),
        (8, {"CGOV": (BILLING,)}),
        (9, {"#one": (ADS,)}),
        (13, {"#two": (ADS,)}),
        (13, {"CGOV": (ADS,)}),
    ]


def test_a_step_may_wait_until_the_owners_next_morning():
    story = at_work('{ wait_days = 5 }, { wait_until = "window" }, { notify = "owner" }, { wait_days = 1 }')
    story.until(LATE + days(9))
    assert [(at, *to) for at, to in hops(story)][:2] == [(5 + 11 / 24, CARL), (6, BILL, BELLA)]


def test_a_wait_at_work_is_not_forgotten_over_a_pause():
    story = at_work('{ notify = "owner" }, { wait_hours = 8 }, { notify = "manager" }, { wait_hours = 8 }')
    story.until(LATE)
    paused(story, for_days=0.1)
    resumed(story).until(LATE + days(9))
    told = [set(to) for _, to in hops(story)]
    assert {MAX} in told
    assert {MAYA} in told
    assert {"CGOV"} in told


def test_owners_may_hear_again_before_they_have_had_it_for_long_and_nobody_else():
    story = running('{ notify = "owner" }, { wait_days = 1 }, { notify = "manager" }, { wait_days = 9 }')
    enough = LATE + days(2)
    story.facts = replace(
        story.facts, busy_until={BILLING: {BILL: enough, BELLA: enough}, CRM: {CARL: enough}}
    )
    story.until(LATE + days(1))
    assert [to for _, to in hops(story)] == [{BILL: (BILLING,), BELLA: (BILLING,), CARL: (CRM,)}]
    story.facts = replace(story.facts, busy_until={})
    story.until(enough)
    assert hops(story)[1] == (2, {MAX: (BILLING,), MAYA: (CRM,)})


@pytest.mark.parametrize(
    "steps",
    [
        '{ notify = "delegate" }',
        '{ when = { state = "not mine" }, then = [{ notify = "lead" }] }',
        '{ repeat = 3, steps = [{ notify = ["lead", "delegate"] }, { wait_days = 1 }] }',
        '{ when = { days_left_max = 0 }, then = [{ notify = "group:gone" }, { wait_days = 3 }] }',
        "",
    ],
)
@pytest.mark.parametrize("last", ["channel", "coordinator"])
def test_no_tree_ends_in_silence(steps: str, last: str):
    story = running(steps, last=last, managers={}).until(MIGRATE_AT + days(30))
    ends_at = "CGOV" if last == "channel" else PAT
    for milestone in (ANSWER, MOVE):
        assert hops(story, milestone)[-1][1] == {ends_at: BOTH}


def test_what_may_be_due_has_every_instant_that_any_duty_can_lead_to():
    story = running(
        '{ when = { state = "open" }, then = [{ wait_days = 2 }] }, { notify = "lead" }, { wait_days = 1 }'
    )
    assert Courses(story.state).possible(ANSWER) == {
        1: (LATE, LATE + days(2)),
        2: (LATE + days(1), LATE + days(3)),
    }


def as_once(story: Story) -> Story:
    """As it ran when a day was over in its morning: that is when it looks whom to tell."""
    story.timers = {
        name: replace(timer, due_at=timer.due_at - days(1)) if name.startswith("escalate/") else timer
        for name, timer in story.timers.items()
    }
    return story


@pytest.mark.parametrize(
    "steps", ['{ notify = "manager" }, { wait_days = 3 }', '{ wait_hours = 4 }, { notify = "lead" }']
)
def test_timers_that_were_set_for_the_morning_of_a_day_tell_nobody_early_and_leave_nobody_out(steps: str):
    old, new = (story.until(MIGRATE_AT + days(9)) for story in (as_once(at_work(steps)), at_work(steps)))
    assert [hops(old), hops(old, MOVE)] == [hops(new), hops(new, MOVE)]


def test_who_was_told_in_the_morning_of_a_day_is_not_told_again_once_it_is_over():
    story = as_once(running('{ notify = "manager" }, { wait_days = 3 }')).until(LATE - days(2))
    told = {MAX: (BILLING,), MAYA: (CRM,)}
    first = events.Escalated(
        at=LATE - days(1), by=EMERITUS, milestone=ANSWER, level=1, consumer_ids=BOTH, to=told
    )
    story._fold(first)
    assert hops(story.until(LATE + days(9))) == [(-1, told), (3, {"CGOV": BOTH})]
