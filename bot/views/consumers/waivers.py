"""What a waiver means to whose duty it was, and to the coordinator when they contest it."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND, Action
from bot.views.blocks import Payload, actions, button, mention, message, quoted, safe, said_by, section
from bot.views.card.proposal import name_of
from bot.views.consumers import duties
from data.records.retirement import Duty, Retirement
from workflows.rules.wording import typed


def waived(retirement: Retirement, consumer_id: str, by: str) -> Payload:
    """The reason in full, and a way to say that it is not so while there is time."""
    owed = retirement.obligation(consumer_id)
    name = safe(owed.consumer.name if owed else consumer_id)
    why = quoted(owed.note) if owed else ""
    text = (
        f":pencil: *{retirement.id}* {safe(name_of(retirement))}: {mention(by)} waived *{name}*, "
        f"so nobody waits for you there{why}"
    )
    if owed is None or owed.duty is not Duty.WAIVED or not retirement.is_migrating:
        return message(text)
    more = "If it must not lose the model yet, contest it: it is asked of you as before, and they are told."
    return message(
        text,
        [
            section(f"{text}\n{more}"),
            actions(button("Contest", Action.DUTY_CONTEST, duties.value(retirement, owed))),
        ],
    )


def contested(retirement: Retirement, consumer_id: str, by: str, on_behalf_of: str) -> Payload:
    """To the coordinator: what they vouched for is open again."""
    owed = retirement.obligation(consumer_id)
    name = safe(owed.consumer.name if owed else consumer_id)
    called = safe(typed(owed.consumer.name if owed else consumer_id, consumer_id))
    again = f"`{SLASH_COMMAND} waive {retirement.id} {called} REASON`"
    return message(
        f":raised_hand: *{retirement.id}* {safe(name_of(retirement))}: {said_by(by, on_behalf_of)} contests that "
        f"*{name}* was waived. It is asked as before: talk to them. If it has to go without all the same: {again}"
    )
