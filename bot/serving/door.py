"""Is this from Slack? Asked of every HTTP request before anything reads it: what is not signed reaches no listener.

Bolt asks, too, but only after it has taken the body apart, and a question that fails there ends in our error
listener, which answers wherever the body says: strangers could make the bot write to any address or person.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from slack_sdk.signature import SignatureVerifier

from bot.serving.envelope import wrong_with
from bot.serving.wsgi import Wsgi

log = logging.getLogger(__name__)

# A modal of 100 blocks and all that was typed into it stay far below: docs.slack.dev/reference/block-kit
BODY_BYTES_MAX = 4 * 1024 * 1024

_TIMESTAMP = re.compile(r"[0-9]{1,15}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class Door:
    """A WSGI application that lets signed requests through to another one; all others get 401 and no reason.

    Who has the secret is told what is wrong with a body that Slack would not send, and is never a server's error.
    """

    def __init__(self, inside: Wsgi, signing_secret: str) -> None:
        self._inside = inside
        self._verifier = SignatureVerifier(signing_secret)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(BODY_BYTES_MAX + 1)
        if len(body) > BODY_BYTES_MAX:
            says = f"The body has more than {BODY_BYTES_MAX:,} bytes, which nothing of Slack's has"
            return _answer(start_response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, says)
        if not self._is_signed(environ, body):
            return _answer(start_response, HTTPStatus.UNAUTHORIZED, "")
        if environ.get("REQUEST_METHOD") == "POST" and (
            wrong := wrong_with(environ.get("CONTENT_TYPE", ""), body)
        ):
            return _answer(start_response, wrong.status, wrong.says)
        within = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        try:
            return self._inside(within, start_response)
        except Exception as error:  # noqa: BLE001 - listeners have a catcher of their own: here Bolt took it apart
            log.warning("a signed request was not one of Slack's: %s", type(error).__name__)
            says = "The payload is not built as Slack's are: a part of it is missing, or of another type"
            return _answer(start_response, HTTPStatus.BAD_REQUEST, says)

    def _is_signed(self, environ: dict[str, Any], body: bytes) -> bool:
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        try:
            return bool(self._verifier.is_valid(body, timestamp, signature))
        except UnicodeDecodeError:  # what Slack sends is UTF-8
            return False


def _answer(start_response: Callable[..., Any], status: HTTPStatus, says: str) -> Iterable[bytes]:
    text = f"{says}\n".encode() if says else b""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [text]
