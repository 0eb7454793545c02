"""What did Slack send? The only reader of its raw dicts: what is missing or odd becomes empty, never a crash.

Reads who, where, and what was pressed or typed. What that means is for listeners; what is allowed, for rules.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.ids import Callback
from data.errors import Invalid, Problem, Stale
from data.printable import words
from data.records.base import Record
from workflows.home import OVERVIEW, Page, Part

Body = Mapping[str, Any]

_ID = re.compile(r"[A-Z][A-Z0-9]{1,40}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
RETIREMENT_ID = re.compile(r"RET-[1-9][0-9]{0,8}")
READER = re.compile(r"digest/[A-Z][A-Z0-9]{1,40}")
"""The stream of whoever reads the weekly digest: a person, or a channel."""
DELEGATOR = re.compile(r"delegation/[UW][A-Z0-9]{1,40}")
"""The stream of whoever has somebody else answer for them."""
_AS_PEOPLE_WRITE_IT = re.compile(r"[\W_]*(?:RET[\W_]*)?0*([1-9][0-9]{0,8})[\W_]*", re.IGNORECASE)


def at(value: Any, *path: str | int) -> Any:
    """What lies at the end of the path; None where it breaks off."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_at(value: Any, *path: str | int) -> str:
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def user_id(body: Body) -> str:
    return text_at(body, "user_id") or text_at(body, "user", "id") or text_at(body, "event", "user")


def trigger_id(body: Body) -> str:
    return text_at(body, "trigger_id")


def key(body: Body) -> str:
    """Names this one act of a person: the same however often and by whichever way it is delivered.

    A form that stayed open, because no answer arrived, is submitted again: that is no other act.
    """
    if text_at(body, "type") == "view_submission" and (view_id := text_at(body, "view", "id")):
        return f"slack/{view_id}/{_filled(body)}"
    if trigger := trigger_id(body):
        return f"slack/{trigger}"
    whole = json.dumps(body, sort_keys=True, default=str)
    return f"slack/sha256:{hashlib.sha256(whole.encode()).hexdigest()}"


def _filled(body: Body) -> str:
    """Tells apart what one form was filled with. Too short to find out by it what somebody typed."""
    filled = json.dumps([text_at(body, "view", "callback_id"), at(body, "view", "state")], sort_keys=True)
    return hashlib.blake2b(filled.encode(), digest_size=4).hexdigest()


def reply_to(body: Body) -> dict[str, str]:
    """Where the person can be answered, alone. Empty parts are left out."""
    channel = (
        text_at(body, "channel_id")
        or text_at(body, "channel", "id")
        or text_at(body, "container", "channel_id")
        or metadata(body).get("channel", "")
    )
    found = {"user": user_id(body), "channel": channel, "response_url": text_at(body, "response_url")}
    return {name: value for name, value in found.items() if value}


class Shared(Record, frozen=True, kw_only=True):
    """A file somebody shared in a channel, and when Slack says so."""

    by: str
    channel: str
    file_id: str
    event_ts: str

    @property
    def key(self) -> str:
        """Of this event: however often Slack tells of it, it is one. A file may be shared there more than once."""
        return f"file/{self.channel}/{self.file_id}/{self.event_ts}"


def shared(body: Body) -> Shared | None:
    """None for what is no such event, and for what we shared ourselves."""
    event = at(body, "event")
    ids = [text_at(event, name) for name in ("user_id", "channel_id", "file_id")]
    if not all(map(_ID.fullmatch, ids)) or ids[0] in ours(body):
        return None
    return Shared(by=ids[0], channel=ids[1], file_id=ids[2], event_ts=text_at(event, "event_ts"))


def ours(body: Body) -> set[str]:
    """Who an event came to as the app: what they do themselves is nothing new to us."""
    granted = at(body, "authorizations")
    bots = [one for one in granted if at(one, "is_bot") is True] if isinstance(granted, list) else []
    return {text_at(one, "user_id") for one in bots}


def typed(body: Body) -> str:
    """What stands after the slash command."""
    return text_at(body, "text")


def action_value(body: Body) -> str:
    """What the pressed button carries, or the chosen option's value."""
    return text_at(body, "actions", 0, "value") or text_at(body, "actions", 0, "selected_option", "value")


def parts(body: Body, count: int) -> tuple[str, ...]:
    """The button's value as its retirement's id and what follows it, `count` parts in all.

    A "|" in a consumer's id stays in it. Raises `Stale` for a value that no button
    of today carries, such as one of a card drawn by an older version.
    """
    value = action_value(body)
    first, *rest = value.split("|", 1)
    if count > 1 and rest:
        middle = rest[0].rsplit("|", count - 2)
        found = (first, *middle)
    else:
        found = (first, *rest)
    if len(found) != count or not all(found) or not RETIREMENT_ID.fullmatch(first):
        raise Stale("This button is not one I know any more. Run /retire list and go on from there")
    return found


