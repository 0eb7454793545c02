"""How does an interaction reach the bot, and what did the bot answer?

Three ways: a request URL over HTTP, a callable that takes the same signed bytes (so tests drive Bolt in this
process), or Socket Mode. The answer of a dead or slow bot has status 0, as Slack sees none either.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from slack_bolt import App

Kind = Literal["command", "interaction", "event"]
Headers = dict[str, str]
Deliver = Callable[[bytes, Headers], tuple[int, Headers, str]]
ACK_SECONDS = 3


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One thing Slack tells the bot, as it goes over the wire; sending it twice is a true duplicate."""

    kind: Kind
    payload: dict[str, Any]
    body: bytes
    headers: Headers


@dataclass(frozen=True, kw_only=True)
class BotAnswer:
    """What the bot said: `body` is parsed JSON, or text, or None when there was nothing."""

    status: int
    body: Any
    headers: Headers = field(default_factory=dict)
    envelope: Envelope

    @property
    def ok(self) -> bool:
        """Whether Slack takes this as an acknowledgement."""
        return self.status == 200


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The v0 signature of docs.slack.dev, "Verifying requests from Slack"."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


def sealed(kind: Kind, payload: dict[str, Any], *, secret: str, timestamp: int) -> Envelope:
    """Encode as Slack does (forms for people, JSON for events) and sign."""
    if kind == "event":
        body, content_type = json.dumps(payload).encode(), "application/json"
    else:
        fields = payload if kind == "command" else {"payload": json.dumps(payload)}
        body, content_type = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(secret, str(timestamp), body),
    }
    return Envelope(kind=kind, payload=payload, body=body, headers=headers)


def parsed(text: str) -> Any:
    """An answer's body as tests compare it."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def over_http(url: str) -> Deliver:
    """Deliver to a request URL, with Slack's patience."""

    def deliver(body: bytes, headers: Headers) -> tuple[int, Headers, str]:
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=ACK_SECONDS) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read().decode()
        except OSError:  # refused, reset, timed out: Slack only sees that no answer came
            return 0, {}, ""

    return deliver


def into_bolt(app: App) -> Deliver:
    """Deliver to a Bolt app of this process, through its signature check and all."""
    from slack_bolt import BoltRequest  # noqa: PLC0415  (only tests of the bot need Bolt)

    def deliver(body: bytes, headers: Headers) -> tuple[int, Headers, str]:
        answer = app.dispatch(BoltRequest(body=body.decode(), headers=dict(headers)))
        return answer.status, {k: str(v) for k, v in answer.headers.items()}, str(answer.body or "")

    return deliver
