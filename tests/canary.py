"""A restricted model in the sample company: does its name reach anybody who may not know of it?"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Self

from bot.logs import Private, worth_keeping
from tests.fakes.slack import SlackFake, User
from tests.fakes.slack.workspace import BOT_USER

CANARY = "silent-heron"
WRITTEN = "the pond of herons is drained"
"""What people write of it in stories: whoever may not read its name reads nothing of that either."""
CATALOG = Path(__file__).parent / "canary.yaml"
QUINN, RHEA = "U01QUINNHALE", "U01RHEASTONE"
"""They own it, and nothing else."""


def users() -> list[User]:
    return [User(id=QUINN, name="quinn", tz="Europe/London"), User(id=RHEA, name="rhea", tz="Europe/London")]


_OURS = [logging.getLogger(name) for name in ("bot", "data", "workflows")]


class Overheard(logging.Handler):
    """All that a process of ours would write meanwhile, were it told to log everything."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.addFilter(worth_keeping)
        self.setFormatter(Private())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __enter__(self) -> Self:
        self._levels = [one.level for one in _OURS]
        logging.getLogger().addHandler(self)
        for one in _OURS:
            one.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        for one, level in zip(_OURS, self._levels, strict=True):
            one.setLevel(level)


def leaks(slack: SlackFake, may_know: Collection[str]) -> list[str]:
    """Who else was told, and by what: whatever the bot posted, edited, showed, answered or uploaded."""
    return sorted({f"{what} to {place}" for what, place in _told(slack) if place not in may_know})


def _told(slack: SlackFake) -> Iterator[tuple[str, str]]:
    for call in slack.calls:
        # What a response_url takes is an ephemeral message of the one who asked.
        if call.method != "response_url" and _is_in(call.args):
            yield call.method, _reader(slack, call.args)
    for message in slack.ephemerals:
        if _is_in(message):
            yield "ephemeral", message["ephemeral_to"]
    for answer in slack.answers:
        if _is_in(answer.body):
            asked = answer.envelope.payload
            yield "answer", str(asked.get("user_id") or (asked.get("user") or {}).get("id"))
    for file in slack.files.files.values():
        if file.user != BOT_USER:
            continue  # whoever shares a file says so themselves
        if is_heard(f"{file.name or ''} {file.alt_text} {_text(file.content)}"):
            yield from (("file", place) for place, *_ in file.shared)


def is_heard(text: str) -> bool:
    return CANARY in text.casefold() or WRITTEN in text.casefold()


def _is_in(payload: Any) -> bool:
    return is_heard(json.dumps(payload, ensure_ascii=False, default=str))


def _text(content: bytes) -> str:
    """What a file says; of a bundle, all that is in it."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return "\n".join(f"{one}\n{_text(bundle.read(one))}" for one in bundle.namelist())


def _reader(slack: SlackFake, args: dict[str, Any]) -> str:
    """Where a call is seen: a channel, or by whom."""
    if trigger := args.get("trigger_id"):
        return slack.triggers[trigger].user
    if "view_id" in args:
        return next((user for user, view in slack.views.items() if view.id == args["view_id"]), "")
    place = str(args.get("user_id") or args.get("user") or args.get("channel"))
    return next((user for user in slack.ws.users if place == f"D{user[1:]}"), place)