def person(body: Body) -> str:
    """The person a button is about. Raises `Stale` for one that is about something else."""
    value = action_value(body)
    if not _ID.fullmatch(value):
        raise Stale("This button is not one I know any more. Run /retire help for all there is")
    return value


def retirement_id(body: Body) -> str:
    """Which retirement somebody pressed, typed or wrote about, as far as that can be seen; for the log."""
    places = (action_value(body), typed(body), metadata(body).get("retirement", ""))
    found = (RETIREMENT_ID.search(place) for place in places)
    return next((one[0] for one in found if one), "")


def meant_id(text: str) -> str:
    """The id somebody means by `RET_1`, `ret 01`, `*RET-1*?` or `1`; empty where it is none."""
    found = _AS_PEOPLE_WRITE_IT.fullmatch(text)
    return f"RET-{found[1]}" if found else ""


def number(text: str) -> int:
    """A number as our buttons carry it; 0 for anything else, such as nothing."""
    return int(text) if _NUMBER.fullmatch(text) else 0


def query(body: Body) -> str:
    """What was typed into a searching select so far."""
    return text_at(body, "value")


class Screen(Record, frozen=True, kw_only=True):
    """The modal something happened in; all empty when it was a message."""

    id: str = ""
    hash: str = ""


def screen(body: Body) -> Screen:
    view = at(body, "view")
    if text_at(view, "type") != "modal":
        return Screen()
    return Screen(id=text_at(view, "id"), hash=text_at(view, "hash"))


def list_shown(body: Body) -> dict[str, str]:
    """The list of consumers on the screen, or under the window on it: view, page, team. Empty without one."""
    ids = metadata(body)
    if text_at(body, "view", "callback_id") == Callback.DUTIES:
        ids["view"] = screen(body).id
    return {name: ids[name] for name in ("view", "page", "team") if name in ids} if "view" in ids else {}


def home_opened(body: Body) -> str:
    """Who looks at their Home; empty when it is another tab they opened."""
    user = text_at(body, "event", "user")
    return user if text_at(body, "event", "tab") == "home" and _ID.fullmatch(user) else ""


def home_page(value: str) -> Page:
    """Which page of Home a button of it leads to; the overview for one of another version."""
    name, _, page = value.partition(" ")
    part = next((one for one in Part if one == name), None)
    return Page(part=part, number=max(1, number(page))) if part else OVERVIEW


def home_shown(body: Body) -> dict[str, str]:
    """The page of Home somebody acts on, also in a window over it. Empty where it is none."""
    ids = metadata(body)
    return {"home": ids["home"]} if "home" in ids else {}


def metadata(body: Body) -> dict[str, str]:
    """The ids a modal of ours carries."""
    try:
        found = json.loads(text_at(body, "view", "private_metadata") or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): value for name, value in found.items() if isinstance(value, str)}


def carried(body: Body, name: str) -> str:
    """One id of the modal. Raises `Stale` when the modal is not one of ours as they are now."""
    if found := metadata(body).get(name, ""):
        return found
    raise Stale("This window is out of date. Close it and open it again")


def _elements(body: Body) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Block id, action id and value of every input of the modal."""
    values = at(body, "view", "state", "values")
    for block_id, block in values.items() if isinstance(values, Mapping) else ():
        for action_id, value in block.items() if isinstance(block, Mapping) else ():
            if isinstance(value, Mapping):
                yield str(block_id), str(action_id), value


def entered(body: Body, *action_ids: str) -> str:
    """What was typed or chosen in the first of these inputs that has anything."""
    found = {action_id: value for _, action_id, value in _elements(body)}
    for action_id in action_ids:
        value = found.get(action_id)
        if text := words(text_at(value, "value")):
            return text
        for chosen in (("selected_date",), ("selected_user",), ("selected_option", "value")):
            if text := text_at(value, *chosen):
                return text
    return ""


def ticked(body: Body, action_id: str) -> tuple[str, ...] | None:
    """The chosen options of a checkbox group or multi-select; None when the modal has no such input."""
    for _, found_id, value in _elements(body):
        if found_id == action_id:
            options = at(value, "selected_options")
            chosen = (text_at(option, "value") for option in options) if isinstance(options, list) else ()
            return tuple(one for one in chosen if one)
    return None


def day(body: Body, action_id: str, field: str) -> date:
    """The chosen date. Raises `Invalid` on that field."""
    value = entered(body, action_id)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid([Problem(field=field, value=value, accepted="choose a date")]) from None


def blocks_of(body: Body) -> dict[str, str]:
    """Action id -> id of the block that holds it, for every input of the modal, in order."""
    shown = at(body, "view", "blocks")
    found = {}
    for block in shown if isinstance(shown, list) else ():
        if text_at(block, "type") == "input" and text_at(block, "block_id"):
            found[text_at(block, "element", "action_id")] = text_at(block, "block_id")
    return found or {action_id: block_id for block_id, action_id, _ in _elements(body)}
