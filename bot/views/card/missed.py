"""Calls of what is dark, or is going dark: for whoever may bring it back, and as a line in the thread."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND
from bot.views import blocks, limits
from bot.views.blocks import Payload, mention, safe, section
from bot.views.card.proposal import name_of
from bot.views.consumers import callers
from data import events
from data.records.retirement import Retirement
from workflows.rules.wording import counted

ROWS_MAX = 10


def told(retirement: Retirement, event: events.ServiceMissed) -> Payload:
    """To one who may act, at any hour: who misses it, and how it comes back."""
    head = f":rotating_light: *{retirement.id}* {safe(name_of(retirement))}: {_words(event)}"
    rows = [f"• {callers.called(one)}{callers.seen(one.calls)}" for one in event.callers]
    rest = f": `emeritus impact {safe(name_of(retirement))}` prints all"
    back = f"Where they cannot do without it, bring service back: `{SLASH_COMMAND} restore {retirement.id} REASON`."
    return blocks.message(
        head,
        [
            section(head),
            section(limits.joined(rows, limits.SECTION_MAX - 300, at_most=ROWS_MAX, rest=rest)),
            section(f"{back} Where they can, there is nothing to do: you hear of each once."),
        ],
    )


def line(event: events.ServiceMissed, retirement: Retirement) -> str:
    names = limits.joined([callers.called(one) for one in event.callers], 500, between=", ", at_most=ROWS_MAX)
    heard = limits.joined([mention(one) for one in event.to], 500, between=", ", at_most=ROWS_MAX)
    back = f"`{SLASH_COMMAND} restore {retirement.id} REASON` brings service back"
    return f":rotating_light: {_words(event)}: {names}; told {heard}. {back}"


def _words(event: events.ServiceMissed) -> str:
    verb = "was" if len(event.callers) == 1 else "were"
    return f"{counted(len(event.callers), 'caller')} {verb} seen calling what is dark, or going dark"
