"""Whoever said too much takes it back while there is time: that it has migrated."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.records.retirement import Duty
from tests.builders import (
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    DISABLE_AT,
    MIGRATE_AT,
    PAT,
    STRANGER,
    Story,
    a_running_retirement,
    days,
)
from workflows import commands as cmd


def taking_back(by: str, consumer_id: str = BILLING) -> cmd.TakeBack:
    return cmd.TakeBack(by=by, consumer_id=consumer_id, announced=1)


def migrated(by: str = BILL, consumer_id: str = BILLING, story: Story | None = None) -> Story:
    story = story or a_running_retirement()
    story.does(cmd.ChangeDuty(by=by, consumer_ids=(consumer_id,), duty=Duty.MIGRATED))
    return story


@pytest.mark.parametrize("by", [BILL, BELLA])
def test_every_owner_opens_what_was_said_to_have_migrated(by: str):
    story = migrated()
    decision = story.does(taking_back(by))
    assert decision.reply == "billing-etl is open again: it has not migrated yet."
    assert story.state.obligation(BILLING).duty is Duty.ACKNOWLEDGED, "they know the dates"
    assert story.does(taking_back(by)).events == (), "twice changes nothing"


def test_an_owner_opens_what_one_who_took_it_over_had_settled():
    """As it could be once."""
    story = migrated()
    owed = tuple(
        replace(one, taken_by=PAT, changed_by=PAT) if one.is_settled else one
        for one in story.state.obligations
    )
    story.state = replace(story.state, obligations=owed)
    story.does(taking_back(BELLA))
    assert not story.state.obligation(BILLING).is_settled


@pytest.mark.parametrize("by", [CARL, PAT, STRANGER])
def test_nobody_takes_back_what_others_said(by: str):
    story = migrated()
    with pytest.raises(Refused, match="You may not"):
        story.does(taking_back(by))


def test_once_endpoints_go_dark_it_is_too_late():
    story = migrated(CARL, CRM, migrated())
    story.until(DISABLE_AT - days(1)).works()
    story.until(DISABLE_AT - days(1)).works()
    story.until(DISABLE_AT)
    with pytest.raises(Refused, match="too late to take back that billing-etl is migrated"):
        story.does(taking_back(BILL))


def test_what_is_open_again_past_its_day_goes_to_those_above():
    story = migrated(CARL, CRM, migrated())
    story.until(MIGRATE_AT + days(1))
    story.does(taking_back(BILL), at=MIGRATE_AT + days(1))
    story.until(MIGRATE_AT + days(2))
    assert [one.consumer_ids for one in story.of(events.Escalated)] == [(BILLING,)]
