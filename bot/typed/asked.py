"""What did somebody write to us, or ask at the press of a button? What they wrote is understood here, and not kept."""

from __future__ import annotations

import json
import re

from bot import payloads
from bot.house import House
from bot.payloads import Body, at, text_at
from bot.typed.lookup import chosen
from bot.views.blocks import HELPED, UNHELPFUL
from bot.views.proposing import guide
from data.errors import Stale
from data.records.base import Record
from data.records.plan import Reason
from workflows.questions.choices import NO_SUCCESSOR
from workflows.questions.names import names_for
from workflows.questions.table import Asks
from workflows.questions.understanding import Question, read, understood

_ID, _CHANNEL, _TS = (
    re.compile(r"[UW][A-Z0-9]{1,40}"),
    re.compile(r"D[A-Z0-9]{1,40}"),
    re.compile(r"[0-9]+\.[0-9]+"),
)
WRITTEN = frozenset({"", "file_share", "thread_broadcast"})
"""Kinds of messages somebody has just written; all others tell of edits, deletions, and what apps post."""


class Written(Record, frozen=True, kw_only=True):
    """A message somebody wrote to us alone. `thread_ts`: where an answer belongs."""

    by: str
    channel: str
    ts: str
    thread_ts: str
    text: str


def written(body: Body) -> Written | None:
    """None for what is no such message: of a channel, an edit, of an app, our own."""
    event = at(body, "event")
    by, channel, ts = (text_at(event, name) for name in ("user", "channel", "ts"))
    is_for_us = text_at(event, "channel_type") == "im" and text_at(event, "subtype") in WRITTEN
    if not is_for_us or text_at(event, "bot_id") or by in payloads.ours(body):
        return None
    if not (_ID.fullmatch(by) and _CHANNEL.fullmatch(channel) and _TS.fullmatch(ts)):
        return None
    thread_ts = text_at(event, "thread_ts")
    return Written(
        by=by,
        channel=channel,
        ts=ts,
        thread_ts=thread_ts if _TS.fullmatch(thread_ts) else ts,
        text=text_at(event, "text"),
    )


class Pressed(Record, frozen=True, kw_only=True):
    """A button or menu under an answer of ours. `ts`: the instant it was used, which is the same however often told."""

    by: str
    channel: str
    ts: str
    thread_ts: str


def pressed(body: Body) -> Pressed | None:
    """None where it is under no message of a conversation with us."""
    channel, ts = text_at(body, "container", "channel_id"), text_at(body, "container", "message_ts")
    used_ts = text_at(body, "actions", 0, "action_ts")
    if not (_CHANNEL.fullmatch(channel) and _TS.fullmatch(ts)):
        return None
    thread_ts = text_at(body, "container", "thread_ts") or text_at(body, "message", "thread_ts") or ts
    return Pressed(
        by=payloads.user_id(body),
        channel=channel,
        ts=f"{ts}/{used_ts or payloads.key(body)}",
        thread_ts=thread_ts,
    )


class Verdict(Record, frozen=True, kw_only=True):
    """Whether an answer to a question of this kind helped."""

    asks: Asks
    said: str


def verdict(value: str) -> Verdict | None:
    """None for what no feedback of ours carries."""
    said, _, asks = value.partition(" ")
    found = next((one for one in Asks if one == asks), None)
    return Verdict(asks=found, said=said) if found is not None and said in (HELPED, UNHELPFUL) else None


def question_in(value: str) -> Question:
    """What a button of ours asks; unclear for one of another version."""
    asks, period, about = (*value.split("|", 2), "", "")[:3]
    return read({"asks": asks, "period": period, "about": about})


def chosen_in(house: House, body: Body) -> Question:
    """What somebody chose in a menu of a proposal they are led through, with what they had chosen before.

    Raises `Stale` for a menu that no version of today shows, or a model that is not there any more.
    """
    there = house.sight(payloads.user_id(body)).there
    value = payloads.action_value(body)
    step, *before = text_at(body, "actions", 0, "block_id").split("|", 2)
    match step, before:
        case guide.MODEL, []:
            model, reason, successor_id = chosen(there, value), "", ""
        case guide.REASON, [about]:
            model, reason, successor_id = chosen(there, about), value, ""
        case guide.SUCCESSOR, [reason, about]:
            successor = chosen(there, value)
            successor_id = successor.id if successor is not None else value
            is_there = successor is not None or value == NO_SUCCESSOR
            model = chosen(there, about) if is_there else None
        case _:
            model = None
    if model is None:
        raise Stale("This menu is not one I know any more. Ask me again: Help me retire MODEL")
    return read({"asks": str(Asks.PROPOSE), "about": model.id, "reason": reason, "successor": successor_id})


class Form(Record, frozen=True, kw_only=True):
    """What the form is opened with."""

    model_id: str
    reason: Reason | None = None
    successor_id: str = ""


def form_in(value: str) -> Form:
    """Raises `Stale` for a button of another version."""
    try:
        model_id, reason, successor_id = json.loads(value)
        return Form(
            model_id=str(model_id), reason=Reason(reason) if reason else None, successor_id=str(successor_id)
        )
    except (ValueError, TypeError) as error:
        raise Stale("This button is not one I know any more. Run /retire propose to open the form") from error


def question(house: House, person_id: str, text: str) -> Question:
    """What somebody asks, by the names they may know."""
    sight = house.sight(person_id)
    return understood(text, names_for(sight.there, sight.retirements()))
