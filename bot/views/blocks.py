"""The blocks everything is made of, and the only place where text from data becomes text for Slack.

Whatever comes from a catalog or a person goes through `safe`; only `mention` writes a `<@...>`, and only for
something that looks like a Slack id. `answered` keeps those of a whole text for one reader, whom Slack shows a name
and notifies of nothing: there one that somebody wrote into a model's name is shown as a person, too. Functions named
after blocks take text that is ready.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bot.ids import Action, Callback
from bot.views import limits
from data.events import EMERITUS

Payload = dict[str, Any]

WEB_ADDRESS = re.compile(r"https?://[^\s<>|]+")
SLACK_ID = re.compile(r"[UW][A-Z0-9]+")
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")
HELPED, UNHELPFUL = "helped", "unhelpful"
"""What feedback on an answer says; bot/typed/asked.py reads it."""
_ESCAPED_MENTION = re.compile(r"&lt;@([UW][A-Z0-9]+)&gt;")
_BREAKING = ("Cc", "Zl", "Zp")  # Unicode categories: controls, line and paragraph separators
_INVISIBLE = ("Cf", "Cs")  # formatting marks such as right-to-left override; lone surrogates
_MARKDOWN = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKED = (
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"*\1*"),
    (re.compile(r"\[([^\[\]{}|\n]+)\]\((https?://[^\s(){}|]+)\)"), r"<\2|\1>"),
    (re.compile(r"^&gt; ", re.MULTILINE), "> "),
    (re.compile(r"^- ", re.MULTILINE), "• "),
)
_ESCAPING = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "'"})


class _Bared(dict[int, int | str | None]):
    """By number, what is shown for a character; each is looked up once."""

    def __missing__(self, number: int) -> int | str | None:
        kind = unicodedata.category(chr(number))
        shown = " " if kind in _BREAKING else None if kind in _INVISIBLE else number
        self[number] = shown
        return shown


_BARED = _Bared()


def bare(text: str) -> str:
    """One line without what could hide or reorder its neighbours: controls, direction marks, breaks."""
    kept = text if text.isprintable() else text.translate(_BARED)
    return " ".join(kept.split())


def safe(text: object, limit: int = limits.NAME_MAX) -> str:
    """Text from data as mrkdwn that mentions nobody and opens no link or code, at most `limit` long."""
    words = bare(str(text))
    whole = words.translate(_ESCAPING)
    if len(whole) <= limit:
        return whole
    cut, room = "", limit - 1
    for char in words:
        # Between two characters, so that no entity is torn.
        piece = char.translate(_ESCAPING)
        if len(cut) + len(piece) > room:
            break
        cut += piece
    return f"{cut}…"


def answered(text: str) -> list[str]:
    """Sentences of ours for ONE reader, a line each. Mentions stay: what one person sees notifies nobody."""
    lines = (safe(line, limits.SECTION_MAX) for line in text.split("\n"))
    return [_ESCAPED_MENTION.sub(r"<@\1>", line) for line in lines if line]


def quoted(text: object, limit: int = limits.PROSE_MAX) -> str:
    """What a person wrote, after a dash; nothing when they wrote nothing."""
    words = safe(text, limit)
    return f' — "{words}"' if words else ""


def said(words: object) -> str:
    """What a person wrote, in full: other places quote its beginning."""
    return quoted(words, limits.INPUT_MAX)


def marked(markdown: str) -> str:
    """A text of ours or of a policy as mrkdwn: its bold words, links, lists and quotes; all else is text.

    What stands in its places is filled in after this, and made safe by itself.
    """
    text = markdown.translate(_MARKDOWN)
    for pattern, instead in _MARKED:
        text = pattern.sub(instead, text)
    return text


def mention(slack_id: str) -> str:
    """The person, notified; Emeritus itself; or the text as text when it is no Slack id."""
    if SLACK_ID.fullmatch(slack_id):
        return f"<@{slack_id}>"
    return "Emeritus" if slack_id == EMERITUS else safe(slack_id) or "nobody"


def said_by(slack_id: str, on_behalf_of: str) -> str:
    """Who said it, and for whom where that is somebody else."""
    return f"{mention(slack_id)} for {mention(on_behalf_of)}" if on_behalf_of else mention(slack_id)


def place(name_or_id: str) -> str:
    """The channel as a link, or by its name; a person is mentioned."""
    return f"<#{name_or_id}>" if CHANNEL_ID.fullmatch(name_or_id) else mention(name_or_id)


def link(url: str, words: str) -> str:
    """A link with these words, where the address is one; else the words alone."""
    return f"<{url}|{safe(words)}>" if WEB_ADDRESS.fullmatch(url) else safe(words)


def mentions(slack_ids: Iterable[str], *, at_most: int | None = 10, limit: int = 1_000) -> str:
    """Each person once, in order; with None as many as fit into `limit` characters."""
    return limits.joined(
        [mention(one) for one in dict.fromkeys(slack_ids)], limit, between=" ", at_most=at_most
    )


def day(at: datetime, zone: str = "UTC") -> str:
    """The calendar day the policy's zone has at this instant."""
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def weekday(at: datetime, zone: str = "UTC") -> str:
    """The same with its weekday, where people plan by it: "Mon 2027-03-01"."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d}"


def moment(at: datetime, zone: str = "UTC") -> str:
    """The minute in the policy's zone: "2027-03-01 10:00 CET"."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")


