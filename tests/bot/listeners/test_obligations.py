"""What owners press about their consumers, in messages and in windows, is kept with exact ids."""

from __future__ import annotations

from datetime import date

import pytest

from data.records.base import Prose
from data.records.retirement import Duty
from tests.bot.listeners.desk import ELENA, TOM, Desk
from workflows.commands import AskForTime, ChangeDuty, TakeBack

CONSUMER = "component:default/cancel-flow"


@pytest.mark.parametrize(
    ("action", "duty"),
    [
        ("duty.acknowledge", Duty.ACKNOWLEDGED),
        ("duty.migrated", Duty.MIGRATED),
        ("duty.not_mine", Duty.NOT_MINE),
    ],
)
def test_an_answer_is_kept_for_that_consumer(desk: Desk, action: str, duty: Duty) -> None:
    desk.press(action, f"RET-1|{CONSUMER}", user=ELENA)

    assert desk.kept() == [("RET-1", ChangeDuty(by=ELENA, consumer_ids=(CONSUMER,), duty=duty))]


def test_acknowledge_all_names_no_consumer(desk: Desk) -> None:
    desk.press("duty.acknowledge_all", "RET-1", user=ELENA)

    assert desk.kept() == [("RET-1", ChangeDuty(by=ELENA, duty=Duty.ACKNOWLEDGED))]


def test_a_button_says_in_which_announcement_it_stands(desk: Desk) -> None:
    desk.press("duty.migrated", f"RET-1|{CONSUMER}|2", user=ELENA)
    desk.press("duty.acknowledge_all", "RET-1|3", user=ELENA)

    assert [kept for _, kept in desk.kept()] == [
        ChangeDuty(by=ELENA, consumer_ids=(CONSUMER,), duty=Duty.MIGRATED, announced=2),
        ChangeDuty(by=ELENA, duty=Duty.ACKNOWLEDGED, announced=3),
    ]


def test_a_consumer_whose_id_has_a_bar_in_it_is_still_that_consumer(desk: Desk) -> None:
    desk.press("duty.take_back", "RET-1|component:default/a|b|1")

    ((_, kept),) = desk.kept()
    assert kept == TakeBack(by=TOM, consumer_id="component:default/a|b", announced=1)


def test_show_all_opens_a_window_that_turns_pages(desk: Desk) -> None:
    desk.propose()

    desk.press("duty.show_all", "RET-1", user=ELENA)

    assert desk.modal(ELENA).content["callback_id"] == "duty.list"


def test_a_wish_the_rules_accept_is_kept(desk: Desk) -> None:
    wish = AskForTime(by=ELENA, consumer_id=CONSUMER, until=date(2026, 9, 1), reason=Prose(prose="a freeze"))
    desk.accepts_everything()
    desk.propose()
    desk.press("duty.more_time", f"RET-1|{CONSUMER}", user=ELENA)
    desk.modal(ELENA)

    desk.slack.submit(ELENA, {"extension.until": "2026-09-01", "extension.reason": "a freeze"})

    assert desk.kept() == [("RET-1", wish)]
