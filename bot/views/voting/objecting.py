"""An objection: the form that asks why, the vote on whether it goes on in spite of it, and how that ended."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views import limits
from bot.views.blocks import (
    Payload,
    mention,
    mentions,
    message,
    modal,
    prose_field,
    quoted,
    safe,
    said_by,
    section,
    weekday,
)
from bot.views.card.steps import zone_of
from bot.views.graph.impact import short_id
from data import events
from data.records.retirement import Retirement, State
from workflows.rules.consumers import objecting
from workflows.rules.voting.barring import barred

BEFORE_MAX, WHY_MAX = 5, 150
"""Of what was said of the plan before, beside the vote on the next one."""


def form(retirement: Retirement, consumer_id: str, announced: int) -> Payload:
    """`private_metadata`: retirement, consumer, announced."""
    duty = retirement.obligation(retirement.id_of(consumer_id))
    name = duty.consumer.name if duty is not None else short_id(consumer_id)
    return modal(
        "Object",
        Callback.DUTY_OBJECT,
        [
            section(
                f"*{safe(name)}* in {safe(retirement.id)}. People vote on the card on whether it goes on in spite of "
                "this. Nothing is switched off before they have, nor if they vote against it."
            ),
            prose_field("Why", Action.DUTY_OBJECTION, placeholder="What would go wrong, and for whom"),
        ],
        metadata={"retirement": retirement.id, "consumer": consumer_id, "announced": str(announced)},
        submit="Object",
    )


def asked(retirement: Retirement) -> list[str]:
    """What is voted on now, a line each; none where there is no such vote."""
    duty = objecting.voted_on(retirement)
    if duty is None or duty.objection is None:
        return []
    by = said_by(duty.changed_by, duty.changed_for)
    why = f":raised_hand: {by} objects for *{safe(duty.consumer.name)}*{quoted(duty.objection.reason)}"
    return [f"{why}\nApprove to go on in spite of it. Without approval nothing is switched off on this plan."]


def before(retirement: Retirement) -> list[str]:
    """What owners had people vote on when the plan was drawn up anew, a line each: the vote on it is a vote on that."""
    if retirement.state is not State.PROPOSED:
        return []
    said = []
    for duty in retirement.obligations:
        if (wish := duty.wish) is not None:
            what = "objects" if duty.objection is not None else "needs more time"
            by = said_by(duty.changed_by, duty.changed_for)
            said.append(
                f":raised_hand: {by} {what} for *{safe(duty.consumer.name)}*{quoted(wish.reason, WHY_MAX)}"
            )
    more = len(said) - BEFORE_MAX
    return [
        *said[:BEFORE_MAX],
        *([f"and {more:,} more, in `{SLASH_COMMAND} show {retirement.id}`"] if more > 0 else []),
    ]


def line(event: events.ObjectionProposed | events.ObjectionEnded, retirement: Retirement, name: str) -> str:
    """How the vote begins and ends, in the thread. Nobody asked for it, so those who have it are called."""
    match event:
        case events.ObjectionProposed():
            until = weekday(event.round.expires_at, zone_of(retirement))
            without = barred(event.round, retirement)
            voters = [one for people in event.round.members.values() for one in people if one not in without]
            what = (
                f"A vote on *going on in spite of an objection* of {name} is open on the card until {until}"
            )
            return f":raised_hand: {what}, for {mentions(voters) or 'nobody: no role has anybody'}"
        case events.ObjectionEnded(outcome="overruled"):
            return f":arrow_forward: People voted that it goes on in spite of the objection of {name}"
        case events.ObjectionEnded(outcome="upheld"):
            way = f"*Edit plan* is for a new vote, or {mention(retirement.coordinator_id)} calls it off"
            why = safe(event.because, 200) or "people voted against going on"
            return f":raised_hand: The objection of {name} *stands*: {why}. Nothing is switched off. {way}"
        case events.ObjectionEnded():
            return f":arrow_forward: The vote on an objection is over: {safe(event.because, 200)}"


def heard(retirement: Retirement, consumer_id: str, outcome: str) -> Payload:
    """To whoever objected."""
    duty = retirement.obligation(retirement.id_of(consumer_id))
    name = f"*{safe(duty.consumer.name if duty is not None else consumer_id)}*"
    model = safe(retirement.plan.subject.model_name) if retirement.plan else retirement.id
    if outcome == "upheld":
        said = f"your objection for {name} stands: nothing is switched off on this plan. Take it back once it is met."
    else:
        said = (
            f"people voted that it goes on in spite of your objection for {name}: it is asked of you as before. "
            "Move, or ask for more time."
        )
    return message(limits.clip(f":scales: *{retirement.id}* {model}: {said}", limits.SECTION_MAX))
