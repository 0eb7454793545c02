"""How many decisions of a consumer come out otherwise, at its own threshold?

A successor is wanted to score differently: how far apart scores are says little, which side of a threshold they are on
says what happens to somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from data.records.outputs import Flips, Standing, Threshold
from workflows.rules.judging.exact import at_least, at_most
from workflows.rules.judging.ranks import tau


class Scored(NamedTuple):
    """One input, and what it scored; None where that is missing or no number. `again`: by the old model, once more."""

    input_id: str
    old: float | None
    new: float | None
    again: float | None = None


def flips(
    threshold: Threshold,
    scored: Iterable[Scored],
    *,
    share_max: float,
    alpha: float = 0.05,
    ids_max: int = 10,
) -> Flips:
    """By inputs that were recorded once, looked at once.

    share_max   of decisions that may come out otherwise, besides as many as do with the old model itself
    alpha       chance of `OVER` though no more do, and of `WITHIN` though more do (exact binomial, either side)
    """
    all_ = list(scored)
    told = [one for one in all_ if one.old is not None and one.new is not None]
    flipped = [one for one in told if is_yes(threshold, one.old) is not is_yes(threshold, one.new)]
    twice = [one for one in told if one.again is not None]
    noise = sum(is_yes(threshold, one.old) is not is_yes(threshold, one.again) for one in twice)
    allowed = min(1.0, share_max + (noise / len(twice) if twice else 0.0))
    gained = sum(is_yes(threshold, one.new) for one in flipped)
    farthest = sorted(flipped, key=lambda one: (-abs((one.new or 0.0) - threshold.at), one.input_id))
    return Flips(
        threshold=threshold,
        standing=_standing(len(flipped), len(told), allowed, alpha, is_whole=len(told) == len(all_)),
        share_max=share_max,
        inputs=len(told),
        untold=len(all_) - len(told),
        lost=len(flipped) - gained,
        gained=gained,
        noise=noise,
        again=len(twice),
        tau=_tau(told),
        worst_ids=tuple(one.input_id for one in farthest[:ids_max]),
    )


def _standing(count: int, inputs: int, allowed: float, alpha: float, *, is_whole: bool) -> Standing:
    if inputs and at_least(count, inputs, allowed) <= alpha:
        return Standing.OVER
    is_within = bool(inputs) and is_whole and at_most(count, inputs, allowed) <= alpha
    return Standing.WITHIN if is_within else Standing.UNSURE


def is_yes(threshold: Threshold, score: float | None) -> bool:
    assert score is not None
    return score >= threshold.at if threshold.is_yes_above else score <= threshold.at


def _tau(told: Sequence[Scored]) -> float | None:
    return tau([one.old or 0.0 for one in told], [one.new or 0.0 for one in told])
