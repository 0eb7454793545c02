"""Do calls go where they were asked to go? A set is not a fact: what was counted proves it, or contradicts it.

Each call goes to the successor with the chance that its share is, so of n calls so many do as a binomial law has it.
What lies outside of the middle 99.9 % of that contradicts the share. What lies within proves it once there are so many
calls that what was before would lie outside. Models count best: an engine knows what it meant to do.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from data.records.traffic import Arm, Desired, Observed
from workflows.rules.wording import counted

DOUBT = 0.001
LEAK_PERCENT = 1.0
"""Where nothing moved: so small a part of all calls that goes astray would have been seen."""
CALLS_MAX = 1_000_000
NEGLIGIBLE = 1e-18


class Standing(StrEnum):
    PROVEN = "proven"
    NOT_YET = "not yet"
    CONTRADICTED = "contradicted"


class Told(StrEnum):
    """Who counted."""

    MODELS = "both models"
    OLD_AND_ENGINE = "the old model, and the engine for its successor"
    NEW_AND_ENGINE = "the successor, and the engine for the old model"
    ENGINE = "the engine, as neither model tells"


class Split(NamedTuple):
    """Calls of consumers without a lane of their own, from when a share was wanted."""

    old: int
    new: int
    told: Told

    @property
    def calls(self) -> int:
        return self.old + self.new


class Proof(NamedTuple):
    """`needs`: so many calls more until it can be told; 0 where it can."""

    percent: float
    split: Split
    standing: Standing
    needs: int

    def __str__(self) -> str:
        split = self.split
        counts = (
            f"{split.new} of {counted(split.calls, 'call')} went to the successor, counted by {split.told}"
        )
        match self.standing:
            case Standing.PROVEN:
                return f"{self.percent:g} % is proven: {counts}"
            case Standing.NOT_YET:
                return f"{self.percent:g} % is not proven yet: {counts}; {counted(self.needs, 'call')} more would do"
            case Standing.CONTRADICTED:
                least, most = interval(self.percent, split.calls)
                return f"{self.percent:g} % is contradicted: {counts}, where {least} to {most} are expected"


def proof(
    desired: Desired, *, baseline: Observed | None, now: Observed, before: float | None = None
) -> Proof:
    """What became of a share that is wanted.

    baseline  observed once the plane had said that it goes by it; None: it did so from `now.since` on
    before    the share until then; None: nothing moved

    What was under way then may count on the wrong side: a model counts a call when it comes.
    """
    split = split_of(desired, baseline=baseline, now=now)
    percent, late = desired.new_percent, baseline.under_way if baseline is not None else 0
    found = standing(percent, new=split.new, calls=split.calls, before=before, late=late)
    needs = calls_needed(percent, before=before) - split.calls if found is Standing.NOT_YET else 0
    return Proof(percent, split, found, needs)


def split_of(desired: Desired, *, baseline: Observed | None, now: Observed) -> Split:
    """How calls went since then, by what the models count, as far as they tell."""
    if baseline is not None and baseline.since != now.since:
        baseline = None  # it began to count anew, after that
    engine = {arm: _passed_on(now, arm) - _passed_on(baseline, arm) for arm in Arm}
    pinned = {arm: _passed_on(now, arm, desired) - _passed_on(baseline, arm, desired) for arm in Arm}
    models = {
        arm: now.models[arm] - (baseline.models[arm] if baseline is not None else 0)
        for arm in Arm
        if arm in now.models and (baseline is None or arm in baseline.models)
    }
    found = {arm: max(0, models.get(arm, engine[arm]) - pinned[arm]) for arm in Arm}
    told = {
        (True, True): Told.MODELS,
        (True, False): Told.OLD_AND_ENGINE,
        (False, True): Told.NEW_AND_ENGINE,
        (False, False): Told.ENGINE,
    }[Arm.OLD in models, Arm.NEW in models]
    return Split(found[Arm.OLD], found[Arm.NEW], told)


def _passed_on(observed: Observed | None, arm: Arm, pinned_by: Desired | None = None) -> int:
    counts = observed.counts if observed is not None else ()
    return sum(
        one.calls
        for one in counts
        if one.arm is arm and (pinned_by is None or one.consumer in pinned_by.pins)
    )


def standing(
    percent: float, *, new: int, calls: int, before: float | None = None, late: int = 0, doubt: float = DOUBT
) -> Standing:
    """What `new` of so many calls say of a share. `doubt`: how likely a true share is contradicted."""
    least, most = interval(percent, calls, doubt=doubt)
    if not least - late <= new <= most + late:
        return Standing.CONTRADICTED
    is_enough = calls >= calls_needed(percent, before=before, doubt=doubt)
    return Standing.PROVEN if is_enough else Standing.NOT_YET


def calls_needed(percent: float, *, before: float | None = None, doubt: float = DOUBT) -> int:
    """So many that what was before would be seen: the intervals of both shares have nothing in common."""
    moved = before is not None and before != percent
    others = [before] if moved and before is not None else _neighbours(percent)
    few, many = 0, 1
    while many < CALLS_MAX and not _are_apart(percent, others, many, doubt):
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if _are_apart(percent, others, middle, doubt) else (middle, many)
    return many


def _neighbours(percent: float) -> list[float]:
    if percent <= 0:
        return [LEAK_PERCENT]
    return [100 - LEAK_PERCENT] if percent >= 100 else [0, 100]


def _are_apart(percent: float, others: list[float], calls: int, doubt: float) -> bool:
    least, most = interval(percent, calls, doubt=doubt)
    bounds = (interval(other, calls, doubt=doubt) for other in others)
    return all(highest < least or lowest > most for lowest, highest in bounds)


def interval(percent: float, calls: int, *, doubt: float = DOUBT) -> tuple[int, int]:
    """The least and the most of so many calls that a share has, but for a chance of `doubt` in all."""
    chance = percent / 100
    if chance <= 0 or chance >= 1:
        return (0, 0) if chance <= 0 else (calls, calls)
    mode = min(calls, int((calls + 1) * chance))
    below = _falling(mode, lambda k: k / (calls - k + 1) * (1 - chance) / chance)
    above = _falling(calls - mode, lambda k: k / (calls - k + 1) * chance / (1 - chance))
    total = 1 + sum(below) + sum(above)
    return mode - _kept(below, doubt * total / 2), mode + _kept(above, doubt * total / 2)


def _falling(steps: int, factor: Callable[[int], float]) -> list[float]:
    """How likely each number is on one side of the likeliest, as a part of that one, until it hardly ever is."""
    found, likely = [], 1.0
    for k in range(steps, 0, -1):
        likely *= factor(k)
        if likely < NEGLIGIBLE:
            break
        found.append(likely)
    return found


def _kept(side: list[float], tail: float) -> int:
    """How many steps away from the likeliest the rest beyond is still more than the tail."""
    beyond = 0.0
    for number, likely in reversed(list(enumerate(side, 1))):
        beyond += likely
        if beyond > tail:
            return number
    return 0
