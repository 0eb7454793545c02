"""A registry over HTTP for tests: answers what it is told to, page by page, and remembers who asked how."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """`bytes_promised` is the length it says it has, where that is not how long it is.

    meanwhile   what happens while it is waited for
    """

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    bytes_promised: int | None = None
    meanwhile: Callable[[], None] = lambda: None


@dataclass
class FakeRegistry:
    """`answers` by "registered-models", "model-versions" or "runs/get", and behind a blank the page token, if there is
    one, or the id of the run.
    """

    answers: dict[str, Answer]
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def tells(self, key: str, *items: Any, more: str = "", page: str = "") -> None:
        """A page of a list; `more` is the token of the next one."""
        told = {key: list(items)} | ({"next_page_token": more} if more else {})
        name = {"registered_models": "registered-models", "model_versions": "model-versions"}[key]
        self.answers[f"{name} {page}".strip()] = Answer(json.dumps(told if items else {}).encode())


@contextmanager
def a_registry() -> Iterator[FakeRegistry]:
    registry = FakeRegistry({})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            name = parts.path.removeprefix("/api/2.0/mlflow/").removesuffix("/search")
            query = parse_qs(parts.query)
            token = query.get("page_token", query.get("run_id", [""]))[0]
            asked = f"{name} {token}".strip()
            registry.asked.append((asked, self.headers.get("Authorization", "")))
            answer = registry.answers.get(asked, Answer(b"{}", status=404))
            answer.meanwhile()
            self.send_response(answer.status)
            for header, value in answer.headers.items():
                self.send_header(header, value)
            length = answer.bytes_promised if answer.bytes_promised is not None else len(answer.body)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    with _serving(Handler) as registry.address:
        yield registry


@contextmanager
def a_server(answers: Callable[[str, BinaryIO], None]) -> Iterator[str]:
    """The address of one that writes to whoever asks for a path what it likes, head and all, for as long as it can."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # nobody listens any more
                answers(self.path, self.wfile)

        def log_message(self, *_: object) -> None:
            pass

    with _serving(Handler) as address:
        yield address


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
