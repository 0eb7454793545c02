"""What can somebody without the signing secret make the bot do? Nothing: not read, not answer, not remember."""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.door import BODY_BYTES_MAX, Door
from bot.server import Http
from bot.settings import Address
from tests.bot.listeners.desk import GOVERNANCE, TOM, Desk

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def front(desk: Desk) -> Iterator[Http]:
    opened = Http(desk.bot.app, Address(host="127.0.0.1", port=0), desk.slack.signing_secret)
    yield opened
    opened.close()


def posted(front: Http, body: bytes, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=20)
    try:
        connection.request("POST", "/slack/events", body, {"Content-Type": FORM, **named})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Slack_Request_Timestamp": "abc", "X_Slack_Signature": "v0=1"},
        {"X_Slack_Request_Timestamp": str(int(time.time())), "X_Slack_Signature": "v0=\xe9"},
        {"X_Slack_Request_Timestamp": str(int(time.time())), "X_Slack_Signature": f"v0={'0' * 64}"},
        {"X_Slack_Request_Timestamp": "0", "X_Slack_Signature": f"v0={'0' * 64}"},
    ],
    ids=["no headers", "no time", "no hexadecimal", "another signature", "1970"],
)
def test_what_is_not_signed_is_turned_away_unread(front: Http, headers: dict[str, str]) -> None:
    for body in (b"{", b"\xff", b"payload=[1]", b'{"a":' * 100_000):
        assert posted(front, body, **headers) == 401


@pytest.mark.parametrize(
    ("age_seconds", "status"),
    [(0, "200"), (295, "200"), (301, "401"), (86_400, "401"), (-301, "401")],
    ids=["now", "nearly five minutes", "five minutes", "a day", "from the future"],
)
def test_the_door_by_itself_turns_away_what_was_signed_more_than_five_minutes_ago(
    age_seconds: int, status: str
) -> None:
    """Whoever recorded a vote must not be able to cast it again; Bolt, which looks too, is not behind this one."""
    read: list[bytes] = []
    answered: list[str] = []

    def inside(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        read.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return []

    timestamp = str(int(time.time()) - age_seconds)
    signature = SignatureVerifier("secret").generate_signature(timestamp=timestamp, body="a=vote")
    request = {
        "wsgi.input": io.BytesIO(b"a=vote"),
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": timestamp,
        "HTTP_X_SLACK_SIGNATURE": signature,
    }

    Door(inside, "secret")(request, lambda line, _headers: answered.append(line[:3]))

    assert answered == [status]
    assert read == ([b"a=vote"] if status == "200" else [])


def test_a_stranger_cannot_make_the_bot_write_to_anybody(desk: Desk, front: Http) -> None:
    form = {
        "command": "/retire",
        "text": "list",
        "user_id": TOM,
        "channel_id": GOVERNANCE,
        "response_url": f"{desk.slack.api_url}chat.postMessage",
    }
    before = len(desk.slack.calls)

    status = posted(
        front, urlencode(form).encode(), X_Slack_Request_Timestamp="abc", X_Slack_Signature="v0=1"
    )

    assert status == 401
    assert len(desk.slack.calls) == before


def test_a_body_nobody_could_need_is_refused_before_it_is_sent(front: Http) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=20)
    connection.putrequest("POST", "/slack/events")
    connection.putheader("Content-Length", str(BODY_BYTES_MAX + 1))
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()


def test_what_slack_signed_gets_through(desk: Desk, front: Http) -> None:
    body = urlencode({"command": "/retire", "text": "list", "user_id": TOM, "channel_id": GOVERNANCE})
    now = str(int(time.time()))
    signature = SignatureVerifier(desk.slack.signing_secret).generate_signature(timestamp=now, body=body)
    assert signature is not None

    status = posted(front, body.encode(), X_Slack_Request_Timestamp=now, X_Slack_Signature=signature)

    assert status == 200
    assert "No model is being retired" in desk.told()
