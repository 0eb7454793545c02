"""What may a bot still do with a response_url? Five uses in thirty minutes, on the message it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.shapes import fault
from tests.fakes.slack.surfaces import POST_TEXT_MAX, ApiError, refuse_message
from tests.fakes.slack.workspace import BOT_USER, Message, Workspace

USES_MAX = 5
LIFE_SECONDS = 30 * 60
KNOWN = {"text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "mrkdwn"}


@dataclass(kw_only=True)
class ResponseUrl:
    """One of them: whose click or command it came from, and the message that was clicked."""

    channel: str
    user: str
    made_at: float
    original: Message | None = None
    uses: int = 0


class ResponseUrls:
    """All that were handed out."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.known: dict[str, ResponseUrl] = {}

    def new(self, channel: str, user: str, original: Message | None = None) -> str:
        """The id of a fresh one."""
        url_id = self.ws.new_id("R")
        made = ResponseUrl(channel=channel, user=user, made_at=self.ws.now(), original=original)
        self.known[url_id] = made
        return url_id

    def use(self, url_id: str, body: dict[str, Any]) -> None:
        """Do what the bot posted to it, or raise Slack's reason why not."""
        url = self.known.get(url_id)
        if url is None or self.ws.now() - url.made_at > LIFE_SECONDS:
            raise ApiError("expired_url")
        if url.uses >= USES_MAX:
            raise ApiError("used_url")
        url.uses += 1
        self.say(url, body)

    def say(self, url: ResponseUrl, body: dict[str, Any]) -> None:
        """Delete, replace or add a message; a command's answer goes the same way."""
        if unknown := set(body) - KNOWN:
            raise ApiError("invalid_arg_name", fault("unknown argument", f"/{min(unknown)}"))
        if body.get("delete_original"):
            self._remove(url)
            return
        refuse_message(body.get("text"), body.get("blocks"), text_max=POST_TEXT_MAX)
        text, blocks = body.get("text") or "", self.ws.stored_blocks(body.get("blocks"))
        if body.get("replace_original") and url.original:
            self.ws.edit(url.original, text, blocks)
            return
        kind = body.get("response_type", "ephemeral")
        if kind not in {"ephemeral", "in_channel"}:
            raise ApiError("invalid_arguments", fault(f"no such type: {kind}", "/response_type"))
        message = Message(
            channel=url.channel,
            ts=self.ws.new_ts(),
            user=BOT_USER,
            text=text,
            blocks=blocks,
            thread_ts=body.get("thread_ts"),
            ephemeral_to=url.user if kind == "ephemeral" else None,
        )
        self.ws.store(message)
        url.original = url.original or message

    def _remove(self, url: ResponseUrl) -> None:
        if url.original is None:
            raise ApiError("no_original", fault("there is no message to delete", "/delete_original"))
        home = self.ws.ephemerals if url.original.ephemeral_to else self.ws.messages[url.channel]
        if url.original in home:
            home.remove(url.original)
        url.original = None
