"""Decay, drift, cost and calls of a model: what was measured last, and does it speak for retiring it?

A model counts by what was measured of itself; where nobody did, by its versions and endpoints: by the worst of them,
and of costs by the sum. What was measured too long ago is told and does not count.
Source: PSI, Siddiqi, Credit Risk Scorecards (2006), ch. 8
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from data.records.base import Record
from data.records.catalog import Entity, Measure, Measured
from data.records.policy import Criteria
from workflows.rules.wording import counted, named


class Weighed(Record, frozen=True, kw_only=True):
    """What a measure comes to. `is_over` is None where that is not known, and `value` says why."""

    value: str
    is_over: bool | None = None
    source: str = ""
    as_of: str = ""


class _Told(NamedTuple):
    part: Entity
    last: Measured


def weighed(
    measure: Measure,
    model: Entity,
    parts: Sequence[Entity],
    criteria: Criteria,
    today: date,
    *,
    told_in: Sequence[str] = (),
) -> Weighed:
    """`parts`: its versions and endpoints; `told_in`: the currencies of all costs there are."""
    since = (today - timedelta(days=criteria.measured_days)).isoformat()
    own, theirs = _last(measure, (model,)), _last(measure, parts)
    fresh = [one for one in own if one.last.on >= since] or [one for one in theirs if one.last.on >= since]
    if not (told := own or theirs):
        return Weighed(value="nobody tells")
    if not fresh:
        newest = max(told, key=lambda one: one.last.on)
        limit = counted(criteria.measured_days, "day")
        value = f"{_said(newest.last)}, measured longer ago than {limit}"
        return Weighed(value=value, source=newest.last.told_in, as_of=newest.last.on)
    if measure is Measure.COST:
        return _cost(fresh, model, criteria, told_in)
    worst = max(fresh, key=lambda one: (one.last.value, one.last.on))
    most = criteria.decay_share_max if measure is Measure.DECAY else criteria.drift_psi_max
    return Weighed(
        value=f"{_said(worst.last)}{_of([worst], model)}",
        is_over=worst.last.value > most,
        source=worst.last.told_in,
        as_of=worst.last.on,
    )


class Counted(NamedTuple):
    """How often something is called in all."""

    calls_per_day: float
    source: str
    as_of: str


def counted_calls(
    model: Entity, groups: Iterable[Sequence[Entity]], criteria: Criteria, today: date
) -> Counted | None:
    """Where that was measured lately: of the model itself, else of all of one of these groups, as of its endpoints.

    Of a part nobody measured it may be called without end.
    """
    since = (today - timedelta(days=criteria.measured_days)).isoformat()
    for group in ((model,), *groups):
        rows = [one.last for one in _last(Measure.CALLS, group) if one.last.on >= since]
        if rows and len(rows) == len(group):
            source = ", ".join(dict.fromkeys(row.told_in for row in rows))
            return Counted(sum(row.value for row in rows), source, min(row.on for row in rows))
    return None


def latest(model: Entity, parts: Sequence[Entity]) -> tuple[str, ...]:
    """What was measured last, of each measure, with the day: of the model itself, else the newest of its `parts`."""
    found = []
    for measure in Measure:
        if told := _last(measure, (model,)) or _last(measure, parts):
            newest = max(told, key=lambda one: one.last.on)
            found.append(f"{_said(newest.last)}{_of([newest], model)} ({newest.last.on})")
    return tuple(found)


def _last(measure: Measure, parts: Iterable[Entity]) -> list[_Told]:
    found = ((part, [row for row in part.measured if row.measure is measure]) for part in parts)
    return [_Told(part, max(rows, key=lambda row: row.on)) for part, rows in found if rows]


def currencies(things: Iterable[Entity]) -> tuple[str, ...]:
    """In which the last costs of these are told."""
    return tuple(sorted({one.last.currency for one in _last(Measure.COST, things) if one.last.currency}))


def _cost(told: Sequence[_Told], model: Entity, criteria: Criteria, told_in: Sequence[str]) -> Weighed:
    rows = [one.last for one in told]
    source = ", ".join(dict.fromkeys(row.told_in for row in rows))
    as_of = min(row.on for row in rows)
    theirs = sorted({row.currency or "no currency" for row in rows})
    if len(theirs) > 1:
        return Weighed(
            value=f"told in {' and in '.join(theirs)}, so there is no sum", source=source, as_of=as_of
        )
    total = sum(row.value for row in rows)
    value = f"{said(Measure.COST, total, rows[0].currency)}{_of(told, model)}"
    if why := _why_not_held(rows[0].currency, criteria, told_in):
        return Weighed(value=f"{value}; {why}", source=source, as_of=as_of)
    return Weighed(value=value, is_over=total > criteria.cost_per_month_max, source=source, as_of=as_of)


def _why_not_held(currency: str, criteria: Criteria, told_in: Sequence[str]) -> str:
    """Why a cost is not held against the limit; empty where it is. One without a currency is taken to be in its."""
    limit = criteria.cost_currency
    if limit and currency not in ("", limit):
        return f"the limit is {criteria.cost_per_month_max:,.15g} {limit}"
    if not limit and len(told_in) > 1:
        return f"costs are told in {named(told_in)}: set [candidates] cost_currency to the one that the limit is in"
    return ""


def said(measure: Measure, value: float, currency: str = "") -> str:
    match measure:
        case Measure.DECAY:
            how = "worse" if value >= 0 else "better"
            return f"{abs(value) * 100:,.4g} % {how} than when it was accepted"
        case Measure.DRIFT:
            return f"PSI {value:,.4g}"
        case Measure.COST:
            amount = f"{value:,.2f}".removesuffix(".00")
            return f"{amount}{f' {currency}' if currency else ''} a month"
        case Measure.CALLS:
            return f"{value:,.4g} call{'' if value == 1 else 's'} a day"


def _said(row: Measured) -> str:
    return said(row.measure, row.value, row.currency)


def _of(told: Sequence[_Told], model: Entity) -> str:
    if [one.part.id for one in told] == [model.id]:
        return ""
    more = f" (+{len(told) - 1:,} more)" if len(told) > 1 else ""
    return f", of {told[0].part.name}{more}"
