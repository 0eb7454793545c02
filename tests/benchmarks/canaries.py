"""How often does the judge give up a successor that is sound, and how soon one that is not? Simulated, seeds fixed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from data.records.judged import Judging, Margins, Verdict
from data.records.traffic import Arm, Count, Observed
from tests.benchmarks.harness import Figure, Run, figure
from workflows.rules.judging.evidence import Cell
from workflows.rules.judging.gates import looked, opened, paired
from workflows.rules.judging.looks import ERRORS
from workflows.rules.judging.pairs import shared
from workflows.rules.judging.verdicts import judged, verdict

SHADOW, LIVE = shared(Margins())
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOOKS = 60
PAIRS = 20
"""A look, in shadow."""
STRIKES, FLOOR = 5, 0.99
Z = 1.644854
"""So much worse chance alone makes a successor look in 5 % of looks."""

Looks = list[tuple[int, int, int, int]]
"""Per look: calls and bad ones of the old model, then of the new one."""

HEALTHY = (
    (20, 0.05, 0.005),
    (200, 0.05, 0.005),
    (2000, 0.05, 0.005),
    (2000, 0.25, 0.005),
    (2000, 0.25, 0.02),
)
"""Calls a look, share of the successor, share of bad calls on both."""


def sound(run: Run) -> Iterator[Figure]:
    """A canary as good as what it replaces, looked at 60 times: how many of it are given up, by three judges."""
    times = run.sized(1000, 60)
    for calls, share, bad in HEALTHY:
        rounds = run.rounds
        given_up: dict[str, list[float]] = {name: [] for name in JUDGES}
        for number in range(rounds):
            rand = Random(f"{calls} {share} {bad} {number}")
            canaries = [looks_at(rand, calls, share, bad, bad) for _ in range(times // rounds)]
            for name, judge in JUDGES.items():
                given_up[name].append(sum(judge(one) for one in canaries) / len(canaries))
        others = ", ".join(
            f"{statistics.mean(given_up[name]):.1%} {name}" for name in JUDGES if name != "the judge"
        )
        yield figure(
            f"false aborts, {calls:,} calls a look, {share:.0%} on new, {bad:.1%} bad on both",
            [statistics.mean(given_up["the judge"])],
            unit="share",
            target=0.05,
            better="lower",
            reference=f"of {times:,} sound canaries, {LOOKS} looks each; {others}",
        )


def broken(run: Run) -> Iterator[Figure]:
    """One that is bad is given up, too: a judge who never does makes no mistake either."""
    rounds = [
        caught_at(looks_at(Random(f"broken {one}"), 2000, 0.05, 0.005, 0.03))
        for one in range(run.sized(200, 20))
    ]
    yield figure(
        "bad canary, 0.5 -> 3 % errors, 2,000 calls a look, 5% on new: looks until it is given up",
        rounds,
        unit="looks",
        target=5,
        better="lower",
        reference=f"the median; a floor with {STRIKES} strikes takes {STRIKES} at least",
    )


def in_shadow(run: Run) -> Iterator[Figure]:
    """Errors rise from 0.5 to 2 %: how many calls, which both models get, until it is caught? And a sound one?"""
    times, most = run.sized(1000, 60), 6000
    sound_ones = 3 * times
    found = [until_caught(Random(f"bad {one}"), 0.005, 0.02, most) for one in range(times)]
    caught = [one for one in found if one is not None]
    yield figure(
        "bad successor, 0.5 -> 2 % errors, in paired shadow: median calls until caught",
        [statistics.median(one if one is not None else math.inf for one in found)],
        unit="calls",
        target=1000,
        better="lower",
        reference=f"{len(caught):,} of {times:,} were caught within {most:,} calls; nobody is exposed",
    )
    sounds = [is_caught(Random(f"sound {one}"), 0.005, 0.005, most) for one in range(sound_ones)]
    yield figure(
        "sound successor in paired shadow, caught all the same",
        [sum(sounds) / sound_ones],
        unit="share",
        target=0.01,
        better="lower",
        reference=f"share of {sound_ones:,}, looked at every {PAIRS} calls up to {most:,}",
    )


def looks_at(rand: Random, calls: int, share: float, old: float, new: float) -> Looks:
    found = []
    for _ in range(LOOKS):
        here = binomial(rand, calls, share)
        there = calls - here
        found.append((there, binomial(rand, there, old), here, binomial(rand, here, new)))
    return found


def binomial(rand: Random, calls: int, share: float) -> int:
    """Of so many independent calls: from one to the next by geometric steps, as only a few are."""
    found, at, each = 0, 0, math.log1p(-share)
    while (at := at + int(math.log(1 - rand.random()) / each) + 1) <= calls:
        found += 1
    return found


def by_evidence(looks: Looks) -> bool:
    """What once was proven is kept, so that the last look tells of all."""
    *_, (judging, at) = watched(looks)
    return is_given_up(judging, at)


def caught_at(looks: Looks) -> float:
    """At which look it was given up."""
    found = (number for number, (judging, at) in enumerate(watched(looks)) if is_given_up(judging, at))
    return next(found, math.inf)


def watched(looks: Looks) -> Iterator[tuple[Judging, datetime]]:
    """By counters as a plane tells them, with the margins as shipped, each minute; first, before any call."""
    judging, at = looked(opened({ERRORS: LIVE}), told((0, 0), (0, 0)), START), START
    yield judging, at
    old = new = (0, 0)
    for there, bad_there, here, bad_here in looks:
        at += MINUTE
        old, new = (old[0] + there, old[1] + bad_there), (new[0] + here, new[1] + bad_here)
        judging = looked(judging, told(old, new), at)
        yield judging, at


def is_given_up(judging: Judging, at: datetime) -> bool:
    return verdict(judged(judging, at)) is Verdict.ABORT


def told(old: tuple[int, int], new: tuple[int, int]) -> Observed:
    """Calls and bad ones so far."""
    counts = tuple(
        Count(arm=arm, consumer="crm", calls=calls, errors=bad)
        for arm, (calls, bad) in ((Arm.OLD, old), (Arm.NEW, new))
    )
    return Observed(since=START, counts=counts)


def by_floor(looks: Looks) -> bool:
    """99 % of calls succeed, else it is a strike; five end it, as in Flagger's examples."""
    return sum(bool(calls) and 1 - bad / calls < FLOOR for _, _, calls, bad in looks) >= STRIKES


