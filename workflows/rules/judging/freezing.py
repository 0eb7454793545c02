"""How did the old model do, before anything moved? Kept for when nothing is left to compare the successor with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from data.records.judged import Frozen
from workflows.rules.judging.evidence import Cell

ODDS = 1000
"""To one, that the true share is below `high`; and the same that it is above `low`."""

STEPS = 60
"""Of halving an interval: more tell no floats apart."""


def frozen(cells: Iterable[Cell]) -> dict[str, Frozen]:
    """Per consumer, of calls that the old model answered."""
    calls: dict[str, int] = {}
    bad: dict[str, int] = {}
    for cell in cells:
        calls[cell.consumer] = calls.get(cell.consumer, 0) + cell.old_calls
        bad[cell.consumer] = bad.get(cell.consumer, 0) + cell.old_bad
    return {who: share(bad[who], count) for who, count in calls.items() if count}


def share(bad: int, calls: int) -> Frozen:
    """Both ends by Chernoff's bound, a little wider than exact ones, and as quick for a million calls as for ten.

    Source: Hoeffding, Journal of the American Statistical Association 58 (1963), theorem 1.
    """
    seen = bad / calls
    far = math.log(ODDS) / calls
    return Frozen(
        calls=calls,
        bad=bad,
        low=_where(lambda p: _divergence(seen, p) <= far, 0.0, seen),
        high=_where(lambda p: _divergence(seen, p) > far, seen, 1.0),
    )


def bound(slower: Mapping[str, int], calls: int, quantile: float) -> str | None:
    """Of the bounds a plane counts by, in seconds: the least that at most 1 - `quantile` of calls were slower than.

    So the old model's p95 or p99 is frozen as a bound. None where all are too fast for it, or nothing was called.
    """
    if not calls:
        return None
    met = [one for one, count in slower.items() if count <= (1 - quantile) * calls + 1e-9]
    return min(met, key=float, default=None)


def _where(is_there: Callable[[float], bool], low: float, high: float) -> float:
    """The end of the interval from which on it is so: it is not so at `low` unless everywhere."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_there(middle) else (middle, high)
    return high


def _divergence(seen: float, p: float) -> float:
    """Of one coin from another, in nats (Kullback and Leibler)."""
    if p in (0.0, 1.0):
        return 0.0 if seen == p else math.inf
    head = seen * math.log(seen / p) if seen else 0.0
    tail = (1 - seen) * math.log((1 - seen) / (1 - p)) if seen < 1 else 0.0
    return head + tail
