"""What can a person choose or type in an element, and how does Slack report it?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tests.fakes.slack.blocks import interactive
from tests.fakes.slack.elements import choices
from tests.fakes.slack.workspace import Workspace

Element = dict[str, Any]
State = dict[str, dict[str, dict[str, Any]]]

TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
# element type -> (key in the state, key of the initial value)
KEYS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    **dict.fromkeys(TYPED, ("value", "initial_value")),
}
FORMS = {
    "email_text_input": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "url_text_input": r"https?://\S+",
    "number_input": r"-?\d+(\.\d+)?",
    "timepicker": r"([01]\d|2[0-3]):[0-5]\d",
}


class NotOnScreen(AssertionError):
    """A person cannot do this: it is not there, or Slack's own page would not let them."""


def initial(element: Element) -> dict[str, Any]:
    """The state of an element before anybody touched it."""
    key, start = KEYS[element["type"]]
    empty: Any = [] if key.endswith("s") else None
    return {"type": element["type"], key: element.get(start, empty)}


def view_state(blocks: list[dict[str, Any]]) -> State:
    """`state.values` of a view: every element that holds a value, by block and action id."""
    state: State = {}
    for block in blocks:
        elements: list[Element] = interactive(block)
        for element in elements:
            if element["type"] in KEYS:
                state.setdefault(block["block_id"], {})[element["action_id"]] = initial(element)
    return state


def is_empty(value: dict[str, Any]) -> bool:
    """Whether nothing was chosen or typed."""
    return all(member in (None, "", []) for key, member in value.items() if key != "type")


def _option(element: Element, wanted: Any, suggested: list[dict[str, Any]]) -> dict[str, Any]:
    offered: list[Any] = suggested if "external" in element["type"] else choices(element)
    for option in offered:
        if option["value"] == wanted:
            return dict(option)
    words = [option["value"] for option in offered]
    raise NotOnScreen(f"{element['action_id']} does not offer {wanted!r}, only {words}")


def _known_id(ws: Workspace, kind: str, wanted: Any) -> Any:
    if wanted not in (ws.users if "users" in kind else ws.channels):
        raise NotOnScreen(f"nobody can pick {wanted!r}: the workspace has no such id")
    return wanted


def _typed(element: Element, value: Any) -> Any:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if not isinstance(value, str):
        raise NotOnScreen(f"{element['action_id']} takes text, not {value!r}")
    if value and not low <= len(value) <= high:
        raise NotOnScreen(f"{element['action_id']} takes {low} to {high} characters, not {len(value)}")
    if element["type"] == "number_input" and value:
        low, high = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
        if not re.fullmatch(FORMS["number_input"], value) or not low <= float(value) <= high:
            raise NotOnScreen(f"{element['action_id']} takes a number from {low} to {high}, not {value!r}")
        if "." in value and not element["is_decimal_allowed"]:
            raise NotOnScreen(f"{element['action_id']} takes whole numbers, not {value!r}")
    return value or None


def chosen(ws: Workspace, element: Element, value: Any, suggested: list[dict[str, Any]]) -> dict[str, Any]:
    """The state after a person gave this value; options are named by their value."""
    kind = element["type"]
    picked: Any
    if kind not in KEYS:
        raise NotOnScreen(f"{element['action_id']} is a {kind}: it holds no value")
    key = KEYS[kind][0]
    if value is None or value == []:
        return {"type": kind, key: [] if key.endswith("s") else None}
    if key == "selected_options":
        picked = [_option(element, member, suggested) for member in value]
    elif key == "selected_option":
        picked = _option(element, value, suggested)
    elif key.endswith("s"):
        picked = [_known_id(ws, kind, member) for member in value]
    elif key in {"selected_user", "selected_channel", "selected_conversation"}:
        picked = _known_id(ws, kind, value)
    else:
        picked = _typed(element, value) if kind in TYPED else value
    if len(value) > element.get("max_selected_items", 10**6) if isinstance(value, list) else False:
        raise NotOnScreen(f"{element['action_id']} takes at most {element['max_selected_items']} items")
    if kind in FORMS and picked is not None and not re.fullmatch(FORMS[kind], str(picked)):
        raise NotOnScreen(f"{element['action_id']} takes {FORMS[kind]}, not {picked!r}")
    if kind == "datepicker" and not _is_day(str(picked)):
        raise NotOnScreen(f"{element['action_id']} takes a day of the calendar, not {picked!r}")
    return {"type": kind, key: picked}


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
