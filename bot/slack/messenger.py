"""Slack, outbound: the only writer of messages. Messenger (workflows/ports.py) over slack_sdk's WebClient.

`post` is not safe to repeat, `edit` and `find` are. Nothing is retried or waited for here: every outcome says
when to come back, and the outbox does. Hence `retry_handlers=[]`: slack_sdk's default one posts twice when
the peer closes after accepting.
"""

from __future__ import annotations

import logging
import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec.structs import replace
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.slack.calls import CountedClient, answered
from bot.slack.channels import channel_of
from bot.slack.errors import FAILURES, result_of, retry_after
from bot.slack.home import published
from bot.slack.past import EVENT_TYPE, Past, unseen
from bot.slack.permalinks import address_of, addresses, is_coming
from bot.slack.rates import POST
from bot.slack.uploads import Carry, FileView, NotTakenError, carried, name_of, uploaded
from bot.views.asked.assistant import NO_AGENTS
from bot.views.blocks import Payload
from bot.views.notices import drawn
from bot.views.uploads import FILES, in_words
from data.metrics import UNCOUNTED, Metrics
from data.records.decision import Dead, Done, Gate, HeldUp, NotDone, Result, Room, Unknown
from workflows.home import Home
from workflows.ports import Message
from workflows.rules.telling.together import TOLD_WITH

KEYS = uuid.UUID("5f0f5f0c-3c53-5f1b-9b0e-6d1f4f6a2c11")  # our namespace for client_msg_id
HISTORY_MARGIN_SECONDS = 60.0  # clocks differ; a margin costs a longer page, a miss costs a second message
GRACE_SECONDS = (
    30.0  # a call may take ten, its message show up twenty after it began, and clocks are set meanwhile
)
CHANNEL_MISSING_SECONDS = 600.0
CALL_SECONDS = 10


def web_client(
    token: str, url: str, metrics: Metrics = UNCOUNTED, *, logger: logging.Logger | None = None
) -> WebClient:
    """Without retries of its own: the outbox owns them (the SDK's default posts twice on a reset)."""
    return CountedClient(
        metrics, token=token, base_url=url, retry_handlers=[], timeout=CALL_SECONDS, logger=logger
    )


class Pace(Protocol):
    """How fast Slack may be called: `Rates`, or `SharedRates` where several processes call it."""

    def wait(self, method: str, channel: str = "") -> float: ...

    def close(self, method: str, channel: str, seconds: float) -> None: ...

    def room(self, begun: Iterable[tuple[Gate, str]], at: datetime) -> tuple[Room, float]: ...


