"""Who has moved with all calls is held against their own past."""

from __future__ import annotations

import math
import random

import pytest

from data.records.judged import Gap, Margins, Verdict
from tests.workflows.rules.judging.watching import Watch, both
from workflows.rules.judging.evidence import Cell, abort, after, begun, promote
from workflows.rules.judging.exact import at_least, at_most
from workflows.rules.judging.freezing import bound, frozen, share
from workflows.rules.judging.gates import opened
from workflows.rules.judging.looks import ERRORS
from workflows.rules.judging.verdicts import judged, verdict

BEFORE = frozen([Cell("crm", 30_000, 600, 0, 0), Cell("crm", 20_000, 400, 9, 9), Cell("app", 0, 0, 5, 0)])


@pytest.mark.parametrize(("bad", "calls"), [(0, 50), (1, 50), (10, 1000), (50, 50), (499, 500)])
def test_the_ends_of_a_share_are_no_nearer_than_exact_ones(bad, calls):
    found = share(bad, calls)
    assert found.low <= bad / calls <= found.high
    if bad:
        assert at_least(bad, calls, found.low) <= 0.001 * (1 + 1e-6)
    if bad < calls:
        assert at_most(bad, calls, found.high) <= 0.001 * (1 + 1e-6)


def test_only_calls_of_the_old_model_are_frozen_each_consumer_apart():
    assert BEFORE.keys() == {"crm"}
    assert (BEFORE["crm"].calls, BEFORE["crm"].bad) == (50_000, 1000)
    assert 0.017 < BEFORE["crm"].low < 0.02 < BEFORE["crm"].high < 0.023


@pytest.mark.parametrize(
    ("bad", "expected"),
    [(8, Verdict.PROMOTE), (40, Verdict.ABORT), (12, Verdict.HOLD)],
    ids=["as good as before", "five times as bad", "half as bad again"],
)
def test_a_consumer_all_of_whose_calls_have_moved_is_judged_by_its_past(bad, expected):
    watch = Watch(opened({ERRORS: Margins(burst_max=100)}, frozen={ERRORS: BEFORE}))
    watch.sees(both((0, 0), (400, bad)), times=10)
    assert verdict(judged(watch.judging, watch.at)) is expected


def test_without_a_past_there_is_nothing_to_hold_it_against():
    watch = Watch(opened({ERRORS: Margins()}, frozen={ERRORS: BEFORE}))
    watch.sees(both((0, 0), (400, 40), "app"), times=10)
    (one,) = judged(watch.judging, watch.at)
    assert (one.verdict, one.gap) == (Verdict.HOLD, Gap.UNCALLED_OLD)


@pytest.mark.parametrize(
    ("of", "ratio"),
    [(abort, 1.2), (promote, 2.0)],
    ids=["no worse than it may be", "no better than it may be"],
)
def test_under_what_it_speaks_against_it_is_no_more_than_one_on_average(of, ratio):
    """Exactly, over all outcomes, at the end of the share from which it is hardest to keep."""
    evidence = begun(Margins(burst_max=10**9), {"crm": share(100, 1000)})
    was = evidence.frozen["crm"]
    p = ratio * (was.high if of is abort else was.low)
    mean = sum(
        math.comb(40, x)
        * p**x
        * (1 - p) ** (40 - x)
        * math.exp(of(after(evidence, [Cell("crm", 0, 0, 40, x)])))
        for x in range(41)
    )
    assert mean <= 1 + 1e-9


def test_what_breaks_together_is_capped_against_a_successor_and_never_for_it():
    burst = [Cell("crm", 0, 0, 100, 60)]
    capped, whole = (after(begun(Margins(burst_max=most), BEFORE), burst) for most in (10, 1000))
    assert abort(capped) < abort(whole)
    assert promote(capped) == promote(whole)


def test_of_sound_ones_that_moved_hardly_any_is_given_up():
    rand, given_up = random.Random(6), 0
    for _ in range(100):
        watch = Watch(opened({ERRORS: Margins()}, frozen={ERRORS: BEFORE}))
        for _ in range(30):
            watch.sees(both((0, 0), (100, sum(rand.random() < 0.02 for _ in range(100)))))
        given_up += verdict(judged(watch.judging, watch.at)) is Verdict.ABORT
    assert given_up <= 5


@pytest.mark.parametrize(
    ("slower", "calls", "quantile", "expected"),
    [
        ({"0.1": 500, "0.25": 50, "1": 10, "2.5": 0}, 1000, 0.95, "0.25"),
        ({"0.1": 500, "0.25": 50, "1": 10, "2.5": 0}, 1000, 0.99, "1"),
        ({"0.1": 500, "10": 20, "2": 40}, 1000, 0.95, "2"),
        ({"0.1": 500}, 1000, 0.99, None),
        ({"0.1": 0}, 0, 0.99, None),
        ({}, 10, 0.99, None),
    ],
    ids=["p95", "p99", "by numbers, not by letters", "slower than all bounds", "no calls", "no bounds"],
)
def test_a_percentile_of_the_old_model_becomes_a_bound_that_stays(slower, calls, quantile, expected):
    assert bound(slower, calls, quantile) == expected
