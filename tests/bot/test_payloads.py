"""Whatever Slack or somebody posing as Slack sends is read without a crash, and what is missing is empty."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot import payloads
from data.errors import Invalid, Stale
from workflows.home import Page, Part

HOSTILE: list[Any] = [
    {},
    {"user": None, "channel": [], "actions": {}, "view": "x", "container": 3},
    {"user": {"id": 7}, "actions": [], "view": {"state": {"values": []}, "private_metadata": "{"}},
    {"actions": [None], "view": {"state": {"values": {"b": {"a": None}}}, "private_metadata": "[1]"}},
    {"actions": [{"value": {"x": 1}}], "view": {"blocks": [None, {"type": "input"}], "type": ["modal"]}},
    {"trigger_id": 12, "text": ["help"], "user_id": {}, "response_url": None},
]


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_input_reads_as_empty(body: dict[str, Any]) -> None:
    assert payloads.user_id(body) == ""
    assert payloads.typed(body) == ""
    assert payloads.action_value(body) == ""
    assert payloads.entered(body, "a") == ""
    assert not payloads.ticked(body, "a")
    assert payloads.reply_to(body) == {}
    assert payloads.metadata(body) == {}
    assert payloads.screen(body) == payloads.Screen()
    assert payloads.blocks_of(body) in ({}, {"a": "b"})
    assert payloads.key(body).startswith("slack/sha256:")
    with pytest.raises(Stale):
        payloads.parts(body, 2)
    with pytest.raises(Stale):
        payloads.carried(body, "retirement")
    with pytest.raises(Invalid):
        payloads.day(body, "a", "until")


@pytest.mark.parametrize(
    ("event", "who"),
    [
        ({"type": "app_home_opened", "tab": "home", "user": "U1"}, "U1"),
        ({"type": "app_home_opened", "tab": "messages", "user": "U1"}, ""),
        ({"type": "app_home_opened", "user": "U1"}, ""),
        ({"type": "app_home_opened", "tab": "home", "user": "U1/../U2"}, ""),
        ({"type": "app_home_opened", "tab": ["home"], "user": {"id": "U1"}}, ""),
        (None, ""),
    ],
)
def test_who_opens_home_is_read_from_the_event(event: Any, who: str) -> None:
    assert payloads.home_opened({"event": event}) == who


def test_a_page_of_home_comes_back_from_the_view_that_was_acted_in() -> None:
    view = {"type": "home", "private_metadata": '{"home": "answers 3"}'}

    assert payloads.home_shown({"view": view}) == {"home": "answers 3"}
    assert payloads.home_page("answers 3") == Page(part=Part.ANSWERS, number=3)
    assert payloads.home_shown({"view": {"type": "modal", "private_metadata": "{}"}}) == {}


def test_one_act_has_one_key_however_it_is_delivered() -> None:
    body = {"trigger_id": "1.2.abc", "response_url": "https://one", "text": "help"}

    assert payloads.key(body) == payloads.key({**body, "response_url": "https://two"}) == "slack/1.2.abc"


FORM = {
    "type": "view_submission",
    "trigger_id": "1.2.abc",
    "view": {
        "id": "V1",
        "callback_id": "vote.reject",
        "state": {"values": {"why": {"why": {"value": "Ask Pat"}}}},
    },
}


@pytest.mark.parametrize("typed", ["\u200b", "\u2060 ", "-"], ids=ascii)
def test_what_was_typed_and_says_nothing_was_not_entered(typed: str) -> None:
    body = {"view": {"state": {"values": {"why": {"why": {"type": "plain_text_input", "value": typed}}}}}}
    assert payloads.entered(body, "why") == ""


def test_a_form_submitted_again_is_one_act_and_filled_otherwise_another() -> None:
    again = {**FORM, "trigger_id": "3.4.def"}
    other = {**FORM, "view": {**FORM["view"], "state": {"values": {}}}}
    elsewhere = {**FORM, "view": {**FORM["view"], "id": "V2"}}

    assert payloads.key(FORM) == payloads.key(again)
    assert len({payloads.key(form) for form in (FORM, other, elsewhere)}) == 3
    assert re.fullmatch(r"slack/V1/[0-9a-f]{8}", payloads.key(FORM))


def test_without_a_trigger_the_whole_body_is_the_key() -> None:
    assert payloads.key({"a": 1, "b": 2}) == payloads.key({"b": 2, "a": 1}) != payloads.key({"a": 1})


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (
            {"user_id": "U1", "channel_id": "C1", "response_url": "https://r"},
            {"user": "U1", "channel": "C1", "response_url": "https://r"},
        ),
        ({"user": {"id": "U1"}, "channel": {"id": "C1"}}, {"user": "U1", "channel": "C1"}),
        ({"user": {"id": "U1"}, "container": {"channel_id": "D1"}}, {"user": "U1", "channel": "D1"}),
        (
            {"user": {"id": "U1"}, "view": {"private_metadata": '{"channel": "C9"}'}},
            {"user": "U1", "channel": "C9"},
        ),
    ],
    ids=["command", "click", "click in a thread", "submission"],
)
def test_the_person_can_be_answered_from_everywhere(body: dict[str, Any], where: dict[str, str]) -> None:
    assert payloads.reply_to(body) == where


@pytest.mark.parametrize(
    ("value", "count", "found"),
    [
        ("RET-3", 1, ("RET-3",)),
        ("RET-3|component:default/a", 2, ("RET-3", "component:default/a")),
        ("RET-3|a|b", 2, ("RET-3", "a|b")),
        ("RET-3|a|b|4", 3, ("RET-3", "a|b", "4")),
    ],
)
def test_a_value_is_taken_apart_around_the_id_in_its_middle(
    value: str, count: int, found: tuple[str, ...]
) -> None:
    assert payloads.parts({"actions": [{"value": value}]}, count) == found


@pytest.mark.parametrize(
    "value", ["", "RET-0", "RET-01", "ret-3", "RET-3|", "RET-3||4", "RET-3|a", "X", "RET-" + "9" * 40]
)
def test_a_value_that_no_button_carries_is_stale(value: str) -> None:
    with pytest.raises(Stale, match="Run /retire list"):
        payloads.parts({"actions": [{"value": value}]}, 3 if "|" in value else 1)


def test_what_was_typed_chosen_and_ticked_is_read_by_action() -> None:
    values = {
        "b1": {"why": {"type": "plain_text_input", "value": "  because \n"}},
        "b2": {"model_search": {"type": "external_select", "selected_option": {"value": "m"}}},
        "b3": {"target": {"type": "datepicker", "selected_date": "2026-05-04"}},
        "b4": {"ends": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}, {}]}},
        "b5": {"none": {"type": "checkboxes", "selected_options": []}},
    }
    body = {"view": {"state": {"values": values}}}

    assert payloads.entered(body, "why") == "because"
    assert payloads.entered(body, "model", "model_search") == "m"
    assert payloads.day(body, "target", "target") == date(2026, 5, 4)
    assert payloads.ticked(body, "ends") == ("a", "b")
    assert payloads.ticked(body, "none") == ()
    assert payloads.ticked(body, "absent") is None


def test_nothing_else_of_the_product_reads_slacks_dicts() -> None:
    """Listeners ask payloads.py; a key of Slack's in brackets anywhere else would be a second reader."""
    readers = [
        path.name
        for path in (Path(payloads.__file__).parent / "listeners").glob("*.py")
        if 'body["' in path.read_text() or "body.get(" in path.read_text()
    ]

    assert readers == []
