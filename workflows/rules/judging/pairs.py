"""What do calls that both models got say? Only those that ended well on one and badly on the other: nobody is exposed.

Of pairs that differ each is bad on new with probability r / (1 + r), if that is r times as frequent as bad on old
alone: the same e-process as for calls that were split, with as many on either side (McNemar, Psychometrika 12, 1947,
looked at at any time). That the same inputs fail on both cancels out, so far fewer are needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from data.records.judged import Margins
from workflows.rules.judging.evidence import Cell

IN_SHADOW = 0.8
"""Of the chance to give up a sound successor so much is spent before it answers anybody: bad ones cost nothing there.

With the whole of it, one of a hundred sound successors is given up in 6,000 pairs; the rest is left for what follows.
"""


def shared(margins: Margins) -> tuple[Margins, Margins]:
    """The margins in shadow, and those once the successor answers calls: together they keep to `alpha`."""
    before, after = margins.alpha * IN_SHADOW, margins.alpha * (1 - IN_SHADOW)
    return replace(margins, alpha=before), replace(margins, alpha=after)


class Pair(NamedTuple):
    """One call, and how it ended on both."""

    consumer: str
    is_bad_on_old: bool
    is_bad_on_new: bool


def counted(pairs: Iterable[Pair]) -> tuple[Cell, ...]:
    """By consumer, in order of their names: bad on one of them only."""
    found: dict[str, Cell] = {}
    for pair in pairs:
        had = found.get(pair.consumer, Cell(pair.consumer, 0, 0, 0, 0))
        found[pair.consumer] = Cell(
            pair.consumer,
            had.old_calls + 1,
            had.old_bad + (pair.is_bad_on_old and not pair.is_bad_on_new),
            had.new_calls + 1,
            had.new_bad + (pair.is_bad_on_new and not pair.is_bad_on_old),
        )
    return tuple(found[one] for one in sorted(found))
