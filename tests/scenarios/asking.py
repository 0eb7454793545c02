"""What people ask Emeritus in a direct message, and what it answers in the thread."""

from __future__ import annotations

from typing import Any

from tests.scenarios.town import Town, key_of, words


def ask(town: Town, person: str, text: str, *, thread: str = "") -> str:
    """Write a message to it; what it answers below."""
    before = len(answers(town, person))
    assert town.slack.say(person, text, thread=thread).ok
    town.settle()
    (answer,) = answers(town, person)[before:]
    return words(answer)


def press(town: Town, person: str, action: str, value: str | None = None) -> str:
    """Press a button below the last answer; what the next one says."""
    before = len(answers(town, person))
    assert town.press(person, answers(town, person)[-1], action, value).ok
    (answer,) = answers(town, person)[before:]
    return words(answer)


def answers(town: Town, person: str) -> list[dict[str, Any]]:
    """Every answer this person was given, oldest first."""
    return [one for one in town.slack.messages(person) if key_of(one).startswith("answer/")]


def offered(town: Town, person: str) -> list[tuple[str, str]]:
    """(action id, value) of everything that can be used in the last answer."""
    return [
        (one["action_id"], one.get("value", ""))
        for block in answers(town, person)[-1]["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
    ]
