"""Is what a source writes of decay, drift, cost and calls something that can be measured, and on which day was it?"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from data.importers.days import day_in
from data.records.catalog import Measure, Measured

Tell = Callable[[Measure, str], None]
"""Told why a measure is left out."""
HISTORY_MAX = 12  # ours: a year of what is measured every month; what is ranked by is the last one
_BOUNDS = {
    Measure.DECAY: (-1.0, 1.0, "a share from -1 to 1, as 0.07 for 7 % worse"),
    Measure.DRIFT: (0.0, 1e6, "a number from 0 to 1,000,000"),
    Measure.COST: (0.0, 1e12, "an amount from 0 to 1,000,000,000,000"),
    Measure.CALLS: (0.0, 1e12, "a number of calls from 0 to 1,000,000,000,000"),
}

_STATED = re.compile(r"(\S+)(?:\s+([A-Za-z]{3}))?\s+on\s+(\S+)")
FORM = "VALUE on DAY, as 0.07 on 2026-03-02"


def measured(measure: str, value: str, on: str, where: str, currency: str = "") -> Measured | str:
    """As it is kept, or why it is not."""
    if measure not in set(Measure):
        return f'measure "{measure[:40]}" is not one of {", ".join(Measure)}'
    name = Measure(measure)
    low, high, accepted = _BOUNDS[name]
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        return f'{name} "{value[:40]}" is not {accepted}'
    try:
        day = day_in(on)
    except ValueError:
        return f'"{on[:40]}" is no day like 2026-03-02'
    if currency and not re.fullmatch("[A-Za-z]{3}", currency):
        return f'currency "{currency[:40]}" is not three letters like EUR'
    if currency and name is not Measure.COST:
        return f"{name} has no currency"
    return Measured(measure=name, value=number, on=day, told_in=where, currency=currency.upper())


def stated(texts: Iterable[tuple[Measure, str]], where: str, tell: Tell) -> tuple[Measured, ...]:
    """What stands in a text each, such as a tag: "0.07 on 2026-03-02", or "1200 EUR on 2026-03-02"."""
    found = []
    for measure, text in texts:
        parts = _STATED.fullmatch(text.strip())
        value, currency, on = parts.groups() if parts else ("", "", "")
        row = measured(measure, value, on, where, currency or "") if parts else f'"{text[:60]}" is not {FORM}'
        if isinstance(row, str):
            tell(measure, row)
        else:
            found.append(row)
    return kept(found)


def kept(rows: Iterable[Measured]) -> tuple[Measured, ...]:
    """In order; of a measure and a day the last that is told, and of each measure the last days."""
    latest = {(row.measure, row.on): row for row in rows}
    days: dict[Measure, list[str]] = defaultdict(list)
    for measure, on in sorted(latest):
        days[measure].append(on)
    return tuple(latest[measure, on] for measure in Measure for on in days[measure][-HISTORY_MAX:])
