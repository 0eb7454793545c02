"""The people of the sample company, who press again until Slack says that it was taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.intake import NOT_KNOWN, NOT_RECORDED
from tests.fakes.slack import BotAnswer, NotOnScreen, SlackFake
from tests.fakes.slack.blocks import interactive
from tests.kill.bot_process import GOVERNANCE
from tests.kill.keeper import Keeper
from tests.scenarios.reading import key_of

PATIENCE_SECONDS = 30.0
TRIES_MAX = 100
MODAL_SECONDS = 3.0  # a trigger's life: a window that has not opened by then never will

Message = dict[str, Any]


class People:
    """Everything they do, they do in Slack; `acknowledged` lists what Slack told them was taken, or a message shows."""

    def __init__(self, slack: SlackFake, keeper: Keeper) -> None:
        self.slack, self.keeper = slack, keeper
        self.acknowledged: list[tuple[str, str, str]] = []
        self.answers: list[BotAnswer] = []

    def propose(self, by: str, *, target: Callable[[], datetime], **values: str) -> None:
        """`target` is asked when the form is there: on this calendar, waiting for a bot takes days."""
        while by not in self.slack.views:
            self.insist(lambda: self.slack.command(by, GOVERNANCE, "/retire", "propose churn-v1"))
            with self.slack.ws.changed:
                self.slack.ws.changed.wait_for(lambda: by in self.slack.views, MODAL_SECONDS)
        named = {f"proposal.{name}": value for name, value in values.items()}
        named["proposal.target"] = f"{target():%Y-%m-%d}"
        self.insist(lambda: self.slack.submit(by, named))
        self.slack.wait_for(lambda: self.told(GOVERNANCE, "RET-1/card"), PATIENCE_SECONDS)

    def press(self, who: str, where: Callable[[], Message], action: str, value: str | None = None) -> None:
        """Press a button; a message that lost it meanwhile says that it was pressed."""

        def pressed() -> BotAnswer | None:
            message = where()
            try:
                return self.slack.click(who, message["channel"], message["ts"], action, value)
            except NotOnScreen:
                return None

        for _ in range(TRIES_MAX):
            before = len(self.slack.ephemerals)
            if self.insist(pressed) is None:
                # Taken in by a bot that was killed before it said so: the message shows that.
                self.acknowledged.append((who, action, value or ""))
                return
            if not self._told_to_try_again(who, before):
                self.acknowledged.append((who, action, value or ""))
                return

    def _told_to_try_again(self, who: str, before: int) -> bool:
        """A record that was too busy is owned up to, alone; whoever is told nothing has been acknowledged."""

        def said() -> str:
            return " ".join(
                one["text"] for one in self.slack.ephemerals[before:] if one["ephemeral_to"] == who
            )

        with self.slack.ws.changed:
            self.slack.ws.changed.wait_for(said, MODAL_SECONDS)
            return any(words in said() for words in (NOT_RECORDED, NOT_KNOWN))

    def told(self, where: str, key: str) -> list[Message]:
        """The messages of a channel or person with this key."""
        return [message for message in self.slack.messages(where) if key_of(message) == key]

    def card(self) -> Message:
        return self.told(GOVERNANCE, "RET-1/card")[0]

    def announcement(self, person: str) -> Message:
        return self.told(person, f"RET-1/announcement-1/dm/{person}")[0]

    def reminders(self, person: str) -> list[Message]:
        return [one for one in self.slack.messages(person) if key_of(one).startswith("RET-1/remind/")]

    def owners(self) -> list[str]:
        """Everybody who was told so far that they have to move."""
        everybody = [user for user in self.slack.ws.users if not self.slack.ws.users[user].is_bot]
        return [person for person in everybody if self.told(person, f"RET-1/announcement-1/dm/{person}")]

    def insist(self, act: Callable[[], BotAnswer | None]) -> BotAnswer | None:
        for _ in range(TRIES_MAX):
            assert self.keeper.is_up.wait(PATIENCE_SECONDS), "no bot came up again"
            answer = act()
            if answer is None:
                return None
            stays_open = isinstance(answer.body, dict) and answer.body.get("response_action") == "errors"
            if answer.ok and not stays_open:
                self.answers.append(answer)
                return answer
        raise AssertionError(
            f"not taken after {TRIES_MAX} tries, at last {answer.body}; {self.keeper.said()}"
        )


def offered(message: Message, action: str) -> list[str]:
    """The values of the buttons of one kind under a message."""
    elements = [element for block in message["blocks"] for element in interactive(block)]
    return [element["value"] for element in elements if element["action_id"] == action]
