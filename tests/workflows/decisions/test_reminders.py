"""Each reminder once, each hop of an escalation once, across downtime, pauses and moved dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pytest
from msgspec.structs import replace

from data import events
from data.events import EMERITUS
from data.records.retirement import Duty
from tests.builders import (
    ANNOUNCED_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    IMPACT,
    MAX,
    MIGRATE_AT,
    PAT,
    WHY,
    Story,
    a_running_retirement,
    an_impacted,
    days,
    paused,
    resumed,
)
from tests.workflows.decisions.test_extensions import votes
from workflows import commands as cmd

LATE = ANNOUNCED_AT + days(8)
"""The morning after the day to answer by."""
MAYA = "UMAYA"
TWO_MANAGERS = {BILL: MAX, BELLA: MAX, CARL: MAYA}


def reminded(story: Story) -> list[str]:
    return [event.milestone for event in story.of(events.Reminded)]


def hops(story: Story) -> list[tuple[str, int, dict[str, tuple[str, ...]]]]:
    """Milestone, level, and who was told about which consumers."""
    return [(event.milestone, event.level, event.to) for event in story.of(events.Escalated)]


def moved(*consumers: tuple[str, str]) -> Story:
    story = a_running_retirement()
    for by, consumer_id in consumers:
        story.does(cmd.ChangeDuty(by=by, consumer_ids=(consumer_id,), duty=Duty.MIGRATED))
    return story


def test_each_reminder_rings_once_and_those_past_at_creation_never():
    story = a_running_retirement().until(MIGRATE_AT)
    assert reminded(story) == [
        "migrate-7d@2027-02-10",
        "migrate-1d@2027-02-10",
        "migrate-0d@2027-02-10",
    ]
    again = cmd.Remind(by=EMERITUS, milestone="migrate-0d@2027-02-10")
    assert story.does(again).events == ()


def test_a_reminder_goes_to_every_owner_of_what_is_still_open():
    story = moved((CARL, CRM)).until(MIGRATE_AT - days(7))
    assert story.of(events.Reminded)[0].people == (BILL, BELLA)


def test_when_everything_is_settled_nobody_is_reminded():
    story = moved((CARL, CRM), (BILL, BILLING)).until(MIGRATE_AT)
    assert (reminded(story), hops(story)) == ([], [])


def test_after_downtime_overdue_reminders_are_one():
    story = a_running_retirement().wakes(MIGRATE_AT - days(0.5))
    assert reminded(story) == ["migrate-1d@2027-02-10"]
    assert reminded(story.until(MIGRATE_AT)) == ["migrate-1d@2027-02-10", "migrate-0d@2027-02-10"]


def test_after_a_moved_date_everybody_is_reminded_of_the_new_one():
    story = a_running_retirement().until(MIGRATE_AT - days(6))
    story.does(cmd.AskForTime(by=BILL, consumer_id=BILLING, until=date(2027, 2, 20), reason=WHY))
    votes(story.until(story.now))
    story.until(MIGRATE_AT + days(10))
    assert reminded(story) == [
        "migrate-7d@2027-02-10",
        "migrate-7d@2027-02-20",
        "migrate-1d@2027-02-20",
        "migrate-0d@2027-02-20",
    ]


def test_a_reminder_of_a_date_that_has_moved_rings_for_nothing():
    story = a_running_retirement().until(MIGRATE_AT - days(7))
    assert story.does(cmd.Remind(by=EMERITUS, milestone="migrate-7d@2027-01-31")).events == ()


def test_silence_goes_to_the_managers_then_to_the_channel_each_once():
    story = a_running_retirement(managers=TWO_MANAGERS).until(LATE + days(3))
    assert hops(story) == [
        ("acknowledge@2027-01-25", 1, {MAX: (BILLING,), MAYA: (CRM,)}),
        ("acknowledge@2027-01-25", 2, {"CGOV": (BILLING, CRM)}),
    ]
    again = cmd.Escalate(by=EMERITUS, milestone="acknowledge@2027-01-25", level=1)
    assert story.does(again).events == ()


def test_each_manager_is_told_of_those_they_manage_and_of_no_others():
    impact = (*IMPACT, an_impacted("ads", team="ads", people=(CARL, BILL)))
    story = a_running_retirement(impact=impact, managers=TWO_MANAGERS).until(LATE)
    ads = "component:default/ads"
    assert hops(story) == [("acknowledge@2027-01-25", 1, {MAX: (BILLING, ads), MAYA: (CRM, ads)})]
    told = {
        effect.body["slack_id"]: effect.body["consumer_ids"].split("\n")
        for effect in story.effects.values()
        if effect.body.get("notice") == "escalation"
    }
    assert told == {MAX: [BILLING, ads], MAYA: [CRM, ads]}


def test_consumers_above_whose_owners_nobody_is_known_reach_the_channel_without_delay():
    story = a_running_retirement().until(LATE + days(3))
    assert hops(story) == [
        ("acknowledge@2027-01-25", 1, {MAX: (BILLING,), "CGOV": (CRM,)}),
        ("acknowledge@2027-01-25", 2, {"CGOV": (BILLING, CRM)}),
    ]


def test_what_was_handed_back_reaches_the_channel_without_delay_and_no_manager():
    story = a_running_retirement(managers=TWO_MANAGERS)
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.NOT_MINE))
    story.until(LATE + days(3))
    assert hops(story) == [
        ("acknowledge@2027-01-25", 1, {MAX: (BILLING,), "CGOV": (CRM,)}),
        ("acknowledge@2027-01-25", 2, {"CGOV": (BILLING, CRM)}),
    ]
    assert [event.unreachable for event in story.of(events.Escalated)] == [(), ()]


def test_an_escalation_names_the_consumers_and_owners_without_a_manager():
    (first, *_) = a_running_retirement().until(LATE).of(events.Escalated)
    assert (first.consumer_ids, first.unreachable) == ((BILLING, CRM), (CARL,))


@pytest.mark.parametrize(
    ("impact", "managers"),
    [
        pytest.param((an_impacted(),), {}, id="no manager known"),
        pytest.param((an_impacted(team="", people=()),), {BILL: MAX}, id="no owner at all"),
    ],
)
def test_without_any_manager_the_channel_hears_it_at_once(impact, managers):
    story = a_running_retirement(impact=impact, managers=managers).until(LATE)
    everything = tuple(found.consumer_id for found in impact)
    assert hops(story) == [("acknowledge@2027-01-25", 1, {"CGOV": everything})]


def test_who_answered_is_not_escalated():
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.ACKNOWLEDGED))
    story.until(LATE)
    assert story.of(events.Escalated)[0].consumer_ids == (CRM,)


def test_who_answered_and_did_not_move_is_escalated_after_the_day():
    story = a_running_retirement()
    for owner in (BILL, CARL):
        story.does(cmd.ChangeDuty(by=owner, duty=Duty.ACKNOWLEDGED))
    story.until(MIGRATE_AT + days(4))
    assert hops(story) == [
        ("migrate@2027-02-10", 1, {MAX: (BILLING,), "CGOV": (CRM,)}),
        ("migrate@2027-02-10", 2, {"CGOV": (BILLING, CRM)}),
    ]


def test_after_downtime_managers_hear_theirs_and_the_channel_waits_for_its_own_date():
    story = a_running_retirement(managers=TWO_MANAGERS).wakes(LATE + days(2))
    assert hops(story) == [("acknowledge@2027-01-25", 1, {MAX: (BILLING,), MAYA: (CRM,)})]
    story.until(LATE + days(3))
    assert hops(story)[1:] == [("acknowledge@2027-01-25", 2, {"CGOV": (BILLING, CRM)})]


def test_after_downtime_across_both_dates_each_is_told_once():
    story = a_running_retirement().wakes(LATE + days(5))
    assert hops(story) == [
        ("acknowledge@2027-01-25", 1, {MAX: (BILLING,)}),
        ("acknowledge@2027-01-25", 2, {"CGOV": (BILLING, CRM)}),
    ]


def test_after_downtime_across_both_dates_the_channel_alone_hears_of_what_nobody_manages():
    story = a_running_retirement(managers={}).wakes(LATE + days(5))
    assert hops(story) == [("acknowledge@2027-01-25", 2, {"CGOV": (BILLING, CRM)})]


def test_after_downtime_across_both_deadlines_only_the_later_is_told():
    story = a_running_retirement(managers=TWO_MANAGERS).wakes(MIGRATE_AT + days(5))
    assert hops(story) == [
        ("migrate@2027-02-10", 1, {MAX: (BILLING,), MAYA: (CRM,)}),
        ("migrate@2027-02-10", 2, {"CGOV": (BILLING, CRM)}),
    ]


@pytest.mark.parametrize(
    "command",
    [
        cmd.Remind(by=EMERITUS, milestone="migrate-7d@2027-02-10"),
        cmd.Escalate(by=EMERITUS, milestone="acknowledge@2027-01-25", level=1),
    ],
    ids=["remind", "escalate"],
)
def test_nobody_is_pressed_while_it_is_paused(command):
    story = a_running_retirement()
    story.does(cmd.Pause(by=PAT, why=WHY))
    assert not [name for name in story.timers if name.startswith(("remind/", "escalate/"))]
    assert story.does(command, at=MIGRATE_AT - days(7)).events == ()


def busy(story: Story, **until: datetime) -> Story:
    """From now on these owners will have had their request for long enough only then."""
    story.facts = replace(story.facts, managers=TWO_MANAGERS, busy_until=by_consumer(until))
    return story


def by_consumer(until: Mapping[str, datetime]) -> dict[str, dict[str, datetime]]:
    owners = {BILLING: (BILL, BELLA), CRM: (CARL,)}
    return {
        consumer: {one: until[one] for one in people if one in until} for consumer, people in owners.items()
    }


def test_nobody_above_hears_before_an_owner_has_had_it_for_the_working_hours():
    """Carl was on leave; by the time he has had it for a day, his manager hears, and the channel after her."""
    enough = LATE + days(2.5)
    story = busy(a_running_retirement(), **{CARL: enough}).until(LATE)
    first = ("acknowledge@2027-01-25", 1, {MAX: (BILLING,)})
    assert hops(story) == [first]
    (event,) = story.of(events.Escalated)
    assert event.left == (CRM,)

    story.facts = replace(story.facts, busy_until={})
    story.until(enough)
    assert hops(story) == [first, ("acknowledge@2027-01-25", 1, {MAYA: (CRM,)})]
    story.until(LATE + days(3))
    assert hops(story)[2:] == [("acknowledge@2027-01-25", 2, {"CGOV": (BILLING, CRM)})]
    assert (
        len({effect.key for effect in story.effects.values() if effect.body.get("notice") == "escalation"})
        == 3
    )


def test_a_manager_of_two_hears_of_the_second_one_in_a_message_of_its_own():
    story = a_running_retirement()
    story.facts = replace(
        story.facts, managers={BILL: MAX, CARL: MAX}, busy_until={CRM: {CARL: LATE + days(1)}}
    )
    story.until(LATE)
    story.facts = replace(story.facts, busy_until={})
    story.until(LATE + days(1))
    told = [effect for effect in story.effects.values() if effect.place == MAX]
    assert [effect.body["consumer_ids"] for effect in told] == [BILLING, CRM]
    assert len({effect.key for effect in told}) == 2


def test_while_nobody_has_had_it_for_long_enough_nothing_is_said_and_it_is_looked_at_again():
    again = LATE + days(1)
    story = busy(a_running_retirement(), **{BILL: again, BELLA: again + days(1), CARL: again + days(1)})
    story.until(LATE)
    assert hops(story) == []
    assert story.timers["escalate/acknowledge@2027-01-25/1"].due_at == again
    # One of the team has had it by then, and that is enough.
    story.facts = replace(
        story.facts, busy_until=by_consumer({BELLA: again + days(1), CARL: again + days(1)})
    )
    story.until(again)
    assert hops(story) == [("acknowledge@2027-01-25", 1, {MAX: (BILLING,)})]


def test_who_answers_before_they_have_had_it_for_so_long_is_told_on_by_nobody():
    again = LATE + days(1)
    story = busy(a_running_retirement(), **{CARL: again}).until(LATE)
    story.does(cmd.ChangeDuty(by=CARL, consumer_ids=(CRM,), duty=Duty.ACKNOWLEDGED))
    story.facts = replace(story.facts, busy_until={})
    story.until(again)
    assert [to for _, _, to in hops(story)] == [{MAX: (BILLING,)}]


def test_what_had_to_wait_is_not_forgotten_over_a_pause():
    again = LATE + days(1)
    story = busy(a_running_retirement(), **{BILL: again, BELLA: again, CARL: again}).until(LATE)
    paused(story, for_days=2)
    story.facts = replace(story.facts, busy_until={})
    resumed(story).until(story.now + days(1))
    assert ("acknowledge@2027-01-25", 1, {MAX: (BILLING,), MAYA: (CRM,)}) in hops(story)


def test_what_was_handed_back_waits_for_nobodys_working_hours():
    again = LATE + days(1)
    story = busy(a_running_retirement(), **{CARL: again, BILL: again, BELLA: again})
    story.does(cmd.ChangeDuty(by=CARL, consumer_ids=(CRM,), duty=Duty.NOT_MINE))
    story.until(LATE)
    assert hops(story) == [("acknowledge@2027-01-25", 1, {"CGOV": (CRM,)})]
