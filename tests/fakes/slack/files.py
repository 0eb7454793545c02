"""Files in channels, whoever shared them: the event, files.info, and the private download that wants the token.

Slack: docs.slack.dev/reference/events/file_shared, /reference/methods/files.info, /reference/objects/file-object.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.fakes.slack.chat import Answer, Args
from tests.fakes.slack.inputs import NotOnScreen
from tests.fakes.slack.surfaces import ApiError
from tests.fakes.slack.web_api import Call, WebApi, bearer
from tests.fakes.slack.workspace import BOT_USER, TEAM_ID, Message, Workspace

DOWNLOAD = "files-pri"
"""The first part of a private file's path, and what its downloads are called among the calls."""
LOGIN = b"<!DOCTYPE html><html><title>Sign in to Example | Slack</title></html>"
"""What whoever brings no token that may see the file gets, with 200."""


@dataclass(kw_only=True)
class File:
    """A file. `shares`: channel -> the message it was shared with last, its ts and that of its thread, if it is in one.

    shared        all of them, with the channel of each
    mode          hosted, snippet or external, as Slack names them
    unlisted_for  files.info does not name the last of them in the next so many calls: Slack adds them a moment later
    host          where it lies, if that is not this server
    alt_text      for who cannot see it
    told          how the bot answered to the event; None where it was not told of it
    """

    id: str
    name: str | None
    content: bytes
    user: str
    mode: str = "hosted"
    mimetype: str = "text/plain"
    size: int = -1
    is_deleted: bool = False
    has_download: bool = True
    unlisted_for: int = 0
    host: str = ""
    title: str = ""
    alt_text: str = ""
    shares: dict[str, tuple[str, str]] = field(default_factory=dict)
    shared: list[tuple[str, str, str]] = field(default_factory=list)
    told: Any = None

    @property
    def path(self) -> str:
        """Below the host, as its owner's browser shows it."""
        return f"/{DOWNLOAD}/{TEAM_ID}-{self.id}/download/{quote(self.name or 'file', safe='')}"

    def told_of(self) -> dict[str, Any]:
        """What the bot is told of it wherever it is named."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "user": self.user,
            "size": len(self.content) if self.size < 0 else self.size,
            **({"alt_txt": self.alt_text} if self.alt_text else {}),
        }


@dataclass(kw_only=True)
class Download:
    """What goes back over the wire; a status of 0 closes the connection without a word."""

    status: int
    content: bytes
    mimetype: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Files:
    """`tell` sends an Events API event; `events` are those the app subscribed to."""

    def __init__(
        self,
        ws: Workspace,
        web_api: WebApi,
        *,
        events: frozenset[str],
        tell: Callable[[dict[str, Any]], Any],
        base: Callable[[], str],
    ) -> None:
        self.ws, self.web_api, self.events = ws, web_api, events
        self._tell, self._base = tell, base
        self.files: dict[str, File] = {}

    def share(
        self,
        user: str,
        channel_id: str,
        name: str | None,
        content: bytes | str,
        *,
        thread: str = "",
        **more: Any,
    ) -> File:
        """Drop a file into a channel, or into a thread of it, with a message of its own."""
        with self.ws.lock:
            channel = self.ws.channels.get(channel_id)
            if channel is None or user not in channel.members or channel.is_archived:
                raise NotOnScreen(f"{user} cannot share anything in {channel_id}")
            held = content if isinstance(content, bytes) else content.encode()
            file = File(id=self.ws.new_id("F"), name=name, content=held, user=user, **more)
            is_told = self.show([file], channel_id, thread=thread)
        if is_told:
            self.tell(file, channel_id)
        return file

    def share_again(self, user: str, channel_id: str, file: File) -> None:
        """The same file in another message, as `Share file` of its menu does."""
        with self.ws.lock:
            is_told = self.show([file], channel_id, by=user)
        if is_told:
            self.tell(file, channel_id, by=user)

    def show(
        self, files: Sequence[File], channel_id: str, *, text: str = "", thread: str = "", by: str = ""
    ) -> bool:
        """In one message of whoever they are from, or `by` whom. Whether the app is to be told of them."""
        ts, user = self.ws.new_ts(), by or files[0].user
        self.ws.store(
            Message(
                channel=channel_id,
                ts=ts,
                user=user,
                text=text,
                blocks=[],
                thread_ts=thread or None,
                files=[file.told_of() for file in files],
            )
        )
        for file in files:
            self.files[file.id] = file
            file.shares[channel_id] = (ts, thread)
            file.shared.append((channel_id, ts, thread))
        return (
            "file_shared" in self.events
            and "files:read" in self.ws.scopes
            and BOT_USER in self.ws.channels[channel_id].members
        )

    def tell(self, file: File, channel_id: str, *, by: str = "") -> None:
        """That it was shared there. Not while the workspace is locked: the bot may call back."""
        event = {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": by or file.user,
            "file": {"id": file.id},
        }
        told = self._tell({**event, "channel_id": channel_id})
        with self.ws.changed:
            file.told = told
            self.ws.changed.notify_all()

    def _seen(self, file_id: object) -> File:
        """A file the bot may know of: its own, and what is shared where it is."""
        file = self.files.get(str(file_id))
        if file is not None and file.is_deleted:
            raise ApiError("file_deleted")
        shared = file is not None and any(BOT_USER in self.ws.channels[one].members for one in file.shares)
        if file is None or not (shared or file.user == BOT_USER):
            raise ApiError("file_not_found")
        return file

    def info(self, args: Args) -> Answer:
        """files.info"""
        file = self._seen(args["file"])
        shown: Answer = {
            **file.told_of(),
            "created": int(self.ws.now()),
            "timestamp": int(self.ws.now()),
            "filetype": "text",
            "pretty_type": "Plain Text",
            "user_team": TEAM_ID,
            "editable": file.mode == "snippet",
            "mode": file.mode,
            "is_external": file.mode == "external",
            "external_type": "gdrive" if file.mode == "external" else "",
            "is_public": True,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{self._base()}{file.path.replace('/download/', '/')}",
            "permalink": f"https://example.slack.com/files/{file.user}/{file.id}/file",
            "comments_count": 0,
            "is_starred": False,
            "shares": self._shares(file),
            "channels": [one for one in file.shares if not self.ws.channels[one].is_private],
            "groups": [one for one in file.shares if self.ws.channels[one].is_private],
            "ims": [],
            "has_more_shares": False,
            "file_access": "visible",
        }
        if file.has_download and file.mode != "external":
            shown["url_private_download"] = f"{file.host or self._base()}{file.path}"
        file.unlisted_for = max(0, file.unlisted_for - 1)
        return {"file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}

    def _shares(self, file: File) -> Answer:
        shares: Answer = {}
        for channel_id, ts, thread in file.shared[: len(file.shared) - bool(file.unlisted_for)]:
            channel = self.ws.channels[channel_id]
            one = {
                "reply_users": [],
                "reply_users_count": 0,
                "reply_count": 0,
                "ts": ts,
                "channel_name": channel.name,
                "team_id": TEAM_ID,
                "share_user_id": file.user,
                "source": "UNKNOWN",
                **({"thread_ts": thread} if thread else {}),
            }
            kind = shares.setdefault("private" if channel.is_private else "public", {})
            kind.setdefault(channel_id, []).append(one)
        return shares

    def download(self, path: str, authorization: str | None) -> Download:
        """The file, to who brings the bot's token; to everybody else the page to sign in on, and with 200."""
        with self.ws.lock:
            call = Call(method=DOWNLOAD, args={"path": path, "authorization": authorization or ""})
            self.web_api.calls.append(call)
            reply = self._content(path, bearer(authorization))
            call.status = reply.status
            return reply

    def _content(self, path: str, token: str | None) -> Download:
        planned = self.web_api.faults.take(DOWNLOAD)
        if planned and planned.kind == "rate_limited":
            return Download(status=429, content=b"", headers={"Retry-After": str(planned.retry_after)})
        if planned and planned.kind == "server_error":
            return Download(status=500, content=b"")
        file = next(
            (one for one in self.files.values() if path.startswith(f"/{DOWNLOAD}/{TEAM_ID}-{one.id}/")), None
        )
        if token != self.web_api.bot_token or "files:read" not in self.ws.scopes:
            return Download(status=200, content=LOGIN)
        if file is None or file.is_deleted:
            return Download(status=404, content=b"<html>not found</html>")
        if planned and planned.kind == "accepted_then_reset":
            return Download(status=0, content=b"")
        return Download(status=200, content=file.content, mimetype=file.mimetype)
