"""A vote is kept before it is acknowledged, bound to the plan on the card; a rejection says why first."""

from __future__ import annotations

import pytest

from data.records.base import Prose
from data.records.rounds import Choice
from tests.bot.listeners.desk import ELENA, MINA, TOM, Desk
from workflows.commands import Cast

DIGEST = "sha256:aa"


def on_the_card(desk: Desk) -> str:
    """The value of the buttons on the card of a proposal."""
    state = desk.bot.engine.retirement(desk.propose())
    assert state is not None
    assert state.plan is not None
    return f"RET-1|{state.plan.digest}|1"


@pytest.mark.parametrize(
    ("action", "choice"), [("vote.approve", Choice.APPROVE), ("vote.abstain", Choice.ABSTAIN)]
)
def test_a_vote_is_kept_with_its_instant_and_the_plan_it_was_cast_on(
    desk: Desk, action: str, choice: Choice
) -> None:
    answer = desk.press(action, f"RET-1|{DIGEST}|2", user=MINA)

    assert (answer.status, answer.body) == (200, None)
    cast = Cast(by=MINA, choice=choice, plan_digest=DIGEST, round_number=2, cast_at=desk.now)
    assert desk.kept() == [("RET-1", cast)]


def test_a_rejection_is_kept_with_its_comment(desk: Desk) -> None:
    value = on_the_card(desk)
    desk.press("vote.reject", value, user=MINA)
    desk.modal(MINA)
    assert desk.kept() == []

    desk.slack.submit(MINA, {"vote.comment": "no test in our region"})

    cast = Cast(
        by=MINA,
        choice=Choice.REJECT,
        plan_digest=value.split("|")[1],
        round_number=1,
        cast_at=desk.now,
        comment=Prose(prose="no test in our region"),
    )
    assert desk.kept() == [("RET-1", cast)]


def test_a_comment_of_blanks_is_none(desk: Desk) -> None:
    desk.press("vote.reject", on_the_card(desk), user=MINA)
    desk.modal(MINA)

    answer = desk.slack.submit(MINA, {"vote.comment": "   "})

    assert answer.body["errors"] == {"vote.comment": "A rejection needs a comment. Say why, in words"}


@pytest.mark.parametrize(
    ("user", "round_number", "why"),
    [
        pytest.param(ELENA, 1, "the voting roles are owner, platform, product, security", id="outsider"),
        pytest.param(TOM, 1, "Your vote does not count: you", id="proposer"),
        pytest.param(MINA, 2, "This button belongs to round 2; open is round 1", id="another round"),
    ],
)
def test_who_may_not_vote_is_told_why_before_being_asked_to_explain(
    desk: Desk, user: str, round_number: int, why: str
) -> None:
    value = on_the_card(desk).rpartition("|")[0]

    assert desk.press("vote.reject", f"{value}|{round_number}", user=user).ok

    assert why in desk.told()
    assert "views.open" not in [call.method for call in desk.slack.calls]


@pytest.mark.parametrize(
    "value",
    [
        "RET-1",
        "RET-1|sha256:aa",
        "1|sha256:aa|1",
        "RET-1|sha256:aa|retire",
        "RET-1|sha256:aa|" + "9" * 1900,
        "RET-1|sha256:aa|\uff11",
    ],
)
def test_a_button_of_another_version_is_answered_not_guessed(desk: Desk, value: str) -> None:
    answer = desk.press("vote.approve", value, user=MINA)

    assert answer.ok
    assert "Run /retire list" in desk.told()
    assert desk.kept() == []


def test_a_vote_delivered_three_times_is_kept_once(desk: Desk) -> None:
    first = desk.press("vote.approve", f"RET-1|{DIGEST}|1", user=MINA)
    desk.slack.redeliver(first, retry=1)
    desk.slack.redeliver(first)

    assert len(desk.kept()) == 1
