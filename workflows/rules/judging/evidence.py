"""How strongly do counts of bad calls say that a successor does worse, or that it does not? An e-process.

Say that of `n_old` and `n_new` calls in one look `x_old` and `x_new` were bad. If bad calls are r times as frequent on
new, each bad one falls on new with probability q(r) = r n_new / (r n_new + n_old): only real exposure counts, and how
often anything is bad at all cancels out. A look multiplies the evidence for r against a bound d by

    (q(r) / q(d)) ^ x_new * ((1 - q(r)) / (1 - q(d))) ^ x_old,

which is at most 1 on average wherever the true ratio is on d's own side: for independent calls of any probabilities
whose means in this look keep to d, as (1 + p (c - 1)) <= exp(p (c - 1)) for each of them. So the product over looks is
a supermartingale, and so is its mean over several r. By Ville's inequality it ever reaches 1 / alpha with probability
alpha at most, however often one looks, whenever one stops, and whatever is done to shares of traffic between looks.
A successor may also turn bad after a long time as a sound one, which would have to be made up for first. So what speaks
against it is the mean over when it began, too, once a minute, with weights that sum to 1: a mean of e-processes is one.
Each consumer is a stratum with its own exposure: whoever fails often and moves first makes no successor look bad.
Whoever has moved with all calls is held against their own share from before, by which c ^ x_new / exp(n_new p (c - 1))
is at most 1 on average in the same way. That is weaker: what has changed since, with the hour, does not cancel out.

Sources: Lindon and Malek, Anytime-Valid Inference for Multinomial Count Data, NeurIPS 2022; Ramdas, Grünwald, Vovk and
Shafer, Game-Theoretic Statistics and Safe Anytime-Valid Inference, Statistical Science 38 (2023).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from data.records.judged import Evidence, Frozen, Margins

WORSE = (1.3, 1.6, 2.0, 2.6, 3.4, 5.0, 12.0)
"""What is bet on against `abort_ratio`, as its multiples: from a little worse to broken."""

BETTER = (0.8, 0.65, 0.5, 0.35, 0.15)
"""The same against `promote_ratio`. Half of 2.0, as good as the old model, is in the middle."""


FIRST = 0.9
"""Weight of its having been bad from the beginning; the rest is for all minutes that follow."""

SUM = 2.1098
"""Of 1 / (t ln(t) ** 2) for t from 2 on, rounded up: weights that fall as slowly as they can, and have a sum."""


class Cell(NamedTuple):
    """Calls of one consumer in one look. Of paired calls, which both models answered, both have as many."""

    consumer: str
    old_calls: int
    old_bad: int
    new_calls: int
    new_bad: int


def begun(margins: Margins, frozen: Mapping[str, Frozen] | None = None) -> Evidence:
    """Nothing is known yet: every e-value is 1. `frozen`: consumer -> its share of bad calls on the old model."""
    assert 0 < margins.abort_ratio < margins.promote_ratio
    assert 0 < margins.alpha < 1
    assert 0 < margins.promote_alpha < 1
    assert 0 <= margins.floor < 1
    worse, better = (math.log(FIRST),) * len(WORSE), (0.0,) * len(BETTER)
    return Evidence(
        margins=margins,
        abort=worse,
        promote=better,
        floor_abort=worse,
        floor_promote=better,
        unstarted=1 - FIRST,
        frozen=dict(frozen or {}),
    )


def after(evidence: Evidence, cells: Iterable[Cell], *, minutes: float = 1) -> Evidence:
    """The evidence once these calls are counted as well, which nobody had counted before.

    minutes   since the look before. Bursts leak as from a bucket: `burst_max` a minute, no more at once, unless that
              is less than `burst_share` of all calls.
    A consumer of whose calls the successor got none says nothing; one of whose the old model got none, only where
    its share is frozen.
    """
    worn = evidence.margins.burst_max * minutes
    spent = {who: one - worn for who, one in evidence.spent.items() if one > worn}
    room = evidence.margins.burst_max * max(1, minutes)
    evidence = _started(evidence, minutes)
    for cell in cells:
        bad = cell.old_bad + cell.new_bad
        used = spent.get(cell.consumer, 0.0)
        share = evidence.margins.burst_share * (cell.old_calls + cell.new_calls)
        counting = min(float(bad), max(0.0, room - used, share))
        if bad:
            spent[cell.consumer] = used + counting
        evidence = _with(evidence, cell, bad, counting)
    return replace(evidence, spent=spent, abort_peak=max(evidence.abort_peak, abort(evidence)))


def abort(evidence: Evidence) -> float:
    """Log e-value against "bad no more than `abort_ratio` times as often, or no more often than `floor`"."""
    against = _with_unstarted(evidence, evidence.abort)
    over = _with_unstarted(evidence, evidence.floor_abort)
    return min(against, over) if evidence.margins.floor else against


def promote(evidence: Evidence) -> float:
    """Log e-value against "bad at least `promote_ratio` times as often, and at least as often as `floor`"."""
    if not evidence.margins.floor:
        return log_mean(evidence.promote)
    return log_mean((log_mean(evidence.promote), log_mean(evidence.floor_promote)))


def ratio(evidence: Evidence) -> float | None:
    """How many times as frequent bad calls are on new; infinite where none was bad on old, None where none at all.

    Source: Mantel and Haenszel, Journal of the National Cancer Institute 22 (1959), over consumers and looks.
    """
    if not evidence.weighed_old:
        return math.inf if evidence.weighed_new else None
    return evidence.weighed_new / evidence.weighed_old


def threshold(alpha: float) -> float:
    """What a log e-value has to reach."""
    return -math.log(alpha)


def moved(cell: Cell, bound: float, times: Sequence[float]) -> tuple[float, ...]:
    """What a look adds to the log likelihood ratio of each alternative, `times` the bound."""
    bad = cell.old_bad + cell.new_bad
    below = bound * cell.new_calls + cell.old_calls
    return tuple(
        cell.new_bad * math.log(one) + bad * math.log(below / (one * bound * cell.new_calls + cell.old_calls))
        for one in times
    )


def _with_unstarted(evidence: Evidence, logs: Sequence[float]) -> float:
    """What is still to come has said nothing yet."""
    return _log_sum(log_mean(logs), math.log(evidence.unstarted))


def _started(evidence: Evidence, minutes: float) -> Evidence:
    """It may have turned bad just now: once a minute, before it is known what the look shows."""
    since = evidence.since_start + minutes
    if since < 1:
        return replace(evidence, since_start=since)
    starts = evidence.starts + 1
    weight = (1 - FIRST) / SUM / ((starts + 1) * math.log(starts + 1) ** 2)
    return replace(
        evidence,
        abort=tuple(_log_sum(one, math.log(weight)) for one in evidence.abort),
        floor_abort=tuple(_log_sum(one, math.log(weight)) for one in evidence.floor_abort),
        starts=starts,
        since_start=0.0,
        unstarted=evidence.unstarted - weight,
    )


def _log_sum(one: float, other: float) -> float:
    """Log of the sum of what these are the logs of."""
    return max(one, other) + math.log1p(math.exp(-abs(one - other)))


def _with(evidence: Evidence, cell: Cell, bad: int, counting: float) -> Evidence:
    """`counting`: so many of the bad calls count."""
    assert 0 <= cell.old_bad <= cell.old_calls
    assert 0 <= cell.new_bad <= cell.new_calls
    margins = evidence.margins
    # A power below 1 of what is at most 1 on average is so, too, and it is the same whichever model they fell on.
    share = counting / bad if bad else 0.0
    abort, promote = evidence.abort, evidence.promote
    if cell.old_calls and cell.new_calls:
        abort = _sum(abort, moved(cell, margins.abort_ratio, WORSE), share)
        promote = _sum(promote, moved(cell, margins.promote_ratio, BETTER), share)
    elif cell.new_calls and (was := evidence.frozen.get(cell.consumer)) is not None:
        abort = _sum(abort, _alone(cell, margins.abort_ratio * was.high, WORSE, share))
        promote = _sum(promote, _alone(cell, margins.promote_ratio * was.low, BETTER, 1))
    calls = cell.old_calls + cell.new_calls
    floor_abort, floor_promote = evidence.floor_abort, evidence.floor_promote
    if margins.floor:
        floor_abort = _sum(floor_abort, _alone(cell, margins.floor, WORSE, share))
        floor_promote = _sum(floor_promote, _alone(cell, margins.floor, BETTER, 1))
    return replace(
        evidence,
        abort=abort,
        promote=promote,
        floor_abort=floor_abort,
        floor_promote=floor_promote,
        old_calls=evidence.old_calls + cell.old_calls,
        old_bad=evidence.old_bad + cell.old_bad,
        new_calls=evidence.new_calls + cell.new_calls,
        new_bad=evidence.new_bad + cell.new_bad,
        weighed_old=evidence.weighed_old + (cell.old_bad * cell.new_calls / calls if calls else 0.0),
        weighed_new=evidence.weighed_new + (cell.new_bad * cell.old_calls / calls if calls else 0.0),
        capped=evidence.capped + bad - counting,
    )


def _alone(cell: Cell, bound: float, times: Sequence[float], counting: float) -> tuple[float, ...]:
    """Of the successor's calls, against bad ones being at least, or at most, so frequent.

    counting   share of the bad ones that count: fewer only where they speak against it. Capping is in nobody's favour.
    """
    return tuple(
        counting * cell.new_bad * math.log(one) - cell.new_calls * bound * (one - 1) for one in times
    )


def _sum(one: Sequence[float], other: Sequence[float], times: float = 1) -> tuple[float, ...]:
    return tuple(mine + times * more for mine, more in zip(one, other, strict=True))


def log_mean(logs: Sequence[float]) -> float:
    """Log of the mean of what these are the logs of."""
    most = max(logs)
    return most + math.log(sum(math.exp(one - most) for one in logs) / len(logs))
