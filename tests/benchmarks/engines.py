"""A successor begins to fail at 25 % on a real Envoy: how long until nobody is led there, proven by its own count?

The controller is as plain as can be: it looks at what Envoy counted, judges by counts alone, and sets the share to 0.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from data.records.traffic import Arm, Desired, Observed
from tests.benchmarks.harness import Figure, Run, figure, shown
from tests.benchmarks.planes import a_site
from tests.contract.planes import Site, load, until
from workflows.rules.migrating.proof import Standing, calls_needed, standing

SHARE, PLANE = 25.0, "envoy"
HEALTHY_CALLS = 400
FAILS_EACH, NOW_FAILS_EACH = 200, 20
RATIOS = (2.0, 4.0, 8.0, 16.0)
"""How many times as often the successor may fail: evidence is the mean over these."""
ENOUGH = 20.0
"""Evidence at which a healthy successor is given up in one of twenty rounds at most, however often one looks."""
CALLERS = 8


class Failed(NamedTuple):
    """`seconds`: from the first call that could fail until 0 % was proven. `exposed`: callers who met a failure."""

    seconds: float
    aborted: float
    exposed: int


def fault(run: Run) -> Iterator[Figure]:
    rounds = [_injected(run, number) for number in range(run.rounds + 1)][
        1:
    ]  # the first one is to start warm
    aborted = max(one.aborted for one in rounds)
    yield figure(
        "a successor that fails at 25 % on Envoy, until 0 % is proven",
        [one.seconds for one in rounds],
        unit="s",
        target=2,
        better="lower",
        reference=f"errors go from {100 / FAILS_EACH:g} % to {100 / NOW_FAILS_EACH:g} %, {CALLERS} callers at once; "
        f"looked at without a pause, set to 0 after {shown(aborted)} s at most, and proven by "
        f"{calls_needed(0, before=SHARE)} calls of which it counted none; "
        f"{max(one.exposed for one in rounds)} calls failed at most",
    )


def _injected(run: Run, number: int) -> Failed:
    with a_site(run, PLANE, f"fault-{number}") as site:
        old, new = site.old, site.new
        site.plane.want(site.ref, Desired(new=new.address, new_percent=SHARE))
        old.fails_each = new.fails_each = FAILS_EACH
        load(site, HEALTHY_CALLS)
        found: list[float] = []

        def control() -> None:
            new.fails_each = NOW_FAILS_EACH
            began = time.perf_counter()
            until(lambda: evidence(site.plane.observe(site.ref)) >= ENOUGH)
            site.plane.want(site.ref, Desired(new=new.address, new_percent=0))
            aborted = time.perf_counter() - began
            _proves(site)
            found.extend((time.perf_counter() - began, aborted))

        answers = load(site, 1, at_once=CALLERS, meanwhile=control)
        assert {answer.status for answer in answers} <= {200, 500}
    return Failed(*found, exposed=sum(answer.status == 500 for answer in answers))


def evidence(observed: Observed) -> float:
    """That the successor fails more often than the old model: of all failures, as many fall on it as on its share of
    calls where both are alike."""
    calls, errors = (
        {arm: sum(getattr(one, what) for one in observed.counts if one.arm is arm) for arm in Arm}
        for what in ("calls", "errors")
    )
    share = calls[Arm.NEW] / max(1, sum(calls.values()))
    likelihoods = []
    for ratio in RATIOS:
        whole = 1 - share + share * ratio
        likelihoods.append((ratio / whole) ** errors[Arm.NEW] * (1 / whole) ** errors[Arm.OLD])
    return sum(likelihoods) / len(likelihoods)


def _proves(site: Site) -> None:
    """By what both models count from now on, but for what was under way."""
    baseline = site.old.calls, site.new.calls
    late = site.plane.observe(site.ref).under_way

    def is_proven() -> bool:
        assert site.plane.obeyed(site.ref).new_percent == 0
        old, new = site.old.calls - baseline[0], site.new.calls - baseline[1]
        found = standing(0, new=new, calls=old + new, before=SHARE, late=late)
        assert found is not Standing.CONTRADICTED, f"{new} of {old + new} calls still go to the successor"
        return found is Standing.PROVEN

    until(is_proven)


FIGURES = {"fault on envoy": fault}
