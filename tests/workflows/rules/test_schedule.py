"""The public schedule: what is announced, how often it has moved, and whether it still holds."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from data import events
from data.events import EMERITUS
from data.records.retirement import State, StepKind
from tests.builders import (
    ANNOUNCED_AT,
    DISABLE_AT,
    PAT,
    WHY,
    Story,
    a_dark,
    a_policy,
    a_proposed,
    a_running_retirement,
    days,
    paused,
    restoring,
    resumed,
    revising,
)
from workflows import commands as cmd
from workflows.rules.schedule import Scheduled, scheduled


def shown(story: Story) -> Scheduled:
    found = scheduled("RET-1", story.happened, story.state.policy or a_policy())
    assert found is not None
    return found


def called_off(story: Story) -> Story:
    story.does(cmd.Cancel(by=PAT, why=WHY))
    return story.votes("UOWEN", "UPLATO", "USELMA")


def test_what_is_only_proposed_or_approved_is_on_no_schedule():
    for story in (a_proposed(), a_proposed().votes("UOWEN", "UPLATO", "USELMA")):
        assert scheduled("RET-1", story.happened, a_policy()) is None


def test_what_is_announced_has_each_of_its_steps_with_its_day_and_nobodys_name():
    found = shown(a_running_retirement())
    assert [(step.kind, step.on) for step in found.steps] == [
        (StepKind.ANNOUNCE, date(2027, 1, 18)),
        (StepKind.ARCHIVE, date(2027, 1, 27)),
        (StepKind.DRILL, date(2027, 1, 28)),
        (StepKind.MIGRATE, date(2027, 2, 10)),
        (StepKind.DISABLE, date(2027, 2, 17)),
        (StepKind.CLOSE, date(2027, 3, 19)),
    ]
    assert (found.sequence, found.changed_at, found.last_day) == (0, ANNOUNCED_AT, date(2027, 2, 17))
    assert len({step.uid for step in found.steps}) == 6


def test_dates_that_move_keep_their_uids_and_count_up():
    story = a_running_retirement()
    before = shown(story)
    after = shown(resumed(paused(story, for_days=3)))
    assert [step.uid for step in after.steps] == [step.uid for step in before.steps]
    assert (after.sequence, after.last_day, after.is_called_off) == (1, date(2027, 2, 20), False)


def test_what_changes_no_date_leaves_it_as_it_is():
    story = a_running_retirement()
    before = shown(story)
    story.does(cmd.HandOver(by=PAT, to="UOWEN"), named_person="UOWEN")
    assert shown(paused(story)) == before


def test_what_is_called_off_says_so_with_the_dates_it_had():
    story = a_running_retirement()
    before = shown(story)
    after = shown(called_off(story))
    assert story.state.state is State.CANCELLED
    assert after == replace(before, sequence=1, changed_at=after.changed_at, is_called_off=True)


def test_what_was_brought_back_is_called_off():
    found = shown(restoring(a_dark()).works())
    assert (found.is_called_off, found.sequence) == (True, 1)


def test_another_plan_calls_the_announced_one_off_until_it_is_announced_itself():
    story = a_running_retirement()
    before = shown(story)
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert shown(story) == replace(before, sequence=1, changed_at=story.now, is_called_off=True)
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT + days(14))
    anew = shown(story)
    assert (anew.sequence, anew.is_called_off, anew.last_day) == (2, False, date(2027, 3, 19))
    assert [step.uid for step in anew.steps] == [step.uid for step in before.steps]


def test_the_same_number_elsewhere_has_other_uids():
    here = shown(a_running_retirement())
    story = a_running_retirement()
    there = [replace(event, at=event.at + days(1)) for event in story.happened]
    elsewhere = scheduled("RET-1", there, a_policy())
    assert elsewhere is not None
    assert not {step.uid for step in here.steps} & {step.uid for step in elsewhere.steps}


def test_emeritus_moving_dates_at_the_announcement_is_no_second_change():
    late = a_proposed()
    late.until(ANNOUNCED_AT + days(5))
    late.votes("UOWEN", "UPLATO", "USELMA")
    late.does(cmd.CloseRound(by=EMERITUS, number=1))
    late.until(ANNOUNCED_AT + days(6))
    assert len(late.of(events.Amended)) == 1
    assert shown(late).sequence == 0
