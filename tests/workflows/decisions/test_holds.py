"""A legal hold keeps everything until one of few releases it, at any time of a retirement and after it."""

from __future__ import annotations

from typing import Any

import pytest

from data import events
from data.errors import EmeritusError
from data.records.base import Prose
from data.records.delegation import Account
from data.records.retirement import State
from tests.builders import (
    BILL,
    CLOSE_AT,
    LEX,
    PAT,
    SELMA,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_running_retirement,
)
from workflows import commands as cmd

CASE = Prose(prose="Case 21-114")


def placing(by: str = PAT) -> cmd.PlaceHold:
    return cmd.PlaceHold(by=by, why=CASE)


def releasing(by: str = LEX, number: int = 1) -> cmd.ReleaseHold:
    return cmd.ReleaseHold(by=by, number=number, why=WHY)


def refusal(story: Story, command: cmd.Command, **facts: Any) -> str:
    before = story.state
    with pytest.raises(EmeritusError) as refused:
        story.does(command, **facts)
    assert story.state == before
    return str(refused.value)


def test_each_hold_is_by_somebody_and_ends_with_a_reason_of_its_own() -> None:
    story = a_running_retirement()
    assert story.does(placing()).reply == "Hold 1 of RET-1 keeps everything once it is archived."
    story.does(placing(SELMA))
    assert [(one.number, one.by, one.why) for one in story.state.holds] == [(1, PAT, CASE), (2, SELMA, CASE)]
    assert story.does(releasing()).reply == "Hold 1 of RET-1 is released; 1 hold on it goes on."
    story.does(placing())
    assert [one.number for one in story.state.holds] == [2, 3], "a number means one hold for good"
    (released,) = story.of(events.HoldReleased)
    assert (released.by, released.why, released.entitled) == (LEX, WHY, (LEX,))


def test_an_archive_is_held_after_its_retirement_is_over() -> None:
    story = a_dark()
    story.until(CLOSE_AT).works()
    assert story.state.state is State.ARCHIVED
    assert story.does(placing()).reply == "Hold 1 of RET-1 keeps everything from now on."
    story.does(releasing())
    assert story.state.holds == ()


@pytest.mark.parametrize(
    ("command", "facts", "said"),
    [
        (placing(STRANGER), {}, "You may not place a legal hold on RET-1"),
        (placing(), {"account": Account.GUEST}, "A legal hold of yours does not count"),
        (
            releasing(PAT),
            {},
            "You may not release a legal hold of RET-1: this is for whom the policy names for legal",
        ),
        (releasing(BILL), {}, f"Ask one of them: <@{LEX}>"),
        (releasing(), {"account": Account.DEACTIVATED}, "What you release does not count"),
        (releasing(), {"proved": "no", "proof": "Prove it at the gate"}, "Prove it at the gate"),
        (releasing(number=4), {}, 'No hold is called "4"'),
    ],
)
def test_who_may_not_is_told_why(command: cmd.Command, facts: dict[str, Any], said: str) -> None:
    story = a_running_retirement()
    story.does(placing())
    assert said in refusal(story, command, **facts)


def test_where_nobody_may_release_it_the_policy_is_what_to_mend() -> None:
    story = a_running_retirement()
    story.does(placing())
    said = refusal(story, releasing(BILL), holders=())
    assert said.endswith("have whoever runs Emeritus name them in [holds] of its policy")


def test_there_is_nothing_to_release_where_nothing_is_held() -> None:
    assert "There is no legal hold on RET-1" in refusal(a_running_retirement(), releasing())
