"""A model on loopback that counts its calls, and answers as it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.workflows.adapters.proxied import answering


@dataclass
class Model:
    """microseconds   how long it says that it took"""

    address: str = ""
    calls: int = 0
    status: int = 200
    microseconds: int = 1_000


@contextmanager
def a_counting_model() -> Iterator[Model]:
    model = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            model.calls += 1
            self.send_response(model.status)
            self.send_header("X-Microseconds", str(model.microseconds))
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (inherited)
            """Silent."""

    with answering(Handler) as model.address:
        yield model
