"""What owners answer, what the coordinator decides, and what a named person takes on."""

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
from workflows.rules.plans import plan as plans

UNTIL = date(2027, 2, 20)


def answering(duty: Duty, *consumer_ids: str, by: str = BILL) -> cmd.ChangeDuty:
    return cmd.ChangeDuty(by=by, consumer_ids=consumer_ids, duty=duty)


def duties(story: Story) -> dict[str, Duty]:
    return {owed.consumer.name: owed.duty for owed in story.state.obligations}


def a_request(story: Story | None = None, until: date = UNTIL) -> Story:
    story = story or a_running_retirement()
    story.does(cmd.AskForTime(by=BILL, consumer_id=BILLING, until=until, reason=WHY))
    return story


def deciding(story: Story, granted: str, **changes) -> cmd.DecideExtension:
    (asked,) = (owed.extension for owed in story.state.obligations if owed.extension)
    decision = cmd.DecideExtension(by=PAT, consumer_id=BILLING, number=asked.number, granted=granted)
    return replace(decision, **changes)


def granted(story: Story) -> Story:
    story.does(deciding(story, "yes"))
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


def test_asking_for_time_waits_for_the_coordinator():
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
        "until 2027-02-10: a day after 2027-02-10, the date you have now",
        "reason: say what keeps you from moving by then",
    ]


@pytest.mark.parametrize(
    ("until", "accepted"),
    [
        pytest.param(
            date(2032, 2, 11), "at most five years after 2027-02-10, the date you have now", id="far"
        ),
        pytest.param(date.max, "at most five years after 2027-02-10, the date you have now", id="last"),
        pytest.param(date.min, "a day after 2027-02-10, the date you have now", id="first"),
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


def test_the_last_day_that_is_taken_can_be_granted():
    story = granted(a_request(until=date(2032, 2, 10)))
    assert story.due(StepKind.MIGRATE).date() == date(2032, 2, 10)


@pytest.mark.parametrize("late", ["yes", "no"])
def test_a_waiver_ends_the_request_for_time_and_a_late_decision_on_it_is_refused(late):
    story = a_request()
    decision = deciding(story, late)
    story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    assert story.state.obligation(BILLING).extension is None
    with pytest.raises(Refused, match="No such request for billing-etl is open"):
        story.does(decision)
    assert duties(story)["billing-etl"] is Duty.WAIVED


def test_who_has_moved_needs_no_time():
    story = a_running_retirement()
    story.does(answering(Duty.MIGRATED, BILLING))
    with pytest.raises(Refused, match="billing-etl is migrated already"):
        a_request(story)


def test_granting_moves_all_that_remains_and_the_plan_still_binds():
    story = granted(a_request())
    assert story.due(StepKind.ANNOUNCE) == ANNOUNCED_AT
    assert story.due(StepKind.MIGRATE) == MIGRATE_AT + days(10)
    assert story.due(StepKind.DISABLE) == DISABLE_AT + days(10)
    assert {owed.migrate_by for owed in story.state.obligations} == {MIGRATE_AT + days(10)}
    assert story.state.plan.amends == story.state.approved_digest
    assert plans.binds(story.state)
    assert duties(story)["billing-etl"] is Duty.ACKNOWLEDGED, "who asks for time has read the notice"


def test_after_a_grant_reminders_escalations_and_steps_ring_at_their_new_dates_only():
    story = granted(a_request())
    assert {name for name in story.timers if name.startswith(("remind/", "escalate/migrate"))} == {
        "remind/migrate-30d@2027-02-20",
        "remind/migrate-7d@2027-02-20",
        "remind/migrate-1d@2027-02-20",
        "remind/migrate-0d@2027-02-20",
        "escalate/migrate@2027-02-20/1",
        "escalate/migrate@2027-02-20/2",
    }
    assert story.timers["step/disable"].due_at == DISABLE_AT + days(10)


def test_time_until_a_day_that_is_past_is_not_granted_and_can_be_refused():
    story = a_request(until=date(2027, 2, 20))
    refused = r"billing-etl can get no time until 2027-02-20: that day is here, or past\. Press Refuse"
    for late in (0, 30):
        with pytest.raises(Refused, match=refused):
            story.does(deciding(story, "yes"), at=MIGRATE_AT + days(10 + late))
    story.does(deciding(story, "no"))
    assert duties(story)["billing-etl"] is Duty.ACKNOWLEDGED
    granted(a_request(story, until=date(2027, 4, 1)))
    assert story.due(StepKind.MIGRATE).date() == date(2027, 4, 1)


def test_refusing_keeps_every_date():
    story = a_request()
    decision = story.does(deciding(story, "no"))
    assert decision.reply == "billing-etl keeps its date, 2027-02-10."
    assert story.of(events.Amended) == []
    assert story.state.obligation(BILLING).extension is None


def test_a_grant_that_another_grant_has_covered_moves_nothing_more():
    story = a_request()
    story.does(cmd.AskForTime(by=CARL, consumer_id=CRM, until=date(2027, 2, 25), reason=WHY))
    carls = story.state.obligation(CRM).extension.number
    story.does(cmd.DecideExtension(by=PAT, consumer_id=CRM, number=carls, granted="yes"))
    assert story.does(deciding(story, "yes")).reply == "The date had moved to 2027-02-25 already."
    assert len(story.of(events.Amended)) == 1


def test_a_decision_on_a_request_that_was_replaced_is_refused():
    story = a_request()
    old = deciding(story, "yes")
    a_request(story, until=date(2027, 2, 25))
    with pytest.raises(Refused, match="No such request for billing-etl is open"):
        story.does(old)


def test_only_the_coordinator_decides_on_time():
    story = a_request()
    with pytest.raises(Refused, match="this is for the coordinator"):
        story.does(deciding(story, "yes", by=BILL))


def test_time_granted_after_the_day_sets_the_day_anew():
    story = a_running_retirement().until(MIGRATE_AT)
    assert story.state.progress(StepKind.MIGRATE).progress is Progress.DONE
    granted(a_request(story))
    assert story.state.progress(StepKind.MIGRATE).progress is Progress.PENDING
    assert story.state.obligation(CRM).migrate_by == MIGRATE_AT + days(10)
    assert "remind/migrate-7d@2027-02-20" in story.timers
    story.until(MIGRATE_AT + days(10))
    assert story.state.progress(StepKind.MIGRATE).progress is Progress.DONE


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
