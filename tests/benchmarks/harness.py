"""How is a figure measured? Sides in turn, in shuffled rounds; what counts is the median of the rounds' ratios.

Machines differ and are busy with other things; two sides that ran within the same second differ by what they do.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

import msgspec

ROUNDS, ROUNDS_QUICK = 5, 2

Side = Callable[[], float]
"""Does one stretch of its work, and says how many seconds that took; all sides have the same to do."""

Sides = Callable[[], AbstractContextManager[Mapping[str, Side]]]
"""Makes everything ready for a round, and clears it away after; neither is measured."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table. `value` is None where it could not be measured; `reference` then says why.

    low, high   the extremes of the rounds
    """

    name: str
    value: float | None
    unit: str
    target: float
    better: Literal["higher", "lower"]
    reference: str
    rounds: int
    low: float | None
    high: float | None

    @property
    def is_met(self) -> bool:
        if self.value is None:
            return False
        return self.value >= self.target if self.better == "higher" else self.value <= self.target


class Run(NamedTuple):
    """What a figure is measured with: a folder on a disk, and how much patience there is."""

    folder: Path
    is_quick: bool = False
    rounds: int = ROUNDS
    rand: Random = Random(1)
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True)

    def sized(self, whole: int, quick: int) -> int:
        return quick if self.is_quick else whole


def in_rounds(run: Run, ready: Sides, *, stretches: int = 1) -> dict[str, list[float]]:
    """Seconds by side and round. One round more comes first and is not counted, so that all start warm.

    stretches   into how many a round's work is cut, side after side in an order that changes: what else the
                machine does then falls on all of them alike
    """
    found: dict[str, list[float]] = {}
    for number in range(run.rounds + 1):
        with ready() as sides:
            spent = dict.fromkeys(sides, 0.0)
            for _ in range(stretches if number else 1):
                order = list(sides)
                run.rand.shuffle(order)
                for name in order:
                    spent[name] += sides[name]()
        if number:
            for name, taken in spent.items():
                found.setdefault(name, []).append(taken)
            told = ", ".join(f"{name} {shown(1000 * taken)} ms" for name, taken in spent.items())
            run.say(f"  round {number} of {run.rounds}: {told}")
    return found


def figure(
    name: str,
    values: Sequence[float],
    *,
    unit: str,
    target: float,
    better: Literal["higher", "lower"],
    reference: str,
) -> Figure:
    """The median of the rounds, and their extremes."""
    return Figure(
        name=name,
        value=rounded(statistics.median(values)),
        unit=unit,
        target=target,
        better=better,
        reference=reference,
        rounds=len(values),
        low=rounded(min(values)),
        high=rounded(max(values)),
    )


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round: two medians of their own would compare moments that had nothing in common."""
    return [one / other for one, other in zip(above, below, strict=True)]


def rate(times: int, seconds: Sequence[float]) -> float:
    """How many a second, in the round in the middle."""
    return times / statistics.median(seconds)


def unmeasured(
    name: str, *, unit: str, target: float, better: Literal["higher", "lower"], why: str
) -> Figure:
    """A row for what could not be measured here, so that nobody takes its absence for success."""
    return Figure(
        name=name,
        value=None,
        unit=unit,
        target=target,
        better=better,
        reference=why,
        rounds=0,
        low=None,
        high=None,
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]


def taken(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rounded(value: float) -> float:
    """Four digits say all that a benchmark knows."""
    return float(f"{value:.4g}")


def shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(figures: Sequence[Figure]) -> str:
    """For people: one line a figure, and below it what it was measured against."""
    lines = []
    for one in figures:
        sign = ">=" if one.better == "higher" else "<="
        mark = "met   " if one.is_met else "MISSED" if one.value is not None else "NOT MEASURED"
        spread = f"({shown(one.low)} to {shown(one.high)} in {one.rounds} rounds)" if one.rounds > 1 else ""
        value = f"{shown(one.value)} {one.unit}"
        lines.append(
            f"{mark}  {value:>14}  (target {sign} {shown(one.target)})  {one.name}  {spread}".rstrip()
        )
        lines.append(f"        {one.reference}")
    return "\n".join(lines)
