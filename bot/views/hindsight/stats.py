"""How do retirements go, and how one of them beside the median of comparable ones? Each number with what it counts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND
from bot.views import blocks
from bot.views.blocks import Payload, context, header, safe, section
from bot.views.card.proposal import name_of
from bot.views.telling.digest import LINE_MAX, numbers
from data.records.retirement import Retirement
from workflows.rules.hindsight.comparing import COMPARABLE_MIN, COUNTS, Compared
from workflows.rules.hindsight.measures import Measure
from workflows.rules.wording import counted


def everyone(measures: Sequence[Measure]) -> Payload:
    """Of all retirements there ever were."""
    said = "; ".join(f"{one.metric}: {one.said}" for one in measures)
    beside = f"`{SLASH_COMMAND} stats RET-n` shows one beside the median of comparable ones"
    return blocks.message(
        f"How retirements go. {said}", [header("How retirements go"), *numbers(measures), context(beside)]
    )


def one(retirement: Retirement, compared: Sequence[Compared], follows: str = "") -> Payload:
    """This one beside those of its tier. `follows`: how that went which it was proposed after, where there is one."""
    head = f"{retirement.id} {safe(name_of(retirement))} beside {_comparable(retirement)}"
    lines = [f"*{row.figure}:* {beside(row)}\n_{safe(COUNTS[row.figure], LINE_MAX)}_" for row in compared]
    return blocks.message(head, [section("\n".join([f"*{head}*", *lines, *filter(None, [follows])]))])


def _comparable(retirement: Retirement) -> str:
    tier = retirement.plan.subject.tier if retirement.plan else 0
    return f"others of tier {tier}" if tier else "others without a tier"


def beside(row: Compared) -> str:
    """Its own days, and the median of the others."""
    own = "not yet" if row.own is None else in_days(row.own)
    if row.middle is None:
        return f"{own}; too few to compare with ({row.n:,}, a median takes {COMPARABLE_MIN})"
    return f"{own}, the median is {in_days(row.middle)} (n = {row.n:,})"


def in_days(days: float) -> str:
    return counted(round(days), "day")
