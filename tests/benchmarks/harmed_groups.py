"""A successor takes good decisions from a tenth of all inputs: is it caught, and others left in peace? Simulated."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from random import Random

from data.records.outputs import Bias, GroupStanding
from tests.benchmarks.harness import Figure, Run, figure
from workflows.rules.judging.groups import Decided, bias

INPUTS = {"a": 2700, "b": 2700, "c": 600}
GOOD = {"a": 0.40, "b": 0.55, "c": 0.53}
"""Share of good decisions: who is harmed was not the worst off, and hardly is then."""
FLIPS = 0.04
"""Share of decisions that flip for no reason in any group, as many either way."""
NET_LOST = 85
"""Besides, of the group of a tenth."""
EFFECT_MIN = 0.02
RESAMPLES = 200


def harmed(run: Run) -> Iterator[Figure]:
    times = run.sized(100, 10)
    found = [decided(Random(f"harmed {one}"), NET_LOST) for one in range(times)]
    biases = [bias(one, effect_min=EFFECT_MIN) for one in found]
    seen = run.sized(20, 4)
    missed = statistics.mean(spans_zero(Random(f"again {at}"), one) for at, one in enumerate(biases[:seen]))
    yield figure(
        f"group harmed, 10 % of {sum(INPUTS.values()):,} inputs, {NET_LOST} net flips: caught",
        [statistics.mean(is_moved(one, ["c"], GroupStanding.HARMED) for one in biases)],
        unit="share",
        target=1.0,
        better="higher",
        reference=f"of {times:,}; an interval of 95 % for how much the widest gap between groups grew misses"
        f" {missed:.0%} of {seen}",
    )
    yield figure(
        "the same: any other group called harmed or favoured",
        [statistics.mean(is_moved(one, ["a", "b"]) for one in biases)],
        unit="share",
        target=0.05,
        better="lower",
        reference=f"of {times:,}; McNemar's test of each group, adjusted by Holm, and an effect of {EFFECT_MIN:.0%}",
    )
    sound = [bias(decided(Random(f"sound {one}"), 0), effect_min=EFFECT_MIN) for one in range(times)]
    yield figure(
        "no group harmed, and one called so",
        [statistics.mean(is_moved(one, list(INPUTS)) for one in sound)],
        unit="share",
        target=0.05,
        better="lower",
        reference=f"of {times:,}",
    )


def is_moved(found: Bias, groups: Sequence[str], *as_: GroupStanding) -> bool:
    wanted = as_ or (GroupStanding.HARMED, GroupStanding.FAVOURED)
    return any(one.standing in wanted for one in found.groups if one.group in groups)


def decided(rand: Random, net_lost: int) -> list[Decided]:
    """By both models on the same inputs; so many good decisions of group c are lost besides."""
    rows = []
    for group, inputs in INPUTS.items():
        good = [rand.random() < GOOD[group] for _ in range(inputs)]
        now = [was is not (rand.random() < FLIPS) for was in good]
        if group == "c":
            kept = [at for at in range(inputs) if good[at] and now[at]]
            for at in rand.sample(kept, net_lost):
                now[at] = False
        rows += [Decided(group, was, is_) for was, is_ in zip(good, now, strict=True)]
    return rows


def spans_zero(rand: Random, found: Bias) -> bool:
    """The reference: does the interval of how much wider the gap became, by bootstrap over inputs, span zero?"""
    changes = []
    for _ in range(RESAMPLES):
        old, new = [], []
        for one in found.groups:
            kept = one.old_good - one.lost
            weights = (kept, one.lost, one.gained, one.inputs - kept - one.lost - one.gained)
            drawn = rand.choices(range(4), weights, k=one.inputs)
            both = drawn.count(0)
            old.append((both + drawn.count(1)) / one.inputs)
            new.append((both + drawn.count(2)) / one.inputs)
        changes.append((max(new) - min(new)) - (max(old) - min(old)))
    changes.sort()
    return changes[int(0.025 * RESAMPLES)] <= 0
