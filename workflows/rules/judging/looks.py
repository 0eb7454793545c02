"""What was counted between two looks at a plane, of one metric? What cannot be told is a gap, never zero."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from data.records.judged import Gap
from data.records.traffic import Arm, Count, Observed
from workflows.rules.judging.evidence import Cell

ERRORS, TIMEOUTS = "errors", "timeouts"
SLOWER = "slower than "
"""Begins the name of a metric that counts answers slower than so many seconds: "slower than 0.25 s"."""

Rows = Mapping[str, Mapping[Arm, Count]]
"""Consumer -> arm -> what is counted of both."""


class Look(NamedTuple):
    """Cells of whoever called and was told of, in order of their names; `gap`: why some are missing."""

    cells: tuple[Cell, ...] = ()
    gap: Gap | None = None


def slower(bound: str) -> str:
    """The name of that metric; `bound` in seconds, as counts have it."""
    return f"{SLOWER}{bound} s"


def between(before: Observed | None, now: Observed, metric: str, *, consumer: str = "") -> Look:
    """What was added from one look to the next.

    before   None at the first look, which only says from where on it is counted
    consumer  whose calls; empty: everybody's
    A plane that began to count anew (`since` moved on) added all it has; what it had not told before is not known of
    either arm, and counts for neither.
    """
    if before is None:
        return Look()
    if now.since < before.since:
        return Look(gap=Gap.BACKWARDS)
    then = _rows(before) if before.since == now.since else {}
    here = _rows(now)
    cells: list[Cell] = []
    gaps: list[Gap] = []
    for who in sorted({consumer} if consumer else then.keys() | here.keys()):
        added = [_added(then.get(who, {}).get(arm), here.get(who, {}).get(arm), metric) for arm in Arm]
        gaps += [one for one in added if isinstance(one, Gap)]
        old, new = added
        if not isinstance(old, Gap) and not isinstance(new, Gap) and (old[0] or new[0]):
            cells.append(Cell(who, *old, *new))
    return Look(cells=tuple(cells), gap=gaps[0] if gaps else None)


def kept(before: Observed | None, now: Observed) -> Observed:
    """What the next look is held against: of whoever is not told of in full now, what was told last.

    So nothing is counted twice when it is told again, and nothing of what came meanwhile is lost.
    """
    then = _rows(before) if before is not None and before.since == now.since else {}
    here = _rows(now)
    told = {who: rows for who, rows in here.items() if _is_told(then.get(who, {}), rows)}
    return replace(now, counts=tuple(one for rows in {**then, **told}.values() for one in rows.values()))


def _rows(observed: Observed) -> Rows:
    found: dict[str, dict[Arm, Count]] = {}
    for one in observed.counts:
        found.setdefault(one.consumer, {})[one.arm] = one
    return found


def _is_told(then: Mapping[Arm, Count], now: Mapping[Arm, Count]) -> bool:
    numbers = [(one.calls, one.errors, one.timeouts, *one.slower.values()) for one in now.values()]
    return all(math.isfinite(one) for row in numbers for one in row) and all(
        arm in now and was.slower.keys() <= now[arm].slower.keys() for arm, was in then.items()
    )


def _added(then: Count | None, now: Count | None, metric: str) -> tuple[int, int] | Gap:
    """Calls of one arm since then, and bad ones."""
    if now is None:
        return Gap.SILENT if then is not None else (0, 0)
    bad, was = bad_of(now, metric), bad_of(then, metric) if then is not None else 0
    if bad is None or was is None:
        return Gap.SILENT
    had = then.calls if then is not None else 0
    if not all(math.isfinite(one) for one in (now.calls, bad, had, was)):
        return Gap.NOT_A_NUMBER
    calls, more = now.calls - had, bad - was
    if min(calls, more, now.calls, bad) < 0:
        return Gap.BACKWARDS
    return (calls, more) if more <= calls else Gap.MORE_THAN_CALLS


def bad_of(count: Count, metric: str) -> int | None:
    """None where the plane does not count it."""
    if metric == ERRORS:
        return count.errors
    if metric == TIMEOUTS:
        return count.timeouts
    assert metric.startswith(SLOWER), metric
    return count.slower.get(metric.removeprefix(SLOWER).removesuffix(" s"))
