"""Is this from Slack? Asked of every HTTP request before anything reads it: what is not signed reaches no listener.

Bolt asks, too, but only after it has taken the body apart, and a question that fails there ends in our error
listener, which answers wherever the body says: strangers could make the bot write to any address or person.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import Any

from slack_sdk.signature import SignatureVerifier

# A modal of 100 blocks and all that was typed into it stay far below: docs.slack.dev/reference/block-kit
BODY_BYTES_MAX = 4 * 1024 * 1024

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_TIMESTAMP = re.compile(r"[0-9]{1,15}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class Door:
    """A WSGI application that lets signed requests through to another one; all others get 401 and no reason."""

    def __init__(self, inside: Wsgi, signing_secret: str) -> None:
        self._inside = inside
        self._verifier = SignatureVerifier(signing_secret)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(BODY_BYTES_MAX + 1)
        if len(body) > BODY_BYTES_MAX or not self._is_signed(environ, body):
            start_response("401 Unauthorized", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        within = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return self._inside(within, start_response)

    def _is_signed(self, environ: dict[str, Any], body: bytes) -> bool:
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        try:
            return bool(self._verifier.is_valid(body, timestamp, signature))
        except UnicodeDecodeError:  # what Slack sends is UTF-8
            return False
