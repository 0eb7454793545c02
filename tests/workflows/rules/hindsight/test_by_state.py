"""Retirements by state: on time or slipped by what was first announced, and not announced where nothing was."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data.records.retirement import State
from tests.builders import (
    CLOSE_AT,
    DISABLE_AT,
    PAT,
    WHY,
    Story,
    a_dark,
    a_proposed,
    a_running_retirement,
    an_approved,
    days,
)
from workflows import commands as cmd
from workflows.rules.hindsight.by_state import SHOWN, Count, by_state
from workflows.rules.hindsight.outcomes import outcome


def counted(*stories: Story, now: datetime) -> dict[State, Count]:
    named = [(f"RET-{number}", story) for number, story in enumerate(stories, start=1)]
    found = by_state(
        [replace(story.state, id=name) for name, story in named],
        [outcome(name, story.happened) for name, story in named],
        now,
    )
    assert [one.state for one in found] == list(SHOWN)
    return {one.state: one for one in found if one.every}


def moved() -> Story:
    story = a_running_retirement()
    story.does(cmd.Pause(by=PAT, why=WHY))
    story.does(cmd.Resume(by=PAT), at=story.now + days(5))
    return story


def test_until_something_is_announced_nothing_is_on_time_or_late() -> None:
    assert counted(a_proposed(), an_approved(), now=DISABLE_AT) == {
        State.PROPOSED: Count(state=State.PROPOSED, undated=1),
        State.APPROVED: Count(state=State.APPROVED, undated=1),
    }


def test_what_moved_to_a_later_day_has_slipped() -> None:
    assert counted(a_running_retirement(), moved(), now=DISABLE_AT - days(1)) == {
        State.MIGRATING: Count(state=State.MIGRATING, on_time=1, slipped=1)
    }


def test_what_still_serves_after_its_day_has_slipped_whatever_its_plan_says() -> None:
    late = a_running_retirement()
    assert counted(late, now=DISABLE_AT)[State.MIGRATING].on_time == 1
    assert counted(late, now=DISABLE_AT + days(1))[State.MIGRATING].slipped == 1


def test_what_was_archived_counts_for_a_year_and_what_came_to_nothing_never() -> None:
    closed, off = a_dark().until(CLOSE_AT).works(), a_proposed()
    off.does(cmd.Cancel(by=PAT, why=WHY))
    assert counted(closed, off, now=CLOSE_AT + days(364)) == {
        State.ARCHIVED: Count(state=State.ARCHIVED, on_time=1)
    }
    assert counted(closed, now=CLOSE_AT + days(365)) == {}
