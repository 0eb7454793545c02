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
from waitress.server import create_server

from bot.door import BODY_BYTES_MAX, Door
from bot.ids import HTTP_PATH
from bot.logs import Redacting
from bot.settings import Address, Settings
from bot.slack import web_client
from bot.slack_errors import FAILURES, code_of
from data.errors import Unavailable

log = logging.getLogger("emeritus")

SETTLE_SECONDS = 4.0
LEAVE_SECONDS = 5.0
HTTP_THREADS = 16
HTTP_SILENCE_SECONDS = 30  # a connection that sends nothing makes room for another


class Front(Protocol):
    """One way in. `close` takes nothing new from then on."""

    where: str

    def close(self) -> None: ...


class Socket:
    """Socket Mode: a connection we open, so nothing of ours listens."""

    where = "over Socket Mode"

    def __init__(self, app: App, settings: Settings) -> None:
        logger = logging.getLogger("emeritus.socket")
        logger.addFilter(Redacting())
        web = web_client(settings.app_token, settings.slack_api_url)
        self._handler = SocketModeHandler(app, settings.app_token, web_client=web, logger=logger)
        try:
            self._handler.client.connect()
        except SlackApiError as error:
            why = code_of(error) or f"HTTP {error.response.status_code}"
            raise Unavailable(f"Slack refused the connection ({why}). Run emeritus doctor") from error
        except FAILURES as error:
            raise Unavailable(
                f"{settings.slack_api_url} does not answer. Is it the right address?"
            ) from error

    def close(self) -> None:
        self._handler.client.close()


class Http:
    """HTTP: Bolt's WSGI adapter on waitress. Loopback unless told otherwise; TLS is the proxy's in front."""

    def __init__(self, app: App, at: Address, signing_secret: str) -> None:
        family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
        try:
            listening = socket.create_server((at.host, at.port), family=family)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
            raise Unavailable(f"Cannot listen on {at} ({why}). Give another [HOST:]PORT") from error
        # It warns of every request that waits for a thread, though a burst is no trouble.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self.port = int(listening.getsockname()[1])
        self.where = f"at http://{Address(host=at.host, port=self.port)}{HTTP_PATH}"
        self._server = create_server(
            Door(SlackRequestHandler(app, path=HTTP_PATH), signing_secret),
            sockets=[listening],
            threads=HTTP_THREADS,
            max_request_body_size=BODY_BYTES_MAX,
            channel_timeout=HTTP_SILENCE_SECONDS,
        )
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)
        self._closing = False
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        self._server.close()

    def _run(self) -> None:
        try:
            self._server.run()
        except OSError:
            # Closing takes the sockets away from under a loop that waits for them.
            if not self._closing:
                raise


def front_of(app: App, settings: Settings) -> Front:
    """Raises `Unavailable` when nobody could reach us."""
    if settings.http:
        return Http(app, settings.http, settings.signing_secret)
    return Socket(app, settings)


class Running(Protocol):
    """What `serve` needs of a bot (bot/wiring.py)."""

    @property
    def app(self) -> App: ...

    def start(self) -> None: ...

    def stop(self, timeout_s: float) -> None: ...


def serve(bot: Running, settings: Settings, *, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. Must be called in the main thread, where signals arrive."""
    # A SimpleQueue may be put to from a signal handler, whatever it interrupts. None: a signal came.
    news: SimpleQueue[Front | Exception | None] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: news.put(None))
    bot.start()
    # Connecting may take as long as a Slack that says nothing is waited for; leaving may not.
    threading.Thread(target=_open, args=(bot.app, settings, news.put), name="opening", daemon=True).start()
    front = news.get()
    if isinstance(front, Exception):
        bot.stop(1.0)
        raise front
    if front is not None:
        say(f"Emeritus is listening {front.where}")
        news.get()
    leave(bot, front, say=say)


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
