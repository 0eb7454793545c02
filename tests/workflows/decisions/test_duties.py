"""What owners answer, and what a named person takes on."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Invalid, NotFound, Refused
from data.records.base import Prose
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, State
from tests.builders import (
    ANNOUNCED_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    DISABLE_AT,
    MIGRATE_AT,
    PAT,
    STRANGER,
    WHY,
    Story,
    a_policy,
    a_running_retirement,
    an_approved,
    an_impacted,
    days,
    revising,
    standing_in,
)
from workflows import commands as cmd
from workflows.decisions.duties import asked_extension

UNTIL = date(2027, 2, 20)


def answering(duty: Duty, *consumer_ids: str, by: str = BILL) -> cmd.ChangeDuty:
    return cmd.ChangeDuty(by=by, consumer_ids=consumer_ids, duty=duty)


def duties(story: Story) -> dict[str, Duty]:
    return {owed.consumer.name: owed.duty for owed in story.state.obligations}


def a_request(story: Story | None = None, until: date = UNTIL) -> Story:
    story = story or a_running_retirement()
    story.does(cmd.AskForTime(by=BILL, consumer_id=BILLING, until=until, reason=WHY))
    return story


@pytest.mark.parametrize(
    ("duty", "said"),
    [
        (Duty.ACKNOWLEDGED, "billing-etl acknowledged: you know the dates."),
        (Duty.MIGRATED, "billing-etl migrated."),
        (Duty.NOT_MINE, "billing-etl handed back: the coordinator finds its owner."),
    ],
)
def test_an_owner_answers_for_their_consumer(duty, said):
    story = a_running_retirement()
    decision = story.does(answering(duty, BILLING, by=BELLA))
    assert decision.reply == said
    assert duties(story) == {"billing-etl": duty, "crm-sync": Duty.OPEN}
    assert story.state.obligation(BILLING).changed_by == BELLA


def test_acknowledge_all_of_what_was_all_handed_back_says_so():
    story = a_running_retirement()
    story.does(answering(Duty.NOT_MINE, BILLING))
    decision = story.does(cmd.ChangeDuty(by=BILL, duty=Duty.ACKNOWLEDGED))
    assert (decision.events, decision.reply) == (
        (),
        (
            "Nothing to change: all of it was handed back, or is a colleague's now. "
            "Press Acknowledge, or I take this, beside what is yours after all."
        ),
    )


def test_acknowledge_all_answers_for_everything_one_owns_that_is_still_open():
    impact = (an_impacted(), an_impacted("billing-ui"), an_impacted("crm-sync", team="crm", people=(CARL,)))
    story = a_running_retirement(impact=impact)
    story.does(answering(Duty.MIGRATED, "component:default/billing-ui"))
    story.does(answering(Duty.ACKNOWLEDGED))
    assert duties(story) == {
        "billing-etl": Duty.ACKNOWLEDGED,
        "billing-ui": Duty.MIGRATED,
        "crm-sync": Duty.OPEN,
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Duty.ACKNOWLEDGED, Duty.ACKNOWLEDGED),
        (Duty.MIGRATED, Duty.ACKNOWLEDGED),
        (Duty.MIGRATED, Duty.MIGRATED),
        (Duty.MIGRATED, Duty.NOT_MINE),
    ],
)
def test_saying_it_again_or_less_changes_nothing(first, second):
    story = a_running_retirement()
    story.does(answering(first, BILLING))
    decision = story.does(answering(second, BILLING))
    assert (decision.events, decision.reply) == ((), f"Nothing to change: billing-etl is {first}.")


def test_acknowledging_does_not_take_back_a_request_for_time_but_having_moved_does():
    story = a_request()
    assert story.does(answering(Duty.ACKNOWLEDGED, BILLING)).events == ()
    story.does(answering(Duty.MIGRATED, BILLING))
    assert story.state.obligation(BILLING).extension is None


@pytest.mark.parametrize(
    ("command", "error"),
    [
        pytest.param(
            answering(Duty.MIGRATED, BILLING, by=CARL), "You may not answer for billing-etl", id="another's"
        ),
        pytest.param(
            answering(Duty.ACKNOWLEDGED, by=STRANGER), "You may not change duty RET-1", id="nobody's"
        ),
        pytest.param(
            answering(Duty.MIGRATED, "billing"), 'No consumer of RET-1 is called "billing"', id="a prefix"
        ),
    ],
)
def test_nobody_answers_for_what_is_not_theirs(command, error):
    with pytest.raises((Refused, NotFound), match=error):
        a_running_retirement().does(command)


def test_nobody_settles_a_duty_with_an_answer_there_is_no_button_for():
    with pytest.raises(AssertionError, match="waived is not for an owner to say"):
        a_running_retirement().does(answering(Duty.WAIVED, BILLING))


@pytest.mark.parametrize("kind", ["answer", "ask", "waive"])
def test_before_the_announcement_nothing_is_asked_of_consumers(kind):
    command = {
        "answer": answering(Duty.MIGRATED, BILLING),
        "ask": cmd.AskForTime(by=BILL, consumer_id=BILLING, until=UNTIL, reason=WHY),
        "waive": cmd.Waive(by=PAT, what=BILLING, reason=WHY),
    }[kind]
    with pytest.raises((Refused, NotFound)):
        an_approved().does(command)


def test_while_a_new_plan_is_voted_on_the_old_buttons_say_so():
    story = a_running_retirement()
    story.does(revising(target_on=date(2027, 6, 1)))
    with pytest.raises(Refused, match="RET-1 asks nothing of consumers now: it is proposed"):
        story.does(answering(Duty.MIGRATED, BILLING))


def test_acknowledging_all_takes_back_nothing_that_was_handed_back():
    story = a_running_retirement(impact=(an_impacted("a", people=(BILL,)), an_impacted("b", people=(BILL,))))
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=("component:default/a",), duty=Duty.NOT_MINE))
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.ACKNOWLEDGED))
    assert duties(story) == {"a": Duty.NOT_MINE, "b": Duty.ACKNOWLEDGED}


def test_a_press_in_the_message_of_an_earlier_announcement_is_no_answer_to_the_newer_one():
    story = a_running_retirement()
    for asked in ((BILLING,), ()):
        with pytest.raises(Refused, match="announced anew meanwhile: nothing was recorded") as refused:
            story.does(
                cmd.ChangeDuty(
                    by=BILL,
                    consumer_ids=asked,
                    duty=Duty.ACKNOWLEDGED,
                    announced=story.state.announced + 1,
                )
            )
        assert refused.value.next_step == "Answer in the newer message"
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.ACKNOWLEDGED, announced=story.state.announced))
    assert duties(story)["billing-etl"] is Duty.ACKNOWLEDGED


def test_asking_for_time_waits_for_a_vote():
    story = a_request()
    owed = story.state.obligation(BILLING)
    assert (owed.duty, owed.extension.until, owed.extension.before) == (
        Duty.NEEDS_TIME,
        MIGRATE_AT + days(10),
        Duty.ACKNOWLEDGED,
    )
    assert story.due(StepKind.MIGRATE) == MIGRATE_AT


def test_asking_again_replaces_the_request():
    story = a_request(a_request(), until=date(2027, 2, 25))
    owed = story.state.obligation(BILLING)
    assert owed.extension.until.date() == date(2027, 2, 25)
    assert owed.extension.number == story.state.version


def test_a_request_without_a_later_date_or_a_reason_is_refused_on_its_fields():
    wish = cmd.AskForTime(by=BILL, consumer_id=BILLING, until=MIGRATE_AT.date(), reason=Prose())
    with pytest.raises(Invalid) as invalid:
        a_running_retirement().does(wish)
    assert [str(problem) for problem in invalid.value.problems] == [
        "until 2027-02-10: a day after 2027-02-10, the date you have now; no vote is needed to move by then",
        "reason: say what keeps you from moving by then",
    ]


@pytest.mark.parametrize(
    ("until", "accepted"),
    [
        pytest.param(
            date(2032, 2, 11), "at most five years after 2027-02-10, the date you have now", id="far"
        ),
        pytest.param(date.max, "at most five years after 2027-02-10, the date you have now", id="last"),
        pytest.param(
            date.min,
            "a day after 2027-02-10, the date you have now; no vote is needed to move by then",
            id="first",
        ),
    ],
)
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_a_day_no_date_could_be_counted_from_is_refused_on_its_field(zone, until, accepted):
    state = replace(a_running_retirement().state, policy=a_policy(zone=zone))
    wish = cmd.AskForTime(by=BILL, consumer_id=BILLING, until=until, reason=WHY)
    with pytest.raises(Invalid) as invalid:
        asked_extension(state, wish, ANNOUNCED_AT)
    (problem,) = invalid.value.problems
    assert (problem.field, problem.accepted) == ("until", accepted)


def test_who_has_moved_needs_no_time():
    story = a_running_retirement()
    story.does(answering(Duty.MIGRATED, BILLING))
    with pytest.raises(Refused, match=r"is migrated already\. Press Not yet beside it"):
        a_request(story)


@pytest.mark.parametrize("last", ["answer", "waiver"])
def test_the_last_answer_a_held_step_waits_for_sets_it_going(last):
    story = a_running_retirement().until(DISABLE_AT - days(1)).works()
    story.until(DISABLE_AT - days(1)).works()
    story.does(answering(Duty.MIGRATED, CRM, by=CARL))
    story.until(DISABLE_AT)
    assert story.state.progress(StepKind.DISABLE).progress is Progress.HELD
    command = {
        "answer": answering(Duty.MIGRATED, BILLING),
        "waiver": cmd.Waive(by=PAT, what=BILLING, reason=WHY),
    }[last]
    story.does(command, at=DISABLE_AT + days(0.5))
    assert story.timers["step/disable"].due_at == story.now
    story.until(story.now)
    assert (story.state.state, story.state.progress(StepKind.DISABLE).progress) == (
        State.MIGRATING,
        Progress.RUNNING,
    )


def answers(story: Story) -> list[tuple[str, str, str]]:
    return [
        (event.consumer_id.rpartition("/")[2], event.by, event.on_behalf_of)
        for event in story.of(events.DutyChanged)
    ]


def test_whoever_stands_in_for_an_owner_answers_in_their_place_and_the_record_says_so():
    story = a_running_retirement()
    with pytest.raises(Refused, match="You may not answer for billing-etl"):
        story.does(answering(Duty.MIGRATED, BILLING, by=STRANGER))
    story.does(answering(Duty.ACKNOWLEDGED, BILLING, by=STRANGER), delegations=standing_in(STRANGER, BILL))
    assert answers(story) == [("billing-etl", STRANGER, BILL)]
    owed = story.state.obligation(BILLING)
    assert (owed.changed_by, owed.changed_for) == (STRANGER, BILL)
    story.does(answering(Duty.MIGRATED, BILLING, by=BILL), delegations=standing_in(STRANGER, BILL))
    owed = story.state.obligation(BILLING)
    assert (owed.changed_by, owed.changed_for) == (BILL, ""), "whose it is may answer as ever"


def test_what_somebody_owns_they_answer_for_themselves_also_where_they_stand_in_for_a_colleague():
    story = a_running_retirement()
    story.does(answering(Duty.ACKNOWLEDGED, BILLING, by=BELLA), delegations=standing_in(BELLA, BILL))
    assert answers(story) == [("billing-etl", BELLA, "")]


@pytest.mark.parametrize(
    ("by", "whose", "answered"),
    [
        pytest.param(CARL, "", [("crm-sync", CARL, "")], id="their own and no more"),
        pytest.param(CARL, BILL, [("billing-etl", CARL, BILL)], id="of whom they stand in for"),
        pytest.param(STRANGER, "", [("billing-etl", STRANGER, BILL)], id="who has nothing of their own"),
    ],
)
def test_acknowledging_all_is_about_what_one_person_is_asked(by, whose, answered):
    story = a_running_retirement()
    everything = cmd.ChangeDuty(by=by, whose=whose, duty=Duty.ACKNOWLEDGED)
    story.does(everything, delegations=standing_in(by, BILL))
    assert answers(story) == answered


def test_nobody_acknowledges_all_that_others_are_asked():
    story = a_running_retirement()
    with pytest.raises(Refused, match="You may not answer for billing-etl"):
        story.does(cmd.ChangeDuty(by=CARL, whose=BILL, duty=Duty.ACKNOWLEDGED))


def test_whoever_stands_in_asks_for_time_and_puts_reminders_off_for_whom_they_answer():
    story = a_running_retirement()
    there = standing_in(STRANGER, BILL)
    story.does(cmd.AskForTime(by=STRANGER, consumer_id=BILLING, until=UNTIL, reason=WHY), delegations=there)
    assert answers(story) == [("billing-etl", STRANGER, BILL)]
    assert story.state.obligation(BILLING).extension.asked_by == STRANGER
    story.does(cmd.Snooze(by=STRANGER), delegations=there)
    assert story.state.snoozed.keys() == {BILL}
    assert story.does(cmd.Snooze(by=STRANGER), delegations=there).events == ()
