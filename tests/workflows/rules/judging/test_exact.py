"""Chances of counts are exact: held against sums of fractions, and against worked examples."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.judging.exact import at_least, at_most, holm, mcnemar
from workflows.rules.judging.ranks import tau


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 20))
def test_tails_are_those_of_fractions(count, trials, twentieths):
    chance = Fraction(twentieths, 20)
    ways = [
        math.comb(trials, x) * chance**x * (1 - chance) ** (trials - x) if x <= trials else 0
        for x in range(max(count, trials) + 1)
    ]
    assert at_least(count, trials, float(chance)) == pytest.approx(float(sum(ways[count:])))
    if count <= trials:
        assert at_most(count, trials, float(chance)) == pytest.approx(float(sum(ways[: count + 1])))


@pytest.mark.parametrize(
    ("lost", "gained", "expected"),
    [(98, 13, 3.6e-17), (13, 98, 3.6e-17), (6, 0, 2 / 64), (1, 9, 22 / 1024), (5, 5, 1.0), (0, 0, 1.0)],
)
def test_flips_that_go_one_way_are_no_chance(lost, gained, expected):
    assert mcnemar(lost, gained) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("ps", "expected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.02], [0.02]),
        ([], []),
    ],
)
def test_of_several_tests_the_smallest_pays_for_all(ps, expected):
    """The first is the example that p.adjust of R is usually shown with."""
    assert holm(ps) == pytest.approx(expected)


scores = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30)


def by_pairs(pairs: list[tuple[int, int]]) -> float | None:
    """Kendall's tau-b as its definition has it."""
    each = [
        ((a > c) - (a < c), (b > d) - (b < d)) for at, (a, b) in enumerate(pairs) for c, d in pairs[at + 1 :]
    ]
    apart = sum(x != 0 for x, _ in each) * sum(y != 0 for _, y in each)
    return sum(x * y for x, y in each) / math.sqrt(apart) if apart else None


@given(scores)
def test_ranks_are_compared_as_pair_by_pair(pairs):
    expected = by_pairs(pairs)
    found = tau([float(one) for one, _ in pairs], [float(other) for _, other in pairs])
    assert found == (pytest.approx(expected) if expected is not None else None)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [([1, 2, 3], [10, 20, 30], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 1], [1, 2], None), ([], [], None)],
)
def test_order_is_all_that_ranks_tell(old, new, expected):
    assert tau(old, new) == expected
