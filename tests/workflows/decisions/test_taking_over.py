"""Somebody makes what is asked of several, or of somebody else, their own; whoever had it may take it back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.catalog import Owners
from data.records.retirement import Duty
from tests.builders import (
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    MAX,
    MIGRATE_AT,
    PAT,
    STRANGER,
    WHY,
    Story,
    a_running_retirement,
    an_impacted,
    days,
)
from workflows import commands as cmd


def taking(by: str, consumer_id: str = BILLING) -> cmd.TakeOver:
    return cmd.TakeOver(by=by, consumer_id=consumer_id, announced=1)


def taken(by: str, consumer_id: str = BILLING) -> Story:
    story = a_running_retirement()
    story.does(taking(by, consumer_id))
    return story


def told(story: Story) -> list[str]:
    """Who was told that it is another's now."""
    return [one.place for one in story.effects.values() if one.body.get("notice") == "taken over"]


def test_a_colleague_takes_it_and_answers_and_is_reminded_alone():
    story = a_running_retirement()
    decision = story.does(taking(BELLA))
    assert story.of(events.TakenOver)[0].before == (BILL,)
    assert decision.reply == (
        "billing-etl is yours now: you answer for it, and are reminded. Whoever had it is told."
    )
    assert told(story) == [BILL]
    story.until(MIGRATE_AT - days(7))
    assert [event.people for event in story.of(events.Reminded)] == [(BELLA, CARL)]
    with pytest.raises(Refused) as refused:
        story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    assert str(refused.value) == (
        "You may not answer for billing-etl now: <@UBELLA> took it over. "
        "Ask them, or take it back: /retire take RET-1 billing-etl"
    )
    story.does(cmd.ChangeDuty(by=BELLA, consumer_ids=(BILLING,), duty=Duty.MIGRATED))


def test_whoever_had_it_takes_it_back_and_the_other_is_told():
    story = taken(BELLA)
    story.does(taking(BILL))
    assert story.state.obligation(BILLING).asked == (BILL,)
    assert told(story) == [BILL, BELLA]


def test_the_coordinator_takes_what_is_another_teams_and_has_a_message_to_answer_in():
    story = taken(PAT, CRM)
    assert story.state.obligation(CRM).asked == (PAT,)
    assert story.effects[f"RET-1/announcement-1/dm/{PAT}"].body["notice"] == "dm"
    assert told(story) == [CARL]
    story.does(taking(CARL, CRM))
    assert told(story) == [CARL, PAT]


@pytest.mark.parametrize("by", [CARL, MAX, STRANGER])
def test_nobody_takes_what_is_another_teams(by: str):
    story = a_running_retirement()
    with pytest.raises(Refused, match="You may not take over"):
        story.does(taking(by))
    assert story.of(events.TakenOver) == []


