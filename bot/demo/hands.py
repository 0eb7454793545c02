"""What do the demo's people do in Slack, and how do they know that it came? Clicks, commands, forms, waiting.

Nothing sleeps: every wait ends with what it waits for, or says what did not come in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from bot.demo.page import Page, button
from bot.ids import SLASH_COMMAND, Action, Callback

T = TypeVar("T")
Message = dict[str, Any]
SOON_SECONDS = 15.0  # what a click leads to, at Slack's own pace of a message a second and channel


class MissingError(Exception):
    """Something was seen, and it is not what was expected."""


class Form(NamedTuple):
    """An open modal: what its inputs hold already, and every option it offers, by its text."""

    initial: dict[str, Any]
    options: dict[str, dict[str, Any]]

    def chosen(self, action: Action, text: str) -> dict[str, Any]:
        if text not in self.options:
            raise MissingError(f"The form offers no {text}; it offers {', '.join(self.options)}")
        return {str(action): {str(action): {"type": "static_select", "selected_option": self.options[text]}}}


def form(view: Mapping[str, Any]) -> Form:
    """An input that is left alone is submitted as it was opened."""
    initial: dict[str, Any] = {}
    options: dict[str, dict[str, Any]] = {}
    for block in view["blocks"]:
        element = block.get("element", {})
        options |= {option["text"]["text"]: option for option in element.get("options", [])}
        for name in ("initial_option", "initial_options", "initial_date"):
            if name in element:
                value = {"type": element["type"], name.replace("initial", "selected"): element[name]}
                initial[block["block_id"]] = {element["action_id"]: value}
    return Form(initial, options)


def typed(action: Action, text: str) -> dict[str, Any]:
    return {str(action): {str(action): {"type": "plain_text_input", "value": text}}}


def picked(action: Action, day: date) -> dict[str, Any]:
    return {str(action): {str(action): {"type": "datepicker", "selected_date": day.isoformat()}}}


def words(message: Mapping[str, Any]) -> str:
    """Everything a message says, title first."""
    parts = [message]
    for block in message.get("blocks", []):
        parts += [block, *block.get("elements", [])]
    texts = (part.get("text") for part in parts)
    found = (text.get("text") if isinstance(text, Mapping) else text for text in texts)
    return "\n".join(text for text in found if isinstance(text, str))


def heading(message: Mapping[str, Any]) -> str:
    return next(str(block["text"]["text"]) for block in message["blocks"] if block["type"] == "header")


def line(message: Mapping[str, Any], *expected: str) -> str:
    """The first line that says all of it; empty when none does."""
    lines = words(message).split("\n")
    return next((one for one in lines if all(text in one for text in expected)), "")


def saying(messages: Iterable[Message], *expected: str) -> Message | None:
    """The first message that says all of it."""
    return next((one for one in messages if all(text in words(one) for text in expected)), None)


def having(messages: Iterable[Message], action: Action, about: str = "") -> Message | None:
    """The first message with this button, for `about` where it has one for each of several things."""
    return next((one for one in messages if any(True for _ in _values(one, action, about))), None)


def containing(message: Mapping[str, Any], *expected: str) -> str:
    """The line with the last of what it must say. Raises `MissingError`."""
    for text in expected:
        if text not in words(message):
            raise MissingError(f'"{text}" is not in "{words(message)}"')
    return line(message, expected[-1]).strip()


def _values(message: Mapping[str, Any], action: Action, about: str) -> Iterable[str]:
    for block in message.get("blocks", []):
        for element in block.get("elements", []):
            value = str(element.get("value", ""))
            if element.get("action_id") == action and (not about or f"/{about}|" in value):
                yield value


class Hands:
    """Acts as anybody in one channel and in direct messages, one person after the other.

    later_seconds   how long the calendar may take to bring what it brings
    """

    def __init__(self, page: Page, *, channel: str, names: Mapping[str, str], later_seconds: float) -> None:
        self.page, self.channel, self.names, self.later_seconds = page, channel, names, later_seconds

    def soon(self, what: str, seen: Callable[[Page], T | None]) -> T:
        return self.page.wait_for(what, seen, timeout=SOON_SECONDS)

    def late(self, what: str, seen: Callable[[Page], T | None]) -> T:
        return self.page.wait_for(what, seen, timeout=self.later_seconds)

    def posted(self, *, thread_ts: str = "") -> list[Message]:
        """What everybody sees in the channel; with `thread_ts` the answers in that thread."""
        seen = self.page.messages(self.channel, thread_ts=thread_ts)
        return [
            one for one in seen if not one.get("ephemeral_to") and (not thread_ts or one["ts"] != thread_ts)
        ]

    def at(self, ts: str) -> Message:
        """The message as it reads now."""
        return next(one for one in self.page.messages(self.channel) if one["ts"] == ts)

    def opened(self, callback: Callback) -> Form:
        def on_top(page: Page) -> Form | None:
            view = page.view()
            return form(view) if view and view["callback_id"] == callback else None

        return self.soon(f"The form {callback}", on_top)

    def submit(self, who: str, values: Mapping[str, Any]) -> None:
        if errors := self.page.submit_view(who, values):
            raise MissingError(f"The form says {errors}")

    def press(self, who: str, message: Message, action: Action, about: str = "") -> None:
        value = next(iter(_values(message, action, about)), None)
        self.page.click(
            str(message["channel"]), str(message["ts"]), who, button(message, action, value=value)
        )

    def command(self, who: str, text: str) -> None:
        self.page.command(who, self.channel, SLASH_COMMAND, text)

    def asked(self, who: str, text: str) -> Message:
        """What a command answers."""
        return self.answer(who, lambda: self.command(who, text), f"{SLASH_COMMAND} {text}")

    def answer(self, who: str, act: Callable[[], None], what: str) -> Message:
        """What one person is told alone after an act."""
        before = len(self.page.private_messages(who, self.channel))
        act()
        told = self.soon(
            f"The private answer of {self.names[who]} to {what}",
            lambda page: page.private_messages(who, self.channel)[before:],
        )
        return told[0]
