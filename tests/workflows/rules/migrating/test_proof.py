"""What counts say of a share: it is proven, contradicted, or not to be told yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import comb

import pytest
from msgspec.structs import replace

from data.records.traffic import Arm, Count, Desired, Lane, Observed
from workflows.rules.migrating.proof import Standing, Told, calls_needed, interval, proof, standing

MARCH = datetime(2026, 3, 2, tzinfo=UTC)
PROVEN, NOT_YET, CONTRADICTED = Standing.PROVEN, Standing.NOT_YET, Standing.CONTRADICTED


def summed(percent, calls, doubt=0.001):
    """The same interval from the definition, term by term."""
    p = percent / 100
    likely = [comb(calls, k) * p**k * (1 - p) ** (calls - k) for k in range(calls + 1)]
    least = next(k for k in range(calls + 1) if sum(likely[: k + 1]) > doubt / 2)
    return least, next(k for k in range(calls, -1, -1) if sum(likely[k:]) > doubt / 2)


@pytest.mark.parametrize("percent", [0.1, 1, 25, 50, 99])
@pytest.mark.parametrize("calls", [1, 3, 10, 100, 400])
def test_the_interval_is_that_of_the_binomial_law(percent, calls):
    assert interval(percent, calls) == summed(percent, calls)


@pytest.mark.parametrize(
    ("percent", "before", "new", "calls", "expected"),
    [
        pytest.param(25, 10, 0, 0, NOT_YET, id="no call says nothing"),
        pytest.param(25, 10, 68, 272, NOT_YET, id="10 % might still do so"),
        pytest.param(25, 10, 68, 273, PROVEN, id="10 % would not"),
        pytest.param(25, 10, 27, 273, CONTRADICTED, id="nothing happened"),
        pytest.param(25, 10, 120, 273, CONTRADICTED, id="more than was asked for"),
        pytest.param(1, 0, 8, 757, PROVEN, id="the first one in a hundred"),
        pytest.param(100, 75, 27, 27, PROVEN, id="all of them is told soon"),
        pytest.param(100, 75, 26, 27, CONTRADICTED, id="and one that strays contradicts it"),
        pytest.param(0, None, 0, 756, NOT_YET, id="quiet, but a leak of 1 % may be"),
        pytest.param(0, None, 0, 757, PROVEN, id="quiet"),
        pytest.param(0, 25, 1, 1_000, CONTRADICTED, id="taken back, and one comes"),
    ],
)
def test_a_share_is_proven_where_nothing_else_explains_the_counts(percent, before, new, calls, expected):
    assert standing(percent, new=new, calls=calls, before=before) is expected


def test_calls_that_were_under_way_contradict_nothing():
    assert standing(100, new=990, calls=1_000, late=10) is PROVEN
    assert standing(100, new=989, calls=1_000, late=10) is CONTRADICTED


@pytest.mark.parametrize("percent", [0, 1, 5, 25, 50, 75, 100])
def test_so_many_calls_are_needed_and_fewer_are_not_enough(percent):
    needed = calls_needed(percent)
    typical = round(needed * percent / 100)
    assert standing(percent, new=typical, calls=needed) is PROVEN
    assert standing(percent, new=typical, calls=needed - 1) is not PROVEN


def seen(old, new, *, models=None, since=MARCH, pinned=0):
    """`pinned`: calls of billing, which is led to the successor by name."""
    return Observed(
        since=since,
        counts=(
            Count(arm=Arm.OLD, consumer="job", calls=old),
            Count(arm=Arm.NEW, consumer="job", calls=new),
            Count(arm=Arm.NEW, consumer="billing", calls=pinned),
        ),
        models=models or {},
    )


@pytest.mark.parametrize(
    ("baseline", "now", "told"),
    [
        pytest.param(
            None,
            seen(300, 100),
            "25 % is proven: 100 of 400 calls went to the successor, counted by the engine, as neither model tells",
            id="the engine's",
        ),
        pytest.param(
            seen(1_000, 0),
            seen(1_300, 100, pinned=900),
            "25 % is proven: 100 of 400 calls went to the successor, counted by the engine, as neither model tells",
            id="since then, and without lanes",
        ),
        pytest.param(
            seen(1_000, 0, models={Arm.OLD: 900, Arm.NEW: 0}),
            seen(1_300, 100, models={Arm.OLD: 1_300, Arm.NEW: 500}, pinned=500),
            "25 % is contradicted: 0 of 400 calls went to the successor, counted by both models, "
            "where 72 to 129 are expected",
            id="the engine says so and the models do not",
        ),
        pytest.param(
            seen(9_000, 0),
            seen(30, 10, since=MARCH + timedelta(days=1), models={Arm.NEW: 10}),
            "25 % is not proven yet: 10 of 40 calls went to the successor, "
            "counted by the successor, and the engine for the old model; 233 calls more would do",
            id="counted anew since",
        ),
    ],
)
def test_a_proof_says_who_counted(baseline, now, told):
    desired = Desired(new="n", new_percent=25, pins={"billing": Lane.NEW})
    assert str(proof(desired, baseline=baseline, now=now, before=10)) == told


@pytest.mark.parametrize(("under_way", "expected"), [(8, PROVEN), (7, CONTRADICTED)])
def test_calls_under_way_when_a_share_was_moved_do_not_contradict_it(under_way, expected):
    """All of them still go to the old model, which counts them when they come."""
    found = proof(
        Desired(new="n", new_percent=100),
        baseline=replace(seen(0, 100, models={Arm.OLD: 50, Arm.NEW: 100}), under_way=under_way),
        now=seen(0, 200, models={Arm.OLD: 58, Arm.NEW: 200}),
        before=75,
    )
    assert (found.standing, found.split.told) == (expected, Told.MODELS)


def test_whoever_tells_from_then_on_is_believed_from_then_on():
    """A model that did not tell at first has no number to begin with."""
    found = proof(
        Desired(new="n", new_percent=25),
        baseline=seen(0, 0),
        now=seen(300, 100, models={Arm.OLD: 7, Arm.NEW: 7}),
    )
    assert found.split.told is Told.ENGINE
