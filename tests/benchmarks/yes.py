"""A Slack that takes whatever it is sent, and can say who was told what: measured is who talks to it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from waitress.server import create_server

from tests.benchmarks.child import tell

THREADS = 8
YES = {"ok": True, "ts": "1772438400.000100", "channel": "C1", "bot_id": "B1", "team_id": "T1"}

_TOLD: dict[str, str] = {}
"""What whoever pressed was told alone, by the trigger of their press."""


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    sent = environ["wsgi.input"].read()
    if environ["PATH_INFO"].startswith("/actions/"):
        _TOLD[environ["PATH_INFO"].rpartition("/")[2]] = json.loads(sent)["text"]
    asked = parse_qs(environ["QUERY_STRING"] or sent.decode())
    # Whoever is asked about is a member of the one workspace there is.
    answer = json.dumps({**YES, "user": {"id": asked["user"][0]}} if "user" in asked else YES).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]


def main() -> None:
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    threading.Thread(target=server.run, daemon=True).start()
    tell({"port": server.effective_port})
    for _ in sys.stdin:
        tell(dict(_TOLD))


if __name__ == "__main__":
    main()
