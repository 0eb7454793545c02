"""What is in the pretended workspace: people, channels, messages, open modals, the clock that stamps them."""

from __future__ import annotations

import copy
import itertools
import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from tests.fakes.slack.blocks import interactive
from tests.fakes.slack.surfaces import ApiError

BOT_USER, BOT_ID, APP_ID, TEAM_ID = "UBOT", "BBOT", "AAPP", "TTEAM"
BROADCAST = re.compile(r"<!(channel|here|everyone)(\|[^>]*)?>")
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(kw_only=True)
class User:
    """A person or bot of the workspace. `refuses` is Slack's word for why the bot may not write to them, if so.

    rests   when they are not to be disturbed: from and until, in seconds since 1970; None where they always may be
    """

    id: str
    name: str
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    team_id: str = TEAM_ID
    tz: str = "UTC"
    tz_offset: int = 0
    email: str | None = None
    real_name: str = ""
    refuses: str = ""
    rests: tuple[int, int] | None = None


@dataclass(kw_only=True)
class Channel:
    """A conversation; the bot takes part only where its user id is among the members."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_im: bool = False
    is_archived: bool = False


@dataclass(kw_only=True)
class Message:
    """One message, ephemeral or not, with what tests want to know of it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    client_msg_id: str | None = None
    is_broadcast_reply: bool = False
    ephemeral_to: str | None = None
    edits: int = 0
    hidden_for: int = 0
    versions: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """The message as tests read it, which they may change: it came as JSON, and is copied so."""
        shown = (one.name for one in fields(self) if one.name != "hidden_for")
        kept: dict[str, Any] = json.loads(json.dumps({name: getattr(self, name) for name in shown}))
        return {**kept, "mentions": mentions(self.text, self.blocks)}


@dataclass(kw_only=True)
class OpenView:
    """A modal on somebody's screen, or a Home tab."""

    id: str
    hash: str
    user: str
    content: dict[str, Any]
    state: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    root_id: str = ""
    previous_id: str | None = None

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks on the screen."""
        blocks: list[dict[str, Any]] = self.content["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """The words at the top of the modal."""
        return str(self.content.get("title", {}).get("text", ""))


def mrkdwn_texts(value: object) -> Iterable[str]:
    """The texts in which <@U1> and <!channel> have a meaning; plain_text shows them as typed."""
    if isinstance(value, list):
        for member in value:
            yield from mrkdwn_texts(member)
    elif isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "markdown"}:
            yield str(value.get("text", ""))
        elif value.get("type") == "broadcast":
            yield f"<!{value.get('range')}>"
        elif value.get("type") == "user":
            yield f"<@{value.get('user_id')}>"
        else:
            for member in value.values():
                yield from mrkdwn_texts(member)


def mentions(text: str, blocks: list[dict[str, Any]]) -> list[str]:
    """The user ids that are notified, each once, in order."""
    found = [uid for words in (text, *mrkdwn_texts(blocks)) for uid in MENTION.findall(words)]
    return list(dict.fromkeys(found))


def is_loud(text: str, blocks: list[dict[str, Any]]) -> bool:
    """Whether this would notify a whole channel."""
    return any(BROADCAST.search(words) for words in (text, *mrkdwn_texts(blocks)))


class Workspace:
    """The state behind one fake; every reader and writer holds `lock`."""

    def __init__(
        self,
        users: Iterable[User | dict[str, Any]],
        channels: Iterable[Channel | dict[str, Any]],
        usergroups: dict[str, list[str]],
        now: Callable[[], float],
        scopes: Iterable[str],
    ) -> None:
        people = [u if isinstance(u, User) else User(**u) for u in users]
        rooms = [c if isinstance(c, Channel) else Channel(**c) for c in channels]
        self.users = {u.id: u for u in [*people, User(id=BOT_USER, name="emeritus", is_bot=True)]}
        self.channels = {c.id: c for c in rooms}
        self.usergroups = usergroups
        self.now = now
        self.scopes = set(scopes)  # what the app was granted when it was installed
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)  # notified after every call
        self.messages: dict[str, list[Message]] = defaultdict(list)
        self.ephemerals: list[Message] = []
        self.broadcasts: list[Message] = []
        self.statuses: dict[tuple[str, str], str] = {}  # of agents, by the thread they are shown in
        self.stacks: dict[str, list[OpenView]] = {}
        self.homes: dict[str, OpenView] = {}
        self._numbers = itertools.count(1)
        self._last_micros = 0

    def new_id(self, prefix: str) -> str:
        """An id nobody has yet."""
        return f"{prefix}{next(self._numbers):08d}"

    def new_ts(self) -> str:
        """A message timestamp: the clock's, and later than every other."""
        self._last_micros = max(int(self.now() * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def direct_channel(self, user_id: str) -> Channel:
        """The bot's DM with a person, or Slack's reason why there is none."""
        user = self.users.get(user_id)
        if user is None:
            raise ApiError("user_not_found")
        if user.deleted:
            raise ApiError("user_disabled")
        if user.is_bot:
            raise ApiError("cannot_dm_bot")
        if user.refuses:
            raise ApiError(user.refuses)
        channel = Channel(id=f"D{user_id[1:]}", name=user.name, members=[BOT_USER, user_id], is_im=True)
        return self.channels.setdefault(channel.id, channel)

    def seen_channel(self, channel_id: object) -> Channel:
        """A channel the bot may know of; private ones exist for members only."""
        channel = self.channels.get(str(channel_id))
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise ApiError("channel_not_found")
        return channel

    def joined_channel(self, channel_id: object) -> Channel:
        """A channel the bot is in."""
        channel = self.seen_channel(channel_id)
        if BOT_USER not in channel.members:
            raise ApiError("not_in_channel")
        return channel

    def message(self, channel_id: str, ts: object) -> Message:
        """The message at this timestamp, ephemerals aside."""
        for message in self.messages[channel_id]:
            if message.ts == ts:
                return message
        raise ApiError("message_not_found")

    def store(self, message: Message) -> None:
        """Put the message where people see it, and note whether it was loud."""
        message.versions.append(message.text)
        (self.ephemerals if message.ephemeral_to else self.messages[message.channel]).append(message)
        self._note(message)

    def edit(self, message: Message, text: str, blocks: list[dict[str, Any]]) -> None:
        """Replace what a message says."""
        message.text, message.blocks = text, blocks
        message.edits += 1
        message.versions.append(text)
        self._note(message)

    def _note(self, message: Message) -> None:
        if is_loud(message.text, message.blocks):
            self.broadcasts.append(message)

    def stored_blocks(self, blocks: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        """The blocks as Slack keeps them: every block and element has an id."""
        kept = copy.deepcopy(blocks or [])
        for block in kept:
            block.setdefault("block_id", self.new_id("b"))
            for element in interactive(block):
                element.setdefault("action_id", self.new_id("a"))
        return kept

    def views_by_id(self) -> dict[str, OpenView]:
        """Every modal and Home on a screen."""
        every = [*itertools.chain.from_iterable(self.stacks.values()), *self.homes.values()]
        return {view.id: view for view in every}