def by_z(looks: Looks) -> bool:
    """All counts so far by a test of two proportions, at each look anew."""
    old = new = bad_old = bad_new = 0
    for there, bad_there, here, bad_here in looks:
        old, bad_old, new, bad_new = old + there, bad_old + bad_there, new + here, bad_new + bad_here
        if not old or not new:
            continue
        both = (bad_old + bad_new) / (old + new)
        spread = math.sqrt(both * (1 - both) * (1 / old + 1 / new))
        if spread and (bad_new / new - bad_old / old) / spread > Z:
            return True
    return False


JUDGES: dict[str, Callable[[Looks], bool]] = {
    "the judge": by_evidence,
    f"by a 99 % floor with {STRIKES} strikes": by_floor,
    "by a z-test at each look": by_z,
}


def shadowed(rand: Random, old: float, new: float, most: int) -> Iterator[tuple[int, Judging, datetime]]:
    """How many calls there were, each to both models, and what is known by then, after every `PAIRS` of them."""
    judging, at = opened({ERRORS: SHADOW}, paired_from=START), START
    old_only, new_only = old * (1 - new), new * (1 - old)
    for calls in range(PAIRS, most + 1, PAIRS):
        at += MINUTE
        differing = binomial(rand, PAIRS, old_only + new_only)
        worse = binomial(rand, differing, new_only / (old_only + new_only))
        judging = paired(judging, {ERRORS: [Cell("crm", PAIRS, differing - worse, PAIRS, worse)]}, at)
        yield calls, judging, at


def until_caught(rand: Random, old: float, new: float, most: int) -> int | None:
    """Calls until it was given up."""
    found = (calls for calls, judging, at in shadowed(rand, old, new, most) if is_given_up(judging, at))
    return next(found, None)


def is_caught(rand: Random, old: float, new: float, most: int) -> bool:
    *_, (_, judging, at) = shadowed(rand, old, new, most)
    return is_given_up(judging, at)
