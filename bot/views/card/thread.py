"""Lines due together are one message in the card's thread: what one press said of many is said of some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from bot.ids import SLASH_COMMAND
from bot.views import blocks, limits
from bot.views.blocks import Payload
from bot.views.card.lines import line
from bot.views.consumers.duty_lines import NAMES_AT_ONCE, consumer_name, duty_words, waived_words
from data import events
from data.records.retirement import Retirement

SECTIONS_MAX = 4  # of 3,000 characters: more words than that Slack does not take in one message


def message(happened: Sequence[events.RetirementEvent], retirement: Retirement) -> Payload:
    """All of them in order; what is too much for one message says where the rest is."""
    lines = told(happened, retirement)
    text = "\n".join(lines)
    if len(text) <= limits.UPDATE_TEXT_MAX:
        return blocks.message(text)
    how, why = f"{SLASH_COMMAND} show {retirement.id}", f"emeritus plan {retirement.id}"
    rest = f"; `{how}` has how it stands, `{why}` every reason"
    sections = limits.spread(lines, at_most=SECTIONS_MAX, rest=rest)
    return blocks.message(text, [blocks.section(one) for one in sections])


def told(happened: Sequence[events.RetirementEvent], retirement: Retirement) -> list[str]:
    """One line per event, and one for some of those that came of the same press."""
    shown = []
    for press, together in groupby(happened, _press):
        if press is None:
            shown += [line(event, retirement) for event in together]
            continue
        answers = [event for event in together if isinstance(event, events.DutyChanged | events.Waived)]
        for start in range(0, len(answers), NAMES_AT_ONCE):
            few = answers[start : start + NAMES_AT_ONCE]
            names = ", ".join(consumer_name(retirement, _about(answer)) for answer in few)
            first = few[0]
            shown.append(
                waived_words(first, names)
                if isinstance(first, events.Waived)
                else duty_words(first, names, retirement)
            )
    return shown


def _about(answer: events.DutyChanged | events.Waived) -> str:
    return answer.what if isinstance(answer, events.Waived) else answer.consumer_id


def _press(event: events.RetirementEvent) -> tuple[str, str, str, datetime] | None:
    """Who said what when; None where there is more to tell than that."""
    if isinstance(event, events.Waived):
        return event.by, "", f"waived: {event.reason}", event.at
    if not isinstance(event, events.DutyChanged) or event.note or event.extension:
        return None
    return event.by, event.on_behalf_of, event.duty, event.at
