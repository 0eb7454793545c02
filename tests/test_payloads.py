"""The three judges of our payloads each catch what they are there for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.payloads import LOCKED, BadPayload, check_message, check_view, tsc_check

PLAIN: dict[str, Any] = {"type": "plain_text", "text": "Approve"}
BUTTON: dict[str, Any] = {"type": "button", "action_id": "vote.approve", "text": PLAIN, "style": "primary"}
SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "*churn-v3*"}}
CARD: dict[str, Any] = {
    "text": "churn-v3 is to be retired",
    "blocks": [
        {"type": "header", "text": PLAIN},
        SECTION,
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "RET-1"}]},
        {"type": "actions", "block_id": "votes", "elements": [BUTTON]},
    ],
    "metadata": {"event_type": "effect", "event_payload": {"key": "RET-1/announce"}},
}
SELECT = {"type": "static_select", "action_id": "model", "options": [{"text": PLAIN, "value": "churn-v3"}]}
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "proposal.submit",
    "title": PLAIN,
    "submit": PLAIN,
    "private_metadata": "RET-1",
    "blocks": [
        {"type": "input", "block_id": "model", "label": PLAIN, "element": SELECT},
        {
            "type": "input",
            "block_id": "date",
            "label": PLAIN,
            "optional": True,
            "element": {"type": "datepicker", "action_id": "date", "initial_date": "2026-03-02"},
        },
    ],
}
HOME: dict[str, Any] = {"type": "home", "blocks": CARD["blocks"]}


def a_card(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"text": "a card", "blocks": list(blocks)}


def test_good_payloads_pass_all_three_judges() -> None:
    check_message(CARD)
    check_view(MODAL)
    check_view(HOME)
    tsc_check([("card", "message", CARD), ("modal", "modal", MODAL), ("home", "home", HOME)])


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"blocks": CARD["blocks"]}, "every message needs a text"),
        (a_card({"type": "header", "text": {**PLAIN, "text": "x" * 151}}), "SlackObjectFormationError"),
        (a_card({**SECTION, "colour": "red"}), "additional property not allowed: colour"),
        (a_card({"type": "header", "text": {"type": "mrkdwn", "text": "a"}}), "must be one of plain_text"),
        ({**CARD, "metadata": {"event_type": "effect"}}, "invalid_metadata_format"),
    ],
    ids=["too long to update", "no text", "long header", "unknown key", "mrkdwn header", "half metadata"],
)
def test_a_message_slack_would_refuse_is_found(payload: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadPayload, match=reason):
        check_message(payload)


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        ({**MODAL, "title": {**PLAIN, "text": "x" * 25}}, "SlackObjectFormationError"),
        ({k: v for k, v in MODAL.items() if k != "submit"}, "missing required field: submit"),
        ({**HOME, "title": PLAIN}, "additional property not allowed: title"),
        ({**MODAL, "blocks": [SECTION] * 101}, "no more than 100 items"),
    ],
    ids=["long title", "inputs without submit", "title on Home", "too many blocks"],
)
def test_a_view_slack_would_refuse_is_found(view: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadPayload, match=reason):
        check_view(view)


def test_the_compiler_names_each_bad_payload_and_no_good_one() -> None:
    style = {"type": "actions", "elements": [{**BUTTON, "style": "success"}]}
    with pytest.raises(BadPayload) as caught:
        tsc_check(
            [
                ("good card", "message", CARD),
                ("unknown key", "message", a_card({**SECTION, "colour": "red"})),
                ("mrkdwn header", "message", a_card({"type": "header", "text": SECTION["text"]})),
                ("bad style", "message", a_card(style)),
                ("misspelt block", "message", a_card({"type": "sektion", "text": PLAIN})),
                ("no text", "message", {"blocks": [SECTION]}),
                ("title on Home", "home", {**HOME, "title": PLAIN}),
                ("good modal", "modal", MODAL),
            ]
        )
    named = {line.split(":")[0] for line in str(caught.value).splitlines() if not line.startswith(" ")}
    assert named == {
        "unknown key",
        "mrkdwn header",
        "bad style",
        "misspelt block",
        "no text",
        "title on Home",
    }


def test_the_lock_pins_exact_versions_with_digests_and_names_no_host() -> None:
    lock = (LOCKED / "package-lock.json").read_text()
    assert not re.search(r"https?:|resolved", lock)
    wanted = json.loads((LOCKED / "package.json").read_text())["dependencies"]
    packages = {k.removeprefix("node_modules/"): v for k, v in json.loads(lock)["packages"].items() if k}
    assert wanted == {name: package["version"] for name, package in packages.items()}
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not (Path(LOCKED) / "node_modules").exists()
