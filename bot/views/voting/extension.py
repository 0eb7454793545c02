"""A request for more time: the form that asks, and how it looks in the thread until it is decided, and after."""

from __future__ import annotations

from datetime import date

from bot.ids import Action, Callback
from bot.views.blocks import (
    Payload,
    field,
    mention,
    message,
    modal,
    prose_field,
    quoted,
    safe,
    section,
    weekday,
)
from bot.views.card.steps import zone_of
from bot.views.consumers import duties
from bot.views.graph import impact
from data.events import EMERITUS
from data.records.retirement import Duty, Retirement, State

ENDS = {"yes": "granted", "no": "refused", "past": "over: its day is no later than the dates there are"}
NOW = {Duty.OBJECTS: "it objects now", Duty.NOT_MINE: "it was handed back"}


def form(retirement_id: str, consumer_id: str, first: date, announced: int) -> Payload:
    """Ask for a later date, `first` or after it. `private_metadata`: retirement, consumer, announced."""
    picker: Payload = {"type": "datepicker", "action_id": str(Action.EXTENSION_UNTIL)}
    return modal(
        "Need more time",
        Callback.EXTENSION_ASK,
        [
            section(
                f"*{safe(impact.short_id(consumer_id))}* in {safe(retirement_id)}. "
                "People vote on it, on the card: with approval every date ahead moves."
            ),
            field(
                "Migrated by",
                picker,
                block_id=str(Action.EXTENSION_UNTIL),
                hint=f"{first.isoformat()} or later",
            ),
            prose_field("Why", Action.EXTENSION_REASON, placeholder="What keeps you from moving sooner"),
        ],
        metadata={"retirement": retirement_id, "consumer": consumer_id, "announced": str(announced)},
        submit="Ask",
    )


def request(
    retirement: Retirement, consumer_id: str, *, number: int = 0, granted: str = "", by: str = ""
) -> Payload:
    """Request `number` for more time: whether people vote on it now, then how it ended.

    `granted`: "yes", "no", "past", or empty when nobody decided; `by`: who did. Without `number` it is the request that
    waits now.
    """
    owed = retirement.obligation(retirement.id_of(consumer_id))
    if owed is None:
        return message(f"{retirement.id}: {safe(consumer_id)} has no obligation any more")
    name, zone = duties.called(owed.consumer, duties.twins(retirement)), zone_of(retirement)
    asked = owed.extension
    over = ""
    if granted:
        verdict = ENDS.get(granted, "refused")
        who = "a vote" if by == EMERITUS else mention(by)
        decided = f"{verdict} by {who}" if by and granted != "past" else verdict
        over = f"More time for {name} is {decided}: migrate by {weekday(owed.migrate_by, zone)}"
    elif owed.duty is Duty.WAIVED:
        over = f"{name} needs no more time: waived by {mention(owed.changed_by)}"
    elif not retirement.is_migrating:
        is_anew = retirement.state is State.PROPOSED
        so = "people vote on another plan" if is_anew else f"{retirement.id} is {retirement.state}"
        over = f"The request for more time for {name} is over: {so}"
    elif asked is None or number not in (0, asked.number):
        anew = (
            "asked for anew"
            if asked is not None
            else f"not asked for any more: {NOW.get(owed.duty, f'it is {owed.duty}')}"
        )
        over = f"More time for {name} is {anew}"
    elif owed.consumer.consumer_id != consumer_id:
        over = f"{safe(impact.short_id(consumer_id))} is {name} by the catalog now: its request for more time is below"
    if over or asked is None:
        done = f":scales: {over}"
        return message(done, [section(done)])
    head = f":hourglass_flowing_sand: {mention(asked.asked_by)} needs more time for {name}"
    until, now_by = weekday(asked.until, zone), weekday(owed.migrate_by, zone)
    dates = f"until *{until}* instead of {now_by}"
    if asked.until <= owed.migrate_by:
        dates = f"until *{until}*; its date is {now_by} by now"
    is_voted_on = retirement.later is not None and asked.number in retirement.later.wishes.values()
    waits = (
        "The card has the vote."
        if is_voted_on
        else "People vote on it on the card once no other vote is open."
    )
    said = f"{head}, {dates}"
    return message(said, [section(f"{said}{quoted(asked.reason)}\n{waits}")])
