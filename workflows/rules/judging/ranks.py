"""Do two models put the same inputs in the same order? Kendall's tau-b: 1 the same, 0 at random, -1 turned round.

In n log n steps: pairs out of order are the swaps that sorting takes. Sources: Kendall, Biometrika 33 (1945), for ties;
Knight, Journal of the American Statistical Association 61 (1966), for how to count.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence


def tau(old: Sequence[float], new: Sequence[float]) -> float | None:
    """Of scores of the same inputs, in the same order; none of them NaN. None where either has but one value."""
    assert len(old) == len(new)
    pairs = sorted(zip(old, new, strict=True))
    all_ = _pairs(len(pairs))
    apart_old = all_ - _tied(one for one, _ in pairs)
    apart_new = all_ - _tied(other for _, other in pairs)
    if not apart_old or not apart_new:
        return None
    _, swaps = _sorted([other for _, other in pairs])
    # Of pairs that are tied in neither, so many are in order more often than not.
    in_order = apart_old + apart_new - all_ + _tied(pairs) - 2 * swaps
    return max(-1.0, min(1.0, in_order / math.sqrt(apart_old * apart_new)))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _tied(values: Iterable[Hashable]) -> int:
    return sum(_pairs(count) for count in Counter(values).values())


def _sorted(values: list[float]) -> tuple[list[float], int]:
    """Merge sort, with how many pairs were the wrong way round."""
    if len(values) < 2:
        return values, 0
    half = len(values) // 2
    left, swaps_left = _sorted(values[:half])
    right, swaps_right = _sorted(values[half:])
    merged, at, swaps = [], 0, swaps_left + swaps_right
    for value in right:
        while at < len(left) and left[at] <= value:
            merged.append(left[at])
            at += 1
        swaps += len(left) - at
        merged.append(value)
    return merged + left[at:], swaps
