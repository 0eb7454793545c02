"""SlackFake: one workspace with one installed app, on a loopback port, as strict as Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.fakes.slack.at_messages import AtMessages
from tests.fakes.slack.at_modals import AtModals
from tests.fakes.slack.chat import as_slack_shows
from tests.fakes.slack.delivery import BotAnswer, Deliver, Envelope, Kind, over_http, parsed, sealed
from tests.fakes.slack.files import Files
from tests.fakes.slack.gates import Fault, Rates
from tests.fakes.slack.inputs import NotOnScreen
from tests.fakes.slack.modals import Modals
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.server import serve
from tests.fakes.slack.sockets import SocketMode
from tests.fakes.slack.uploads import Uploads
from tests.fakes.slack.web_api import Call, Method, WebApi
from tests.fakes.slack.workspace import APP_ID, BOT_USER, TEAM_ID, Channel, Message, OpenView, User, Workspace

SIGNING_SECRET, BOT_TOKEN, APP_TOKEN = "signing-secret", "xoxb-fake", "xapp-fake"
SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "metadata.message:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


class SlackFake:
    """Start it, attach a bot, act as people, read what the bot did.

    `now` is the workspace's clock (message times, trigger and response_url lives, rate lanes); `wall` stamps
    signatures, which a bot compares with the real time. `duplicate_every=n` sends every n-th envelope twice.
    `rate_limits` are Slack's published ones, or that many times as much. `events` are what the app subscribed to.
    """

    def __init__(
        self,
        users: Iterable[User | dict[str, Any]] = (),
        channels: Iterable[Channel | dict[str, Any]] = (),
        *,
        usergroups: dict[str, list[str]] | None = None,
        now: Callable[[], float] = time.time,
        wall: Callable[[], float] = time.time,
        signing_secret: str = SIGNING_SECRET,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        scopes: Iterable[str] = SCOPES,
        rate_limits: bool | float = False,
        should_escape: bool = True,
        duplicate_every: int = 0,
        events: Iterable[str] = (),
    ) -> None:
        self.signing_secret, self.bot_token, self.app_token = signing_secret, bot_token, app_token
        self.wall, self.duplicate_every = wall, duplicate_every
        self.ws = Workspace(users, channels, usergroups or {}, now, scopes)
        self.envelopes: list[Envelope] = []
        self.answers: list[BotAnswer] = []
        self._deliver: Deliver | None = None
        self._server: ThreadingHTTPServer | None = None
        self._sockets = SocketMode()
        self._modals, self._urls = Modals(self.ws), ResponseUrls(self.ws)
        self.triggers = self._modals.triggers
        self.web_api = WebApi(
            self.ws,
            self._modals,
            bot_token=bot_token,
            app_token=app_token,
            rates=Rates(now, float(rate_limits)) if rate_limits else None,
            socket_url=self._sockets.url,
        )
        self.faults = self.web_api.faults
        self.events = frozenset(events)
        self.files = Files(self.ws, self.web_api, events=self.events, tell=self.event, base=self._base)
        self.share = self.files.share
        self.uploads = Uploads(self.ws, self.files, base=self._base)
        self.web_api.methods |= {
            "files.completeUploadExternal": Method(
                self.uploads.complete, "files", "channel_id thread_ts initial_comment", "files:write"
            ),
            "files.getUploadURLExternal": Method(
                self.uploads.ask, "filename length", "alt_txt snippet_type", "files:write"
            ),
            "files.info": Method(self.files.info, "file", "count page limit cursor", "files:read"),
        }
        at_messages = AtMessages(
            self.ws, self._modals, self._send, self._urls, self._response_url, should_escape=should_escape
        )
        at_modals = AtModals(self.ws, self._modals, self._send)
        self.click, self.select_in_message = at_messages.click, at_messages.select_in_message
        self._command = at_messages.command
        self.select, self.click_in_view = at_modals.select, at_modals.click_in_view
        self.fill, self.submit = at_modals.fill, at_modals.submit
        self.close, self.suggest = at_modals.close, at_modals.suggest

    def start(self) -> Self:
        """Listen; returns itself."""
        self._server = serve(self.web_api, self._urls, self.files, self.uploads)
        return self

    def stop(self) -> None:
        """Stop listening; what was stored stays readable."""
        self._sockets.stop()
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _base(self) -> str:
        assert self._server, "start the fake first"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api_url(self) -> str:
        """The base_url for slack_sdk's WebClient."""
        return f"{self._base()}/api/"

    def _response_url(self, url_id: str) -> str:
        return f"{self._base()}/response/{url_id}"

    def attach(self, bot: str | Deliver) -> None:
        """Where interactions go: a request URL, a callable (see `into_bolt`), or "socket" for Socket Mode."""
        self._deliver = over_http(bot) if isinstance(bot, str) and bot != "socket" else None
        if not isinstance(bot, str):
            self._deliver = bot

    def wait_for_socket(self, seconds: float) -> bool:
        """Whether a bot connected over Socket Mode within this time."""
        return self._sockets.connected.wait(seconds)

    def _send(self, kind: Kind, payload: dict[str, Any]) -> BotAnswer:
        envelope = sealed(kind, payload, secret=self.signing_secret, timestamp=int(self.wall()))
        with self.ws.lock:
            self.envelopes.append(envelope)
            twice = self.duplicate_every and len(self.envelopes) % self.duplicate_every == 0
        answer = self._carry(envelope)
        self.answers.append(answer)
        if twice:
            self._carry(envelope)
        return answer

    def _carry(self, envelope: Envelope, more: dict[str, str] | None = None) -> BotAnswer:
        if self._deliver is None:
            status, text = self._sockets.deliver(envelope.kind, envelope.payload)
            return BotAnswer(status=status, body=parsed(text), envelope=envelope)
        status, headers, text = self._deliver(envelope.body, {**envelope.headers, **(more or {})})
        return BotAnswer(status=status, body=parsed(text), headers=headers, envelope=envelope)

    def redeliver(
        self, last: BotAnswer | Envelope | None = None, *, retry: int = 0, reason: str = "http_timeout"
    ) -> BotAnswer:
        """Send an envelope again, byte for byte; with `retry` it carries Slack's retry headers."""
        envelope = last.envelope if isinstance(last, BotAnswer) else last or self.envelopes[-1]
        more = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        return self._carry(envelope, more)

    def fail_next(
        self, method: str, kind: str, times: int = 1, *, retry_after: int = 1, hidden_for: int = 3
    ) -> None:
        """Let the next calls of a method go wrong; kinds are listed in `gates.Fault`."""
        with self.ws.lock:
            planned = Fault(
                method=method, kind=kind, times=times, retry_after=retry_after, hidden_for=hidden_for
            )
            self.faults.append(planned)

    def command(self, user: str, channel: str, name: str, text: str = "") -> BotAnswer:
        """Type a slash command."""
        if "commands" not in self.ws.scopes:
            raise NotOnScreen(f"{name} does not exist: the app was installed without the commands scope")
        return self._command(user, channel, name, text)

    def event(self, event: dict[str, Any]) -> BotAnswer:
        """Tell the bot of an Events API event."""
        with self.ws.lock:
            payload = {
                "token": "legacy-token",
                "team_id": TEAM_ID,
                "api_app_id": APP_ID,
                "event": {"event_ts": self.ws.new_ts(), **event},
                "type": "event_callback",
                "event_id": self.ws.new_id("Ev"),
                "event_time": int(self.ws.now()),
                "authorizations": [{"team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True}],
            }
        return self._send("event", payload)

    def say(self, user: str, text: str, *, thread: str = "") -> BotAnswer:
        """Write to the app alone, in a thread of theirs or not; the bot hears of it where it subscribed to that."""
        if "message.im" not in self.events:
            raise NotOnScreen("the app was installed without the event message.im")
        with self.ws.lock:
            channel = self.ws.direct_channel(user).id
            message = Message(
                channel=channel,
                ts=self.ws.new_ts(),
                user=user,
                text=text,
                blocks=[],
                thread_ts=thread or None,
            )
            self.ws.store(message)
            told = as_slack_shows(message) | {"channel": channel, "channel_type": "im"}
        return self.event({**told, "event_ts": message.ts})

    def open_home(self, user: str, tab: str = "home") -> BotAnswer:
        """Open the app's Home tab, or its messages tab; the bot hears of it where it subscribed to that."""
        if "app_home_opened" not in self.events:
            raise NotOnScreen("the app was installed without the event app_home_opened")
        with self.ws.lock:
            channel = self.ws.direct_channel(user).id
            shown = self.ws.homes.get(user) if tab == "home" else None
            view = {"view": self._modals.shown(shown)} if shown else {}
        return self.event({"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, **view})

    def wait_for(self, what: Callable[[], Any], seconds: float = 5.0) -> Any:
        """Wait until this is true of the workspace; a bot that acknowledges first acts a moment later."""
        with self.ws.changed:
            assert self.ws.changed.wait_for(what, seconds), f"did not happen within {seconds} s"
            return what()

    def file(self, message: dict[str, Any]) -> bytes:
        """What the one file of a message holds."""
        (shown,) = message["files"]
        return self.files.files[shown["id"]].content

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Every message of a channel in order, those in threads too; a user id means the DM with the bot."""
        with self.ws.lock:
            name = f"D{channel[1:]}" if channel in self.ws.users else channel
            return [message.record() for message in self.ws.messages.get(name, [])]

    @property
    def ephemerals(self) -> list[dict[str, Any]]:
        """Every message only one person saw; `ephemeral_to` says who."""
        with self.ws.lock:
            return [message.record() for message in self.ws.ephemerals]

    @property
    def broadcasts(self) -> list[dict[str, Any]]:
        """Every message that notified a whole channel; a well-behaved bot leaves it empty."""
        with self.ws.lock:
            return [message.record() for message in self.ws.broadcasts]

    @property
    def views(self) -> dict[str, OpenView]:
        """The modal each person has before them."""
        with self.ws.lock:
            return {user: stack[-1] for user, stack in self.ws.stacks.items() if stack}

    @property
    def home(self) -> dict[str, OpenView]:
        """The Home tab of each person."""
        with self.ws.lock:
            return dict(self.ws.homes)

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API and every use of a response_url, refused ones too."""
        with self.ws.lock:
            return list(self.web_api.calls)
