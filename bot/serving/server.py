"""Receiving from Slack, by Socket Mode or HTTP, until a signal says stop; then out within five seconds.

What is being decided may end; what was not even begun stays in the inbox, and what does not end in time is
taken up by the next start once its lease is over. Nothing is lost by leaving, so leaving is never put off.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic
from typing import Protocol

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.errors import SlackApiError

from bot.ids import HTTP_PATH
from bot.listening import Address
from bot.logs import unheard
from bot.serving.door import BODY_BYTES_MAX, Door
from bot.serving.status import Status, Watched
from bot.serving.wsgi import Serving
from bot.settings import Settings
from bot.slack.errors import FAILURES, code_of, reason_of
from bot.slack.messenger import web_client
from data.errors import Unavailable

log = logging.getLogger("emeritus")

SETTLE_SECONDS = 4.0
LEAVE_SECONDS = 5.0
HTTP_THREADS = 16


class Front(Protocol):
    """One way in. `close` takes nothing new from then on."""

    where: str

    def away(self) -> str:
        """Why nothing of Slack's arrives; empty when it does."""
        ...

    def close(self) -> None: ...


class Socket:
    """Socket Mode: a connection we open, so nothing of ours listens."""

    where = "over Socket Mode"

    def __init__(self, app: App, settings: Settings) -> None:
        logger = logging.getLogger("emeritus.socket")
        web = web_client(settings.app_token, settings.slack_api_url, logger=unheard())
        self._handler = SocketModeHandler(app, settings.app_token, web_client=web, logger=logger)
        try:
            self._handler.client.connect()
        except SlackApiError as error:
            why = code_of(error) or f"HTTP {error.response.status_code}"
            raise Unavailable(f"Slack refused the connection ({why}). Run emeritus doctor") from error
        except FAILURES as error:
            raise Unavailable(
                f"{settings.slack_api_url} does not answer ({reason_of(error)}). Is it the right address?"
            ) from error

    def away(self) -> str:
        return "" if self._handler.client.is_connected() else "Slack: the connection is lost; it is made anew"

    def close(self) -> None:
        self._handler.client.close()


class Http:
    """HTTP: Bolt's WSGI adapter. Loopback unless told otherwise; TLS is the proxy's in front."""

    def __init__(self, app: App, at: Address, signing_secret: str) -> None:
        door = Door(SlackRequestHandler(app, path=HTTP_PATH), signing_secret)
        self._serving = Serving(door, at, name="http", threads=HTTP_THREADS, body_bytes_max=BODY_BYTES_MAX)
        self.port = self._serving.port
        self.where = f"at http://{self._serving.address}{HTTP_PATH}"

    def away(self) -> str:
        """It listens until it is closed; whether Slack calls is Slack's to say."""
        return ""

    def close(self) -> None:
        self._serving.close()


def front_of(app: App, settings: Settings) -> Front:
    """Raises `Unavailable` when nobody could reach us."""
    if settings.http:
        return Http(app, settings.http, settings.signing_secret)
    return Socket(app, settings)


class Running(Watched, Protocol):
    """What `serve` needs of a bot (bot/wiring.py)."""

    @property
    def app(self) -> App: ...

    def start(self) -> None: ...

    def stop(self, timeout_s: float) -> None: ...


def serve(
    bot: Running, settings: Settings, *, say: Callable[[str], None], status: Status | None = None
) -> None:
    """Run until SIGTERM or SIGINT. Must be called in the main thread, where signals arrive.

    status   told how far the bot is, for whoever watches it
    """
    status = status or Status()
    status.built(bot)
    news: SimpleQueue[Front | Exception | None] = SimpleQueue()  # None: a signal came
    _hear_signals(lambda: news.put(None))
    bot.start()
    # Connecting may take as long as a Slack that says nothing is waited for; leaving may not.
    threading.Thread(target=_open, args=(bot.app, settings, news.put), name="opening", daemon=True).start()
    front = news.get()
    if isinstance(front, Exception):
        bot.stop(1.0)
        raise front
    if front is not None:
        status.connected(front)
        say(f"Emeritus is listening {front.where}")
        news.get()
    status.stopping()
    leave(bot, front, say=say)


def _hear_signals(tell: Callable[[], None]) -> None:
    """A handler in Python runs once the main thread does; a signal that another thread took would leave it waiting.

    What is written to a socket is read whichever thread took it.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def listen() -> None:
        # Both ends stay open for as long as the process lives.
        while reader.recv(1) and writer:
            tell()

    threading.Thread(target=listen, name="signals", daemon=True).start()


def _open(app: App, settings: Settings, tell: Callable[[Front | Exception], None]) -> None:
    try:
        tell(front_of(app, settings))
    except Exception as error:  # noqa: BLE001 - the main thread raises it
        tell(error)


def leave(bot: Running, front: Front | None, *, say: Callable[[str], None]) -> None:
    """Take nothing new, settle what ends in time, and go; a thread that hangs is not waited for.

    front   None where we were still connecting
    """
    began = monotonic()
    last_resort = threading.Timer(LEAVE_SECONDS - 0.3, os._exit, args=(0,))
    last_resort.daemon = True
    last_resort.start()
    say("Emeritus is stopping; what is under way may end")
    if front is not None:
        closing = threading.Thread(target=front.close, name="closing", daemon=True)
        closing.start()
        closing.join(1.0)
    bot.stop(max(0.0, SETTLE_SECONDS - (monotonic() - began)))
    say("Emeritus has stopped")
