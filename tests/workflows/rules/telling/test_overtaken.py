"""What a message that waited for a morning still says then, and which is not sent at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from data import events
from data.records.decision import EffectKind
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
    a_running_retirement,
    days,
    paused,
    resumed,
)
from workflows import commands as cmd
from workflows.rules.telling import overtaken


def kept(story: Story, notice: str, person: str) -> tuple[str, dict[str, str]]:
    """Key and body of the last message of this kind to somebody."""
    found = [
        effect
        for effect in story.work(EffectKind.POST)
        if effect.body["notice"] == notice and effect.place == person
    ]
    return found[-1].key, found[-1].body


def left(story: Story, key: str, body: dict[str, str]) -> dict[str, str] | None:
    return overtaken.left(story.state, key, body, story.now)


def answers(story: Story, by: str, consumer_id: str, duty: Duty = Duty.MIGRATED) -> None:
    story.does(cmd.ChangeDuty(by=by, consumer_ids=(consumer_id,), duty=duty))


def test_what_nobody_answered_is_said_as_it_was_wanted():
    story = a_running_retirement().until(MIGRATE_AT - days(6))
    for notice in ("dm", "reminder"):
        key, body = kept(story, notice, BILL)
        assert left(story, key, body) == body


@pytest.mark.parametrize("notice", ["dm", "reminder"])
def test_whose_consumers_have_moved_meanwhile_is_told_nothing(notice: str):
    story = a_running_retirement().until(MIGRATE_AT - days(6))
    key, body = kept(story, notice, BILL)
    answers(story, BELLA, BILLING)
    assert left(story, key, body) is None
    other = kept(story, notice, CARL)
    assert left(story, *other) is not None


def test_an_acknowledgement_is_no_reason_not_to_remind_of_the_day():
    story = a_running_retirement().until(MIGRATE_AT - days(6))
    key, body = kept(story, "reminder", BILL)
    answers(story, BELLA, BILLING, Duty.ACKNOWLEDGED)
    assert left(story, key, body) == body


def test_of_two_reminders_that_waited_the_later_one_is_said():
    story = a_running_retirement().until(MIGRATE_AT - days(6))
    week = kept(story, "reminder", BILL)
    story.until(MIGRATE_AT - timedelta(hours=23))
    assert left(story, *week) is None
    assert left(story, *kept(story, "reminder", BILL)) is not None


def test_on_the_day_of_a_later_reminder_one_that_waited_until_then_is_not_said_hours_before_it():
    story = a_running_retirement().until(MIGRATE_AT - timedelta(hours=12))
    day_before = kept(story, "reminder", BILL)
    assert left(story, *day_before) is not None, "on the other side of the earth it is the next morning"
    story.until(MIGRATE_AT - timedelta(hours=2))
    assert left(story, *day_before) is None


def test_a_reminder_that_waited_is_not_said_to_who_chose_a_later_day_meanwhile():
    story = a_running_retirement()
    for by, consumer_id in ((BILL, BILLING), (CARL, CRM)):
        answers(story, by, consumer_id, Duty.ACKNOWLEDGED)
    story.until(MIGRATE_AT - days(7))
    held = kept(story, "reminder", BILL)
    story.does(cmd.Snooze(by=BILL, announced=1), snooze_days=3)
    assert left(story, *held) is None
    assert left(story, *kept(story, "reminder", CARL)) is not None
    story.until(MIGRATE_AT - days(4) + timedelta(hours=1))
    chosen = kept(story, "reminder", BILL)
    assert chosen[1]["milestone"].startswith("snoozed@")
    assert left(story, *chosen) == chosen[1]
    story.until(MIGRATE_AT - timedelta(hours=23))
    assert left(story, *chosen) is None, "the one of the last day says the same"


def test_who_named_a_day_of_their_own_is_reminded_of_it_unless_they_have_moved_or_named_another():
    story = a_running_retirement()
    says = cmd.ReportMigrating(by=BILL, consumer_id=BILLING, until=(MIGRATE_AT - days(3)).date())
    story.does(says)
    story.until(MIGRATE_AT - days(2))
    key, body = kept(story, "reminder", BILL)
    assert body["milestone"].startswith("moving@")
    assert left(story, key, body) == body
    story.does(replace(says, until=(MIGRATE_AT - days(1)).date()))
    assert left(story, key, body) is None


def test_a_reminder_of_a_day_that_moved_meanwhile_is_overtaken_by_the_new_day():
    story = a_running_retirement().until(MIGRATE_AT - days(6))
    old = kept(story, "reminder", BILL)
    paused(story, for_days=3)
    resumed(story)
    assert left(story, *old) is None
    moved = kept(story, "reminder", BILL)
    assert moved[1]["milestone"].startswith("moved@")
    assert left(story, *moved) is not None


def test_a_manager_hears_of_those_alone_who_have_not_answered_by_then():
    story = a_running_retirement()
    story.facts = replace(story.facts, managers={BILL: MAX, CARL: MAX})
    story.until(ANNOUNCED_AT + days(8))
    key, body = kept(story, "escalation", MAX)
    assert set(body["consumer_ids"].split("\n")) == {BILLING, CRM}
    answers(story, CARL, CRM, Duty.ACKNOWLEDGED)
    assert left(story, key, body) == {**body, "consumer_ids": BILLING}
    answers(story, BILL, BILLING, Duty.ACKNOWLEDGED)
    assert left(story, key, body) is None


def test_nobody_is_asked_to_move_for_what_was_called_off():
    story = a_running_retirement().until(MIGRATE_AT - days(6))
    waiting = [kept(story, notice, BILL) for notice in ("dm", "reminder")]
    story._fold(events.Cancelled(at=story.now, by=PAT, round_number=2))
    assert [left(story, *one) for one in waiting] == [None, None]


def test_who_waited_for_an_older_announcement_is_told_by_the_newer_one():
    story = a_running_retirement()
    _, body = kept(story, "dm", BILL)
    assert left(story, f"RET-1/announcement-0/dm/{BILL}", body) is None
