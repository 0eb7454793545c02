"""What people do on their Home in Slack, and what they see there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.slack import BotAnswer
from tests.scenarios.reading import words
from tests.scenarios.town import Town


def open_home(town: Town, person: str) -> str:
    """Open the Home tab; what it says once the bot has drawn it."""
    return drawn_after(town, person, lambda: town.slack.open_home(person))


def press(town: Town, person: str, action: str, value: str | None = None) -> None:
    """Press a button of Home, and let the bot do what that leads to."""
    assert town.slack.click_in_view(person, action, value).ok
    town.settle()


def turn(town: Town, person: str, value: str) -> str:
    """Turn to another page of Home; what that says."""
    return drawn_after(town, person, lambda: town.slack.click_in_view(person, "home.page", value))


def drawn_after(town: Town, person: str, act: Callable[[], BotAnswer]) -> str:
    """What is acknowledged before it is kept: the bell rings once it is."""
    before, bell = published(town), town.bot.dispatcher._awake
    bell.clear()
    assert act().ok
    assert bell.wait(5), "nothing was wanted within 5 s"
    town.settle()
    assert published(town) > before
    return said(town, person)


def look(town: Town) -> None:
    """What a running bot does every ten seconds."""
    town.bot.house.homes.look()
    town.settle()


def said(town: Town, person: str) -> str:
    return words(town.slack.home[person].content).strip()


def shown(town: Town, person: str) -> list[tuple[str, str]]:
    """(action id, value) of every button on their Home."""
    found: list[dict[str, Any]] = [
        element
        for block in town.slack.home[person].blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    return [(one["action_id"], one["value"]) for one in found]


def published(town: Town) -> int:
    """How often a Home was shown."""
    return sum(call.method == "views.publish" and call.happened for call in town.slack.calls)
