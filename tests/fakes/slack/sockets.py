"""Socket Mode: envelopes over a WebSocket, each to one socket, and the acknowledgement that comes back."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.fakes.slack.delivery import ACK_SECONDS, Kind

TYPES = {"command": "slash_commands", "interaction": "interactive", "event": "events_api"}
TICKET = "ticket"


class SocketMode:
    """The WebSocket end; it listens from the first apps.connections.open on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._sockets: list[ServerConnection] = []
        self._waiting: dict[str, Future[Any]] = {}
        self._turn = 0
        self.connected = threading.Event()

    def url(self) -> str:
        """A fresh address to connect to, as apps.connections.open hands it out."""
        with self._lock:
            if self._server is None:
                self._server = serve(self._talk, "127.0.0.1", 0, compression=None)
                threading.Thread(target=self._server.serve_forever, name="slack-sockets", daemon=True).start()
            port = self._server.socket.getsockname()[1]
            return f"ws://127.0.0.1:{port}/link/?{TICKET}={uuid4()}"

    def _talk(self, socket: ServerConnection) -> None:
        hello = {
            "type": "hello",
            "num_connections": 1,
            "debug_info": {},
            "connection_info": {"app_id": "AAPP"},
        }
        socket.send(json.dumps(hello))
        with self._lock:
            self._sockets.append(socket)
            self.connected.set()
        try:
            for text in socket:
                self._acknowledged(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self._sockets.remove(socket)
                if not self._sockets:
                    self.connected.clear()

    def _acknowledged(self, message: dict[str, Any]) -> None:
        with self._lock:
            waiting = self._waiting.pop(str(message.get("envelope_id")), None)
        if waiting:
            waiting.set_result(message.get("payload"))

    def deliver(self, kind: Kind, payload: dict[str, Any]) -> tuple[int, str]:
        """Send to one of the sockets in turn and wait for its answer; (0, "") when none came in time."""
        envelope_id, waiting = str(uuid4()), Future[Any]()
        with self._lock:
            if not self._sockets:
                return 0, ""
            self._turn += 1
            socket = self._sockets[self._turn % len(self._sockets)]
            self._waiting[envelope_id] = waiting
        envelope = {
            "envelope_id": envelope_id,
            "type": TYPES[kind],
            "accepts_response_payload": kind != "event",
            "payload": payload,
        }
        try:
            socket.send(json.dumps(envelope))
            answer = waiting.result(timeout=ACK_SECONDS)
        except (ConnectionClosed, NoAnswer):
            return 0, ""
        return 200, answer if isinstance(answer, str) else json.dumps(answer) if answer else ""

    def stop(self) -> None:
        """Close every socket and stop listening."""
        with self._lock:
            server, self._server = self._server, None
        if server:
            for socket in list(self._sockets):
                socket.close()
            server.shutdown()
