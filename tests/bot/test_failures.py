"""People see our sentences and never our bugs; the log sees where, and never who."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import slack_app
from bot.failures import on_field, told
from data.errors import Invalid, Problem, Refused, Unavailable
from data.tracing import traced
from tests.bot.listeners.desk import ELENA, TOM, Desk
from tests.fakes.slack import into_bolt

REASON = "Ada leaves us in May, and nobody else can read her model"
VIEW = {
    "view": {
        "blocks": [
            {"type": "section"},
            {"type": "input", "block_id": "b1", "element": {"action_id": "proposal.model_search"}},
            {"type": "input", "block_id": "b2", "element": {"action_id": "proposal.target"}},
        ]
    }
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as opened:
        yield opened


def test_our_own_errors_are_the_sentences_they_are() -> None:
    assert told(Refused("No", reasons=["a", "b"], next_step="Do c")) == "No: a; b. Do c"


def test_a_bug_is_a_reference_for_the_person_and_a_place_for_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def buggy() -> None:
        raise KeyError(REASON)

    with pytest.raises(KeyError) as raised:
        buggy()
    shown = told(raised.value)

    assert "KeyError" not in shown
    assert (reference := re.search(r"[0-9a-f]{8}$", shown))
    assert f"failure {reference[0]}" in caplog.text
    assert "test_failures.py" in caplog.text
    assert "in buggy" in caplog.text
    assert REASON not in caplog.text


def test_every_cause_is_traced_by_its_kind_and_only_our_own_are_quoted() -> None:
    outer, middle, first = RuntimeError(REASON), Unavailable("S3 is away"), OSError(errno.ENOSPC, REASON)
    outer.__cause__, middle.__context__ = middle, first
    first.__context__ = outer

    assert traced(outer).splitlines() == ["RuntimeError", "Unavailable: S3 is away", "OSError ENOSPC"]


def test_each_problem_stands_on_its_field_and_the_rest_on_the_first() -> None:
    error = Invalid(
        [
            Problem(field="target", value="2026-01-01", accepted="later"),
            Problem(field="target", value="2026-01-01", accepted="on a weekday"),
            Problem(field="weather", value="rain", accepted="sun"),
        ]
    )

    assert on_field(error, VIEW) == {"b2": "later; on a weekday", "b1": "weather rain: sun"}


def test_a_refusal_stands_on_the_first_field_so_that_nothing_typed_is_lost() -> None:
    assert on_field(Refused("No", next_step="Ask Ada"), VIEW) == {"b1": "No. Ask Ada"}


def test_a_bug_behind_a_button_is_told_to_the_one_who_pressed(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_wish: object, _state: object) -> None:
        raise ZeroDivisionError(f"{REASON}, says {TOM}")

    house = replace(desk.bot.house, check=broken)
    desk.slack.attach(into_bolt(slack_app(house, signing_secret=desk.slack.signing_secret)))
    desk.type("propose churn-v1")
    desk.modal()

    answer = desk.slack.submit(
        TOM, {"proposal.reason": "cost", "proposal.why": "costs", "proposal.target": "2026-12-01"}
    )

    assert answer.body["response_action"] == "errors"
    (shown,) = answer.body["errors"].values()
    assert shown.startswith("Something went wrong on our side. Whoever runs Emeritus finds it in the log as ")
    assert "ZeroDivisionError" in caplog.text
    assert TOM not in caplog.text
    assert REASON not in caplog.text


def test_a_forged_request_reaches_no_listener(desk: Desk) -> None:
    app = slack_app(desk.bot.house, signing_secret="another-secret-altogether")
    desk.slack.attach(into_bolt(app))

    answer = desk.press("vote.approve", "RET-1|sha256:aa|retire", user=ELENA)

    assert answer.status == 401
    assert desk.kept() == []


def test_a_replay_older_than_five_minutes_is_refused(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        now = desk.slack.wall()
        desk.slack.wall = lambda: now - 301

        answer = desk.press("vote.approve", "RET-1|sha256:aa|retire", user=ELENA)

        assert answer.status == 401
        assert desk.kept() == []
