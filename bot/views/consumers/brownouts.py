"""A brownout for whoever it may hit: in the card's thread with all consumers, and for each person with their own."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ids import Action
from bot.views import limits
from bot.views.blocks import Payload, actions, button, mention, message, safe, section
from bot.views.card.brownout_lines import called, which
from bot.views.card.proposal import name_of
from bot.views.consumers.duty_lines import consumer_name
from data.records.brownouts import BrownoutState
from data.records.retirement import Retirement
from workflows.rules.consumers import callers
from workflows.rules.consumers.obligations import of_person
from workflows.rules.plans.browned import ahead, running, seen

WHY_MAX = 400
"""With who called, and whose they are, it stands in one section."""
BUTTONS_MAX = 10
"""As many as people read through; all others are exempted in their owners' messages."""


def request(retirement: Retirement, number: int) -> Payload:
    """In the thread: what is to be, is or was, with the buttons that end it and that spare somebody."""
    ids = [one.consumer.consumer_id for one in retirement.obligations]
    ids += [one.consumer.consumer_id for one in callers.open_ones(retirement)]
    text = f":high_brightness: {_now(retirement, number)}"
    one = seen(retirement, number)
    if one is not None and one.state is BrownoutState.RUNNING:
        text += f" {mention(retirement.coordinator_id)}, one press ends it."
    return message(text, [section(text), *_spared(retirement, ids), *_buttons(retirement, number, ids)])


def told(retirement: Retirement, slack_id: str, number: int) -> Payload:
    """To one person who answers for consumers."""
    ids = [duty.consumer.consumer_id for duty in of_person(retirement, slack_id)]
    names = limits.joined([consumer_name(retirement, one) for one in ids], 600, between=", ", at_most=10)
    text = (
        f":high_brightness: *{retirement.id}* {safe(name_of(retirement))}: {_now(retirement, number)}"
        f"\nYours: {names or 'none'}.{_meanwhile(retirement, number)}"
    )
    return message(text, [section(text), *_spared(retirement, ids), *_buttons(retirement, 0, ids)])


def _meanwhile(retirement: Retirement, number: int) -> str:
    """What is still to come of it, or of the next one."""
    one = seen(retirement, number)
    if one is None or one.state is BrownoutState.RUNNING:
        return " Whoever still calls it gets `503` and `Retry-After` meanwhile; exempt what must not fail."
    return " Exempt what must not fail in the next one." if ahead(retirement) else ""


def _now(retirement: Retirement, number: int) -> str:
    """How it stands as it is drawn."""
    name, one = which(number, retirement), seen(retirement, number)
    if one is None:
        is_ahead = number in dict(ahead(retirement)) and retirement.is_migrating
        return f"{name} is ahead: calls are refused then." if is_ahead else f"{name} will not be."
    match one.state:
        case BrownoutState.RUNNING:
            return f"{name} *runs*: calls are refused."
        case BrownoutState.HELD:
            return f"{name} is over: {called(one.refused, retirement)}."
        case BrownoutState.ABORTED:
            why = f" ({safe(one.why, WHY_MAX)})" if one.why else ""
            return f"{name} was ended early{why}: {called(one.refused, retirement)}."
        case BrownoutState.SKIPPED:
            return f"{name} is skipped: {safe(one.why, WHY_MAX)}."


def _spared(retirement: Retirement, ids: Iterable[str]) -> list[Payload]:
    names = [consumer_name(retirement, one) for one in ids if one in retirement.exempt]
    shown = limits.joined(names, 1_000, between=", ", at_most=20)
    return [section(f":shield: Exempt: {shown}")] if names else []


def _buttons(retirement: Retirement, number: int, ids: Iterable[str]) -> list[Payload]:
    one = seen(retirement, number) if number else None
    if not retirement.is_migrating or not (running(retirement) or ahead(retirement)):
        return []
    left = [found for found in ids if found not in retirement.exempt][:BUTTONS_MAX]
    # An id stands only once among the buttons of one block.
    shown = [
        actions(
            button(
                f"Exempt {plain_name(retirement, found)}",
                Action.BROWNOUT_EXEMPT,
                f"{retirement.id}|{found}",
            )
        )
        for found in left
    ]
    if one is None or one.state is not BrownoutState.RUNNING:
        return shown
    ends = button("End it now", Action.BROWNOUT_ABORT, f"{retirement.id}|{number}", style="danger")
    return [actions(ends), *shown]


def plain_name(retirement: Retirement, consumer_id: str) -> str:
    """As its button says it."""
    duty = retirement.obligation(consumer_id)
    found = [
        one.consumer.name for one in callers.open_ones(retirement) if one.consumer.consumer_id == consumer_id
    ]
    return duty.consumer.name if duty is not None else next(iter(found), consumer_id)
