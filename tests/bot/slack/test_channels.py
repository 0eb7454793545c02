"""A channel is found by its exact name on whichever page it is, and by its id at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient

from bot.slack.channels import channel_of

PAGES: dict[str, dict[str, Any]] = {
    "": {
        "channels": [{"id": "C1", "name": "retirements-old"}, {"id": "C2", "name": "general"}],
        "response_metadata": {"next_cursor": "second"},
    },
    "second": {"channels": [{"id": "C3", "name": "retirements"}], "response_metadata": {"next_cursor": ""}},
}


class Handler(BaseHTTPRequestHandler):
    """conversations.list in two pages, and conversations.info."""

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path.endswith("conversations.list"):
            answer = {"ok": True, **PAGES[asked.get("cursor", [""])[0]]}
        else:
            answer = {"ok": True, "channel": {"id": asked["channel"][0]}}
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def client() -> Iterator[WebClient]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield WebClient(token="xoxb-1", base_url=f"http://127.0.0.1:{server.server_port}/api/", retry_handlers=[])
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("name", "found"), [("#retirements", "C3"), ("#general", "C2"), ("#retire", None), ("C9", "C9")]
)
def test_a_channel_is_found_by_its_exact_name_or_id(client: WebClient, name: str, found: str | None) -> None:
    channel = channel_of(client, name)

    assert (channel["id"] if channel else None) == found
