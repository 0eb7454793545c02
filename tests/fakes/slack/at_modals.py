"""What a person does in a modal or on the Home tab: fill in, choose, search, press, submit, close.

The bot's answer is applied to the screen as Slack does it: errors stay on the modal, an empty acknowledgement
closes it. An answer Slack could not use raises `BadAnswer`: the person would only see "trouble connecting".
"""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.delivery import BotAnswer
from tests.fakes.slack.hands import Found, Hands
from tests.fakes.slack.inputs import KEYS, TYPED, NotOnScreen, chosen, is_empty
from tests.fakes.slack.shapes import items, plain, shape, string
from tests.fakes.slack.surfaces import ApiError, refuse_view
from tests.fakes.slack.workspace import OpenView

_OPTION = shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75)})
_OPTIONS = items(_OPTION, 0, 100)
_GROUPS = items(shape({"label": plain(75), "options": _OPTIONS}, {}), 0, 100)


class BadAnswer(AssertionError):
    """The bot acknowledged with something Slack does not take."""


class AtModals(Hands):
    """The hands of every user, on modals and the Home tab."""

    def _top(self, user: str) -> OpenView:
        self._person(user)
        if not self.ws.stacks.get(user):
            raise NotOnScreen(f"{user} has no modal open")
        return self.ws.stacks[user][-1]

    def _screen(self, user: str) -> OpenView:
        if not self.ws.stacks.get(user) and user in self.ws.homes:
            return self.ws.homes[user]
        return self._top(user)

    def fill(self, user: str, values: dict[str, Any]) -> None:
        """Type or choose without submitting; nothing is sent. Keys are action ids or block_id/action_id."""
        with self.ws.lock:
            screen = self._top(user)
            for name, value in values.items():
                self._set(screen, self.find(screen.blocks, name), value)

    def _set(self, screen: OpenView, found: Found, value: Any) -> None:
        block, element = found
        offered = self.suggested.get((screen.id, f"{block['block_id']}/{element['action_id']}"), [])
        before = screen.state.get(block["block_id"], {}).get(element["action_id"], {}).get("selected_option")
        state = chosen(self.ws, element, value, [*offered, *([before] if before else [])])
        screen.state.setdefault(block["block_id"], {})[element["action_id"]] = state

    def _payload(self, kind: str, user: str, screen: OpenView) -> dict[str, Any]:
        return self._envelope(kind, user) | {"view": self.modals.shown(screen)}

    def _acts(self, user: str, screen: OpenView, action: dict[str, Any]) -> BotAnswer:
        payload = self._payload("block_actions", user, screen) | {
            "container": {"type": "view", "view_id": screen.id},
            "trigger_id": self.modals.new_trigger(user),
            "actions": [action],
        }
        return self.send("interaction", payload)

    def select(self, user: str, action_id: str, value: Any, block_id: str | None = None) -> BotAnswer:
        """Choose what the bot is told of at once: in a section, an actions block, a dispatching input."""
        with self.ws.lock:
            screen = self._screen(user)
            found = self.find(screen.blocks, action_id, block_id=block_id)
            block, element = found
            if element["type"] not in KEYS or (block["type"] == "input" and not block.get("dispatch_action")):
                raise NotOnScreen(f"choosing in {action_id} tells the bot nothing: fill it in and submit")
            self._set(screen, found, value)
            told = screen.state[block["block_id"]][element["action_id"]]
            action = {
                **told,
                "block_id": block["block_id"],
                "action_id": element["action_id"],
                "action_ts": self.ws.new_ts(),
            }
        return self._acts(user, screen, action)

    def click_in_view(
        self, user: str, action_id: str, value: str | None = None, block_id: str | None = None
    ) -> BotAnswer:
        """Press a button in the open modal, or on Home when no modal is open."""
        with self.ws.lock:
            screen = self._screen(user)
            found = self.find(screen.blocks, action_id, block_id=block_id, value=value)
            if found[1]["type"] not in {"button", "overflow"}:
                raise NotOnScreen(f"{action_id} is no button but a {found[1]['type']}")
            action = self._acted(found, value)
        return self._acts(user, screen, action)

    def suggest(
        self, user: str, action_id: str, text: str, block_id: str | None = None
    ) -> list[dict[str, Any]]:
        """Type into a searching menu; returns what it then offers, which may be chosen afterwards."""
        with self.ws.lock:
            screen = self._screen(user)
            block, element = self.find(screen.blocks, action_id, block_id=block_id)
            if "external" not in element["type"]:
                raise NotOnScreen(f"{action_id} is a {element['type']}: it does not search")
            if len(text) < element.get("min_query_length", 3):
                raise NotOnScreen(
                    f"{action_id} searches from {element.get('min_query_length', 3)} letters on"
                )
            payload = self._payload("block_suggestion", user, screen) | {
                "container": {"type": "view", "view_id": screen.id},
                "action_id": element["action_id"],
                "block_id": block["block_id"],
                "value": text,
            }
        answer = self.send("interaction", payload)
        options = self._offered(answer)
        key = f"{block['block_id']}/{element['action_id']}"
        self.suggested.setdefault((screen.id, key), []).extend(options)
        return options

    @staticmethod
    def _offered(answer: BotAnswer) -> list[dict[str, Any]]:
        body = answer.body
        if not answer.ok or not isinstance(body, dict) or set(body) not in ({"options"}, {"option_groups"}):
            raise BadAnswer(f"a search needs options or option_groups, got {answer.status} {body!r}")
        check = _OPTIONS if "options" in body else _GROUPS
        if faults := list(check(next(iter(body.values())), "")):
            raise BadAnswer("; ".join(faults))
        groups = body.get("option_groups", [{"options": body.get("options", [])}])
        return [option for group in groups for option in group["options"]]

    def submit(self, user: str, values: dict[str, Any] | None = None) -> BotAnswer:
        """Fill in and press the submit button of the open modal."""
        self.fill(user, values or {})
        with self.ws.lock:
            screen = self._top(user)
            if "submit" not in screen.content:
                raise NotOnScreen(f'"{screen.title}" has no submit button')
            self._check_complete(screen)
            payload = self._payload("view_submission", user, screen)
            payload |= {"trigger_id": self.modals.new_trigger(user), "response_urls": []}
        answer = self.send("interaction", payload)
        if answer.ok:
            with self.ws.lock:
                self._apply(user, screen, answer.body or {})
        return answer

    def _check_complete(self, screen: OpenView) -> None:
        for block in screen.blocks:
            if block["type"] != "input":
                continue
            value = screen.state[block["block_id"]][block["element"]["action_id"]]
            if is_empty(value) and not block.get("optional"):
                raise NotOnScreen(
                    f'"{block["label"]["text"]}" ({block["element"]["action_id"]}) must be filled in'
                )
            if block["element"]["type"] in TYPED:
                chosen(self.ws, block["element"], value["value"], [])

    def _apply(self, user: str, screen: OpenView, body: dict[str, Any]) -> None:
        stack = self.ws.stacks.get(user, [])
        if screen not in stack:
            return
        kind = body.get("response_action")
        if kind == "errors":
            self._show_errors(screen, body.get("errors"))
        elif kind in {"update", "push"}:
            try:
                refuse_view(body.get("view"), "modal")
                if kind == "push":
                    self.modals.stack(user, body["view"])
                else:
                    self.modals.replace(screen, body["view"])
            except ApiError as error:
                raise BadAnswer(str(error)) from error
        elif kind == "clear":
            del self.ws.stacks[user]
        elif body:
            raise BadAnswer(f"no such answer to a submission: {body!r}")
        else:
            stack.remove(screen)
            if not stack:
                del self.ws.stacks[user]

    @staticmethod
    def _show_errors(screen: OpenView, errors: Any) -> None:
        inputs = {block["block_id"] for block in screen.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
            raise BadAnswer(f"errors must name input blocks of the view ({sorted(inputs)}), got {errors!r}")
        if not all(isinstance(words, str) and words for words in errors.values()):
            raise BadAnswer(f"errors must be texts, got {errors!r}")
        screen.errors = dict(errors)

    def close(self, user: str) -> BotAnswer | None:
        """Close the open modal; the bot hears of it only if the view asked for that."""
        with self.ws.lock:
            screen = self._top(user)
            stack = self.ws.stacks[user]
            gone = stack[:] if screen.content.get("clear_on_close") else [screen]
            self.ws.stacks[user] = [view for view in stack if view not in gone]
            if not self.ws.stacks[user]:
                del self.ws.stacks[user]
            payload = self._payload("view_closed", user, screen) | {"is_cleared": len(gone) > 1}
        return self.send("interaction", payload) if screen.content.get("notify_on_close") else None
