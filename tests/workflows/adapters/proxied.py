"""A proxy as its own process, in front of a model that repeats what it was asked."""

from __future__ import annotations

import gzip
import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints

REF = "churn-v1-prod"
BEGUN = datetime(2026, 3, 2, tzinfo=UTC)
RUN = """
import sys, time
from datetime import datetime
from pathlib import Path
from workflows.adapters.model_server import Calendar
from workflows.adapters.traffic_proxy.route import routes
from workflows.adapters.traffic_proxy.server import Listening, serve
at = Listening("127.0.0.1", int(sys.argv[3]))
calendar = Calendar(datetime.fromisoformat(sys.argv[4]), time.time())
say = lambda address: print(address, flush=True)
serve(routes(Path(sys.argv[1])), sys.argv[2], at, is_ready=say, calendar=calendar)
"""


class Said(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Model(BaseHTTPRequestHandler):
    """Answers with what reached it, and in odd ways where the path asks for them."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self._body()
        seen = {"method": self.command, "path": self.path, "body": body.decode("latin-1")}
        content = json.dumps(seen | {"headers": [[k.lower(), v] for k, v in self.headers.items()]}).encode()
        self.send_response(418 if self.path == "/teapot" else 200)
        if self.path == "/zipped":
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/moved":
            self.send_header("Location", "/elsewhere")
        if self.path == "/latin-1":
            self.send_header("X-Name", "caf\xe9")
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Connection", "X-Of-This-Line")
        self.send_header("X-Of-This-Line", "secret")
        content += b" " * (70_000 if self.path == "/half-of-much" else 0)
        if self.path == "/half-in-chunks":
            self.send_header("Transfer-Encoding", "chunked")
            content = b"3\r\nabc\r\n"
        else:
            self.send_header(
                "Content-Length", str(len(content) + (10 if self.path in ("/half", "/half-of-much") else 0))
            )
        self.send_header("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        if self.path.startswith("/half"):
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST  # noqa: N815 - the names the library calls

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (inherited)
        """Silent."""


def a_model() -> AbstractContextManager[str]:
    return answering(Model)


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address at which it answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def a_proxy(
    top: Path, ref: str = REF, *, port: int = 0, begun: datetime = BEGUN, errors: IO[str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Its process and its address. The route has to be there. `begun`: what it takes for now."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(top), ref, str(port), begun.isoformat()],
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def ask(address: str, method: str = "POST", path: str = "/", body: Any = b"", **headers: str) -> Said:
    """Headers are written with underscores."""
    url = urlsplit(address)
    assert url.hostname
    line = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=10)
    try:
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        return Said(answer.status, answer.headers, answer.read())
    finally:
        line.close()


def settled(top: Path, to: str, *, public: str = "", is_closed: bool = False) -> ProxyEndpoints:
    endpoints = ProxyEndpoints(top)
    endpoints.settle(REF, to=to, public=public, is_closed=is_closed)
    return endpoints
