"""Who hands a consumer back may say whose it is: that person is asked, and it is theirs once they take it over."""

from __future__ import annotations

import pytest

from data.errors import Refused
from data.records.retirement import Duty
from tests.builders import BILL, BILLING, CRM, MAX, STRANGER, Story, a_running_retirement
from workflows import commands as cmd


def named(who: str = MAX) -> Story:
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.NOT_MINE))
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.NOT_MINE, named=who))
    return story


def told(story: Story) -> list[str]:
    return [one.place for one in story.effects.values() if one.body.get("notice") == "named"]


def test_who_is_named_is_asked_and_nothing_is_theirs_until_they_take_it():
    story = named()
    owed = story.state.obligation(BILLING)
    assert (owed.duty, owed.named, told(story)) == (Duty.NOT_MINE, MAX, [MAX])
    with pytest.raises(Refused, match="You may not answer for billing-etl"):
        story.does(cmd.ChangeDuty(by=MAX, consumer_ids=(BILLING,), duty=Duty.MIGRATED))


def test_once_they_take_it_over_they_answer_for_it_and_settle_it():
    story = named()
    story.does(cmd.TakeOver(by=MAX, consumer_id=BILLING))
    owed = story.state.obligation(BILLING)
    assert (owed.duty, owed.asked) == (Duty.OPEN, (MAX,))
    story.does(cmd.ChangeDuty(by=MAX, consumer_ids=(BILLING,), duty=Duty.ACKNOWLEDGED))
    story.does(cmd.ChangeDuty(by=MAX, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    assert story.state.obligation(BILLING).is_settled


def test_nobody_else_takes_it_over_nor_they_anything_else():
    story = named()
    for by, consumer in ((STRANGER, BILLING), (MAX, CRM)):
        with pytest.raises(Refused, match="You may not take over"):
            story.does(cmd.TakeOver(by=by, consumer_id=consumer))


def test_an_owner_who_answers_after_all_ends_it():
    story = named()
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.ACKNOWLEDGED))
    assert story.state.obligation(BILLING).named == ""
    with pytest.raises(Refused, match="You may not take over"):
        story.does(cmd.TakeOver(by=MAX, consumer_id=BILLING))


def test_naming_the_same_again_asks_nobody_twice():
    story = named()
    again = cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.NOT_MINE, named=MAX)
    assert story.does(again).events == ()
