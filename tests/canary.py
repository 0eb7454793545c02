"""A restricted model in the sample company: does its name reach anybody who may not know of it?"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Self

from tests.fakes.slack import SlackFake, User
from tests.fakes.slack.workspace import BOT_USER

CANARY = "silent-heron"
CATALOG = Path(__file__).parent / "canary.yaml"
QUINN, RHEA = "U01QUINNHALE", "U01RHEASTONE"
"""They own it, and nothing else."""


def users() -> list[User]:
    return [User(id=QUINN, name="quinn", tz="Europe/London"), User(id=RHEA, name="rhea", tz="Europe/London")]


class Overheard(logging.Handler):
    """All that was logged meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


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
        about = f"{file.name or ''} {file.alt_text} {file.content.decode(errors='replace')}"
        if CANARY in about.casefold():
            yield from (("file", place) for place, *_ in file.shared)


def _is_in(payload: Any) -> bool:
    return CANARY in json.dumps(payload, ensure_ascii=False, default=str).casefold()


def _reader(slack: SlackFake, args: dict[str, Any]) -> str:
    """Where a call is seen: a channel, or by whom."""
    if trigger := args.get("trigger_id"):
        return slack.triggers[trigger].user
    if "view_id" in args:
        return next((user for user, view in slack.views.items() if view.id == args["view_id"]), "")
    place = str(args.get("user_id") or args.get("user") or args.get("channel"))
    return next((user for user in slack.ws.users if place == f"D{user[1:]}"), place)
