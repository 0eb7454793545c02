"""The e-process is what its guarantee says: held against exact sums and a likelihood written out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records.judged import Evidence, Margins
from workflows.rules.judging.evidence import BETTER, WORSE, Cell, abort, after, begun, promote, ratio

UNCAPPED = Margins(burst_max=10**9)
FLOORED = Margins(floor=0.3, burst_max=10**9)


def seen(margins: Margins, *cells: Cell, minutes: float = 1) -> Evidence:
    """One look per cell."""
    evidence = begun(margins)
    for cell in cells:
        evidence = after(evidence, [cell], minutes=minutes)
    return evidence


def a_cell(old: tuple[int, int], new: tuple[int, int], consumer: str = "crm") -> Cell:
    """(calls, bad) of each."""
    return Cell(consumer, *old, *new)


def by_hand(cells: list[Cell], bound: float, times: tuple[float, ...]) -> float:
    """The mean over alternatives of the quotient of two binomial likelihoods."""

    def likelihood(cell: Cell, r: float) -> float:
        q = r * cell.new_calls / (r * cell.new_calls + cell.old_calls)
        return q**cell.new_bad * (1 - q) ** cell.old_bad

    alternatives = [one * bound for one in times]
    products = [
        math.prod(likelihood(cell, r) / likelihood(cell, bound) for cell in cells) for r in alternatives
    ]
    return sum(products) / len(products)


cells = st.lists(
    st.tuples(st.integers(1, 50), st.integers(1, 50), st.floats(0, 1), st.floats(0, 1)).map(
        lambda one: a_cell((one[0], int(one[0] * one[2] / 4)), (one[1], int(one[1] * one[3] / 4)))
    ),
    max_size=5,
)


calls = st.tuples(st.integers(1, 30), st.integers(1, 30))
sizes = st.tuples(st.integers(1, 8), st.integers(1, 8))


@given(cells)
@settings(deadline=None, max_examples=50)
def test_it_is_the_mean_of_likelihood_ratios(looks: list[Cell]):
    """Of what speaks against a successor, over when it turned bad as well: from the first look, or from a later one."""
    evidence = seen(UNCAPPED, *looks)
    weights = [0.1 / 2.1098 / (t * math.log(t) ** 2) for t in range(2, len(looks) + 2)]
    turned = sum(weight * by_hand(looks[at:], 1.2, WORSE) for at, weight in enumerate(weights))
    expected = 0.9 * by_hand(looks, 1.2, WORSE) + turned + 0.1 - sum(weights)
    assert math.exp(abort(evidence)) == pytest.approx(expected)
    assert math.exp(promote(evidence)) == pytest.approx(by_hand(looks, 2.0, BETTER))


@given(exposure=calls, parts=sizes, bad=st.tuples(st.integers(0, 3), st.integers(0, 3)))
@settings(deadline=None, max_examples=50)
def test_a_look_may_be_cut_into_parts_of_equal_exposure(exposure, parts, bad):
    (old, new), (first, second) = exposure, parts
    bad_old, bad_new = min(bad[0], old), min(bad[1], new)
    parts = (
        a_cell((old * first, bad_old), (new * first, bad_new)),
        a_cell((old * second, 0), (new * second, bad_new)),
    )
    whole = a_cell((old * (first + second), bad_old), (new * (first + second), 2 * bad_new))
    apart, together = (seen(UNCAPPED, *one, minutes=0.3) for one in (parts, [whole]))
    assert apart.abort == pytest.approx(together.abort)
    assert apart.promote == pytest.approx(together.promote)


@given(cells, st.integers(0, 5))
@settings(deadline=None, max_examples=50)
def test_it_goes_on_after_a_restart_as_if_there_was_none(looks: list[Cell], at: int):
    kept = msgspec.json.decode(msgspec.json.encode(seen(FLOORED, *looks[:at])), type=Evidence)
    for cell in looks[at:]:
        kept = after(kept, [cell])
    assert kept == seen(FLOORED, *looks)


def chances(calls: int, share: float) -> list[float]:
    return [math.comb(calls, x) * share**x * (1 - share) ** (calls - x) for x in range(calls + 1)]


def outcomes(old: int, new: int, bad_old: float, bad_new: float) -> Iterator[tuple[float, Cell]]:
    """All there can be of one look, and how likely it is."""
    for x, chance in enumerate(chances(old, bad_old)):
        for y, other in enumerate(chances(new, bad_new)):
            yield chance * other, a_cell((old, x), (new, y))


E_VALUES: dict[str, tuple[Callable[[Evidence], float], Margins]] = {
    "abort": (abort, UNCAPPED),
    "promote": (promote, UNCAPPED),
    "abort, capped": (abort, Margins(burst_max=2, burst_share=0)),
    "promote, capped": (promote, Margins(burst_max=2, burst_share=0)),
    "abort over a floor": (abort, FLOORED),
    "promote under a floor": (promote, FLOORED),
}


@pytest.mark.parametrize("exposure", [(12, 1), (6, 6), (2, 10)], ids=str)
@pytest.mark.parametrize(
    ("e_value", "bad_old", "bad_new"),
    [
        ("abort", 0.05, 0.05),
        ("abort", 0.3, 0.36),
        ("abort", 0.8, 0.96),
        ("abort", 0.3, 0.0),
        ("promote", 0.05, 0.1),
        ("promote", 0.4, 0.8),
        ("promote", 0.1, 0.9),
        ("promote", 0.0, 0.5),
        ("abort, capped", 0.05, 0.06),
        ("abort, capped", 0.5, 0.6),
        ("promote, capped", 0.05, 0.1),
        ("promote, capped", 0.5, 1.0),
        ("abort over a floor", 0.0, 0.3),
        ("abort over a floor", 0.5, 0.6),
        ("promote under a floor", 0.15, 0.3),
        ("promote under a floor", 0.2, 0.9),
    ],
)
def test_under_what_it_speaks_against_it_is_no_more_than_one_on_average(e_value, bad_old, bad_new, exposure):
    """Exactly, over all outcomes of one look, whatever the probabilities: also where bad calls are the rule."""
    of, margins = E_VALUES[e_value]
    mean = sum(
        chance * math.exp(of(seen(margins, cell)))
        for chance, cell in outcomes(*exposure, bad_old, bad_new)
        if chance
    )
    assert mean <= 1 + 1e-9


@pytest.mark.parametrize("bad", range(1, 13))
@pytest.mark.parametrize(("of", "bound"), [(abort, 1.2), (promote, 2.0)], ids=["abort", "promote"])
def test_capping_a_burst_leaves_it_fair_whichever_arm_it_fell_on(of, bound, bad):
    """Given how many were bad, each falls on new with q(bound): then the mean over where they fell is at most 1."""
    q = bound * 20 / (bound * 20 + 80)
    capped = Margins(burst_max=3, burst_share=0)
    of_all = [math.exp(of(seen(capped, a_cell((80, bad - x), (20, x))))) for x in range(bad + 1)]
    assert sum(chance * e for chance, e in zip(chances(bad, q), of_all, strict=True)) <= 1 + 1e-9


def test_a_burst_counts_no_more_than_its_minute_lets_it():
    burst = a_cell((0, 0), (0, 0))._replace(old_calls=900, new_calls=100, old_bad=20, new_bad=20)
    once = seen(Margins(burst_max=4, burst_share=0), burst, minutes=0.5)
    tenth = seen(UNCAPPED, burst, minutes=0.5)
    assert once.promote == pytest.approx(tuple(one / 10 for one in tenth.promote))
    assert abort(once) < abort(tenth)
    assert (once.capped, once.new_bad) == (36, 20)
    soon = after(once, [burst], minutes=0.5)
    assert soon.capped == 74, "half of the bucket is free again after half a minute"
    assert after(soon, [burst], minutes=3).capped == 74 + 28
    other = after(once, [burst._replace(consumer="billing")], minutes=0)
    assert other.capped == 72, "another consumer has a bucket of its own"


def test_who_calls_a_lot_is_capped_by_a_share_of_the_calls():
    busy = seen(Margins(burst_max=4, burst_share=0.02), a_cell((900, 20), (100, 20)))
    assert busy.capped == 20


def test_a_successor_that_turns_bad_after_a_week_is_soon_found_out():
    """What had spoken for it all week would have to be made up for first, otherwise."""
    week = seen(UNCAPPED, *[a_cell((1500, 8), (500, 2))] * 7 * 24 * 6, minutes=10)
    turned = week
    looks = 0
    while abort(turned) < math.log(100):
        looks += 1
        turned = after(turned, [a_cell((1500, 8), (500, 25))])
    assert looks <= 2
    assert abort(week) > math.log(0.005), "nothing has to be made up for but a weight"


def test_who_fails_often_and_moves_first_makes_no_successor_look_bad():
    """In a sum over consumers it would: 101 of 1,100 beside 16 of 1,100 (Simpson)."""
    evidence = begun(UNCAPPED)
    for _ in range(20):
        evidence = after(
            evidence, [a_cell((100, 10), (1000, 100), "shaky"), a_cell((1000, 6), (100, 1), "sound")]
        )
    assert abort(evidence) < 0
    assert ratio(evidence) == pytest.approx(1.02, abs=0.02)
    assert promote(evidence) > 10


@pytest.mark.parametrize(
    "cell",
    [
        a_cell((100, 9), (0, 0)),
        a_cell((0, 0), (100, 9)),
        a_cell((1000, 0), (1000, 0)),
        a_cell((0, 0), (0, 0)),
    ],
    ids=["no successor", "no old model", "nothing bad", "no calls"],
)
def test_what_compares_nothing_moves_nothing(cell: Cell):
    evidence = seen(UNCAPPED, *[cell] * 50)
    assert (abort(evidence), promote(evidence)) == (pytest.approx(0, abs=1e-12), pytest.approx(0, abs=1e-12))


def test_where_a_floor_is_set_a_successor_that_never_fails_is_proven_by_its_own_calls():
    floored = Margins(floor=0.001)
    assert promote(seen(floored, a_cell((1000, 0), (1000, 0)))) < math.log(20)
    assert promote(seen(floored, a_cell((6000, 0), (6000, 0)))) > math.log(20)
    three_times_as_bad = a_cell((200_000, 20), (200_000, 60))
    assert abort(seen(UNCAPPED, three_times_as_bad)) > math.log(20)
    assert abort(seen(floored, three_times_as_bad)) < 0, "nobody minds that few"


def test_a_ratio_is_told_once_anything_was_bad():
    assert ratio(seen(UNCAPPED, a_cell((100, 0), (100, 0)))) is None
    assert ratio(seen(UNCAPPED, a_cell((100, 0), (100, 1)))) == math.inf
    assert ratio(seen(UNCAPPED, a_cell((900, 9), (100, 2)))) == pytest.approx(2.0)


def test_the_most_that_spoke_against_it_is_kept():
    bad = seen(UNCAPPED, a_cell((100, 1), (100, 20)))
    later = after(bad, [a_cell((1000, 50), (1000, 0))])
    assert abort(later) < abort(bad) == bad.abort_peak == later.abort_peak
