"""What became of brownouts, as lines in the card's thread."""

from __future__ import annotations

from typing import assert_never

from bot.views import limits
from bot.views.blocks import moment, safe, said, said_by
from bot.views.card.steps import zone_of
from bot.views.consumers.duty_lines import consumer_name
from data import events
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutAnnounced,
    BrownoutBegun,
    BrownoutCounted,
    BrownoutEnded,
    BrownoutSkipped,
    ConsumerExempted,
    OnBrownouts,
)
from data.records.retirement import Retirement
from workflows.rules.plans.browned import window
from workflows.rules.plans.brownouts import lasting
from workflows.rules.wording import counted


def line(event: OnBrownouts, retirement: Retirement) -> str:  # noqa: PLR0911 - one case per event
    """One event as mrkdwn, as in lines.py."""
    match event:
        case BrownoutAnnounced():
            whom = counted(len(event.to), "person", "people")
            return f":high_brightness: {which(event.number, retirement)} is near: told {whom}"
        case BrownoutBegun():
            return f":high_brightness: {which(event.number, retirement)} *begins*: calls are refused"
        case BrownoutEnded():
            return f":high_brightness: Brownout {event.number} is *over*: {called(event.refused, retirement)}"
        case BrownoutAborted():
            by = "" if event.by == events.EMERITUS else f" by {said_by(event.by, '')}"
            why = f": {safe(event.because, limits.REASON_MAX)}" if event.because else said(event.why)
            told = f"; {called(event.refused, retirement)}" if event.refused else ""
            return f":octagonal_sign: Brownout {event.number} was *ended early*{by}{why}{told}"
        case BrownoutCounted():
            return (
                f":mag: In brownout {event.number}, until it was ended: {called(event.refused, retirement)}"
            )
        case BrownoutSkipped():
            reasons = "\n".join(f"    • {safe(one, limits.REASON_MAX)}" for one in event.reasons)
            return f":fast_forward: {which(event.number, retirement)} is *skipped*:\n{reasons}"
        case ConsumerExempted():
            who = said_by(event.by, event.on_behalf_of)
            return f":shield: {who} exempts {consumer_name(retirement, event.consumer_id)} from brownouts"
        case _:
            assert_never(event)


def which(number: int, retirement: Retirement) -> str:
    """ "Brownout 2 (2027-03-08 10:00 UTC, 15 minutes)"; of another plan, its number alone."""
    found = window(retirement, number)
    when = f" ({moment(found.starts_at, zone_of(retirement))}, {lasting(found)})" if found else ""
    return f"Brownout {number}{when}"


def called(refused: dict[str, int], retirement: Retirement) -> str:
    """Who called, and how often, the most first."""
    if not refused:
        return "nobody called"
    most = sorted(refused.items(), key=lambda one: (-one[1], one[0]))
    names = [f"{consumer_name(retirement, one)} ({calls:,})" for one, calls in most]
    return f"{counted(len(names), 'caller')}: {limits.joined(names, 800, between=', ')}"
