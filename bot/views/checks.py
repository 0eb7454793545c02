"""Checks of consumers: that they run, how each ended, and what it said."""

from __future__ import annotations

from itertools import groupby

from bot.views import limits
from bot.views.blocks import mention, safe
from bot.views.duty_lines import consumer_name
from data import events
from data.events import EMERITUS
from data.records.checks import CheckEnd
from data.records.retirement import Retirement
from workflows.rules.wording import counted

MARKS = {
    CheckEnd.RUNNING: ":hourglass_flowing_sand:",
    CheckEnd.PASSED: ":white_check_mark:",
    CheckEnd.FAILED: ":x:",
    CheckEnd.SKIPPED: ":warning:",
    CheckEnd.NOT_RUN: ":warning:",
}


def line(event: events.ChecksStarted | events.CheckEnded, retirement: Retirement) -> str:
    """The event in the card's thread."""
    if isinstance(event, events.ChecksStarted):
        by = "" if event.by == EMERITUS else f", as {mention(event.by)} asked"
        return f":test_tube: {counted(len(event.checks), 'check')} of consumers{by}: {_of_each(event, retirement)}"
    why = f" ({safe(event.why, 200)})" if event.why else ""
    name = consumer_name(retirement, event.consumer_id)
    in_time = f" after {event.seconds:,} s" if event.seconds else ""
    return f"{MARKS[event.end]} Check *{safe(event.name)}* of {name}: *{event.end}*{why}{in_time}"


def _of_each(event: events.ChecksStarted, retirement: Retirement) -> str:
    shown = [
        f"{consumer_name(retirement, consumer_id)} ({', '.join(safe(one.name) for one in some)})"
        for consumer_id, some in groupby(event.checks, lambda one: one.consumer_id)
    ]
    return limits.joined(shown, 1_500, between=", ")
