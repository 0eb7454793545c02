"""What did the bots under test send to Slack? Judged test by test, and compiled once, when all tests have run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.fakes.slack.web_api import Call
from tests.payloads import BadPayload, Kind, check_message, check_view, tsc_check

MESSAGES = {"chat.postMessage", "chat.postEphemeral", "chat.update", "response_url"}
MODALS = {"views.open", "views.push", "views.update"}
HOME = "views.publish"

_JUDGED: set[str] = set()
"""What has passed already: what is tried again every ten minutes for days is judged once."""
_SHAPES: dict[str, tuple[str, Kind, dict[str, Any]]] = {}
"""One payload of every shape: name, kind, payload."""


def judge(calls: Iterable[Call]) -> None:
    """Would Slack take all of it? The fake said so already; here are slack_sdk's models, then the compiler."""
    for call in calls:
        if call.method in MESSAGES:
            judge_one(call.method, "message", call.args)
        elif call.method in MODALS:
            judge_one(call.method, "modal", call.args["view"])
        elif call.method == HOME:
            judge_one(call.method, "home", call.args["view"])


def judge_one(name: str, kind: Kind, payload: dict[str, Any]) -> None:
    if (told := json.dumps([kind, payload])) in _JUDGED:
        return
    (check_message if kind == "message" else check_view)(payload)
    _JUDGED.add(told)
    _SHAPES.setdefault(json.dumps([kind, shape(payload)]), (name, kind, payload))


def shape(payload: Any) -> Any:
    """A payload without its texts: two of one shape are the same to a type checker."""
    if isinstance(payload, dict):
        kept = ("type", "style", "response_type")
        return {key: value if key in kept else shape(value) for key, value in sorted(payload.items())}
    if isinstance(payload, list):
        return [json.loads(one) for one in sorted({json.dumps(shape(value)) for value in payload})]
    return type(payload).__name__


def handed_over() -> str:
    """What this process has gathered, for the one that started it."""
    return json.dumps(_SHAPES)


def take_over(gathered: str) -> None:
    _SHAPES.update(json.loads(gathered))


def compiled() -> tuple[int, str]:
    """How many shapes there are, and what `tsc --strict` says against them: nothing, where they are Slack's."""
    try:
        if _SHAPES:
            tsc_check(list(_SHAPES.values()))
    except BadPayload as bad:
        return len(_SHAPES), str(bad)
    return len(_SHAPES), ""
