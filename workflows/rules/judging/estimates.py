"""How many more calls does it likely take until one is sure, and how long is that?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from data.records.judged import Evidence, Needed
from workflows.rules.judging.evidence import BETTER, WORSE, log_mean, threshold

CALLS_MAX = 10**10
"""As good as never."""


def needed(
    evidence: Evidence, *, alpha: float, new_share: float | None = None, calls_per_second: float | None = None
) -> Needed | None:
    """Calls to both models together, until it is given up or goes on, whichever is sooner.

    alpha       of giving up, as it was split
    new_share   0 to 1: of calls that the successor will get; None: as it was so far
    calls_per_second   of all these calls; None: it is not said how long it takes
    What it takes to go as the log e-value goes on average, if bad calls stay as frequent as they are so far. None
    where nothing was bad yet, and no floor is set: nothing tells how frequent it is.
    """
    calls = evidence.old_calls + evidence.new_calls
    share = evidence.new_calls / calls if new_share is None and calls else new_share
    if not calls or not share or not 0 < share < 1:
        return None
    if not (evidence.old_bad or evidence.new_bad or evidence.margins.floor):
        return None
    old, new = _shares_bad(evidence)
    likely = min(
        _until_abort(evidence, old, new, share, threshold(alpha)),
        _until_promote(evidence, old, new, share, threshold(evidence.margins.promote_alpha)),
    )
    if likely > CALLS_MAX:
        return None
    calls = math.ceil(max(0.0, likely))
    return Needed(calls=calls, seconds=math.ceil(calls / calls_per_second) if calls_per_second else None)


def _shares_bad(evidence: Evidence) -> tuple[float, float]:
    """Of old and of new. A handful of bad calls says little of their ratio: one on each side draws it towards 1."""
    ratio = (evidence.weighed_new + 1) / (evidence.weighed_old + 1)
    bad = evidence.old_bad + evidence.new_bad
    old = bad / (evidence.old_calls + ratio * evidence.new_calls)
    return old, ratio * old


def _until_abort(evidence: Evidence, old: float, new: float, share: float, goal: float) -> float:
    margins = evidence.margins
    paces = _paces(old, new, share, margins.abort_ratio, WORSE)
    found = _calls(evidence.abort, _counting(evidence, paces), goal)
    if margins.floor:
        over = _calls(evidence.floor_abort, _floor_paces(new, share, margins.floor, WORSE), goal)
        return max(found, over)
    return found


def _until_promote(evidence: Evidence, old: float, new: float, share: float, goal: float) -> float:
    margins = evidence.margins
    paces = _counting(evidence, _paces(old, new, share, margins.promote_ratio, BETTER))
    if not margins.floor:
        return _calls(evidence.promote, paces, goal)
    goal += math.log(2)
    under = _calls(evidence.floor_promote, _floor_paces(new, share, margins.floor, BETTER), goal)
    return min(_calls(evidence.promote, paces, goal), under)


def _counting(evidence: Evidence, paces: Sequence[float]) -> list[float]:
    """Slower by as much as bad calls were left out that came in bursts."""
    bad = evidence.old_bad + evidence.new_bad
    share = 1 - evidence.capped / bad if bad else 1.0
    return [share * one for one in paces]


def _paces(old: float, new: float, share: float, bound: float, times: Sequence[float]) -> list[float]:
    """What one call adds to the log likelihood ratio of each alternative, on average."""
    bad = share * new + (1 - share) * old
    below = bound * share + 1 - share
    return [
        share * new * math.log(one) + bad * math.log(below / (one * bound * share + 1 - share))
        for one in times
    ]


def _floor_paces(new: float, share: float, floor: float, times: Sequence[float]) -> list[float]:
    return [share * (new * math.log(one) - floor * (one - 1)) for one in times]


def _calls(logs: Sequence[float], paces: Sequence[float], goal: float) -> float:
    """Until the mean of all alternatives is at its goal; infinite where it never gets there."""

    def is_there(calls: float) -> bool:
        return log_mean([log + calls * pace for log, pace in zip(logs, paces, strict=True)]) >= goal

    low, high = 0.0, 1.0
    while not is_there(high):
        low, high = high, 2 * high
        if high > CALLS_MAX:
            return math.inf
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if is_there(middle) else (middle, high)
    return high
