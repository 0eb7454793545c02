"""Which blocks the fake refuses, and how it names what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from tests.fakes.slack import SlackFake
from tests.fakes.test_slack_refusals import INPUT, MRKDWN, PLAIN, SECTION, TEXT_INPUT, plain, refusal

BUTTON = {"type": "button", "action_id": "go", "text": PLAIN}
OPTION = {"text": PLAIN, "value": "a"}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def select(**changes: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "pick", "options": [OPTION], **changes}


@pytest.mark.parametrize(
    ("blocks", "what"),
    [
        ([SECTION] * 51, "no more than 50 items"),
        ([{"type": "banner"}], "unsupported message block type: 'banner'"),
        ([{"type": "alert", "text": PLAIN}], "unsupported message block type: 'alert'"),
        ([{**SECTION, "colour": "red"}], "additional property not allowed: colour"),
        ([{"type": "section"}], "must provide text or fields"),
        ([{"type": "section", "text": "ok"}], "unsupported text object"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], "must be more than 0 characters"),
        ([{"type": "section", "text": plain(3001)}], "must be less than 3001 characters"),
        ([{"type": "section", "fields": [PLAIN] * 11}], "no more than 10 items"),
        ([{"type": "section", "fields": [plain(2001)]}], "must be less than 2001 characters"),
        ([{"type": "header", "text": MRKDWN}], "must be one of plain_text, found 'mrkdwn'"),
        ([{"type": "header", "text": plain(151)}], "must be less than 151 characters"),
        ([{"type": "context", "elements": [PLAIN] * 11}], "no more than 10 items"),
        ([{"type": "context", "elements": []}], "no fewer than 1 items"),
        ([{"type": "image", "image_url": "file.png", "alt_text": "a"}], "does not match"),
        ([{"type": "markdown", "text": "x" * 7_000}] * 2, "markdown blocks hold 14000"),
        ([{**SECTION, "block_id": "b"}] * 2, "block_id is used twice: b"),
        ([{**SECTION, "block_id": "b" * 256}], "must be less than 256 characters"),
        ([actions()], "no fewer than 1 items"),
        ([actions(*[{**BUTTON, "action_id": f"a{n}"} for n in range(26)])], "no more than 25 items"),
        ([actions(BUTTON, BUTTON)], "action_id is used twice in one block: go"),
        ([actions({**BUTTON, "text": MRKDWN})], "must be one of plain_text"),
        ([actions({**BUTTON, "text": plain(76)})], "must be less than 76 characters"),
        ([actions({**BUTTON, "value": "x" * 2001})], "must be less than 2001 characters"),
        ([actions({**BUTTON, "url": "not a link"})], "does not match"),
        ([actions({**BUTTON, "style": "success"})], "must be one of primary, danger"),
        ([actions({**BUTTON, "confirm": {"title": plain(101), "text": PLAIN}})], "less than 101"),
        ([actions({**BUTTON, "confirm": {"text": PLAIN, "confirm": plain(31)}})], "less than 31"),
        ([actions(TEXT_INPUT)], "unsupported element type: 'plain_text_input'"),
        ([actions(select(options=[]))], "no fewer than 1 items"),
        ([actions(select(options=[OPTION] * 101))], "no more than 100 items"),
        ([actions(select(options=[{"text": MRKDWN, "value": "a"}]))], "must be one of plain_text"),
        ([actions(select(options=[{"text": PLAIN, "value": "x" * 151}]))], "less than 151"),
        ([actions(select(initial_option={"text": PLAIN, "value": "b"}))], "not among the options"),
        ([actions(select(option_groups=[{"label": PLAIN, "options": [OPTION]}]))], "exactly one of"),
        ([actions(select(placeholder=plain(151)))], "less than 151"),
        ([actions({"type": "overflow", "options": [OPTION] * 6})], "no more than 5 items"),
        ([actions({"type": "checkboxes", "options": [OPTION] * 11})], "no more than 10 items"),
        ([{**INPUT, "element": {"type": "email_text_input"}}], "only a modal may hold email_text_input"),
        ([{"type": "table", "rows": []}], "no fewer than 1 items"),
        ([{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21]}], "no more than 20 items"),
    ],
)
def test_blocks_slack_refuses_are_refused_and_named(
    fake: SlackFake, client: WebClient, blocks: list[dict[str, Any]], what: str
) -> None:
    code, message = refusal(client, "chat.postMessage", channel="CGOV", text="a", blocks=blocks)
    assert code == "invalid_blocks"
    assert what in message
    assert fake.messages("CGOV") == []


def test_all_blocks_together_have_a_limit(client: WebClient) -> None:
    blocks = [{"type": "section", "text": plain(3000)}] * 5
    assert refusal(client, "chat.postMessage", channel="CGOV", text="a", blocks=blocks)[0] == (
        "msg_blocks_too_long"
    )
