"""Whom the bot's token is told, and what of an answer counts as a file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest
from slack_sdk import WebClient

from bot.shared.file_names import file_name
from bot.slack.files import SlackFiles
from bot.slack.rates import Rates
from data.errors import EmeritusError, Refused, Unavailable
from data.records.decision import HeldUp, NotDone
from tests.fakes.slack import Channel, SlackFake, User
from workflows.ports import SharedFile

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SCOPES = ["files:read"]


class Host:
    """Answers one thing to whoever asks, and keeps what it was asked with."""

    def __init__(self, status: int = 200, content: bytes = b"", **headers: str) -> None:
        self.status, self.content = status, content
        usual = {"Content_Type": "text/csv", "Content_Length": str(len(content))}
        self.headers = {name.replace("_", "-"): value for name, value in {**usual, **headers}.items()}
        self.asked: list[str] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.headers["Authorization"])
                self.send_response(host.status)
                for name, value in host.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(host.content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def files_at(url: str) -> SlackFiles:
    client = WebClient(token="xoxb-secret", base_url=f"{url}/api/", retry_handlers=[])
    return SlackFiles(client, Rates(NOW.timestamp))


def fetched(host: Host) -> bytes | NotDone:
    file = SharedFile(id="F1", channel="C1", name="edges.csv", url=f"{host.url}/x", size_bytes=8)
    return files_at(host.url).fetch(file, NOW)


def why_not(host: Host, *, kind: type[EmeritusError] = Unavailable) -> str:
    with host, pytest.raises(kind) as refused:
        fetched(host)
    return str(refused.value)


@pytest.fixture
def slack() -> Iterator[SlackFake]:
    room = Channel(id="C1", name="imports", members=["UTOM", "UBOT"])
    with SlackFake([User(id="UTOM", name="tom")], [room], scopes=SCOPES) as fake:
        yield fake


def looked(slack: SlackFake, file_id: str) -> SharedFile | NotDone:
    client = WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    return SlackFiles(client, Rates(NOW.timestamp)).look("C1", file_id, NOW)


def test_the_content_comes_whole_and_the_token_is_told_to_slack() -> None:
    with Host(content=b"from,to\n") as host:
        assert fetched(host) == b"from,to\n"
    assert host.asked == ["Bearer xoxb-secret"]


def test_a_redirect_is_not_followed() -> None:
    with Host() as elsewhere:
        why = why_not(Host(302, Location=f"{elsewhere.url}/login"), kind=Refused)
    assert elsewhere.asked == []
    assert why == (
        "Slack does not give the file to Emeritus: it answers with a page to sign in on. Whoever runs Emeritus finds "
        "with emeritus doctor what its token lacks; then share it again"
    )


SAID = "Slack does not give the file: {}. Share it again once it does"


@pytest.mark.parametrize(
    ("host", "why"),
    [
        (lambda: Host(content=b"from"), SAID.format("it has 4 bytes, and not the 8 that were said")),
        (
            lambda: Host(content=b"from,to\n" * 2),
            SAID.format("it has 16 bytes, and not the 8 that were said"),
        ),
        (
            lambda: Host(content=b"from", Content_Length="8"),
            "Slack does not answer to the end: 4 bytes are missing. Import again once it answers",
        ),
        (lambda: Host(503), SAID.format("it answers 503")),
    ],
    ids=["short", "long", "cut off", "fault"],
)
def test_what_does_not_arrive_whole_is_asked_for_again(host: Any, why: str) -> None:
    assert why_not(host()) == why


def test_nobody_there_is_asked_again() -> None:
    host = Host()
    host.server.server_close()
    with pytest.raises(Unavailable, match="Slack does not answer to the end: Connection refused"):
        fetched(host)


def test_a_page_to_sign_in_on_is_no_file() -> None:
    page = Host(content=b"<html>sign in", Content_Type="text/html; charset=utf-8")
    assert "a page to sign in on" in why_not(page, kind=Refused)


def test_what_is_gone_is_refused_and_what_is_too_fast_waits() -> None:
    assert why_not(Host(404), kind=Refused) == "The file is not there any more. Share it again"
    with Host(429, Retry_After="30") as host:
        later = fetched(host)
    assert later == NotDone(
        retry_at=NOW + timedelta(seconds=30), why="Slack asks us to slow down for 30 s", held_up=None
    )


@pytest.mark.parametrize(
    "host",
    [
        "https://evil.example",
        "https://slack.com.evil.example",
        "https://evilslack.com",
        "http://files.slack.com",
        "https://files.slack.com:8443",
        "https://files.slack.com@evil.example",
        "https://xoxb@files.slack.com",
        "ftp://files.slack.com",
        "file://",
        "https://[",
        "https://files.slack.com/\u00fc",
        "https://files.slack.com/a b",
    ],
)
def test_at_any_other_host_a_file_is_not_asked_for(slack: SlackFake, host: str) -> None:
    found = looked(slack, slack.share("UTOM", "C1", "edges.csv", "from,to\n", host=host).id)
    assert isinstance(found, SharedFile)
    assert "Slack says it lies at another host, which is not asked" in found.why_not


@pytest.mark.parametrize(
    ("mimetype", "why"),
    [
        ("text/html", "it is of the kind text/html, and no catalog"),
        ("image/png", "it is of the kind image/png, and no catalog"),
        ("application/pdf", "it is of the kind application/pdf, and no catalog"),
        ("application/octet-stream", ""),
        ("text/plain", ""),
    ],
)
def test_what_is_to_be_looked_at_is_no_catalog(slack: SlackFake, mimetype: str, why: str) -> None:
    found = looked(slack, slack.share("UTOM", "C1", "edges.csv", "from,to\n", mimetype=mimetype).id)
    assert isinstance(found, SharedFile)
    assert found.why_not == why


@pytest.mark.parametrize(
    "host", ["https://files.slack.com", "https://slack.com", "https://files.slack-gov.com", ""]
)
def test_at_slacks_own_hosts_it_is(slack: SlackFake, host: str) -> None:
    found = looked(slack, slack.share("UTOM", "C1", "edges.csv", "from,to\n", host=host).id)
    assert isinstance(found, SharedFile)
    assert (found.why_not, found.size_bytes) == ("", 8)


def test_a_scope_that_is_missing_is_for_who_runs_it_to_mend_and_then_it_goes_on(slack: SlackFake) -> None:
    file = slack.share("UTOM", "C1", "edges.csv", "from,to\n")
    slack.fail_next("files.info", "error:missing_scope")
    held = looked(slack, file.id)
    assert isinstance(held, NotDone)
    assert held.held_up is HeldUp.EMERITUS


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("error:file_not_found", "The file is not there any more. Share it again"),
        (
            "error:strange",
            "Slack does not tell of the file: strange. Share it again, or import it on the machine",
        ),
    ],
)
def test_what_slack_does_not_tell_of_is_refused(slack: SlackFake, fault: str, why: str) -> None:
    slack.fail_next("files.info", fault)
    with pytest.raises(Refused, match=why):
        looked(slack, "F1")


def test_two_names_stay_two() -> None:
    names = [
        "a/b.csv",
        "a%2Fb.csv",
        "a b.csv",
        "a_b.csv",
        ".a",
        "%2Ea",
        "x" * 300,
        "x" * 301,
        "x" * 300 + ".csv",
    ]
    assert len({file_name(name, "F1") for name in names}) == len(names)
    assert all(len(file_name(name, "F1").encode()) <= 200 for name in names)
    assert file_name(" \t", "F1") == "F1"
    assert file_name("\ud800.csv", "F1") == "%ED%A0%80.csv"
    assert file_name("ü" * 300 + ".csv", "F1").endswith(".csv")


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "xoxb-123456789012-abcdefghijkl",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "AKIAIOSFODNN7EXAMPLE",
    ],
)
def test_a_credential_in_the_name_of_a_file_is_kept_nowhere_and_two_names_stay_two(secret: str) -> None:
    name, other = file_name(f"edges of {secret}.csv", "F1"), file_name(f"edges of {secret}x.csv", "F1")
    assert secret not in name
    assert (name.startswith("edges of ...~"), name.endswith(".csv")) == (True, True)
    assert name != other
