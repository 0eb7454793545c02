"""A small workspace, a client and a few payloads for the tests of the fake itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from tests.fakes.slack import BOT_USER, Channel, SlackFake, User, into_bolt

APPROVE = {
    "type": "button",
    "action_id": "vote.approve",
    "text": {"type": "plain_text", "text": "Yes"},
    "value": "RET-1",
}
CARD = [{"type": "actions", "block_id": "votes", "elements": [APPROVE]}]


def a_modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "proposal.submit",
        "title": {"type": "plain_text", "text": "Propose"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks),
        **more,
    }


def an_input(action_id: str, kind: str = "plain_text_input", **more: Any) -> dict[str, Any]:
    outer: dict[str, Any] = {k: more.pop(k) for k in ("optional", "dispatch_action") if k in more}
    return {
        "type": "input",
        "block_id": f"b.{action_id}",
        "label": {"type": "plain_text", "text": action_id},
        "element": {"type": kind, "action_id": action_id, **more},
        **outer,
    }


def an_option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.title()}, "value": value}


REASON = an_input("reason", "static_select", options=[an_option("cost"), an_option("risk")])
MODEL = an_input("model", "external_select", min_query_length=1)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds


def a_workspace(clock: Clock, **changes: object) -> SlackFake:
    """Pat and Ann, one who left, one guest; a public, a private, a foreign and an archived channel."""
    people = [
        User(id="UPAT", name="pat", email="pat@example.com", tz="Europe/Berlin", tz_offset=3600),
        User(id="UANN", name="ann"),
        User(id="UGONE", name="gone", deleted=True, email="gone@example.com"),
        User(id="UGUEST", name="guest", is_restricted=True),
    ]
    rooms = [
        Channel(id="CGOV", name="governance", members=[BOT_USER, "UPAT", "UANN"]),
        Channel(id="CPUB", name="public", members=["UPAT"]),
        Channel(id="GSEC", name="secret", members=["UPAT"], is_private=True),
        Channel(id="COLD", name="old", members=[BOT_USER, "UPAT"], is_archived=True),
    ]
    known = {"now": clock, "usergroups": {"SRISK": ["UANN"]}, "events": ["app_home_opened"]}
    settings: dict[str, object] = {**known, **changes}
    return SlackFake(people, rooms, **settings)  # type: ignore[arg-type]


def a_client(fake: SlackFake, token: str | None = None) -> WebClient:
    """slack_sdk without its retries, which would post twice."""
    return WebClient(token=token or fake.bot_token, base_url=fake.api_url, retry_handlers=[])


def fake_card(fake: SlackFake) -> str:
    """Post a card with one button; returns its timestamp."""
    return str(a_client(fake).chat_postMessage(channel="CGOV", text="vote", blocks=CARD)["ts"])


def opened(fake: SlackFake, client: WebClient, view: dict[str, Any]) -> str:
    """Open a modal on Pat's screen, from a command the bot only acknowledges."""
    fake.attach(lambda _body, _headers: (200, {}, ""))
    trigger = fake.command("UPAT", "CGOV", "/retire").envelope.payload["trigger_id"]
    return str(client.views_open(trigger_id=trigger, view=view)["view"]["id"])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(clock: Clock) -> Iterator[SlackFake]:
    with a_workspace(clock) as running:
        yield running


@pytest.fixture
def client(fake: SlackFake) -> WebClient:
    return a_client(fake)


@pytest.fixture
def app(fake: SlackFake, client: WebClient) -> App:
    """A small real Bolt app, driven through its signature check."""
    app = App(client=client, signing_secret=fake.signing_secret, process_before_response=True)
    fake.attach(into_bolt(app))

    @app.command("/retire")
    def propose(ack: Any, body: dict[str, Any]) -> None:
        ack()
        client.views_open(
            trigger_id=body["trigger_id"], view=a_modal(REASON, MODEL, private_metadata=body["text"])
        )

    @app.options("model")
    def offer(ack: Any, payload: dict[str, Any]) -> None:
        ack(options=[an_option(f"{payload['value']}-v{n}") for n in (1, 2)])

    @app.view("proposal.submit")
    def submitted(ack: Any, view: dict[str, Any], body: dict[str, Any]) -> None:
        values = view["state"]["values"]
        model = values["b.model"]["model"]["selected_option"]["value"]
        if model == "churn-v1":
            ack(response_action="errors", errors={"b.model": "already retired"})
            return
        ack()
        why = values["b.reason"]["reason"]["selected_option"]["value"]
        text = f"{body['user']['id']} retires {model}: {why}"
        client.chat_postMessage(channel="CGOV", text=text, blocks=CARD)

    @app.action("vote.approve")
    def voted(ack: Any, body: dict[str, Any]) -> None:
        ack()
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="decided")

    return app
