"""Would the simulator see a bug? Each known one is put in, and must be caught; without it the same worlds are quiet."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, isfunction, signature

import pytest

from tests.simulation.disk import DiskStore
from tests.simulation.mutants import MUTANTS, WEATHERS
from tests.simulation.run import simulate
from workflows.gathering import Gatherer

BOUND, BOUND_SLOW = 160, 640
"""So many retirements at most until a bug shows."""
SLOW = ("no-catalog-version", "no-refresh", "silent-meters")
"""It takes longer to find these."""


@pytest.mark.long
@pytest.mark.parametrize("name", MUTANTS)
def test_each_known_bug_is_caught(name: str) -> None:
    report = simulate(retirements=BOUND_SLOW if name in SLOW else BOUND, seed=1, mutant=name)
    assert report.violation, f"{name} was not noticed in {report.retirements} retirements"


@pytest.mark.nightly
@pytest.mark.parametrize("name", WEATHERS)
def test_without_the_bug_the_same_worlds_are_quiet(name: str) -> None:
    report = simulate(retirements=BOUND, seed=1, weather=WEATHERS[name])
    assert not report.violation, str(report)


@pytest.mark.long
def test_without_any_bug_the_worlds_that_show_most_of_them_are_quiet() -> None:
    report = simulate(retirements=24, seed=1)
    assert not report.violation, str(report)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_known_bug_is_asked_as_the_real_part_is(name: str) -> None:
    """One that cannot take what it is given would be "caught" for that alone."""
    parts = MUTANTS[name]
    for mutant, real in ((parts.store, DiskStore), (parts.gatherer, Gatherer)):
        for kind in mutant.__mro__[: mutant.__mro__.index(real)]:
            for method, made in vars(kind).items():
                if isfunction(made) and isfunction(asked := getattr(real, method, None)):
                    assert takes_all_of(made, asked), f"{kind.__name__}.{method}"


def takes_all_of(made: Callable[..., object], asked: Callable[..., object]) -> bool:
    takes, wanted = signature(made).parameters.values(), signature(asked).parameters
    takes_any = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD} <= {one.kind for one in takes}
    return takes_any or {one.name for one in takes} >= set(wanted)
