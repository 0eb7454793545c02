"""What was added from look to look is counted once, and what is not told is a gap, never zero."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from msgspec.structs import replace

from data.records.judged import Gap
from data.records.traffic import Arm, Count, Observed
from tests.workflows.rules.judging.watching import START, an_observed
from workflows.rules.judging.evidence import Cell
from workflows.rules.judging.looks import ERRORS, TIMEOUTS, Look, between, kept, slower

BEFORE = an_observed(old_crm=(100, 5), new_crm=(10, 1))
RESTARTED = START + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (an_observed(old_crm=(150, 6), new_crm=(14, 1)), Look((Cell("crm", 50, 1, 4, 0),))),
        (
            an_observed(old_crm=(101, 5), new_crm=(10, 1), new_billing=(3, 0), old_app=(1, 1)),
            Look((Cell("app", 1, 1, 0, 0), Cell("billing", 0, 0, 3, 0), Cell("crm", 1, 0, 0, 0))),
        ),
        (BEFORE, Look()),
        (an_observed(RESTARTED, old_crm=(7, 1)), Look((Cell("crm", 7, 1, 0, 0),))),
        (an_observed(RESTARTED), Look()),
        (an_observed(START - timedelta(minutes=1), old_crm=(999, 5)), Look(gap=Gap.BACKWARDS)),
        (an_observed(old_crm=(150, 6)), Look(gap=Gap.SILENT)),
        (an_observed(old_crm=(150, 4), new_crm=(14, 1)), Look(gap=Gap.BACKWARDS)),
        (an_observed(old_crm=(99, 5), new_crm=(14, 1)), Look(gap=Gap.BACKWARDS)),
        (an_observed(old_crm=(150, 6), new_crm=(11, 9)), Look(gap=Gap.MORE_THAN_CALLS)),
        (an_observed(old_crm=(150, math.nan), new_crm=(11, 1)), Look(gap=Gap.NOT_A_NUMBER)),
        (an_observed(old_crm=(math.inf, 5), new_crm=(11, 1)), Look(gap=Gap.NOT_A_NUMBER)),
        (
            an_observed(old_crm=(150, 6), old_app=(2, 0)),
            Look((Cell("app", 2, 0, 0, 0),), Gap.SILENT),
        ),
    ],
    ids=[
        "counters went up",
        "others call for the first time",
        "nobody called",
        "the plane began anew",
        "anew, and nobody has called yet",
        "it began before it was looked at last",
        "one arm is not told any more",
        "errors went down",
        "calls went down",
        "more errors than calls",
        "NaN",
        "infinite",
        "of one consumer only",
    ],
)
def test_what_was_added_between_two_looks(now: Observed, expected: Look):
    assert between(BEFORE, now, ERRORS) == expected


def test_the_first_look_says_only_from_where_on_it_is_counted():
    assert between(None, BEFORE, ERRORS) == Look()


def test_a_consumer_can_be_looked_at_alone_and_the_gap_of_another_is_not_its_own():
    now = an_observed(old_crm=(150, 6), new_crm=(14, 1), old_app=(2, 3))
    assert between(BEFORE, now, ERRORS, consumer="crm") == Look((Cell("crm", 50, 1, 4, 0),))
    assert between(BEFORE, now, ERRORS, consumer="app") == Look(gap=Gap.MORE_THAN_CALLS)


def timed(*counts: tuple[Arm, int, int, dict[str, int]]) -> Observed:
    return Observed(
        since=START,
        counts=tuple(
            Count(arm=arm, consumer="crm", calls=calls, timeouts=timeouts, slower=slow)
            for arm, calls, timeouts, slow in counts
        ),
    )


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (TIMEOUTS, Look((Cell("crm", 10, 2, 5, 0),))),
        (slower("0.25"), Look((Cell("crm", 10, 3, 5, 1),))),
        (slower("1"), Look(gap=Gap.SILENT)),
        (slower("9"), Look(gap=Gap.SILENT)),
    ],
)
def test_each_metric_counts_its_own_and_a_bound_that_is_not_counted_is_silent(metric, expected):
    before = timed((Arm.OLD, 10, 0, {"0.25": 1, "1": 0}), (Arm.NEW, 1, 0, {"0.25": 0}))
    now = timed((Arm.OLD, 20, 2, {"0.25": 4, "1": 1}), (Arm.NEW, 6, 0, {"0.25": 1}))
    assert between(before, now, metric) == expected


@pytest.mark.parametrize(
    "silence",
    [
        an_observed(old_crm=(150, 6)),
        an_observed(old_crm=(150, 6), new_crm=(14, math.nan)),
        an_observed(),
    ],
    ids=["one arm", "NaN", "all"],
)
def test_what_came_in_a_silence_is_counted_once_it_is_told_again_and_only_once(silence: Observed):
    later = an_observed(old_crm=(200, 8), new_crm=(20, 2))
    base = kept(BEFORE, silence)
    assert between(base, later, ERRORS) == Look((Cell("crm", 100, 3, 10, 1),))
    assert between(kept(base, later), later, ERRORS) == Look()


def test_what_a_plane_counted_before_it_began_anew_is_not_waited_for():
    anew = an_observed(RESTARTED, old_crm=(3, 0))
    assert kept(BEFORE, anew) == anew


def test_after_counters_went_backwards_it_is_counted_from_there():
    low = an_observed(old_crm=(50, 2), new_crm=(10, 1))
    assert kept(BEFORE, low) == low
    assert between(low, replace(low, counts=BEFORE.counts), ERRORS) == Look((Cell("crm", 50, 3, 0, 0),))
