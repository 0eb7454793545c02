"""Whose is it that somebody handed back? The form that asks, and the message to whoever is named."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views.blocks import Payload, actions, button, field, mention, message, modal, safe, section
from bot.views.card.proposal import name_of
from bot.views.consumers import duties
from bot.views.graph.impact import short_id
from bot.views.telling.audiences import five_facts
from data.records.retirement import Duty, Retirement
from workflows.rules.wording import typed


def form(retirement_id: str, consumer_id: str, announced: int) -> Payload:
    """`private_metadata`: retirement, consumer, announced."""
    people: Payload = {"type": "users_select", "action_id": str(Action.DUTY_NAMED)}
    return modal(
        "Whose is it?",
        Callback.DUTY_NAME,
        [
            section(
                f"*{safe(short_id(consumer_id))}* in {safe(retirement_id)}. They are asked, and may take it over."
            ),
            field("It is", people, block_id=str(Action.DUTY_NAMED)),
        ],
        metadata={"retirement": retirement_id, "consumer": consumer_id, "announced": str(announced)},
        submit="Ask them",
    )


def asked(retirement: Retirement, consumer_id: str, by: str) -> Payload:
    """To whoever is named: nothing is theirs until they take it."""
    owed = retirement.obligation(retirement.id_of(consumer_id))
    name = safe(owed.consumer.name if owed else consumer_id)
    what = f"{mention(by)} says that *{name}* is yours, which loses {safe(name_of(retirement))}"
    text = f":grey_question: *{retirement.id}* {what}"
    if owed is None or owed.duty is not Duty.NOT_MINE or not retirement.is_migrating:
        return message(text)
    take = f"`{SLASH_COMMAND} take {retirement.id} {safe(typed(owed.consumer.name, consumer_id))}`"
    who = mention(retirement.coordinator_id)
    action = f"If it is yours, press I take this, or type {take}, and answer for it. If not, tell {who}."
    about = duties.value(retirement, owed)
    return message(
        text,
        [
            section(text),
            section(five_facts(retirement, action=action)),
            actions(button("I take this", Action.DUTY_TAKE, about)),
        ],
    )
