"""Who answers for whom, and until when: what both are told, and what is shown of it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bot.ids import SLASH_COMMAND, Action
from bot.views import limits
from bot.views.blocks import Payload, actions, button, context, mention, message, safe, section
from data.events import EMERITUS
from workflows.rules.people.delegating import InForce, chain, stands_in_for

HOW = f"`{SLASH_COMMAND} delegate @someone until YYYY-MM-DD`"
SHOWN_MAX = 20


def last_on(person: str, delegations: InForce) -> date:
    """Up to which day the last of the chain answers: the first of its parts to end ends that."""
    days = [delegations[one].last_on for one in (person, *chain(person, delegations)[:-1])]
    return min(day for day in days if day is not None)


def line(person: str, delegations: InForce) -> str:
    """To whom goes what is asked of this person; empty where it comes to them."""
    onward = chain(person, delegations)
    if not onward:
        return ""
    way = " through " + ", ".join(map(mention, onward[:-1])) if len(onward) > 1 else ""
    until = last_on(person, delegations)
    return f"Answers of {mention(person)} go to {mention(onward[-1])} until *{until:%a %Y-%m-%d}*{way}"


def lines(people: Iterable[str], delegations: InForce) -> list[str]:
    """The same of everybody named here who has somebody else answer for them."""
    return [said for person in dict.fromkeys(people) if (said := line(person, delegations))]


def standing(person: str, delegations: InForce) -> Payload:
    """What `/retire delegate` shows."""
    own = line(person, delegations)
    rows = [f"{own}. `{SLASH_COMMAND} delegate off` ends it"] if own else [f"You answer for yourself. {HOW}"]
    others = [
        f"You answer for {mention(one)} until *{last_on(one, delegations):%a %Y-%m-%d}*. "
        f"`{SLASH_COMMAND} delegate off @them` ends it"
        for one in stands_in_for(person, delegations)
    ]
    shown = limits.joined([*rows, *others], limits.SECTION_MAX, at_most=SHOWN_MAX)
    return message(shown, [section(shown)])


def instead(payload: Payload, person: str) -> Payload:
    """The message for one person, as it goes to whoever answers for them."""
    said = (
        f":handshake: You get this for {mention(person)}, for whom you answer: what it calls yours is theirs."
    )
    blocks = payload.get("blocks") or [section(payload["text"])]
    return message(payload["text"], [context(said), *blocks])


def begun(said: Mapping[str, str]) -> Payload:
    """To whoever is to answer. They may decline: who answers for a proposer has no vote on the plan."""
    who = mention(said["person"])
    text = (
        f":handshake: {who} asks you to answer for them, {_until(said)}. What is asked of "
        "them comes to you; what waits already is in your Home tab, with the same buttons. Whatever you answer is "
        "recorded as yours, for them. Votes stay theirs, and on a plan they proposed you have none meanwhile."
    )
    return message(
        text, [section(text), actions(button("Decline", Action.DELEGATION_DECLINE, said["person"]))]
    )


def _until(said: Mapping[str, str]) -> str:
    return f"up to and including *{date.fromisoformat(said['until']):%a %Y-%m-%d}*"


def ended(said: Mapping[str, str]) -> Payload:
    """The same message once there is nothing to decline in it."""
    who = mention(said["person"])
    since = "That is over: you do not answer for them any more."
    if said["renewed"]:
        since = "They have named another day since: the newer message has it."
    text = f":handshake: {who} asked you to answer for them, {_until(said)}. {since}"
    return message(text, [section(text)])


def over(said: Mapping[str, str]) -> Payload:
    """To both, or to whoever did not end it."""
    person, delegate = mention(said["person"]), mention(said["delegate"])
    if said["channel"] == said["delegate"]:
        text = (
            f":handshake: {person} answers for themselves again: what is asked of them comes to you no more."
        )
        return message(text)
    why = "the time is over"
    if said["by"] == said["delegate"]:
        why = f"{delegate} does not answer for you any more"
    elif said["why"]:
        why = f"{delegate} cannot be reached ({safe(said['why'], limits.PROSE_MAX)})"
    elif said["by"] != EMERITUS:
        why = "you ended it"
    text = (
        f":handshake: What is asked of you comes to you again: {why}. Your Home tab has what waits, and what "
        f"was answered meanwhile. {HOW} names somebody else."
    )
    return message(text)
