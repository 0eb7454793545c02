"""Who snoozes is left alone for some days, never past the day an answer is due, and nothing else waits for them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.policies.policy import read_windows
from data.records.hours import Hours
from data.records.retirement import Duty, State
from tests.builders import (
    ANNOUNCED_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    MIGRATE_AT,
    STRANGER,
    Story,
    a_running_retirement,
    days,
    paused,
    resumed,
)
from workflows import commands as cmd
from workflows.rules.folding import evolve


def acknowledged(**facts: object) -> Story:
    """Everybody has read it, and has until the tenth of February to move."""
    story = a_running_retirement(**facts)
    for person, consumer in ((BILL, BILLING), (CARL, CRM)):
        story.does(cmd.ChangeDuty(by=person, consumer_ids=(consumer,), duty=Duty.ACKNOWLEDGED))
    return story


def reminded(story: Story) -> list[tuple[str, tuple[str, ...]]]:
    return [(event.milestone, event.people) for event in story.of(events.Reminded)]


def test_who_snoozes_is_reminded_on_the_day_it_ends_and_the_others_as_ever():
    story = acknowledged().until(MIGRATE_AT - days(8))
    said = story.does(cmd.Snooze(by=CARL, announced=1))
    assert (
        said.reply
        == "You are reminded of RET-1 again on Fri 2027-02-05 09:00 (UTC), unless you have answered by then."
    )
    story.until(MIGRATE_AT - days(4))
    assert reminded(story) == [
        ("migrate-7d@2027-02-10", (BILL, BELLA)),
        ("snoozed@2027-02-05", (CARL,)),
    ]
    story.until(MIGRATE_AT - days(1))
    assert reminded(story)[2:] == [("migrate-1d@2027-02-10", (BILL, BELLA, CARL))]


def test_who_has_moved_meanwhile_is_not_reminded():
    story = acknowledged().until(MIGRATE_AT - days(8))
    story.does(cmd.Snooze(by=CARL))
    story.does(cmd.ChangeDuty(by=CARL, consumer_ids=(CRM,), duty=Duty.MIGRATED))
    story.until(MIGRATE_AT - days(4))
    assert [people for _, people in reminded(story)] == [(BILL, BELLA)]


def test_nobody_snoozes_past_the_day_an_answer_is_due():
    story = a_running_retirement(snooze_days=30)
    said = story.does(cmd.Snooze(by=CARL))
    assert "again on Sun 2027-01-24 09:00 (UTC)" in said.reply, "the day before the acknowledgement is due"
    story.until(ANNOUNCED_AT + days(6))
    with pytest.raises(Refused) as refused:
        story.does(cmd.Snooze(by=CARL))
    assert str(refused.value) == (
        "RET-1 cannot be snoozed any more: your answer is due on 2027-01-25. "
        "Answer now, or press Need more time"
    )
    story.until(ANNOUNCED_AT + days(8))
    assert [event.milestone for event in story.of(events.Escalated)] == ["acknowledge@2027-01-25"]


@pytest.mark.parametrize(
    ("zone", "days_before", "on", "said"),
    [
        pytest.param("UTC", 9, "2027-02-04", "Thu 2027-02-04 09:00 (UTC)", id="a day at work"),
        pytest.param("UTC", 7, "2027-02-08", "Mon 2027-02-08 09:00 (UTC)", id="Saturday is Monday"),
        pytest.param(
            "America/New_York", 7, "2027-02-08", "Mon 2027-02-08 09:00 (America/New_York)", id="in the west"
        ),
        pytest.param(
            "Pacific/Auckland", 7, "2027-02-07", "Mon 2027-02-08 09:00 (Pacific/Auckland)", id="in the east"
        ),
        pytest.param("UTC", 2, "2027-02-09", "Tue 2027-02-09 09:00 (UTC)", id="to the day before it is due"),
    ],
)
def test_the_day_is_the_one_on_which_it_comes(zone: str, days_before: int, on: str, said: str):
    story = acknowledged(hours={CARL: Hours(windows=read_windows(), zone=zone)})
    story.until(MIGRATE_AT - days(days_before))
    assert f"again on {said}, unless" in story.does(cmd.Snooze(by=CARL)).reply
    assert f"remind/snoozed@{on}" in story.timers


def test_what_would_wait_over_a_weekend_for_a_day_that_is_past_comes_before_it_or_not_at_all():
    """The day to acknowledge by is Monday the 25th, so Sunday would come on it."""
    story = a_running_retirement(hours={CARL: Hours(windows=read_windows(), zone="UTC")})
    story.until(ANNOUNCED_AT + days(3))
    assert "again on Fri 2027-01-22 09:00 (UTC)" in story.does(cmd.Snooze(by=CARL)).reply
    with pytest.raises(Refused, match="cannot be snoozed any more: your answer is due on 2027-01-25"):
        story.does(cmd.Snooze(by=CARL), at=ANNOUNCED_AT + days(4))


def test_pressing_it_again_on_the_same_day_changes_nothing_and_later_it_lasts_longer():
    story = acknowledged().until(MIGRATE_AT - days(12))
    story.does(cmd.Snooze(by=CARL))
    assert story.does(cmd.Snooze(by=CARL)).events == ()
    story.until(MIGRATE_AT - days(10))
    story.does(cmd.Snooze(by=CARL))
    story.until(MIGRATE_AT - days(6))
    assert reminded(story) == [
        ("migrate-7d@2027-02-10", (BILL, BELLA)),
        ("snoozed@2027-02-03", (CARL,)),
    ], "and who is reminded on that day anyway is so once"


def test_a_pause_over_the_day_it_ends_leaves_nobody_without_reminders():
    story = acknowledged().until(MIGRATE_AT - days(12))
    story.does(cmd.Snooze(by=CARL))
    paused(story, for_days=5)
    resumed(story).until(MIGRATE_AT)
    assert reminded(story) == [("migrate-7d@2027-02-15", (BILL, BELLA, CARL))]


@pytest.mark.parametrize("person", [STRANGER, BILL])
def test_only_who_is_reminded_of_something_snoozes_it(person: str):
    story = acknowledged()
    story.does(cmd.ChangeDuty(by=BELLA, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    if person == STRANGER:
        with pytest.raises(Refused):
            story.does(cmd.Snooze(by=person))
    else:
        said = story.does(cmd.Snooze(by=person))
        assert (said.events, said.reply) == ((), "Nothing of yours is open: you are reminded of nothing.")


def test_a_press_on_an_older_announcement_is_refused():
    with pytest.raises(Refused, match="announced anew"):
        acknowledged().does(cmd.Snooze(by=CARL, announced=7))


def test_a_new_announcement_reminds_everybody_anew():
    story = acknowledged()
    story.does(cmd.Snooze(by=CARL))
    assert story.state.snoozed.keys() == {CARL}
    anew = events.Announced(at=story.now, by="emeritus", obligations=story.state.obligations)
    assert evolve(replace(story.state, state=State.APPROVED), anew).snoozed == {}
