"""The public schedule over HTTP, for calendars and feed readers: at an address of its own, and only where one is set.

The two others say nothing of models on purpose: what is watched names none, and HTTP mode answers nobody but Slack.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from bot.serving.tags import has, tag_of
from bot.serving.wsgi import Wsgi
from bot.views.catalog.schedule import FORMATS
from data.errors import EmeritusError
from workflows.schedule import Schedule

log = logging.getLogger(__name__)

PATHS = {f"/schedule.{name}": name for name in FORMATS}
THREADS = 4
TEXT = "text/plain; charset=utf-8"


def schedule_page(schedule: Schedule) -> Wsgi:
    """A WSGI application. What has not changed is answered with 304 to whoever says what they have."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        name = PATHS.get(environ.get("PATH_INFO", ""))
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return _said(start_response, HTTPStatus.METHOD_NOT_ALLOWED, "this is only read: use GET\n")
        if name is None:
            return _said(start_response, HTTPStatus.NOT_FOUND, f"there are {', '.join(PATHS)}\n")
        content_type, written = FORMATS[name]
        try:
            text = written(schedule.announced())
        except EmeritusError as error:
            log.warning("the schedule waits: %s", error)
            waits = "the record does not answer; ask again later\n"
            return _said(start_response, HTTPStatus.SERVICE_UNAVAILABLE, waits)
        tag = tag_of(text.encode())
        if has(environ, tag):
            start_response("304 Not Modified", [("ETag", tag)])
            return []
        return _said(start_response, HTTPStatus.OK, text, content_type, ("ETag", tag))

    return answer


def _said(
    start_response: Callable[..., Any],
    status: HTTPStatus,
    text: str,
    content_type: str = TEXT,
    *more: tuple[str, str],
) -> Iterable[bytes]:
    body = text.encode()
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), *more]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
