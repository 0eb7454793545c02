"""Would the simulator see a bug? Each known one is put in, and must be caught; without it the same worlds are quiet."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, WEATHERS
from tests.simulation.run import simulate

BOUND = 160
"""So many retirements at most until a bug shows."""
SLOW = ("no-catalog-version", "no-refresh", "silent-meters", "unknown-is-done")
"""It takes seconds to find these."""


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[pytest.mark.long] if one in SLOW else []) for one in MUTANTS]
)
def test_each_known_bug_is_caught(name: str) -> None:
    report = simulate(retirements=BOUND, seed=1, mutant=name)
    assert report.violation, f"{name} was not noticed in {report.retirements} retirements"


@pytest.mark.long
@pytest.mark.parametrize("name", WEATHERS)
def test_without_the_bug_the_same_worlds_are_quiet(name: str) -> None:
    report = simulate(retirements=BOUND, seed=1, weather=WEATHERS[name])
    assert not report.violation, str(report)


def test_without_any_bug_the_worlds_that_show_most_of_them_are_quiet() -> None:
    report = simulate(retirements=24, seed=1)
    assert not report.violation, str(report)
