"""Files of the app: a place is asked for, bytes are carried there, and only then one is shown.

Slack: docs.slack.dev/reference/methods/files.getUploadURLExternal, /reference/methods/files.completeUploadExternal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.chat import Answer, Args
from tests.fakes.slack.files import File, Files
from tests.fakes.slack.shapes import fault
from tests.fakes.slack.surfaces import POST_TEXT_MAX, ApiError
from tests.fakes.slack.workspace import BOT_USER, Workspace

UPLOAD = "upload"
"""The first part of a place's path, and what is carried there is called among the calls."""
ALT_TEXT_MAX = 1_000
KINDS = {"png": "image/png", "csv": "text/csv"}


@dataclass(kw_only=True)
class Ticket:
    """A place for one file. `content` is None until something was carried there, which works once."""

    file_id: str
    name: str
    length: int
    alt_text: str
    content: bytes | None = None
    is_shown: bool = False


class Uploads:
    """Every place that was handed out; `base` is where they are. What was carried there becomes one of `files`."""

    def __init__(self, ws: Workspace, files: Files, *, base: Callable[[], str]) -> None:
        self.ws, self.files, self._base = ws, files, base
        self.tickets: dict[str, Ticket] = {}
        self._untold: list[tuple[File, str]] = []

    def ask(self, args: Args) -> Answer:
        """files.getUploadURLExternal"""
        length, alt_text = str(args["length"]), str(args.get("alt_txt") or "")
        if not length.isdigit() or int(length) < 1:
            raise ApiError("missing_argument")
        if len(alt_text) > ALT_TEXT_MAX:
            raise ApiError("alt_txt_too_large")
        ticket = Ticket(
            file_id=self.ws.new_id("F"), name=str(args["filename"]), length=int(length), alt_text=alt_text
        )
        self.tickets[ticket.file_id] = ticket
        return {"file_id": ticket.file_id, "upload_url": f"{self._base()}/{UPLOAD}/{ticket.file_id}"}

    def carry(self, file_id: str, content: bytes) -> int:
        """What is POSTed to a place; the HTTP status. As many bytes as were announced, and once."""
        ticket = self.tickets.get(file_id)
        if ticket is None or ticket.content is not None:
            return 404
        if len(content) != ticket.length:
            return 400
        ticket.content = content
        return 200

    def complete(self, args: Args) -> Answer:
        """files.completeUploadExternal, for one channel."""
        tickets = [self._ticket(one) for one in self._named(args)]
        files = [self._file(ticket, title) for ticket, title in tickets]
        if channel_id := args.get("channel_id"):
            self._show(str(channel_id), args, files)
        self.files.files |= {file.id: file for file in files}
        for ticket, _ in tickets:
            ticket.is_shown = True
        return {"files": [{"id": file.id, "title": file.title or file.name} for file in files]}

    def tell(self) -> None:
        """The app of its own files, as Slack does; once it has its answer, as a bot may call back."""
        with self.ws.lock:
            untold, self._untold = self._untold, []
        for file, channel_id in untold:
            self.files.tell(file, channel_id)

    def _named(self, args: Args) -> list[dict[str, Any]]:
        files = args["files"]
        if not isinstance(files, list) or not files or not all(isinstance(one, dict) for one in files):
            raise ApiError("invalid_arguments", fault("must provide an array of objects", "/files"))
        return files

    def _ticket(self, one: dict[str, Any]) -> tuple[Ticket, str]:
        ticket = self.tickets.get(str(one.get("id")))
        if ticket is None or ticket.content is None or ticket.is_shown:
            raise ApiError("file_not_found")
        return ticket, str(one.get("title") or "")

    def _show(self, channel_id: str, args: Args, files: list[File]) -> None:
        if channel_id[:1] not in {"C", "G", "D"}:
            raise ApiError("invalid_channel")
        channel = self.ws.joined_channel(channel_id)
        if channel.is_archived:
            raise ApiError("posting_to_channel_denied")
        thread_ts = args.get("thread_ts")
        parents = {message.ts for message in self.ws.messages[channel.id] if not message.thread_ts}
        if thread_ts is not None and thread_ts not in parents:
            raise ApiError("invalid_arguments", fault(f"no thread starts at {thread_ts}", "/thread_ts"))
        text = str(args.get("initial_comment") or "")
        if len(text) > POST_TEXT_MAX:
            raise ApiError("msg_too_long")
        if self.files.show(files, channel.id, text=text, thread=str(thread_ts or "")):
            self._untold += [(file, channel.id) for file in files]

    def _file(self, ticket: Ticket, title: str) -> File:
        assert ticket.content is not None
        return File(
            id=ticket.file_id,
            name=ticket.name,
            title=title,
            content=ticket.content,
            user=BOT_USER,
            mimetype=KINDS.get(ticket.name.rpartition(".")[2], "application/octet-stream"),
            alt_text=ticket.alt_text,
        )
