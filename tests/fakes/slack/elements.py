"""Which interactive elements does Slack take, and with which limits?

Sources: the Block Kit reference of docs.slack.dev for lengths and counts, npm @slack/types for keys. Where
the two differ on a key, the types win: it is what the compiler check of payloads uses.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.fakes.slack.shapes import (
    Check,
    Extra,
    Json,
    boolean,
    either,
    fault,
    integer,
    items,
    one_of,
    plain,
    shape,
    string,
    variant,
)

STYLE = one_of("primary", "danger")
URL = string(1, 3000, r"(https?://|mailto:)\S+")
ID = string(1, 255)
DATE = string(10, 10, r"\d{4}-\d{2}-\d{2}")
CLOCK = string(5, 5, r"([01]\d|2[0-3]):[0-5]\d")
CONFIRM = shape(
    {"text": either(300)}, {"title": plain(100), "confirm": plain(30), "deny": plain(30), "style": STYLE}
)
ACTION = {"type": string(1, 50), "action_id": ID}
FOCUS = {"focus_on_load": boolean}
HINT = {"placeholder": plain(150)}
DISPATCH = {
    "dispatch_action_config": shape(
        {}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
    )
}
CHOICE = shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75)})
RICH_CHOICE = shape({"text": either(75), "value": string(1, 150)}, {"description": either(75)})
LINK_CHOICE = shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75), "url": URL})
GROUP = shape({"label": plain(75), "options": items(CHOICE, 1, 100)}, {})
KINDS = items(one_of("im", "mpim", "private", "public"), 1, 4)
FILTER = shape(
    {}, {"include": KINDS, "exclude_external_shared_channels": boolean, "exclude_bot_users": boolean}
)
CONVERSATION = {"default_to_current_conversation": boolean, "filter": FILTER}


def choices(element: dict[str, Json]) -> list[Json]:
    """Every option a static element offers, grouped or not."""
    groups = element.get("option_groups")
    nested = [g.get("options", []) for g in groups if isinstance(g, dict)] if isinstance(groups, list) else []
    own = element.get("options")
    return [*(own if isinstance(own, list) else []), *(option for group in nested for option in group)]


def _one_source(element: dict[str, Json], where: str) -> Iterator[str]:
    if ("options" in element) == ("option_groups" in element):
        yield fault("must provide exactly one of options and option_groups", where)


def _initial_among_choices(element: dict[str, Json], where: str) -> Iterator[str]:
    several = element.get("initial_options")
    wanted = several if isinstance(several, list) else []
    if "initial_option" in element:
        wanted = [element["initial_option"]]
    for option in wanted:
        if option not in choices(element):
            yield fault("initial option is not among the options", where)


def _lengths_in_order(element: dict[str, Json], where: str) -> Iterator[str]:
    low, high, start = element.get("min_length"), element.get("max_length"), element.get("initial_value")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield fault("min_length is greater than max_length", where)
    if isinstance(high, int) and isinstance(start, str) and len(start) > high:
        yield fault("initial_value is longer than max_length", where)


def _element(required: dict[str, Check], optional: dict[str, Check], *extras: Extra) -> Check:
    return shape({"type": ACTION["type"], **required}, {"action_id": ID, **optional}, *extras)


_SELECT = {**FOCUS, **HINT, "confirm": CONFIRM}
_MULTI = {**_SELECT, "max_selected_items": integer(1, 100)}
_STATIC = {"options": items(CHOICE, 1, 100), "option_groups": items(GROUP, 1, 100)}
_TYPED = {**FOCUS, **HINT, **DISPATCH, "initial_value": string(0, 3000)}
_VERDICT = shape({"text": plain(75), "value": string(1, 2000)}, {"accessibility_label": string(1, 75)})
_NUMBER = string(1, 40, r"-?\d+(\.\d+)?")
_INITIAL = {"initial_option": CHOICE}
_INITIALS = {"initial_options": items(CHOICE, 1, 100)}
_IDS = items(ID, 1, 100)

ELEMENTS: dict[str, Check] = {
    "button": _element(
        {"text": plain(75)},
        {
            "value": string(1, 2000),
            "url": URL,
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(1, 75),
        },
    ),
    "checkboxes": _element(
        {"options": items(RICH_CHOICE, 1, 10)},
        {"initial_options": items(RICH_CHOICE, 1, 10), "confirm": CONFIRM, **FOCUS},
        _initial_among_choices,
    ),
    "radio_buttons": _element(
        {"options": items(RICH_CHOICE, 1, 10)},
        {"initial_option": RICH_CHOICE, "confirm": CONFIRM, **FOCUS},
        _initial_among_choices,
    ),
    "overflow": _element({"options": items(LINK_CHOICE, 1, 5)}, {"confirm": CONFIRM}),
    "datepicker": _element({}, {"initial_date": DATE, **_SELECT}),
    "timepicker": _element({}, {"initial_time": CLOCK, "timezone": string(1, 64), **_SELECT}),
    "datetimepicker": _element(
        {}, {"initial_date_time": integer(10**9, 10**10 - 1), "confirm": CONFIRM, **FOCUS}
    ),
    "static_select": _element({}, {**_SELECT, **_STATIC, **_INITIAL}, _one_source, _initial_among_choices),
    "external_select": _element({}, {**_SELECT, **_INITIAL, "min_query_length": integer(0, 75)}),
    "users_select": _element({}, {**_SELECT, "initial_user": ID}),
    "channels_select": _element({}, {**_SELECT, "initial_channel": ID, "response_url_enabled": boolean}),
    "conversations_select": _element(
        {}, {**_SELECT, **CONVERSATION, "initial_conversation": ID, "response_url_enabled": boolean}
    ),
    "multi_static_select": _element(
        {}, {**_MULTI, **_STATIC, **_INITIALS}, _one_source, _initial_among_choices
    ),
    "multi_external_select": _element({}, {**_MULTI, **_INITIALS, "min_query_length": integer(0, 75)}),
    "multi_users_select": _element({}, {**_MULTI, "initial_users": _IDS}),
    "multi_channels_select": _element({}, {**_MULTI, "initial_channels": _IDS}),
    "multi_conversations_select": _element({}, {**_MULTI, **CONVERSATION, "initial_conversations": _IDS}),
    "plain_text_input": _element(
        {},
        {**_TYPED, "multiline": boolean, "min_length": integer(0, 3000), "max_length": integer(1, 3000)},
        _lengths_in_order,
    ),
    "email_text_input": _element({}, _TYPED),
    "url_text_input": _element({}, _TYPED),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
    ),
    "feedback_buttons": _element({"positive_button": _VERDICT, "negative_button": _VERDICT}, {}),
    "icon_button": _element(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "confirm": CONFIRM,
            "accessibility_label": string(1, 75),
            "value": string(1, 2000),
            "visible_to_user_ids": _IDS,
        },
    ),
}
PICTURE = shape({"type": one_of("image"), "alt_text": string(1, 2000), "image_url": URL}, {})
_SINGLE = {
    "static_select",
    "external_select",
    "users_select",
    "channels_select",
    "conversations_select",
    "datepicker",
    "timepicker",
}
_BOXES = {"checkboxes", "radio_buttons"}
_MULTIPLE = {name for name in ELEMENTS if name.startswith("multi_")}
IN_ACTIONS = {"button", "overflow", "datetimepicker"} | _SINGLE | _BOXES
IN_SECTION = {"button", "overflow"} | _SINGLE | _BOXES | _MULTIPLE
IN_INPUT = (
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "datetimepicker"}
    | _SINGLE
    | _BOXES
    | _MULTIPLE
)
MODAL_ONLY = {"email_text_input", "url_text_input", "number_input"}


def among(names: set[str]) -> Check:
    """One of the named elements."""
    return variant({name: ELEMENTS[name] for name in sorted(names)}, "element")
