"""What was waived over an owner's head they hear of with the reason, and may contest while there is time."""

from __future__ import annotations

import pytest

from data import events
from data.errors import Refused
from data.records.delegation import Delegation
from data.records.retirement import Duty
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
    a_running_retirement,
    days,
)
from workflows import commands as cmd
from workflows.rules.consumers.vouching import who_vouches

WAIVED = cmd.Waive(by=PAT, what=BILLING, reason=WHY)


def contesting(by: str, consumer_id: str = BILLING) -> cmd.ContestWaiver:
    return cmd.ContestWaiver(by=by, consumer_id=consumer_id, announced=1)


def told(story: Story, notice: str) -> list[str]:
    return [one.place for one in story.effects.values() if one.body.get("notice") == notice]


def test_whose_duty_is_waived_is_told_and_contesting_asks_it_as_before():
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.ACKNOWLEDGED))
    story.does(WAIVED)
    assert told(story, "waived") == [BILL, BELLA]
    decision = story.does(contesting(BELLA))
    assert decision.reply == "billing-etl is asked of you as before; <@UPAT> is told."
    assert story.state.obligation(BILLING).duty is Duty.ACKNOWLEDGED, "what was said before still holds"
    assert not who_vouches(story.state, BILLING)
    assert told(story, "contested") == [PAT]
    story.does(WAIVED)
    assert story.state.obligation(BILLING).duty is Duty.WAIVED, "and may be waived again, on the record"


def test_whoever_stands_in_contests_in_their_place():
    story = a_running_retirement()
    story.does(WAIVED)
    until = ANNOUNCED_AT + days(30)
    there = {BILL: Delegation(person=BILL, to=STRANGER, since=ANNOUNCED_AT, until=until)}
    story.does(contesting(STRANGER), delegations=there)
    (event,) = story.of(events.WaiverContested)
    assert (event.by, event.on_behalf_of) == (STRANGER, BILL)


@pytest.mark.parametrize("by", [CARL, PAT, STRANGER])
def test_nobody_contests_for_others(by: str):
    story = a_running_retirement()
    story.does(WAIVED)
    with pytest.raises(Refused, match="You may not"):
        story.does(contesting(by))


def test_there_is_nothing_to_contest_where_nothing_was_waived():
    story = a_running_retirement()
    assert story.does(contesting(CARL, CRM)).reply == "crm-sync is not waived: it is open."


def test_once_endpoints_go_dark_it_is_too_late():
    story = a_running_retirement()
    story.does(WAIVED)
    story.does(cmd.ChangeDuty(by=CARL, consumer_ids=(CRM,), duty=Duty.MIGRATED))
    story.until(DISABLE_AT - days(1)).works()
    story.until(DISABLE_AT - days(1)).works()
    story.until(DISABLE_AT)
    with pytest.raises(Refused, match="too late to contest"):
        story.does(contesting(BILL))


def test_what_is_contested_once_its_day_is_past_goes_to_those_above():
    """While it was waived nobody had to hear of it, so no date of an escalation was left."""
    story = a_running_retirement()
    story.does(WAIVED)
    story.does(cmd.ChangeDuty(by=CARL, consumer_ids=(CRM,), duty=Duty.MIGRATED))
    story.until(MIGRATE_AT + days(1))
    assert story.of(events.Escalated) == []
    story.does(contesting(BILL), at=MIGRATE_AT + days(1))
    story.until(MIGRATE_AT + days(2))
    told = {one.milestone.partition("@")[0]: one.consumer_ids for one in story.of(events.Escalated)}
    assert told == {"acknowledge": (BILLING,), "migrate": (BILLING,)}


def test_what_is_contested_while_it_is_paused_goes_to_nobody_above():
    story = a_running_retirement()
    story.does(WAIVED)
    story.does(cmd.Pause(by=PAT, why=WHY))
    assert story.does(contesting(BILL)).timers == ()
