"""What every act of a person has in common: who may act, what is on the screen, how Slack reports it.

Everything is refused (`NotOnScreen`) that Slack's own page would not offer: a button that was edited away, an
option that is not listed, a channel the person cannot see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.slack.blocks import interactive
from tests.fakes.slack.delivery import BotAnswer, Kind
from tests.fakes.slack.inputs import NotOnScreen, chosen
from tests.fakes.slack.modals import Modals
from tests.fakes.slack.workspace import APP_ID, TEAM_ID, Channel, User, Workspace

Found = tuple[dict[str, Any], dict[str, Any]]
Send = Callable[[Kind, dict[str, Any]], BotAnswer]
VERIFICATION = "legacy-token"


def _values(element: dict[str, Any]) -> list[Any]:
    """What using this can send: feedback has two buttons in one."""
    if element["type"] == "feedback_buttons":
        return [element[name]["value"] for name in ("positive_button", "negative_button")]
    return [element.get("value")]


class Hands:
    """What a person does with either messages or modals."""

    def __init__(self, ws: Workspace, modals: Modals, send: Send) -> None:
        self.ws, self.modals, self.send = ws, modals, send
        self.suggested: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def _person(self, user_id: str) -> User:
        user = self.ws.users.get(user_id)
        if user is None or user.deleted or user.is_bot:
            raise NotOnScreen(f"{user_id} is nobody who can act here")
        return user

    def _room(self, user_id: str, channel_id: str) -> Channel:
        channel = self.ws.channels.get(channel_id)
        person = self._person(user_id)
        closed = channel is None or channel.is_private or channel.is_im or person.is_restricted
        if channel is None or (closed and user_id not in channel.members):
            raise NotOnScreen(f"{user_id} cannot see {channel_id}")
        return channel

    def _envelope(self, kind: str, user_id: str) -> dict[str, Any]:
        user = self._person(user_id)
        return {
            "type": kind,
            "token": VERIFICATION,
            "api_app_id": APP_ID,
            "team": {"id": TEAM_ID, "domain": "example"},
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    @staticmethod
    def find(blocks: list[dict[str, Any]], action_id: str, **wanted: str | None) -> Found:
        """The one element with this action id, with its block; `block_id/action_id` is understood too."""
        block_id, _, bare = action_id.rpartition("/")
        block_id = wanted.get("block_id") or block_id
        action_id = bare if block_id else action_id
        there = [(block, element) for block in blocks for element in interactive(block)]
        found = [
            (block, element)
            for block, element in there
            if element["action_id"] == action_id
            and block_id in ("", block["block_id"])
            and wanted.get("value") in (None, *_values(element))
        ]
        if len(found) == 1:
            return found[0]
        listed = [f"{block['block_id']}/{element['action_id']}" for block, element in there]
        count = "no" if not found else f"{len(found)} times"
        raise NotOnScreen(f"{count} {action_id} {wanted} on the screen, which has {listed}")

    def _acted(self, found: Found, value: Any = None) -> dict[str, Any]:
        block, element = found
        told = ("type", "action_id", "text", "value", "style")
        action: dict[str, Any] = {k: element[k] for k in told if k in element}
        action |= {"block_id": block["block_id"], "action_ts": self.ws.new_ts()}
        if element["type"] == "overflow":
            option = next((o for o in element["options"] if o["value"] == value), None)
            if option is None:
                raise NotOnScreen(f"{element['action_id']} does not offer {value!r}")
            action["selected_option"] = option
        elif element["type"] == "feedback_buttons":
            if value not in _values(element):
                raise NotOnScreen(f"{element['action_id']} does not offer {value!r}")
            action["value"] = value
        elif element["type"] != "button":
            suggested = self.suggested.get((block["block_id"], element["action_id"]), [])
            action |= chosen(self.ws, element, value, suggested)
        return action
