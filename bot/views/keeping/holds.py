"""Which legal holds are on an archive: on the card, in its thread, and for who asks."""

from __future__ import annotations

from bot.views import limits
from bot.views.blocks import day, mention, quoted, safe, said
from bot.views.card.steps import zone_of
from data import events
from data.records.retirement import Retirement


def line(event: events.HoldPlaced | events.HoldReleased) -> str:
    """The event in the card's thread."""
    by = mention(event.by)
    if isinstance(event, events.HoldPlaced):
        return f":scales: {by} placed legal hold {event.number}: nothing of its archive goes{said(event.why)}"
    proof = f", proved as {safe(event.proof, 200)}" if event.proof else ""
    return f":scales: {by} released legal hold {event.number}{proof}{said(event.why)}"


def in_one_section(retirement: Retirement) -> list[str]:
    """Every legal hold, by whom and since when; nothing where there is none."""
    zone = zone_of(retirement)
    held = [
        f":scales: *Legal hold* {one.number} by {mention(one.by)} since {day(one.at, zone)}{quoted(one.why, 300)}"
        for one in retirement.holds
    ]
    return [limits.joined(held, limits.SECTION_MAX - 500)] if held else []
