"""How the fake reaches a bot: signed, twice, over HTTP, over a socket, or not at all; and response_urls."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

from tests.fakes.conftest import Clock, a_client, a_workspace, fake_card
from tests.fakes.slack import SlackFake


def test_what_is_sent_is_signed_as_slack_signs(fake: SlackFake) -> None:
    seen: list[tuple[bytes, dict[str, str]]] = []
    fake.attach(lambda body, headers: (seen.append((body, headers)), (200, {}, ""))[1])  # type: ignore[func-returns-value]
    fake.command("UPAT", "CGOV", "/retire", "list")
    fake.event({"type": "app_mention"})
    for body, headers in seen:
        assert SignatureVerifier(fake.signing_secret).is_valid_request(body, headers)
        assert not SignatureVerifier("another").is_valid_request(body, headers)


def test_bolt_refuses_what_another_secret_signed(fake: SlackFake, app: App) -> None:
    fake.signing_secret = "forged"
    assert fake.command("UPAT", "CGOV", "/retire").status == 401
    assert fake.views == {}


def test_a_duplicate_is_the_same_bytes_again(fake: SlackFake) -> None:
    seen: list[tuple[bytes, str]] = []

    def bot(body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        seen.append((body, headers.get("X-Slack-Retry-Num", "")))
        return 200, {}, ""

    fake.attach(bot)
    first = fake.event({"type": "app_mention"})
    fake.redeliver(first, retry=1)
    fake.duplicate_every = 2
    fake.event({"type": "app_mention"})
    assert seen[0][0] == seen[1][0]
    assert [retry for _, retry in seen] == ["", "1", "", ""]
    assert seen[2] == seen[3]


def test_a_dead_bot_answers_nothing_and_the_modal_stays(fake: SlackFake, app: App) -> None:
    fake.command("UPAT", "CGOV", "/retire")
    fake.attach("http://127.0.0.1:1/slack/events")
    assert fake.command("UPAT", "CGOV", "/retire").status == 0
    assert "UPAT" in fake.views


def test_what_a_command_answers_at_once_is_shown_to_that_person_only(fake: SlackFake) -> None:
    fake.attach(lambda _body, _headers: (200, {}, json.dumps({"text": "no such model", "blocks": []})))
    fake.command("UPAT", "CGOV", "/retire", "nonsense")
    assert [(m["ephemeral_to"], m["text"]) for m in fake.ephemerals] == [("UPAT", "no such model")]
    assert fake.messages("CGOV") == []


def test_a_response_url_edits_and_removes_the_message_it_came_from(fake: SlackFake) -> None:
    urls: list[str] = []
    fake.attach(lambda _body, _headers: (200, {}, ""))
    ts = fake_card(fake)
    urls.append(fake.click("UANN", "CGOV", ts, "vote.approve").envelope.payload["response_url"])
    hook = WebhookClient(urls[0], retry_handlers=[])
    assert hook.send(text="just you").status_code == 200
    assert hook.send(text="edited", replace_original=True).status_code == 200
    assert fake.messages("CGOV")[0]["versions"] == ["vote", "edited"]
    assert fake.ephemerals[0]["text"] == "just you"
    assert hook.send(delete_original=True).status_code == 200
    assert fake.messages("CGOV") == []
    statuses = [hook.send(text="more").status_code for _ in range(3)]
    assert statuses == [200, 200, 404]
    assert fake.calls[-1].answer == {"ok": False, "error": "used_url", "messages": []}


def test_a_response_url_lives_thirty_minutes(fake: SlackFake, clock: Clock) -> None:
    fake.attach(lambda _body, _headers: (200, {}, ""))
    url = fake.command("UPAT", "CGOV", "/retire").envelope.payload["response_url"]
    clock.pass_seconds(30 * 60 + 1)
    answer = WebhookClient(url, retry_handlers=[]).send(text="late")
    assert (answer.status_code, json.loads(answer.body)["error"]) == (404, "expired_url")


def test_many_writers_at_once_get_distinct_timestamps(fake: SlackFake, client: WebClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: client.chat_postMessage(channel="CGOV", text=str(n)), range(40)))
    stamps = [m["ts"] for m in fake.messages("CGOV")]
    assert len(set(stamps)) == 40
    assert stamps == sorted(stamps)


def test_socket_mode_carries_commands_clicks_and_answers(clock: Clock) -> None:
    with a_workspace(clock) as fake:
        app = App(client=a_client(fake), request_verification_enabled=False)
        mentioned = threading.Event()
        app.command("/retire")(lambda ack: ack("use /retire help"))
        app.event("app_mention")(mentioned.set)
        handler = SocketModeHandler(app, fake.app_token, web_client=a_client(fake, fake.app_token))
        fake.attach("socket")
        assert fake.event({"type": "app_mention"}).status == 0
        handler.connect()  # type: ignore[no-untyped-call]
        assert fake.wait_for_socket(5)
        assert fake.command("UPAT", "CGOV", "/retire").ok
        assert fake.ephemerals[0]["text"] == "use /retire help"
        event = {"type": "app_mention", "channel": "CGOV", "user": "UPAT", "text": "hello", "ts": "1.000001"}
        assert fake.event(event).ok
        assert mentioned.wait(5)
        handler.close()  # type: ignore[no-untyped-call]


def test_a_bot_behind_a_request_url_answers_over_http(fake: SlackFake) -> None:
    app = App(client=a_client(fake), signing_secret=fake.signing_secret, process_before_response=True)
    app.command("/retire")(lambda ack: ack("use /retire help"))
    with make_server("127.0.0.1", 0, SlackRequestHandler(app), handler_class=Silent) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        fake.attach(f"http://127.0.0.1:{server.server_port}/slack/events")
        assert fake.command("UPAT", "CGOV", "/retire").ok
        fake.signing_secret = "forged"
        assert fake.command("UPAT", "CGOV", "/retire").status == 401
        server.shutdown()
    assert [m["text"] for m in fake.ephemerals] == ["use /retire help"]


def test_waiting_for_what_a_bot_does_after_its_acknowledgement(fake: SlackFake) -> None:
    threading.Thread(target=fake_card, args=[fake]).start()
    assert fake.wait_for(lambda: fake.messages("CGOV"))[0]["text"] == "vote"
    with pytest.raises(AssertionError, match=r"did not happen within 0\.01 s"):
        fake.wait_for(lambda: fake.messages("CPUB"), seconds=0.01)


class Silent(WSGIRequestHandler):
    """A request handler that prints nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass
