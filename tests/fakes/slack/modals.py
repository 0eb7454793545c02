"""Triggers and views: which modal may open, change or stack, and for how long."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.chat import Answer, Args
from tests.fakes.slack.inputs import view_state
from tests.fakes.slack.shapes import fault
from tests.fakes.slack.surfaces import ApiError, refuse_view
from tests.fakes.slack.workspace import APP_ID, BOT_ID, TEAM_ID, OpenView, Workspace

TRIGGER_SECONDS = 3
STACK_MAX = 3


@dataclass(kw_only=True)
class Trigger:
    """The right to open one modal for one person, once, at once."""

    user: str
    made_at: float
    used: bool = False


class Modals:
    """The screens of all people; works on the workspace's stacks and homes."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.triggers: dict[str, Trigger] = {}

    def new_trigger(self, user: str) -> str:
        """What an interaction carries; built as Slack's are."""
        trigger_id = f"{self.ws.new_id('1334')}.738474920.8088930838d88f008e0{len(self.triggers):x}"
        self.triggers[trigger_id] = Trigger(user=user, made_at=self.ws.now())
        return trigger_id

    def _exchange(self, trigger_id: object) -> str:
        trigger = self.triggers.get(str(trigger_id))
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self.ws.now() - trigger.made_at > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def _refuse(self, view: Any, surface: str, *, instead_of: OpenView | None = None) -> None:
        refuse_view(view, surface)
        name = view.get("external_id")
        for other in self.ws.views_by_id().values():
            if name and other is not instead_of and other.content.get("external_id") == name:
                raise ApiError("duplicate_external_id")

    def new_view(self, user: str, view: dict[str, Any], below: OpenView | None = None) -> OpenView:
        """A view as Slack keeps it, with ids and the initial values of its inputs."""
        view_id = self.ws.new_id("V")
        made = OpenView(id=view_id, hash=self.ws.new_id("hash."), user=user, content={}, root_id=view_id)
        if below:
            made.root_id, made.previous_id = below.root_id, below.id
        self.replace(made, view)
        return made

    def replace(self, screen: OpenView, view: dict[str, Any]) -> None:
        """Show other content; what a person typed stays where block and action ids are the same."""
        typed = screen.state
        screen.content = {**copy.deepcopy(view), "blocks": self.ws.stored_blocks(view["blocks"])}
        screen.state = view_state(screen.blocks)
        for block_id, actions in screen.state.items():
            for action_id, value in actions.items():
                before = typed.get(block_id, {}).get(action_id)
                if before and before["type"] == value["type"]:
                    actions[action_id] = before
        screen.hash, screen.errors = self.ws.new_id("hash."), {}

    def shown(self, screen: OpenView) -> Answer:
        """A view in the form Slack sends it."""
        blank = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        return {
            **blank,
            "clear_on_close": False,
            "notify_on_close": False,
            **copy.deepcopy(screen.content),
            "id": screen.id,
            "hash": screen.hash,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": TEAM_ID,
            "root_view_id": screen.root_id,
            "previous_view_id": screen.previous_id,
            "state": {"values": copy.deepcopy(screen.state)},
        }

    def open(self, args: Args) -> Answer:
        """views.open: a new modal replaces whatever was open."""
        self._refuse(args["view"], "modal")
        user = self._exchange(args["trigger_id"])
        screen = self.new_view(user, args["view"])
        self.ws.stacks[user] = [screen]
        return {"view": self.shown(screen)}

    def push(self, args: Args) -> Answer:
        """views.push: at most three on top of each other."""
        self._refuse(args["view"], "modal")
        user = self._exchange(args["trigger_id"])
        return {"view": self.shown(self.stack(user, args["view"]))}

    def stack(self, user: str, view: dict[str, Any]) -> OpenView:
        """Put a checked view on top of a person's open modal."""
        stack = self.ws.stacks.get(user, [])
        if not stack:
            raise ApiError("not_found", fault("no modal is open", "/trigger_id"))
        if len(stack) >= STACK_MAX:
            raise ApiError("push_limit_reached")
        stack.append(self.new_view(user, view, below=stack[-1]))
        return stack[-1]

    def update(self, args: Args) -> Answer:
        """views.update: only what is still on a screen, and with a hash only what nobody changed."""
        if ("view_id" in args) == ("external_id" in args):
            raise ApiError("invalid_arguments", fault("needs one of view_id and external_id", "/"))
        name = args.get("external_id")
        every = self.ws.views_by_id().values()
        screen = next(
            (
                v
                for v in every
                if v.id == args.get("view_id") or (name and v.content.get("external_id") == name)
            ),
            None,
        )
        if screen is None:
            raise ApiError("not_found")
        if args.get("hash") not in (None, screen.hash):
            raise ApiError("hash_conflict")
        self._refuse(args["view"], screen.content["type"], instead_of=screen)
        self.replace(screen, args["view"])
        return {"view": self.shown(screen)}

    def publish(self, args: Args) -> Answer:
        """views.publish: the Home tab of one person."""
        user = self.ws.users.get(str(args["user_id"]))
        if user is None or user.deleted or user.is_bot:
            raise ApiError("invalid_arguments", "invalid `user_id`")
        screen = self.ws.homes.get(user.id)
        if args.get("hash") and (screen is None or args["hash"] != screen.hash):
            raise ApiError("hash_conflict")
        self._refuse(args["view"], "home", instead_of=screen)
        if screen is None:
            screen = self.ws.homes[user.id] = self.new_view(user.id, args["view"])
        else:
            self.replace(screen, args["view"])
        return {"view": self.shown(screen)}
