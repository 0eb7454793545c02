"""Slack, read back: was a message with this key, or a file of this name, posted by us?

Nothing here decides what follows; whatever keeps us from looking is said as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.slack.uploads import FileView, is_file, name_of
from data.records.decision import Dead, Done, NotDone, Result, Unknown
from workflows.ports import Message
from workflows.rules.telling.together import TOLD_WITH

EVENT_TYPE = "emeritus_message"
PAGE = 200
PAGES_MAX = 25

Outcome = SlackResponse | NotDone | Unknown | Dead


class Calls(Protocol):
    def __call__(
        self, method: str, call: Callable[[], SlackResponse], *, to: str, now: datetime
    ) -> Outcome: ...


class Past:
    """`call` makes one call if there is a token for it; `later` is an instant in so many seconds."""

    def __init__(
        self,
        client: WebClient,
        call: Calls,
        later: Callable[[datetime, float], datetime],
        files: Mapping[str, FileView],
    ) -> None:
        self._client, self._call, self._later, self._files = client, call, later, files
        self._ids = ("", "")

    def identity(self, now: datetime) -> tuple[str, str] | NotDone | Unknown | Dead:
        """The ids Slack stamps on what we post, as an app and as a user; a token has them for as long as it lives."""
        if not all(self._ids):
            outcome = self._call("auth.test", self._client.auth_test, to="", now=now)
            if not isinstance(outcome, SlackResponse):
                return outcome
            self._ids = str(outcome["bot_id"]), str(outcome["user_id"])
        return self._ids

    def search(
        self, message: Message, channel: str, ours: tuple[str, str], *, oldest: float, now: datetime
    ) -> Result | None:
        """Our message with this key, why nobody can tell, or None when no page has it."""
        view = self._files.get(message.notice)
        bot_id, user_id = ours
        cursor = ""
        for _ in range(PAGES_MAX):
            page = self._page(message, channel, oldest=oldest, cursor=cursor, now=now)
            if isinstance(page, Dead):
                return None if message.thread_ts else page
            if not isinstance(page, SlackResponse):
                return unseen(page)
            for shown in page["messages"]:
                if (
                    view is not None
                    and shown.get("user") == user_id
                    and is_file(shown, name_of(message, view))
                ):
                    return Done(found={"channel": channel, "ts": str(shown["ts"])})
                # Any app may put any metadata on what it posts.
                if shown.get("bot_id") != bot_id:
                    continue
                metadata = shown.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT_TYPE and payload.get("key") == message.key:
                    told = {name: str(payload[name]) for name in (TOLD_WITH,) if name in payload}
                    return Done(found={"channel": channel, "ts": str(shown["ts"]), **told})
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return None
        return Unknown(
            retry_at=self._later(now, 60), why=f"more than {PAGES_MAX * PAGE} messages to look through"
        )

    def _page(
        self, message: Message, channel: str, *, oldest: float, cursor: str, now: datetime
    ) -> SlackResponse | NotDone | Unknown | Dead:
        window: dict[str, Any] = {
            "oldest": f"{max(oldest, 0.0):.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        if cursor:
            window["cursor"] = cursor
        if message.thread_ts:
            return self._call(
                "conversations.replies",
                lambda: self._client.conversations_replies(channel=channel, ts=message.thread_ts, **window),
                to=channel,
                now=now,
            )
        return self._call(
            "conversations.history",
            lambda: self._client.conversations_history(channel=channel, **window),
            to=channel,
            now=now,
        )


def unseen(outcome: NotDone | Unknown | Dead) -> Unknown | Dead:
    """What kept us from looking says nothing of the message; only what is gone for good is gone."""
    if isinstance(outcome, Dead):
        return outcome
    return Unknown(retry_at=outcome.retry_at, why=outcome.why, held_up=outcome.held_up)