class SlackMessenger:
    """Messenger over the Web API.

    wall        seconds since 1970, the time Slack stamps messages with
    pace        seconds of the calendar (`now`) that pass per real second; above 1 in the demo
    grace_seconds  how late an accepted message may still show up in history
    files       who draws the file of which notice     carry   brings a file to the place Slack names for it
    """

    def __init__(
        self,
        client: WebClient,
        rates: Pace,
        *,
        wall: Callable[[], float],
        pace: float = 1.0,
        grace_seconds: float = GRACE_SECONDS,
        metrics: Metrics = UNCOUNTED,
        files: Mapping[str, FileView] = FILES,
        carry: Carry = carried,
    ) -> None:
        self._files, self._carry = files, carry
        assert not client.retry_handlers, "slack_sdk would post twice"
        self._client, self._rates, self._wall = client, rates, wall
        self._pace, self._grace_seconds = pace, grace_seconds
        self._metrics = metrics
        self._direct: dict[str, str] = {}
        self._past = Past(client, self._call, self._later, files)

    def room(self, begun: Iterable[tuple[Gate, str]], now: datetime) -> tuple[Room, datetime | None]:
        """What may be begun now besides what is under way, and when that may be more."""
        room, seconds = self._rates.room(begun, now)
        return room, None if seconds == math.inf else self._later(now, seconds)

    def post(self, message: Message, now: datetime) -> Result:
        """Post once. NOT safe to repeat: after `Unknown`, ask `find` first. Done.found has channel and ts."""
        if (view := self._files.get(message.notice)) is not None:
            return self._show_file(message, view, now)
        return self._post(message, drawn(self._linked(message)), now)

    def _linked(self, message: Message) -> Message:
        """With the address of what it points to. Without one it says where to look all the same."""
        if message.answer is not None:
            has_agents = is_coming(self._client, message.channel, message.thread_ts)
            found = addresses(self._client, message.answer) | ({} if has_agents else {NO_AGENTS: "yes"})
        elif "other_ts" in message.params:
            found = {
                "url": address_of(self._client, message.params["other_channel"], message.params["other_ts"])
            }
        else:
            return message
        return replace(message, params={**message.params, **found})

    def _show_file(self, message: Message, view: FileView, now: datetime) -> Result:
        """A file in the thread of its message, or words where Slack takes none."""
        channel = self._channel(message.channel, now)
        if not isinstance(channel, str):
            return channel
        file = view.draw(message)
        try:
            return uploaded(
                self._client,
                file,
                name_of(message, view),
                channel=channel,
                thread_ts=message.thread_ts,
                call=lambda method, call: self._call(method, call, to=channel, now=now),
                carry=self._carry,
                later=lambda seconds: self._later(now, seconds),
            )
        except NotTakenError as why:
            return self._post(message, in_words(file, str(why)), now)

    def _post(self, message: Message, payload: Payload, now: datetime) -> Result:
        about = {"retirement": message.retirement.id} if message.retirement else {}
        about |= {name: message.params[name] for name in (TOLD_WITH,) if name in message.params}
        outcome = self._call(
            POST,
            lambda: self._client.chat_postMessage(
                channel=message.channel,
                thread_ts=message.thread_ts or None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": message.key, **about}},
                client_msg_id=str(uuid.uuid5(KEYS, message.key)),
                unfurl_links=False,
                unfurl_media=False,
                **payload,
            ),
            to=message.place or message.channel,
            now=now,
        )
        return self._placed(outcome)

    def edit(self, message: Message, now: datetime) -> Result:
        """Make the message at `ts` look like `message`. Safe to repeat."""
        assert message.ts, f"{message.key}: nothing to edit"
        payload = drawn(message)
        channel = self._channel(message.channel, now)
        if not isinstance(channel, str):
            return channel
        outcome = self._call(
            "chat.update",
            # Without blocks Slack would keep the old ones, buttons included.
            lambda: self._client.chat_update(channel=channel, ts=message.ts, **{"blocks": [], **payload}),
            to=channel,
            now=now,
        )
        return self._placed(outcome)

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        """Look the key up in history from `since` on. Done when it is there, NotDone when it surely is not.

        Whatever keeps us from looking is Unknown: only NotDone lets the outbox post again. When it was last tried is
        the record's to say: any process may have, and may have ended since.
        """
        channel = self._channel(message.channel, now)
        if not isinstance(channel, str):
            return unseen(channel)
        ours = self._past.identity(now)
        if not isinstance(ours, tuple):
            return unseen(ours)
        oldest = self._wall() - (now - since).total_seconds() / self._pace - HISTORY_MARGIN_SECONDS
        found = self._past.search(message, channel, ours, oldest=oldest, now=now)
        if found is not None:
            return found
        waited = (now - max(message.tried_at or since, since)).total_seconds() / self._pace
        wait = self._grace_seconds - waited
        if wait > 0:
            return Unknown(retry_at=self._later(now, wait), why="An accepted message may show up late")
        return NotDone(retry_at=now, why=f"{message.key} is not in the history of {channel}")

    def show_home(self, home: Home, seen: str, now: datetime) -> Result:
        """Make somebody's Home look so. Safe to repeat. Raises `Stale` where it is not `seen` that is there."""

        def call(method: str, call: Callable[[], SlackResponse]) -> SlackResponse | NotDone | Unknown | Dead:
            return self._call(method, call, to=home.person_id, now=now)

        return published(self._client, home, seen, call=call)

    def answer(
        self, payload: Mapping[str, Any], *, response_url: str = "", channel: str = "", user: str = ""
    ) -> bool:
        """Tell one person, best effort: by response_url, else ephemerally, else in a DM. False: in vain."""
        body = dict(payload)
        private = {"response_type": "ephemeral", "replace_original": False}
        # Expired, used up, unreachable, or no address at all: the next way is tried.
        if response_url and answered(
            self._metrics, response_url, {**body, **private}, timeout_seconds=self._client.timeout
        ):
            return True
        ways: list[Callable[[], SlackResponse]] = []
        if channel and user:
            ways.append(lambda: self._client.chat_postEphemeral(channel=channel, user=user, **body))
        if user:
            # Slack would open links to show what is behind them.
            ways.append(
                lambda: self._client.chat_postMessage(
                    channel=user, unfurl_links=False, unfurl_media=False, **body
                )
            )
        return any(self._succeeds(way) for way in ways)

    def _succeeds(self, way: Callable[[], SlackResponse]) -> bool:
        try:
            way()
        except FAILURES:
            return False
        return True

    def _placed(self, outcome: SlackResponse | NotDone | Unknown | Dead) -> Result:
        if not isinstance(outcome, SlackResponse):
            return outcome
        return Done(found={"channel": str(outcome["channel"]), "ts": str(outcome["ts"])})

    def _call(
        self, method: str, call: Callable[[], SlackResponse], *, to: str, now: datetime
    ) -> SlackResponse | NotDone | Unknown | Dead:
        """One call, if there is a token for it."""
        wait = self._rates.wait(method, to)
        if wait > 0:
            return NotDone(retry_at=self._later(now, wait), why=f"our own limit of {method} for {to}")
        try:
            return call()
        except FAILURES as error:
            if (seconds := retry_after(error)) is not None:
                self._rates.close(method, to, seconds)
            failed = result_of(error, to=to, later=lambda seconds: self._later(now, seconds))
            assert not isinstance(failed, Done)
            return failed

    def _channel(self, to: str, now: datetime) -> str | NotDone | Unknown | Dead:
        """The channel's id: posting takes a person's id or a channel's #name, reading and editing do not."""
        if to.startswith("#"):
            return self._named(to, now)
        if to[:1] not in ("U", "W"):
            return to
        if to not in self._direct:
            outcome = self._call(
                "conversations.open", lambda: self._client.conversations_open(users=to), to=to, now=now
            )
            if not isinstance(outcome, SlackResponse):
                return outcome
            self._direct[to] = str(outcome["channel"]["id"])
        return self._direct[to]

    def _named(self, name: str, now: datetime) -> str | NotDone | Unknown | Dead:
        """Looked up once; a channel that is renamed is found again after a restart."""
        if name not in self._direct:
            try:
                channel = channel_of(self._client, name)
            except FAILURES as error:
                failed = result_of(error, to=name, later=lambda seconds: self._later(now, seconds))
                assert not isinstance(failed, Done)
                return failed
            if channel is None:
                why = f"no channel is called {name}; create it, invite the bot, or correct the policy"
                retry_at = self._later(now, CHANNEL_MISSING_SECONDS)
                return NotDone(retry_at=retry_at, why=why, held_up=HeldUp.PLACE)
            self._direct[name] = str(channel["id"])
        return self._direct[name]

    def _later(self, now: datetime, seconds: float) -> datetime:
        return now + timedelta(seconds=seconds * self._pace)
