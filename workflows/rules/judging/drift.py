"""Has what a successor predicts shifted? Only if the shift is large enough to matter, and is no chance: both.

With many predictions a test finds shifts nobody would mind; with few, an index of distance is large by chance alone.
Bins are those of the old model's predictions, and stay as they are.
Sources: population stability index, Siddiqi, Credit Risk Scorecards (2006), ch. 8; the mean of e-processes is one,
Vovk and Wang, E-values, Annals of Statistics 49 (2021), so that no chance of error is split over bins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace

from data.records.judged import Drift, Margins
from data.records.outputs import Standing
from workflows.rules.judging.evidence import Cell, abort, after, begun, log_mean, threshold

MARGINS = Margins(abort_ratio=1.0, burst_max=1e15)
"""Any shift at all is what is proven; whether it matters is the index's to say. Predictions do not come in bursts."""

HALF = 0.5
"""Is counted besides in each bin, so that one that is empty on one side does not make the index infinite."""


def undrifted(bins: int) -> Drift:
    """Nothing was predicted yet, with that many bins."""
    assert bins > 1
    return Drift(rising=(begun(MARGINS),) * bins, falling=(begun(MARGINS),) * bins)


def edges(predictions: Sequence[float], bins: int) -> tuple[float, ...]:
    """Between bins, so that each has about as many of the old model's predictions; fewer, where many are the same."""
    ordered = sorted(predictions)
    return tuple(sorted({ordered[len(ordered) * at // bins] for at in range(1, bins)} - {ordered[0]}))


def binned(predictions: Sequence[float], edges_: Sequence[float]) -> tuple[int, ...]:
    """How many are in each bin: below the first edge, from there to the next, and so on."""
    counts = [0] * (len(edges_) + 1)
    for one in predictions:
        counts[sum(one >= edge for edge in edges_)] += 1
    return tuple(counts)


def drifted(drift: Drift, old: Sequence[int], new: Sequence[int], *, consumer: str = "") -> Drift:
    """The same with predictions that nobody had counted before, per bin."""
    rising = tuple(
        after(one, [Cell(consumer, sum(old), had, sum(new), has)])
        for one, had, has in zip(drift.rising, old, new, strict=True)
    )
    falling = tuple(
        after(one, [Cell(consumer, sum(new), has, sum(old), had)])
        for one, had, has in zip(drift.falling, old, new, strict=True)
    )
    now = log_mean([abort(one) for one in (*rising, *falling)])
    return replace(drift, rising=rising, falling=falling, peak=max(drift.peak, now))


def psi(old: Sequence[int], new: Sequence[int]) -> float:
    """Sum over bins of (share of new - share of old) * ln(share of new / share of old)."""
    olds, news = (sum(one) + HALF * len(one) for one in (old, new))
    shares = [((was + HALF) / olds, (now + HALF) / news) for was, now in zip(old, new, strict=True)]
    return math.fsum((now - was) * math.log(now / was) for was, now in shares)


def index(drift: Drift) -> float:
    """The population stability index of all that was counted."""
    return psi([one.old_bad for one in drift.rising], [one.new_bad for one in drift.rising])


def standing(drift: Drift, *, psi_max: float, alpha: float = 0.05) -> Standing:
    """`OVER`: the index is above `psi_max`, and with chance `alpha` at most although nothing shifted.

    `WITHIN` needs so many predictions that chance alone makes the index no more than half of that, on average.
    """
    calls = (drift.rising[0].old_calls, drift.rising[0].new_calls)
    found = index(drift)
    if found > psi_max:
        return Standing.OVER if drift.peak >= threshold(alpha) else Standing.UNSURE
    if not all(calls):
        return Standing.UNSURE
    by_chance = (len(drift.rising) - 1) * (1 / calls[0] + 1 / calls[1])
    return Standing.WITHIN if by_chance <= psi_max / 2 else Standing.UNSURE