def test_taking_what_is_ones_own_or_settled_changes_nothing():
    story = taken(BELLA)
    assert story.does(taking(BELLA)).reply == "billing-etl is yours already."
    assert a_running_retirement().does(taking(CARL, CRM)).events == ()
    story.does(cmd.ChangeDuty(by=BELLA, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    with pytest.raises(Refused, match="billing-etl is migrated already"):
        story.does(taking(BILL))


def test_what_somebody_took_and_left_behind_is_asked_of_all_its_owners_again():
    unreached = taken(BELLA)
    unreached.does(cmd.RecordUnreached(by=EMERITUS, person=BELLA, why="user_disabled"))
    assert unreached.state.obligation(BILLING).asked == (BILL, BELLA)
    moved = taken(BELLA)
    billing, crm = (duty.consumer for duty in moved.state.obligations)
    left = replace(billing, owners=replace(billing.owners, slack_ids=(BILL,)))
    moved.does(cmd.MeetOwners(by=EMERITUS), impact=(left, crm))
    assert moved.state.obligation(BILLING).asked == (BILL,)


def test_another_team_begins_anew_and_what_the_coordinator_took_stays_theirs_in_the_same_one():
    story = taken(PAT)
    billing, crm = (duty.consumer for duty in story.state.obligations)
    more = replace(billing, owners=replace(billing.owners, slack_ids=(BILL,)))
    story.does(cmd.MeetOwners(by=EMERITUS), impact=(more, crm))
    assert story.state.obligation(BILLING).asked == (PAT,)
    other = replace(billing, owners=Owners(team_id="group:default/crm", called="crm", slack_ids=(CARL,)))
    story.does(cmd.MeetOwners(by=EMERITUS), impact=(other, crm))
    assert story.state.obligation(BILLING).asked == (CARL,)


def test_whoever_it_is_taken_back_from_sees_it_leave_their_message():
    """The coordinator owns nothing of it, and would be left with buttons for what is another's."""
    story = taken(PAT, CRM)
    decision = story.does(taking(CARL, CRM))
    assert f"RET-1/announcement-1/dm/{PAT}/edit" in {effect.key for effect in decision.effects}


def test_who_took_over_what_others_own_answers_but_does_not_settle_it_in_their_place():
    story = taken(PAT)
    story.does(cmd.ChangeDuty(by=PAT, consumer_ids=(BILLING,), duty=Duty.ACKNOWLEDGED))
    with pytest.raises(Refused) as refused:
        story.does(cmd.ChangeDuty(by=PAT, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    assert str(refused.value) == (
        "You may not say that billing-etl has migrated: you took it over, and billing, who own it, have not said so. "
        "Have one of them take it back and press Migrated, or say why you answer for it, which they may contest: "
        "/retire waive RET-1 billing-etl REASON"
    )
    story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    assert story.state.obligation(BILLING).is_settled


OBJECTS = cmd.Object(by=BILL, consumer_id=BILLING, reason=WHY)
NEEDS_TIME = cmd.AskForTime(
    by=BILL, consumer_id=BILLING, until=(MIGRATE_AT + days(20)).date(), reason=WHY, announced=1
)


@pytest.mark.parametrize("said", [OBJECTS, NEEDS_TIME], ids=["objects", "needs time"])
@pytest.mark.parametrize(
    "ends",
    [
        cmd.TakeBack(by=PAT, consumer_id=BILLING),
        cmd.ChangeDuty(by=PAT, consumer_ids=(BILLING,), duty=Duty.NOT_MINE),
        cmd.ReportMigrating(by=PAT, consumer_id=BILLING, until=(MIGRATE_AT - days(2)).date()),
        cmd.Waive(by=PAT, what=BILLING, reason=WHY),
    ],
    ids=lambda one: type(one).__name__,
)
def test_who_took_it_over_does_not_end_what_an_owner_has_people_vote_on(said: cmd.Command, ends: cmd.Command):
    story = a_running_retirement()
    story.does(said)
    story.until(story.now)
    story.does(taking(PAT))
    with pytest.raises(Refused):
        story.does(ends)
    before = story.state.obligation(BILLING)
    assert before.duty in (Duty.OBJECTS, Duty.NEEDS_TIME)
    assert story.state.round is not None, "people still vote on it"
    story.does(taking(BELLA))
    story.does(cmd.TakeBack(by=BELLA, consumer_id=BILLING))
    assert story.state.obligation(BILLING).duty is Duty.ACKNOWLEDGED
    ended = [one.place for one in story.effects.values() if one.body.get("notice") == "taken back"]
    assert ended == [BILL], "whoever said it hears that a colleague ended it"


def test_a_refusal_to_end_it_says_who_said_it_and_how_it_ends():
    story = a_running_retirement()
    story.does(OBJECTS)
    story.does(taking(PAT))
    with pytest.raises(Refused) as refused:
        story.does(cmd.TakeBack(by=PAT, consumer_id=BILLING))
    assert str(refused.value) == (
        "You may not end that billing-etl objects: <@UBILL> of billing said so, and people vote on it. Vote on the "
        "card, or ask them to take it back: /retire take RET-1 billing-etl makes it theirs again"
    )


def test_owners_hear_that_what_was_taken_from_them_is_waived_and_contesting_gives_it_back():
    story = taken(PAT)
    story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    waived = [one.place for one in story.effects.values() if one.body.get("notice") == "waived"]
    assert waived == [BILL, BELLA]
    with pytest.raises(Refused, match="Press Contest where its owners were told of the waiver"):
        story.does(taking(BILL))
    story.does(cmd.ContestWaiver(by=BILL, consumer_id=BILLING, announced=1))
    assert story.state.obligation(BILLING).asked == (BILL, BELLA)


def test_what_nobody_owns_is_settled_by_who_took_it_over():
    unowned = an_impacted("orphan", team="", people=())
    story = a_running_retirement(impact=(unowned,))
    story.does(taking(PAT, unowned.consumer_id))
    story.does(cmd.ChangeDuty(by=PAT, consumer_ids=(unowned.consumer_id,), duty=Duty.MIGRATED))
    assert story.state.obligations[0].is_settled
