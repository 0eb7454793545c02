"""The public schedule: what is announced, how often it has moved, and whether it still holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from data import events
from data.errors import Invalid, Refused
from data.events import EMERITUS
from data.records.progress import StepKind
from data.records.retirement import State
from tests.builders import (
    ANNOUNCED_AT,
    BILL,
    BILLING,
    CRM,
    DISABLE_AT,
    LIVE,
    PAT,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_policy,
    a_proposed,
    a_running_retirement,
    days,
    failing,
    paused,
    restoring,
    resumed,
    revising,
    silent,
)
from tests.workflows.decisions.test_extensions import votes
from workflows import commands as cmd
from workflows.rules.plans.schedule import Scheduled, Standing, announced, scheduled


def shown(story: Story, *, later: timedelta = timedelta(0)) -> Scheduled:
    policy = story.state.policy or a_policy()
    found = announced("RET-1", story.happened, policy)
    assert found is not None
    return scheduled(found, policy, story.now + later)


def days_of(one: Scheduled) -> dict[str, tuple[str, str]]:
    """Step -> month and day, and how sure that is."""
    return {str(step.kind): (f"{step.on:%m-%d}", str(step.standing)) for step in one.steps}


def called_still() -> Story:
    """Everybody has moved, and somebody calls it all the same."""
    return a_migrated(readings=silent(LIVE, calls=3)).until(DISABLE_AT).works()


def called_off(story: Story) -> Story:
    story.does(cmd.Cancel(by=PAT, why=WHY))
    return story.votes("UOWEN", "UPLATO", "USELMA")


def test_what_is_only_proposed_or_approved_is_on_no_schedule():
    for story in (a_proposed(), a_proposed().votes("UOWEN", "UPLATO", "USELMA")):
        assert announced("RET-1", story.happened, a_policy()) is None


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
    assert (after.sequence, after.last_day, after.is_called_off) == (5, date(2027, 2, 20), False)
    assert (before.is_moved, after.is_moved, after.paused_on) == (False, True, None)


def test_what_changes_no_date_leaves_it_as_it_is():
    story = a_running_retirement()
    before = shown(story)
    story.does(cmd.HandOver(by=PAT, to="UOWEN"), named_person="UOWEN")
    assert shown(story) == before


def test_while_it_is_paused_no_date_is_sure_and_each_is_what_it_would_become():
    story = paused(a_running_retirement().until(ANNOUNCED_AT + days(2)), for_days=4.5)
    one = shown(story)
    assert days_of(one) == {
        "announce": ("01-18", "done"),
        "archive": ("02-01", "paused"),
        "drill": ("02-02", "paused"),
        "migrate": ("02-15", "paused"),
        "disable": ("02-22", "paused"),
        "close": ("03-24", "paused"),
    }
    assert (one.paused_on, one.sequence, one.news) == (date(2027, 1, 20), 6, 1)
    assert shown(story, later=days(100)).last_day == date(2027, 6, 2)
    assert {step.on for step in shown(resumed(story)).steps} == {step.on for step in one.steps}


def test_what_is_held_moves_along_from_day_to_day_with_what_waits_for_it():
    story = called_still()
    on_its_day = shown(story)
    assert days_of(on_its_day)["disable"] == ("02-17", "held")
    assert days_of(on_its_day)["close"] == ("03-19", "planned")
    later = shown(story, later=days(6))
    assert days_of(later)["disable"] == ("02-23", "held")
    assert days_of(later)["close"] == ("03-25", "waiting")
    assert later.step(StepKind.DISABLE).planned_on == DISABLE_AT.date()
    assert (later.sequence - on_its_day.sequence, later.news - on_its_day.news) == (6, 0)
    assert [step.uid for step in later.steps] == [step.uid for step in on_its_day.steps]


def test_what_was_done_late_shows_the_day_it_was_done_on():
    story = called_still()
    held = shown(story, later=days(3))
    story.facts = replace(story.facts, readings=silent(LIVE))
    story.until(DISABLE_AT + days(3)).works()
    assert days_of(shown(story))["disable"] == ("02-20", "done")
    assert days_of(shown(story))["close"] == ("03-22", "planned")
    assert shown(story).sequence > held.sequence


def test_what_runs_past_its_day_is_late_and_an_early_archive_that_failed_keeps_its_day():
    story = a_migrated().until(DISABLE_AT).proves()
    assert days_of(shown(story))["disable"] == ("02-17", "planned")
    assert days_of(shown(story, later=days(1)))["disable"] == ("02-18", "late")
    early = a_running_retirement()
    early.does(cmd.RunStep(by=PAT, step=StepKind.ARCHIVE))
    early.does(failing(early, StepKind.ARCHIVE))
    assert days_of(shown(early))["archive"] == ("01-27", "planned")


def test_a_step_that_is_done_on_its_day_is_no_news_and_moves_nothing():
    story = a_migrated()
    before = shown(story)
    after = shown(story.until(DISABLE_AT).works())
    assert (after.sequence, after.news) == (before.sequence, before.news)
    assert {standing for _, standing in days_of(after).values()} == {"done", "planned"}


def granted(story: Story) -> None:
    until = (story.due(StepKind.MIGRATE) + days(10)).date()
    story.does(cmd.AskForTime(by=BILL, consumer_id=BILLING, until=until, reason=WHY))
    story.until(story.now)
    if story.state.later is not None:
        votes(story)


ACTS: dict[str, Callable[[Story], object]] = {
    "a while": lambda story: story.until(story.now + days(0.4)).works(),
    "days": lambda story: story.until(story.now + days(9)).works(),
    "pause": lambda story: story.does(cmd.Pause(by=PAT, why=WHY)),
    "resume": lambda story: story.does(cmd.Resume(by=PAT)),
    "archive": lambda story: story.does(cmd.RunStep(by=PAT, step=StepKind.ARCHIVE)),
    "waive": lambda story: [story.does(cmd.Waive(by=PAT, what=one, reason=WHY)) for one in (BILLING, CRM)],
    "more time": granted,
    "revise": lambda story: story.does(revising(target_on=(story.now + days(90)).date())),
    "approve": lambda story: story.state.round and story.votes("UOWEN", "UPLATO", "USELMA"),
    "cancel": lambda story: story.does(cmd.Cancel(by=PAT, why=WHY)),
    "restore": lambda story: restoring(story).works(),
}


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=25))
@settings(deadline=None, max_examples=40)
def test_whatever_happens_no_day_is_past_and_whoever_has_an_older_one_can_tell(acts: list[str]):
    story = a_running_retirement()
    shows = [shown(story)]
    for act in acts:
        with suppress(Refused, Invalid):
            ACTS[act](story)
        for later in (0, 0.3, 3):
            one, today = shown(story, later=days(later)), (story.now + days(later)).date()
            assert all(
                step.on >= today or step.standing is Standing.DONE or one.is_called_off for step in one.steps
            )
        shows.append(shown(story))
    for old, new in pairwise(shows):
        assert new.sequence >= old.sequence
        moved = [step.on for step in old.steps] != [step.on for step in new.steps]
        assert not moved or new.sequence > old.sequence


def test_what_is_called_off_says_so_with_the_dates_it_had():
    story = a_running_retirement()
    before = shown(story)
    after = shown(called_off(story))
    assert story.state.state is State.CANCELLED
    assert after == replace(before, sequence=1, news=1, changed_at=after.changed_at, is_called_off=True)


def test_what_was_brought_back_is_called_off():
    found = shown(restoring(a_dark()).works())
    assert (found.is_called_off, found.sequence) == (True, 1)


def test_another_plan_calls_the_announced_one_off_until_it_is_announced_itself():
    story = a_running_retirement()
    before = shown(story)
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert shown(story) == replace(before, sequence=1, news=1, changed_at=story.now, is_called_off=True)
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT + days(14))
    anew = shown(story)
    assert (anew.sequence, anew.is_called_off, anew.last_day) == (2, False, date(2027, 3, 19))
    assert [step.uid for step in anew.steps] == [step.uid for step in before.steps]


def test_the_same_number_elsewhere_has_other_uids():
    here = shown(a_running_retirement())
    story = a_running_retirement()
    there = [replace(event, at=event.at + days(1)) for event in story.happened]
    found = announced("RET-1", there, a_policy())
    assert found is not None
    elsewhere = scheduled(found, a_policy(), story.now)
    assert not {step.uid for step in here.steps} & {step.uid for step in elsewhere.steps}


def test_emeritus_moving_dates_at_the_announcement_is_no_second_change():
    late = a_proposed()
    late.until(ANNOUNCED_AT + days(5))
    late.votes("UOWEN", "UPLATO", "USELMA")
    late.does(cmd.CloseRound(by=EMERITUS, number=1))
    late.until(ANNOUNCED_AT + days(6))
    assert len(late.of(events.Amended)) == 1
    assert shown(late).sequence == 0
