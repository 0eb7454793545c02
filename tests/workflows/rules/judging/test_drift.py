"""A shift of predictions counts if it is large enough to matter and no chance, and only then."""

from __future__ import annotations

import math
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.judged import Drift
from data.records.outputs import Standing
from workflows.rules.judging.drift import binned, drifted, edges, index, psi, standing, undrifted

BINS = 10


def predicted(rand: random.Random, count: int, shift: float = 0.0) -> list[float]:
    return [rand.gauss(shift, 1) for _ in range(count)]


def watched(count: int, shift: float, *, looks: int = 10, seed: int = 1) -> Drift:
    """So many predictions of either model, of which the successor's are shifted by so many standard deviations."""
    rand = random.Random(seed)
    between = edges(predicted(rand, 5000), BINS)
    drift = undrifted(BINS)
    for _ in range(looks):
        old, new = predicted(rand, count // looks), predicted(rand, count // looks, shift)
        drift = drifted(drift, binned(old, between), binned(new, between))
    return drift


@pytest.mark.parametrize(
    ("count", "shift", "expected"),
    [
        (20_000, 0.0, Standing.WITHIN),
        (20_000, 0.05, Standing.WITHIN),
        (2_000, 0.6, Standing.OVER),
        (30, 0.6, Standing.UNSURE),
        (100, 0.0, Standing.UNSURE),
        (0, 0.0, Standing.UNSURE),
    ],
    ids=[
        "none",
        "one that any test of so many finds, and nobody minds",
        "large",
        "large, in too few to prove it",
        "none, in too few to tell",
        "nothing was predicted",
    ],
)
def test_a_shift_needs_an_effect_and_evidence(count, shift, expected):
    assert standing(watched(count, shift), psi_max=0.1) is expected


def test_of_predictions_that_never_shift_hardly_any_are_ever_proven_to():
    assert sum(watched(400, 0.0, looks=8, seed=seed).peak >= math.log(20) for seed in range(20)) <= 1


def test_what_leaves_a_small_bin_for_a_large_one_is_proven_by_the_bin_that_falls():
    drift = drifted(undrifted(2), [300, 1700], [100, 1900])
    assert standing(drift, psi_max=0.1) is Standing.OVER


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=8))
def test_the_index_is_that_of_its_definition_and_the_same_either_way(counts):
    old, new = [one for one, _ in counts], [other for _, other in counts]
    olds, news = sum(old) + len(old) / 2, sum(new) + len(new) / 2
    terms = [
        ((b + 0.5) / news - (a + 0.5) / olds) * math.log((b + 0.5) / news / ((a + 0.5) / olds))
        for a, b in counts
    ]
    assert psi(old, new) == pytest.approx(sum(terms), abs=1e-12)
    assert psi(old, new) == pytest.approx(psi(new, old), abs=1e-12)
    assert psi(old, new) >= -1e-12


def test_an_index_that_is_known_from_a_table():
    """Siddiqi's kind of example: two bins of 50 % become 60 and 40 %."""
    assert psi([500_000, 500_000], [600_000, 400_000]) == pytest.approx(
        0.1 * math.log(1.2) - 0.1 * math.log(0.8), 1e-4
    )


@pytest.mark.parametrize(
    ("predictions", "expected", "counts"),
    [
        ([1.0, 2.0, 3.0, 4.0], (2.0, 3.0, 4.0), (1, 1, 1, 1)),
        ([0.0, 0.0, 0.0, 1.0], (1.0,), (3, 1)),
        ([5.0, 5.0], (), (2,)),
    ],
    ids=["one each", "many are the same", "all are"],
)
def test_bins_are_cut_where_the_old_model_predicts(predictions, expected, counts):
    assert edges(predictions, 4) == expected
    assert binned(predictions, expected) == counts


def test_it_goes_on_after_a_restart():
    drift = watched(100, 0.6)
    assert msgspec.json.decode(msgspec.json.encode(drift), type=Drift) == drift
    assert index(drift) > 0.1
