"""Five numbers of how retirements go: counted from what really happened, and never a zero for what is unknown."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from data import events
from data.records.progress import StepKind
from data.records.retirement import Duty
from data.records.reviews import Stage
from tests.builders import (
    BILL,
    BILLING,
    CLOSE_AT,
    DISABLE_AT,
    PAT,
    PROPOSED_AT,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_proposed,
    a_running_retirement,
    days,
    paused,
    restoring,
    resumed,
    revising,
    some_calls,
)
from workflows import commands as cmd
from workflows.rules.hindsight.measures import DEFINITIONS, Metric, measures, percent
from workflows.rules.hindsight.outcomes import Outcome, as_of, outcome


def of(story: Story, number: int = 1) -> Outcome:
    return outcome(f"RET-{number}", story.happened)


def closed() -> Story:
    return a_dark().until(CLOSE_AT).works()


def brought_back() -> Story:
    return restoring(a_dark()).works()


def late() -> Story:
    """Switched off ten days after the day it was announced for: it was paused meanwhile."""
    story = resumed(paused(a_migrated(), for_days=10))
    return story.until(DISABLE_AT + days(10)).proves().works()


def said(*outcomes: Outcome, now: datetime | None = None) -> dict[Metric, str]:
    return {one.metric: one.said for one in measures(outcomes, now or CLOSE_AT + days(7))}


def test_each_number_is_defined_and_all_are_told_in_the_order_of_the_table() -> None:
    assert [one.metric for one in measures((), PROPOSED_AT)] == list(DEFINITIONS) == list(Metric)


def test_with_nothing_to_count_nothing_is_zero() -> None:
    found = measures((of(a_proposed()),), PROPOSED_AT)
    assert [(one.n, one.value) for one in found] == [(0, None)] * 5
    assert [one.said for one in found] == [
        "no data: no retirement was closed in the last 365 days",
        "no data: no archive was made yet",
        "no data: nothing went dark in the last 365 days",
        "no data: nothing was switched off in the last 365 days",
        "no data: no stage was over in the last 365 days",
    ]


def test_a_cycle_is_from_the_proposal_to_the_end_of_the_dark_window() -> None:
    one = of(closed())
    assert (one.proposed_at, one.closed_at) == (PROPOSED_AT, CLOSE_AT)
    assert said(one)[Metric.CYCLE] == "74 days (n = 1)"


@pytest.mark.parametrize(
    ("cycles", "told"),
    [([10, 30, 100], "30 days, from 10 to 100 (n = 3)"), ([10, 30], "20 days, from 10 to 30 (n = 2)")],
)
def test_the_median_is_told_with_what_it_lies_between(cycles: list[int], told: str) -> None:
    every = [replace(of(closed()), closed_at=PROPOSED_AT + days(cycle)) for cycle in cycles]
    assert said(*every, now=PROPOSED_AT + days(120))[Metric.CYCLE] == told


def test_what_was_closed_longer_ago_than_a_year_does_not_count() -> None:
    assert "no data" in said(of(closed()), now=CLOSE_AT + days(365))[Metric.CYCLE]
    assert "n = 1" in said(of(closed()), now=CLOSE_AT + days(364))[Metric.CYCLE]


def test_an_archive_counts_once_it_was_read_back_and_as_what_the_last_reading_came_to() -> None:
    dark = of(a_dark())
    assert dark.holds
    assert dark.read_back_at == DISABLE_AT, "read back again right before it was switched off"
    now = DISABLE_AT + days(9)
    assert said(dark, now=now)[Metric.ARCHIVES] == "100%, 1 of 1 archive, the oldest proof 9 days old"
    lost = replace(dark, holds=False)
    assert said(dark, lost, now=now)[Metric.ARCHIVES] == ("50%, 1 of 2 archives, the oldest proof 9 days old")
    assert said(lost, now=now)[Metric.ARCHIVES] == "0%, 0 of 1 archive"


def test_an_archive_nobody_has_read_back_is_neither_held_nor_lost() -> None:
    unread = Outcome(retirement_id="RET-9", archived_at=DISABLE_AT)
    assert said(unread)[Metric.ARCHIVES] == "no data: 1 archive not read back yet"
    assert said(unread, of(a_dark()))[Metric.ARCHIVES].endswith("; 1 more not read back yet")


def test_an_archive_that_did_not_hold_is_lost_until_the_next_one_is_read_back() -> None:
    story = a_dark()
    happened = [
        *story.happened,
        events.ArchiveLost(at=DISABLE_AT + days(1), by="emeritus", step=StepKind.CLOSE, reason="rotted"),
    ]
    assert outcome("RET-1", happened).holds is False
    stored = next(one for one in happened if isinstance(one, events.ArchiveStored))
    happened.append(replace(stored, at=DISABLE_AT + days(2)))
    assert outcome("RET-1", happened).holds is False
    drilled = next(one for one in happened if isinstance(one, events.DrillPassed))
    happened.append(replace(drilled, at=DISABLE_AT + days(3)))
    assert outcome("RET-1", happened).holds is True


def test_a_disruption_is_service_that_was_asked_back_after_it_had_gone_dark() -> None:
    assert said(of(closed()))[Metric.DISRUPTION] == "0%, 0 of 1 retirement brought back"
    assert said(of(closed()), of(brought_back()))[Metric.DISRUPTION] == (
        "50%, 1 of 2 retirements brought back"
    )


def test_who_calls_after_having_moved_is_told_beside_it() -> None:
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    story.does(cmd.MeetOwners(by="emeritus"), at=story.now + days(3), calls=(some_calls(BILLING),))
    assert said(of(story), now=story.now + days(1))[Metric.DISRUPTION] == (
        "no data: nothing went dark in the last 365 days; "
        "1 consumer seen calling after it was reported as migrated"
    )


def test_a_slip_is_a_later_day_than_the_one_that_was_first_announced() -> None:
    on_time, slipped = of(a_dark()), of(late())
    assert (on_time.slipped_days, slipped.slipped_days) == (0, 10)
    assert said(on_time)[Metric.SLIPS] == "0%, 0 of 1 retirement"
    assert said(on_time, slipped)[Metric.SLIPS] == "50%, 1 of 2 retirements, by 10 days in the middle"


def test_dates_that_moved_before_they_were_announced_are_no_slip() -> None:
    story = a_proposed()
    story.does(revising(target_on=(DISABLE_AT + days(9)).date()))
    assert of(story).slipped_days == 0
    assert not of(story).is_announced


def test_a_new_plan_after_the_announcement_is_still_held_to_the_first_day() -> None:
    story = a_running_retirement()
    story.does(revising(target_on=(DISABLE_AT + days(40)).date()))
    assert of(story).slipped_days == 40


def test_what_should_be_dark_by_now_and_is_not_has_slipped_by_the_days_since() -> None:
    held = of(a_running_retirement().until(DISABLE_AT + days(3)))
    today = (DISABLE_AT + days(3)).date()
    assert (held.slipped_days, as_of(held, today).slipped_days) == (0, 3)
    for is_done in (of(a_dark()), of(brought_back())):
        assert as_of(is_done, today).slipped_days == 0


@pytest.mark.parametrize(
    ("share", "told"), [(0, "0%"), (1 / 300, "under 1%"), (0.5, "50%"), (299 / 300, "over 99%"), (1, "100%")]
)
def test_a_share_that_is_not_none_or_all_never_reads_like_it(share: float, told: str) -> None:
    assert percent(share) == told


def test_reviews_are_counted_by_stage_however_many_wrote_one() -> None:
    story = closed()
    assert said(of(story))[Metric.REVIEWS] == "0%, 0 of 4 stages"
    for person in (PAT, BILL):
        story.does(cmd.Review(by=person, stage=Stage.MIGRATION, hurt=WHY))
    assert said(of(story))[Metric.REVIEWS] == "25%, 1 of 4 stages"
    assert said(of(story), of(brought_back()))[Metric.REVIEWS] == "12%, 1 of 8 stages"
    assert said(of(story), now=CLOSE_AT + days(366))[Metric.REVIEWS].startswith("no data: no stage was over")
