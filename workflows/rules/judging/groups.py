"""Does a successor harm a group? Asked of flips of the same inputs: whoever lost a good decision, and who gained one.

A gap between groups' shares of good decisions, before and after, drowns in how much people differ: of 6,000 inputs with
a group of a tenth that lost 98 and gained 13, an interval of its change spans zero. Paired flips show it at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from data.records.outputs import Bias, GroupChange, GroupStanding
from workflows.rules.judging.exact import holm, mcnemar


class Decided(NamedTuple):
    """How one input came out with either model. `group`: empty where nobody tells."""

    group: str
    was_good: bool
    is_good: bool


def bias(decided: Iterable[Decided], *, effect_min: float, alpha: float = 0.05) -> Bias:
    """By inputs that were recorded once, looked at once.

    effect_min   net share of a group's inputs, 0 to 1, that has to lose before it is harm
    alpha        chance that any group at all is called harmed or favoured though neither way is likelier
    A group that could lose `effect_min` without a test that shows it is too small: it is said so, and is not quiet.
    """
    by_group: dict[str, list[Decided]] = {}
    for one in decided:
        by_group.setdefault(one.group, []).append(one)
    ungrouped = len(by_group.pop("", ()))
    counted = [_counted(group, by_group[group]) for group in sorted(by_group)]
    adjusted = holm([one.p for one in counted])
    few = _inputs_needed(len(counted), effect_min, alpha)
    groups = tuple(
        replace(one, p_adjusted=p, standing=_standing(one, p, few, effect_min, alpha))
        for one, p in zip(counted, adjusted, strict=True)
    )
    return Bias(
        groups=groups,
        old_gap=_gap([one.old_good / one.inputs for one in groups]),
        new_gap=_gap([one.new_good / one.inputs for one in groups]),
        ungrouped=ungrouped,
    )


def _counted(group: str, inputs: Sequence[Decided]) -> GroupChange:
    lost = sum(one.was_good and not one.is_good for one in inputs)
    gained = sum(one.is_good and not one.was_good for one in inputs)
    return GroupChange(
        group=group,
        standing=GroupStanding.QUIET,
        inputs=len(inputs),
        old_good=sum(one.was_good for one in inputs),
        new_good=sum(one.is_good for one in inputs),
        lost=lost,
        gained=gained,
        p=mcnemar(lost, gained),
        p_adjusted=1.0,
        effect=(gained - lost) / len(inputs),
    )


def _standing(one: GroupChange, p: float, few: int, effect_min: float, alpha: float) -> GroupStanding:
    if p <= alpha and abs(one.effect) >= effect_min:
        return GroupStanding.HARMED if one.effect < 0 else GroupStanding.FAVOURED
    return GroupStanding.TOO_FEW if one.inputs < few else GroupStanding.QUIET


def _inputs_needed(groups: int, effect_min: float, alpha: float) -> int:
    """So many of a group, that the least of harm shows if no flip goes the other way: 2 ** (1 - lost) is its p then."""
    if not groups:
        return 0
    lost = math.ceil(1 + math.log2(groups / alpha))
    return math.ceil(lost / effect_min)


def _gap(shares: Sequence[float]) -> float | None:
    return max(shares) - min(shares) if len(shares) > 1 else None
