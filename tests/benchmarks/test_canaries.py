"""What the figures of a migration are made of is right: what is drawn, and the judges that ours is measured beside."""

from __future__ import annotations

import statistics
from random import Random

import pytest

from tests.benchmarks import canaries, harmed_groups
from workflows.rules.judging.groups import bias

SOUND = (1900, 10, 100, 0)


@pytest.mark.parametrize(("calls", "share"), [(20, 0.05), (2000, 0.005), (10, 0.8)])
def test_what_is_drawn_is_binomial(calls: int, share: float):
    rand = Random(1)
    drawn = [canaries.binomial(rand, calls, share) for _ in range(4000)]
    assert statistics.mean(drawn) == pytest.approx(calls * share, rel=0.05)
    assert statistics.variance(drawn) == pytest.approx(calls * share * (1 - share), rel=0.1)


@pytest.mark.parametrize(
    ("looks", "by_floor", "by_z"),
    [
        ([SOUND] * 60, False, False),
        ([(1900, 10, 100, 2)] * 4 + [SOUND] * 56, False, True),
        ([*[(1900, 10, 100, 2)] * 4, *[SOUND] * 55, (1900, 38, 100, 2)], True, True),
        ([(1900, 38, 100, 2)] * 60, True, False),
        ([(1900, 0, 100, 1)], False, True),
        ([(2000, 10, 0, 0)] * 60, False, False),
    ],
    ids=["sound", "four strikes", "a fifth much later", "both as bad", "one error", "no calls"],
)
def test_the_judges_beside_ours_go_by_their_own_rules(looks: canaries.Looks, by_floor: bool, by_z: bool):
    assert (canaries.by_floor(looks), canaries.by_z(looks)) == (by_floor, by_z)


def test_a_harmed_group_loses_as_many_decisions_as_it_is_said_to():
    sound, harmed = (
        bias(harmed_groups.decided(Random(3), lost), effect_min=0.02).groups[2] for lost in (0, 85)
    )
    assert (sound.inputs, harmed.lost - sound.lost) == (600, 85)
