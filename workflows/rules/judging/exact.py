"""Exact chances of counts, without approximations that fail for few: binomial tails, McNemar's test, Holm's steps."""

from __future__ import annotations

import math
from collections.abc import Sequence


def at_least(count: int, trials: int, chance: float) -> float:
    """How likely are so many of these trials, or more, if each has this chance?"""
    if count <= 0:
        return 1.0
    if not 0 < chance < 1:
        return float(chance >= 1 and count <= trials)
    return min(1.0, math.fsum(_exactly(one, trials, chance) for one in range(count, trials + 1)))


def at_most(count: int, trials: int, chance: float) -> float:
    return at_least(trials - count, trials, 1 - chance)


def mcnemar(lost: int, gained: int) -> float:
    """The two-sided p of flips of the same inputs, if either way is as likely as the other.

    Exact: binomial in those that flipped, and nothing else says anything. Source: McNemar, Psychometrika 12 (1947).
    """
    return min(1.0, 2 * at_most(min(lost, gained), lost + gained, 0.5))


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p, in their order: with those below alpha rejected, any false rejection is no likelier than alpha.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979).
    """
    adjusted = [0.0] * len(ps)
    most = 0.0
    for rank, at in enumerate(sorted(range(len(ps)), key=lambda one: ps[one])):
        most = max(most, min(1.0, (len(ps) - rank) * ps[at]))
        adjusted[at] = most
    return adjusted


def _exactly(count: int, trials: int, chance: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
    return math.exp(ways + count * math.log(chance) + (trials - count) * math.log1p(-chance))
