"""What a person does in a conversation: type a command, press a button, choose in a menu."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.slack.chat import as_slack_shows
from tests.fakes.slack.delivery import BotAnswer
from tests.fakes.slack.hands import VERIFICATION, Hands, Send
from tests.fakes.slack.inputs import NotOnScreen, view_state
from tests.fakes.slack.modals import Modals
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.workspace import APP_ID, TEAM_ID, Message, Workspace


class AtMessages(Hands):
    """The hands of every user, on messages."""

    def __init__(
        self,
        ws: Workspace,
        modals: Modals,
        send: Send,
        urls: ResponseUrls,
        address: Callable[[str], str],
        *,
        should_escape: bool,
    ) -> None:
        super().__init__(ws, modals, send)
        self.urls, self.address, self.should_escape = urls, address, should_escape

    def _message(self, user_id: str, channel_id: str, ts: str) -> Message:
        own = [m for m in self.ws.ephemerals if m.ephemeral_to == user_id and m.channel == channel_id]
        for message in [*self.ws.messages[channel_id], *own]:
            if message.ts == ts:
                return message
        raise NotOnScreen(f"{user_id} sees no message {ts} in {channel_id}")

    def command(self, user: str, channel: str, name: str, text: str = "") -> BotAnswer:
        """Type a slash command; what the bot answers at once is shown as Slack shows it."""
        with self.ws.lock:
            room, person = self._room(user, channel), self._person(user)
            url_id = self.urls.new(channel, user)
            payload = {
                "token": VERIFICATION,
                "team_id": TEAM_ID,
                "team_domain": "example",
                "channel_id": channel,
                "channel_name": "directmessage" if room.is_im else room.name,
                "user_id": user,
                "user_name": person.name,
                "command": name,
                "text": self._escaped(text) if self.should_escape else text,
                "api_app_id": APP_ID,
                "is_enterprise_install": "false",
                "response_url": self.address(url_id),
                "trigger_id": self.modals.new_trigger(user),
            }
        answer = self.send("command", payload)
        if answer.ok and answer.body:
            body = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            with self.ws.lock:
                self.urls.say(self.urls.known[url_id], body)
        return answer

    def _escaped(self, text: str) -> str:
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(sign, entity)
        names = {f"@{u.name}": f"<@{u.id}|{u.name}>" for u in self.ws.users.values()}
        names |= {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in self.ws.channels.values()}
        text = re.sub(r"[@#][\w.-]+", lambda found: names.get(found[0], found[0]), text)
        return re.sub(r"(?<![<|])https?://[^\s<>|]+", lambda found: f"<{found[0]}>", text)

    def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: str | None = None,
        *,
        block_id: str | None = None,
    ) -> BotAnswer:
        """Press a button under a message; `value` tells apart buttons of one action id."""
        return self._act_in_message(user, channel, ts, action_id, block_id, button_value=value)

    def select_in_message(
        self, user: str, channel: str, ts: str, action_id: str, value: Any, *, block_id: str | None = None
    ) -> BotAnswer:
        """Choose in a menu, box or date under a message."""
        return self._act_in_message(user, channel, ts, action_id, block_id, choice=value)

    def _act_in_message(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        block_id: str | None,
        *,
        button_value: str | None = None,
        choice: Any = None,
    ) -> BotAnswer:
        with self.ws.lock:
            room, message = self._room(user, channel), self._message(user, channel, ts)
            found = self.find(message.blocks, action_id, block_id=block_id, value=button_value)
            if found[1]["type"] == "feedback_buttons":
                choice = button_value
            elif (found[1]["type"] == "button") != (choice is None):
                raise NotOnScreen(f"{action_id} is a {found[1]['type']}: press buttons, choose in the others")
            action = self._acted(found, choice)
            kept = {k: v for k, v in action.items() if k.startswith("selected")}
            state = view_state(message.blocks)
            if kept and found[1]["type"] != "overflow":
                state[action["block_id"]][action["action_id"]] |= kept
            is_ephemeral = message.ephemeral_to is not None
            payload = self._envelope("block_actions", user) | {
                "container": {
                    "type": "message",
                    "message_ts": ts,
                    "channel_id": channel,
                    "is_ephemeral": is_ephemeral,
                    **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
                },
                "channel": {"id": channel, "name": "directmessage" if room.is_im else room.name},
                "trigger_id": self.modals.new_trigger(user),
                "response_url": self.address(self.urls.new(channel, user, message)),
                "state": {"values": state},
                "actions": [action],
            }
            if not is_ephemeral:  # Slack leaves the message out of ephemeral interactions
                payload["message"] = as_slack_shows(message)
        return self.send("interaction", payload)
