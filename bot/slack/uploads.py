"""Files, outbound: asked for a place, carried there, shown in a thread. Nothing is seen before the last of three calls.

Only that one is not safe to repeat; what it shows is found again by its name. A Slack that takes no files, or an app
that may not send any, is told in words where the file would be: no retirement waits for a picture.
"""

from __future__ import annotations

import http
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.errors import FAILURES, PERSON_SECONDS, RETRY_SECONDS, no_files, reason_of
from data.records.base import Record
from data.records.decision import Dead, Done, NotDone, Result, Unknown
from workflows.ports import Message

ALT_TEXT_MAX = 1_000  # docs.slack.dev/reference/methods/files.getUploadURLExternal: alt_txt_too_large
CARRY_SECONDS = 20


class File(Record, frozen=True, kw_only=True):
    """`comment` stands above it, escaped; `alt_text`, of at most `ALT_TEXT_MAX`, is for who cannot see it.

    instead   how else one gets it, where Slack does not take it, with "{why}" for the reason
    """

    title: str
    comment: str
    content: bytes
    instead: str
    alt_text: str = ""


class FileView(NamedTuple):
    """How a file's name ends, and who draws it."""

    ending: str
    draw: Callable[[Message], File]


class NotTakenError(Exception):
    """This Slack takes no file, whoever asks how often; why, in words."""


Outcome = SlackResponse | NotDone | Unknown | Dead
Call = Callable[[str, Callable[[], SlackResponse]], Outcome]
Carry = Callable[[str, bytes], None]


def name_of(message: Message, view: FileView) -> str:
    """A file is called like its message: once and for all, so that it is found again."""
    return f"{message.key.replace('/', '-')}.{view.ending}"


def carried(url: str, content: bytes) -> None:
    """To the place Slack named. Raises what a call to Slack may raise."""
    if not url.startswith(("https://", "http://")):
        raise OSError("Slack named no place to carry a file to")
    asked = Request(url, data=content, headers={"Content-Type": "application/octet-stream"}, method="POST")  # noqa: S310
    with urlopen(asked, timeout=CARRY_SECONDS) as answer:  # noqa: S310 - as above
        answer.read()


def uploaded(
    client: WebClient,
    file: File,
    name: str,
    *,
    channel: str,
    thread_ts: str,
    call: Call,
    carry: Carry,
    later: Callable[[float], datetime],
) -> Result:
    """Show the file in the thread. Done.found has channel and file. Raises `NotTakenError` where it cannot be."""
    described: dict[str, Any] = {"alt_txt": file.alt_text} if file.alt_text else {}
    ticket = call(
        "files.getUploadURLExternal",
        _asking(
            lambda: client.files_getUploadURLExternal(filename=name, length=len(file.content), **described)
        ),
    )
    if not isinstance(ticket, SlackResponse):
        return _nothing_shown(ticket)
    try:
        carry(str(ticket["upload_url"]), file.content)
    except FAILURES as error:
        refused = isinstance(error, HTTPError) and error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR
        wait = PERSON_SECONDS if refused else RETRY_SECONDS
        return NotDone(retry_at=later(wait), why=f"{name} could not be carried to Slack: {reason_of(error)}")
    shown = call(
        "files.completeUploadExternal",
        _asking(
            lambda: client.files_completeUploadExternal(
                files=[{"id": str(ticket["file_id"]), "title": file.title}],
                channel_id=channel,
                thread_ts=thread_ts,
                initial_comment=file.comment,
            )
        ),
    )
    if not isinstance(shown, SlackResponse):
        return shown
    return Done(found={"channel": channel, "file": str(ticket["file_id"])})


def is_file(shown: dict[str, Any], name: str) -> bool:
    """Does this message, as history has it, show the file of this name?"""
    return any(file.get("name") == name for file in shown.get("files") or ())


def _asking(call: Callable[[], SlackResponse]) -> Callable[[], SlackResponse]:
    def asked() -> SlackResponse:
        try:
            return call()
        except SlackApiError as error:
            if why := no_files(error):
                raise NotTakenError(why) from error
            raise

    return asked


def _nothing_shown(outcome: NotDone | Unknown | Dead) -> NotDone | Dead:
    """Whatever became of the question for a place, nobody has seen anything."""
    if isinstance(outcome, Unknown):
        return NotDone(retry_at=outcome.retry_at, why=outcome.why, held_up=outcome.held_up)
    return outcome
