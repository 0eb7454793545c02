"""Addresses for whoever watches the bot: does it live, is it ready, in numbers, and what its record is held to.

Nothing here waits long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from prometheus_client import CollectorRegistry, make_wsgi_app

from bot.serving.status import Glance, Status
from bot.serving.wsgi import Wsgi

LIVES, READY, NUMBERS, CHECKPOINT = "/healthz", "/readyz", "/metrics", "/checkpoint"
THREADS = 4


def probes(status: Status, registry: CollectorRegistry) -> Wsgi:
    """A WSGI application. /healthz and /readyz answer 200, or 503 with words for what is waited for."""
    numbers = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return _said(
                start_response, HTTPStatus.METHOD_NOT_ALLOWED, {"error": "these are only read: use GET"}
            )
        if path == NUMBERS:
            found: Iterable[bytes] = numbers(environ, start_response)
            return found
        if path == LIVES:
            why = status.why_dead()
            return _said(start_response, _ok(not why), {"alive": not why, "why": why})
        if path == READY:
            waits = status.waits_for()
            body = {"ready": not waits, "waits_for": waits, "policy": status.policy()}
            return _said(start_response, _ok(not waits), body)
        if path == CHECKPOINT and isinstance(seen := status.glance(), Glance) and seen.checkpoint:
            return _text(start_response, seen.checkpoint)
        there = f"there are {LIVES}, {READY} and {NUMBERS}, and {CHECKPOINT} once the log is signed"
        return _said(start_response, HTTPStatus.NOT_FOUND, {"error": there})

    return answer


def _ok(is_well: bool) -> HTTPStatus:
    return HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE


def _text(start_response: Callable[..., Any], text: str) -> Iterable[bytes]:
    """As C2SP tlog-tiles serves a checkpoint: nobody should keep one for long."""
    body = text.encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "max-age=5"),
        ("Content-Length", str(len(body))),
    ]
    start_response(f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase}", headers)
    return [body]


def _said(start_response: Callable[..., Any], status: HTTPStatus, body: dict[str, Any]) -> Iterable[bytes]:
    text = f"{json.dumps(body, ensure_ascii=False)}\n".encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [text]
