"""Decisions of a consumer at its own threshold, and of groups on the same inputs."""

from __future__ import annotations

import random

import pytest

from data.records.outputs import Flips, GroupStanding, Standing, Threshold
from workflows.rules.judging.decisions import Scored, flips
from workflows.rules.judging.groups import Decided, bias

AT_HALF = Threshold(consumer_id="crm", path="/score", at=0.5)
YES, NO = 0.9, 0.1


def scored(same: int, lost: int = 0, gained: int = 0, *, again: float | None = None) -> list[Scored]:
    rows = [(YES, YES)] * same + [(YES, NO)] * lost + [(NO, YES)] * gained
    return [Scored(f"in-{at:04}", old, new, again) for at, (old, new) in enumerate(rows)]


def test_flips_are_counted_by_the_way_they_go_and_the_worst_are_named():
    rows = [
        Scored("a", 0.6, 0.7),
        Scored("b", 0.5, 0.49),
        Scored("c", 0.9, 0.1, again=0.8),
        Scored("d", 0.2, 0.6, again=0.7),
        Scored("e", 0.3, None),
    ]
    assert flips(AT_HALF, rows, share_max=0.01, ids_max=2) == Flips(
        threshold=AT_HALF,
        standing=Standing.UNSURE,
        share_max=0.01,
        inputs=4,
        untold=1,
        lost=2,
        gained=1,
        noise=1,
        again=2,
        tau=pytest.approx(-1 / 3),
        worst_ids=("c", "d"),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (scored(1000, lost=2), Standing.WITHIN),
        (scored(990, lost=6, gained=6), Standing.UNSURE),
        (scored(900, lost=30), Standing.OVER),
        (scored(900, gained=30), Standing.OVER),
        (scored(20), Standing.UNSURE),
        (scored(1), Standing.UNSURE),
        ([], Standing.UNSURE),
        ([*scored(1000), Scored("x", None, YES)], Standing.UNSURE),
        ([*scored(900, lost=30), Scored("x", YES, None)], Standing.OVER),
        (scored(0, lost=20), Standing.OVER),
    ],
    ids=[
        "few flips",
        "as many as may",
        "too many are lost",
        "too many are gained",
        "too few inputs",
        "one",
        "none",
        "a score is missing",
        "too many, and one is missing",
        "every one",
    ],
)
def test_one_in_a_hundred_may_flip_and_either_is_proven_or_not_known(rows, expected):
    assert flips(AT_HALF, rows, share_max=0.01).standing is expected


def test_a_consumer_that_says_yes_below_its_threshold_flips_the_other_way():
    below = Threshold(consumer_id="risk", path="/score", at=0.5, is_yes_above=False)
    found = flips(below, scored(10, lost=3), share_max=0.5)
    assert (found.lost, found.gained) == (0, 3)


def test_what_flips_with_the_old_model_itself_is_not_held_against_the_successor():
    rows = [
        Scored(f"in-{at}", YES, NO if at % 20 == 0 else YES, NO if at % 20 == 1 else YES)
        for at in range(2000)
    ]
    assert flips(AT_HALF, rows, share_max=0.02).standing is Standing.WITHIN
    alone = [row._replace(again=None) for row in rows]
    assert flips(AT_HALF, alone, share_max=0.02).standing is Standing.OVER


def decided(group: str, *, lost: int = 0, gained: int = 0, good: int = 0, bad: int = 0) -> list[Decided]:
    kinds = ((True, False), (False, True), (True, True), (False, False))
    counts = (lost, gained, good, bad)
    return [Decided(group, *kind) for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]


SOUND = [
    *decided("a", lost=60, gained=62, good=1300, bad=1278),
    *decided("b", lost=55, gained=50, good=1200, bad=1395),
]
HARMED = decided("c", lost=98, gained=13, good=200, bad=289)


def standings(rows: list[Decided], effect_min: float = 0.02) -> dict[str, GroupStanding]:
    return {one.group: one.standing for one in bias(rows, effect_min=effect_min).groups}


def test_a_small_group_that_is_harmed_is_found_and_the_others_are_quiet():
    found = bias([*SOUND, *HARMED], effect_min=0.02)
    assert [one.standing for one in found.groups] == [
        GroupStanding.QUIET,
        GroupStanding.QUIET,
        GroupStanding.HARMED,
    ]
    c = found.groups[2]
    assert (c.inputs, c.old_good, c.new_good, c.lost, c.gained) == (600, 298, 213, 98, 13)
    assert c.effect == pytest.approx(-85 / 600)
    assert c.p_adjusted == pytest.approx(3 * c.p)
    assert found.standing is Standing.OVER
    assert found.old_gap == pytest.approx(1360 / 2700 - 1255 / 2700)
    assert found.new_gap == pytest.approx(1362 / 2700 - 213 / 600)


@pytest.mark.parametrize(
    ("rows", "effect_min", "expected"),
    [
        (decided("c", lost=13, gained=98, good=489), 0.02, GroupStanding.FAVOURED),
        (decided("c", lost=98, gained=13, good=5000), 0.02, GroupStanding.QUIET),
        (decided("c", lost=3, gained=3, good=100), 0.02, GroupStanding.TOO_FEW),
        (decided("c", lost=20, good=30), 0.02, GroupStanding.HARMED),
        (decided("c", good=1), 0.02, GroupStanding.TOO_FEW),
    ],
    ids=["favoured", "an effect too small to mind", "too few", "few, and yet", "one"],
)
def test_a_group_is_harmed_by_proof_and_by_an_effect_that_matters(rows, effect_min, expected):
    assert standings([*SOUND, *rows], effect_min)["c"] is expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (SOUND, Standing.WITHIN),
        ([*SOUND, *decided("", good=1)], Standing.UNSURE),
        ([*SOUND, *decided("c", good=9)], Standing.UNSURE),
        ([*SOUND, *HARMED, *decided("", good=1)], Standing.OVER),
        ([], Standing.UNSURE),
    ],
    ids=["quiet", "of some no group is told", "one is too small", "harmed all the same", "none"],
)
def test_harm_that_cannot_be_seen_is_not_known_to_be_none(rows, expected):
    assert bias(rows, effect_min=0.02).standing is expected


def test_chance_calls_hardly_ever_a_group_harmed_of_many():
    rand, alarms = random.Random(2), 0
    for _ in range(100):
        rows = [
            Decided(f"group {group}", was := rand.random() < 0.5, was is (rand.random() < 0.8))
            for group in range(5)
            for _ in range(100)
        ]
        alarms += any(
            one.standing in (GroupStanding.HARMED, GroupStanding.FAVOURED)
            for one in bias(rows, effect_min=0.01).groups
        )
    assert alarms / 100 <= 0.05
