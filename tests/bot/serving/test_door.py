"""What can somebody without the signing secret make the bot do? Nothing: not read, not answer, not remember."""

from __future__ import annotations

import http.client
import io
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.listening import Address
from bot.serving.door import BODY_BYTES_MAX, Door
from bot.serving.server import HTTP_THREADS, Http
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


def signed(desk: Desk, body: str) -> dict[str, str]:
    now = str(int(time.time()))
    signature = SignatureVerifier(desk.slack.signing_secret).generate_signature(timestamp=now, body=body)
    assert signature is not None
    return {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature}


def test_what_slack_signed_gets_through(desk: Desk, front: Http) -> None:
    body = urlencode({"command": "/retire", "text": "list", "user_id": TOM, "channel_id": GOVERNANCE})

    headers = {name.replace("-", "_"): value for name, value in signed(desk, body).items()}
    status = posted(front, body.encode(), **headers)

    assert status == 200
    assert "No model is being retired" in desk.told()


JSON = "application/json"
NEITHER = "The form has neither a payload nor a command; Slack sends one of them\n"
NO_JSON = "The form's payload is not JSON, or was cut off\n"
ODD = "The payload is not built as Slack's are: a part of it is missing, or of another type\n"


def pressed(**odd: Any) -> str:
    return urlencode({"payload": json.dumps({"type": "block_actions", **odd})})


@pytest.mark.parametrize(
    ("kind", "body", "status", "says"),
    [
        pytest.param(FORM, "", 400, NEITHER, id="empty"),
        pytest.param(FORM, "text=list", 400, NEITHER, id="no payload"),
        pytest.param(FORM, "{nope", 400, NEITHER, id="JSON that is none as a form"),
        pytest.param(FORM, "payload=", 400, NO_JSON, id="empty payload"),
        pytest.param(FORM, "payload=%7B%22type", 400, NO_JSON, id="cut off"),
        pytest.param(FORM, "payload=%ff", 400, NO_JSON, id="no text"),
        pytest.param(FORM, "payload=" + "x" * 3_000_000, 400, NO_JSON, id="three million letters"),
        pytest.param(FORM, "payload=[1]", 400, "The form's payload is JSON, but no object\n", id="a list"),
        pytest.param(JSON, "payload={}", 400, "The body is not JSON, or was cut off\n", id="a form as JSON"),
        pytest.param(JSON, "[" * 100_000, 400, "The body is not JSON, or was cut off\n", id="too deep"),
        pytest.param(JSON, "1", 400, "The body is JSON, but no object\n", id="a number"),
        pytest.param(FORM, pressed(enterprise=5), 400, ODD, id="a number for an organisation"),
        pytest.param(FORM, pressed(actions=[]), 400, ODD, id="nothing was pressed"),
        pytest.param(FORM, pressed(actions=5, team=5, user=5, view=5), 400, ODD, id="numbers everywhere"),
        pytest.param(
            "text/plain; charset=utf-8",
            "hello",
            415,
            f'Slack sends {FORM}, or {JSON} for events; this was "text/plain"\n',
            id="another type",
        ),
        pytest.param(JSON, "{}", 404, '{"error": "unhandled request"}', id="an event nobody asked for"),
    ],
)
def test_a_signed_body_slack_would_not_send_is_refused_in_a_sentence(
    desk: Desk, front: Http, *, kind: str, body: str, status: int, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=20)
    try:
        connection.request(
            "POST", "/slack/events", body.encode(), {"Content-Type": kind, **signed(desk, body)}
        )
        answer = connection.getresponse()
        assert (answer.status, answer.read().decode()) == (status, says)
    finally:
        connection.close()
    assert "Traceback" not in caplog.text
    assert desk.kept() == []


def test_the_door_by_itself_takes_no_body_that_is_too_large() -> None:
    """Sent in pieces, its length is not known before; nobody reads it whole to see who signed it."""
    answered: list[str] = []
    request = {"wsgi.input": io.BytesIO(b"x" * (BODY_BYTES_MAX + 1))}

    told = Door(lambda *_: [], "secret")(request, lambda line, _headers: answered.append(line[:3]))

    assert answered == ["413"]
    assert b"".join(told) == b"The body has more than 4,194,304 bytes, which nothing of Slack's has\n"


def test_a_burst_is_no_news_for_the_log(desk: Desk, front: Http, caplog: pytest.LogCaptureFixture) -> None:
    """More at once than there are threads: they wait a moment, and the server would warn of each."""
    body = urlencode({"command": "/retire", "text": "help", "user_id": TOM, "channel_id": GOVERNANCE})
    headers = {name.replace("-", "_"): value for name, value in signed(desk, body).items()}
    with ThreadPoolExecutor(3 * HTTP_THREADS) as people:
        answers = [people.submit(posted, front, body.encode(), **headers) for _ in range(3 * HTTP_THREADS)]
        assert {answer.result(30) for answer in answers} == {200}

    assert [record for record in caplog.records if record.name.startswith("waitress")] == []