def plain(text: str, limit: int) -> Payload:
    """Text Slack shows as typed: nothing in it can mention, so nothing is escaped."""
    return {"type": "plain_text", "text": limits.clip(bare(text), limit) or "-", "emoji": True}


def header(text: str) -> Payload:
    return {"type": "header", "text": plain(text, limits.HEADER_MAX)}


def section(mrkdwn: str) -> Payload:
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def context(mrkdwn: str) -> Payload:
    return {"type": "context", "elements": [_mrkdwn(mrkdwn)]}


def _mrkdwn(text: str) -> Payload:
    """Verbatim, or Slack would make links and mentions of words that only look like them, @here in a name too."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def actions(*elements: Payload) -> Payload:
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action: Action, value: str, *, style: str = "") -> Payload:
    """`style`: "primary", "danger", or empty for the ordinary look."""
    shown: Payload = {
        "type": "button",
        "text": plain(text, limits.BUTTON_MAX),
        "action_id": str(action),
        "value": value,
    }
    return {**shown, "style": style} if style else shown


def feedback(action: Action, value: str) -> Payload:
    """Whether an answer helped, in the place and with the signs Slack has for it; `value` says what was asked."""

    def verdict(text: str, said: str) -> Payload:
        return {"text": plain(text, limits.BUTTON_MAX), "value": f"{said} {value}"}

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": str(action),
                "positive_button": verdict("This helped", HELPED),
                "negative_button": verdict("This did not help", UNHELPFUL),
            }
        ],
    }


def option(text: str, entity_id: str) -> Payload:
    return {"text": plain(text, limits.OPTION_TEXT_MAX), "value": limits.option_value(entity_id)}


def field(
    label: str, element: Payload, *, block_id: str, hint: str = "", optional: bool = False, live: bool = False
) -> Payload:
    """An input. `live`: choosing is told at once, not only on submitting."""
    shown: Payload = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, limits.LABEL_MAX),
        "element": element,
        "optional": optional,
    }
    if hint:
        shown["hint"] = plain(hint, limits.HINT_MAX)
    return {**shown, "dispatch_action": True} if live else shown


def name_field(label: str, action: Action, name: str) -> Payload:
    """Where a model's name is typed by whoever means what cannot be undone; `name` is shown, and typed all the same."""
    element: Payload = {
        "type": "plain_text_input",
        "action_id": str(action),
        "placeholder": plain(name, limits.PLACEHOLDER_MAX),
    }
    return field(label, element, block_id=str(action))


def prose_field(
    label: str,
    action: Action,
    *,
    placeholder: str,
    initial: str = "",
    hint: str = "",
    chars_min: int = 1,
    chars_max: int = limits.INPUT_MAX,
) -> Payload:
    """A text of several lines; its block is named after its action. It may be left out where `chars_min` is 0."""
    element: Payload = {
        "type": "plain_text_input",
        "action_id": str(action),
        "multiline": True,
        "max_length": chars_max,
        "placeholder": plain(placeholder, limits.PLACEHOLDER_MAX),
    }
    if initial:
        element["initial_value"] = initial[:chars_max]
    if chars_min > 1:
        element["min_length"] = chars_min
    return field(label, element, block_id=str(action), hint=hint, optional=not chars_min)


def message(text: str, blocks: Sequence[Payload] = ()) -> Payload:
    """A message: `text` is what notifications and screen readers say, so it is always there."""
    said: Payload = {"text": limits.clip(text, limits.UPDATE_TEXT_MAX)}
    return {**said, "blocks": list(blocks)} if blocks else said


def home(blocks: Sequence[Payload], *, metadata: Mapping[str, str]) -> Payload:
    """The Home tab of one person. `metadata` comes back with every action."""
    return {"type": "home", "blocks": list(blocks), "private_metadata": _encoded(metadata)}


def modal(
    title: str,
    callback: Callback,
    blocks: Sequence[Payload],
    *,
    metadata: Mapping[str, str],
    submit: str = "",
) -> Payload:
    """A modal. `metadata` is ids only; it comes back with every action and with the submission."""
    shown: Payload = {
        "type": "modal",
        "callback_id": str(callback),
        "title": plain(title, limits.TITLE_MAX),
        "close": plain("Close" if not submit else "Cancel", limits.TITLE_MAX),
        "blocks": list(blocks),
        "private_metadata": _encoded(metadata),
    }
    return {**shown, "submit": plain(submit, limits.TITLE_MAX)} if submit else shown


def _encoded(metadata: Mapping[str, str]) -> str:
    return msgspec.json.encode(dict(metadata)).decode()
