"""How long it takes is said for the calls there are, for those there could be, and not where nobody can know."""

from __future__ import annotations

import pytest

from data.records.judged import Evidence, Margins, Needed
from workflows.rules.judging.estimates import needed
from workflows.rules.judging.evidence import Cell, after, begun


def counted(*looks: tuple[int, int, int, int], margins: Margins | None = None) -> Evidence:
    evidence = begun(margins or Margins(burst_max=10**9))
    for look in looks:
        evidence = after(evidence, [Cell("crm", *look)])
    return evidence


HEALTHY = counted((1900, 10, 100, 1), (1900, 9, 100, 0))


@pytest.mark.parametrize(
    ("evidence", "share", "calls"),
    [
        (begun(Margins()), None, None),
        (counted((1000, 0, 1000, 0)), None, None),
        (counted((1000, 3, 0, 0)), None, None),
        (counted((1000, 3, 0, 0)), 0.25, 26_000),
        (HEALTHY, None, 49_000),
        (HEALTHY, 0.01, 230_000),
        (HEALTHY, 0.5, 12_000),
        (HEALTHY, 1.0, None),
        (counted((1000, 0, 1000, 0), margins=Margins(floor=0.001)), None, 9_500),
        (counted((1000, 90, 1000, 142)), None, 2_900),
    ],
    ids=[
        "nothing was counted",
        "nothing was bad",
        "the successor had no calls",
        "and gets a quarter",
        "as it is",
        "with one in a hundred calls",
        "with half of them",
        "with all, and nothing beside it",
        "nothing was bad, and there is a floor",
        "between the ratios",
    ],
)
def test_calls_still_needed(evidence, share, calls):
    found = needed(evidence, alpha=0.05, new_share=share)
    assert (found and float(f"{found.calls:.2g}")) == calls


def test_time_is_told_where_it_is_known_how_often_they_call():
    found = needed(HEALTHY, alpha=0.05, calls_per_second=0.5)
    assert found is not None
    assert needed(HEALTHY, alpha=0.05) == Needed(calls=found.calls)
    assert found.seconds == pytest.approx(2 * found.calls)


def test_bursts_that_are_left_out_make_it_longer():
    looks = [(900, 40, 100, 4)] * 2
    whole, capped = (
        needed(counted(*looks, margins=Margins(burst_max=most, burst_share=0)), alpha=0.05)
        for most in (10**9, 11)
    )
    assert whole is not None
    assert capped is not None
    assert 2000 + capped.calls == pytest.approx(4 * (2000 + whole.calls), rel=0.05), (
        "a quarter of them counted"
    )
