"""What is keeping the archive of a model expected to cost? Class by class, by the policy's storage classes and prices.

An estimate and no offer: requests, reading, and what a store adds to each file are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from data.records.archived import Kept
from data.records.base import Record
from data.records.progress import Progress, StepKind
from data.records.retention import Prices, Rate, Storage
from data.records.retirement import Retirement
from workflows.rules.keeping.pruning import left
from workflows.rules.keeping.retention import Term, kept_until, term

GB_BYTES = 2**30
MONTHS_PER_DAY = 12 / 365


class Sized(Record, frozen=True, kw_only=True):
    """How much there is of one class. `unknown`: sources of which nobody knows, as a commit that was not had yet."""

    of: str
    files: int = 0
    bytes: int = 0
    unknown: tuple[str, ...] = ()


class Cost(Record, frozen=True, kw_only=True):
    """Of one class.

    days       how long it is kept at least, from the day it is archived on; None where no rule says
    usd        over the days that are paid for; over a month where no rule says how long
    """

    sized: Sized
    storage: Storage
    rate: Rate
    days: int | None
    usd: float

    @property
    def billed_days(self) -> int | None:
        return None if self.days is None else max(self.days, self.rate.billed_days_min)


class Estimate(Record, frozen=True, kw_only=True):
    """`is_measured`: by the archive itself, and not by its sources. `in_bucket`: its store has storage classes."""

    costs: tuple[Cost, ...]
    prices: Prices
    is_measured: bool
    in_bucket: bool

    @property
    def usd(self) -> float:
        return sum(one.usd for one in self.costs if one.days is not None)


def estimate(state: Retirement, sized: Iterable[Sized], prices: Prices, *, in_bucket: bool) -> Estimate:
    """Of what is left of the archive, where that lies; before there is one, of its sources, as `sized`."""
    if state.archived is not None:
        return Estimate(
            costs=tuple(_cost(state, one, _of(one.kept), prices) for one in left(state)),
            prices=prices,
            is_measured=True,
            in_bucket=state.archived.lock is not None,
        )
    costs = (_cost(state, term(state, _as_kept(one)), one, prices) for one in sized)
    return Estimate(costs=tuple(costs), prices=prices, is_measured=False, in_bucket=in_bucket)


def _cost(state: Retirement, kept: Term, sized: Sized, prices: Prices) -> Cost:
    storage = kept.rule.storage if kept.rule else Storage.STANDARD
    rate = prices.rate(storage)
    days = _days(state, kept)
    billed = 1 / MONTHS_PER_DAY if days is None else max(days, rate.billed_days_min)
    usd = sized.bytes / GB_BYTES * rate.usd_per_gb_month * billed * MONTHS_PER_DAY
    return Cost(sized=sized, storage=storage, rate=rate, days=days, usd=usd)


def _days(state: Retirement, kept: Term) -> int | None:
    """Whole days, begun ones too, from when it is archived until it may go."""
    until = kept_until(state, kept)
    if until is None or state.plan is None:
        return None
    done = state.progress(StepKind.ARCHIVE)
    archived_at = done.at if done.progress is Progress.DONE else None
    lasts = until - (archived_at or state.plan.step(StepKind.ARCHIVE).due_at)
    return max(0, -(-lasts // timedelta(days=1)))


def _of(kept: Kept) -> Sized:
    return Sized(of=kept.of, files=kept.files, bytes=kept.bytes)


def _as_kept(sized: Sized) -> Kept:
    return Kept(of=sized.of, files=sized.files, bytes=sized.bytes)
