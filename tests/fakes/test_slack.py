"""What the fake lets a bot and people do, over real HTTP, with slack_sdk and Bolt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from tests.fakes.conftest import (
    CARD,
    REASON,
    Clock,
    a_client,
    a_modal,
    a_workspace,
    an_input,
    an_option,
    fake_card,
    opened,
)
from tests.fakes.slack import BadAnswer, NotOnScreen, SlackFake


def test_a_person_can_propose_search_correct_submit_and_vote(fake: SlackFake, app: App) -> None:
    assert fake.command("UPAT", "CGOV", "/retire", "propose @ann").ok
    assert fake.views["UPAT"].content["private_metadata"] == "propose <@UANN|ann>"
    assert [o["value"] for o in fake.suggest("UPAT", "model", "churn")] == ["churn-v1", "churn-v2"]
    fake.submit("UPAT", {"model": "churn-v1", "reason": "cost"})
    assert fake.views["UPAT"].errors == {"b.model": "already retired"}
    fake.submit("UPAT", {"b.model/model": "churn-v2"})
    assert fake.views == {}
    (card,) = fake.messages("CGOV")
    assert card["text"] == "UPAT retires churn-v2: cost"
    fake.click("UANN", "CGOV", card["ts"], "vote.approve", "RET-1")
    (card,) = fake.messages("CGOV")
    assert (card["text"], card["blocks"], card["edits"]) == ("decided", [], 1)


def test_a_button_that_was_edited_away_cannot_be_pressed(fake: SlackFake, app: App) -> None:
    ts = fake_card(fake)
    fake.click("UANN", "CGOV", ts, "vote.approve")
    with pytest.raises(NotOnScreen, match=r"no vote.approve .* on the screen, which has \[\]"):
        fake.click("UANN", "CGOV", ts, "vote.approve")


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda f, ts: f.click("UANN", "CGOV", ts, "vote.approve", "RET-2"), "no vote.approve"),
        (lambda f, ts: f.click("UGONE", "CGOV", ts, "vote.approve"), "nobody who can act"),
        (lambda f, ts: f.click("UGUEST", "CGOV", ts, "vote.approve"), "cannot see CGOV"),
        (lambda f, ts: f.click("UANN", "GSEC", ts, "vote.approve"), "cannot see GSEC"),
        (lambda f, _ts: f.click("UANN", "CGOV", "1.000001", "vote.approve"), "sees no message"),
        (lambda f, _ts: f.submit("UANN", {}), "no modal open"),
        (lambda f, _ts: f.submit("UPAT", {"reason": "cost"}), r"\(model\) must be filled in"),
        (lambda f, _ts: f.submit("UPAT", {"reason": "fun"}), "does not offer 'fun'"),
        (lambda f, _ts: f.submit("UPAT", {"model": "churn-v1"}), "does not offer 'churn-v1'"),
        (lambda f, _ts: f.suggest("UPAT", "reason", "co"), "does not search"),
        (lambda f, _ts: f.suggest("UPAT", "model", ""), "from 1 letters on"),
        (lambda f, _ts: f.select("UPAT", "reason", "cost"), "tells the bot nothing"),
        (lambda f, _ts: f.click_in_view("UPAT", "vote.approve"), "no vote.approve"),
        (lambda f, _ts: f.command("UANN", "GSEC", "/retire"), "cannot see GSEC"),
    ],
)
def test_nobody_can_do_what_slacks_page_would_not_offer(
    fake: SlackFake, app: App, act: Any, why: str
) -> None:
    ts = fake_card(fake)
    fake.command("UPAT", "CGOV", "/retire")
    sent = len(fake.envelopes)
    with pytest.raises(NotOnScreen, match=why):
        act(fake, ts)
    assert len(fake.envelopes) == sent


def test_an_ephemeral_message_has_buttons_and_only_its_reader_can_press_them(fake: SlackFake) -> None:
    fake.attach(lambda _body, _headers: (200, {}, ""))
    client = a_client(fake)
    ts = client.chat_postEphemeral(channel="CGOV", user="UANN", text="psst", blocks=CARD)["message_ts"]
    payload = fake.click("UANN", "CGOV", ts, "vote.approve").envelope.payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    with pytest.raises(NotOnScreen):
        fake.click("UPAT", "CGOV", ts, "vote.approve")


def test_home_shows_what_was_published_and_its_buttons_work(fake: SlackFake, client: WebClient) -> None:
    fake.attach(lambda _body, _headers: (200, {}, ""))
    client.views_publish(user_id="UPAT", view={"type": "home", "blocks": CARD})
    told = fake.open_home("UPAT").envelope.payload["event"]
    assert (told["tab"], told["view"]["hash"]) == ("home", fake.home["UPAT"].hash)
    payload = fake.click_in_view("UPAT", "vote.approve").envelope.payload
    assert payload["view"]["type"] == "home"
    assert fake.home["UPAT"].blocks[0]["block_id"] == "votes"


def test_nobody_hears_of_home_who_did_not_ask_for_it(clock: Clock) -> None:
    with a_workspace(clock, events=[]) as fake, pytest.raises(NotOnScreen, match="app_home_opened"):
        fake.open_home("UPAT")


def test_what_was_typed_survives_an_update_of_the_modal(fake: SlackFake, app: App, client: WebClient) -> None:
    fake.command("UPAT", "CGOV", "/retire")
    fake.fill("UPAT", {"reason": "risk"})
    note = an_input("note", optional=True)
    client.views_update(view_id=fake.views["UPAT"].id, view=a_modal(REASON, note))
    kept = fake.views["UPAT"].state
    assert kept["b.reason"]["reason"]["selected_option"] == an_option("risk")
    assert kept["b.note"]["note"] == {"type": "plain_text_input", "value": None}


@pytest.mark.parametrize(
    "body",
    [
        {"response_action": "errors", "errors": {"nowhere": "no"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
        {"text": "thanks"},
    ],
    ids=["error on no input", "no errors", "view without title", "not an action"],
)
def test_an_answer_to_a_submission_that_slack_cannot_use_fails(
    fake: SlackFake, client: WebClient, body: dict[str, Any]
) -> None:
    opened(fake, client, a_modal(an_input("note", optional=True)))
    fake.attach(lambda _body, _headers: (200, {}, json.dumps(body)))
    with pytest.raises(BadAnswer):
        fake.submit("UPAT")


def test_a_submission_may_push_update_and_clear(fake: SlackFake, client: WebClient) -> None:
    opened(fake, client, a_modal(an_input("note", optional=True)))
    second = a_modal(an_input("more", optional=True), title={"type": "plain_text", "text": "Second"})
    answers = iter(
        [{"response_action": "push", "view": second}, {"response_action": "update", "view": second}, None]
    )
    fake.attach(lambda _body, _headers: (200, {}, json.dumps(a) if (a := next(answers)) else ""))
    fake.submit("UPAT")
    assert fake.views["UPAT"].title == "Second"
    assert fake.views["UPAT"].previous_id
    fake.submit("UPAT")
    fake.submit("UPAT")
    assert fake.views["UPAT"].title == "Propose"


def test_closing_tells_the_bot_only_when_the_view_asked_for_it(fake: SlackFake, client: WebClient) -> None:
    opened(fake, client, a_modal(an_input("note", optional=True)))
    assert fake.close("UPAT") is None
    opened(fake, client, a_modal(an_input("note", optional=True), notify_on_close=True))
    answer = fake.close("UPAT")
    assert answer is not None
    assert answer.envelope.payload["type"] == "view_closed"
    assert fake.views == {}


def test_messages_say_whom_they_notify(fake: SlackFake, client: WebClient) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "<@UPAT> and <@UANN|ann>"}}
    quiet = {"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}}
    client.chat_postMessage(channel="CGOV", text="hi <@UPAT>", blocks=[section, quiet])
    assert fake.messages("CGOV")[0]["mentions"] == ["UPAT", "UANN"]
    assert fake.broadcasts == []
    client.chat_postMessage(channel="CGOV", text="wake up <!channel>")
    assert [m["text"] for m in fake.broadcasts] == ["wake up <!channel>"]
