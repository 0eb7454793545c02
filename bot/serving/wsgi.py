"""A web server of ours on an address: waitress, which is kept, pure Python and has no opinion on what it serves."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import WSGITask

from bot.listening import Address
from data.errors import Unavailable

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SILENCE_SECONDS = 30  # a connection that sends nothing makes room for another
RECEIVE_SECONDS = 10.0  # and so does one that sends too slowly: a whole request of Slack's is there at once


class Answer(WSGITask):
    """waitress sends what an application answers to HEAD, which clients take for the beginning of the next answer."""

    def write(self, data: bytes) -> None:
        super().write(b"" if self.get_environment()["REQUEST_METHOD"] == "HEAD" else data)


class Hurried(HTTPChannel):
    """A connection that is closed when one request takes too long to arrive, however steadily it drips."""

    task_class = Answer
    seconds_max = RECEIVE_SECONDS
    _since: float | None = None

    def readable(self) -> bool:
        """Asked in each turn of the server's loop, which is at least once a second."""
        if self.requests:
            # While an earlier one is answered, nothing is read, and the next one cannot arrive.
            self._since = None
        elif self._since is None:
            self._since = None if self.request is None else monotonic()
        elif monotonic() - self._since > self.seconds_max:
            self.will_close = True
        return bool(super().readable())

    def service(self) -> None:
        """Answers a request. Empty lines, which waitress takes for one and drops, never come this far."""
        super().service()
        self._since = None


class Serving:
    """Answers from the moment it is made. Raises `Unavailable` where it cannot listen.

    port   the one it has, also where the address left it open with 0
    """

    def __init__(
        self,
        application: Wsgi,
        at: Address,
        *,
        name: str,
        threads: int,
        body_bytes_max: int,
        receive_seconds: float = RECEIVE_SECONDS,
    ) -> None:
        family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
        try:
            listening = socket.create_server((at.host, at.port), family=family)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
            raise Unavailable(f"Cannot listen on {at} ({why}). Give another [HOST:]PORT") from error
        # It warns of every request that waits for a thread, though a burst is no trouble.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self.port = int(listening.getsockname()[1])
        self.address = Address(host=at.host, port=self.port)
        self._server = create_server(
            application,
            sockets=[listening],
            threads=threads,
            max_request_body_size=body_bytes_max,
            channel_timeout=SILENCE_SECONDS,
        )

        class Channel(Hurried):
            seconds_max = receive_seconds

        assert isinstance(self._server, BaseWSGIServer), "one socket, one server"
        self._server.channel_class = Channel
        self._closing = False
        threading.Thread(target=self._run, name=name, daemon=True).start()

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
