"""The question whose callers are: what is asked and what becomes of it, whatever they are called."""

from __future__ import annotations

from typing import Any

from bot.views.consumers.callers import question
from data.records.base import Prose
from data.records.callers import Caller
from data.records.retirement import State
from data.records.waivers import Waiver
from tests.bot.views.examples import NASTY, NOW, announced, buttons, texts
from tests.builders import an_unknown, some_calls
from tests.fakes.slack.workspace import is_loud
from tests.payloads import check_message
from workflows.rules.consumers.callers import AT_ONCE


def a_caller(name: str = "scorer", **changes: Any) -> Caller:
    caller = an_unknown(name)
    return Caller(consumer=caller, calls=some_calls(caller.consumer_id), asked=9, **changes)


def said(state: Any) -> str:
    return "\n".join(texts(question(state, 9, 0)["blocks"]))


def test_each_caller_is_told_with_its_numbers_and_a_button() -> None:
    state = announced(callers=(a_caller(), a_caller("nightly")))
    told = said(state)
    assert "*Whose is this?* 2 callers were seen calling" in told
    assert (
        "*scorer* calls churn-live: 12.5 calls a day, last on 2027-01-20, first on 2027-01-02 (calls)" in told
    )
    assert buttons(question(state, 9, 0)) == [
        ("caller.claim", "RET-1|caller::scorer"),
        ("caller.claim", "RET-1|caller::nightly"),
    ]


def test_what_is_answered_has_no_button_and_says_how() -> None:
    claimed = a_caller("a", claimed_by="UANN", team_id="group:default/edge", team_name="edge")
    known = a_caller("b", declared_as="component:default/nightly")
    state = announced(
        callers=(claimed, known, a_caller("c")),
        waivers=(Waiver(what="caller::c", by="UPAT", at=NOW, reason=Prose(prose="a scanner")),),
    )
    told = said(state)
    assert "It is edge's, says <@UANN>" in told
    assert "It is *nightly* by the catalog" in told
    assert '<@UPAT> takes responsibility for it — "a scanner"' in told
    assert buttons(question(state, 9, 0)) == []


def test_a_name_is_told_whole_because_it_is_what_is_claimed_or_vouched_for() -> None:
    name = f"{'nightly-' * 14}scorer~0a1b2c3d"
    assert len(name) > 120
    assert f"*{name}* calls churn-live" in said(announced(callers=(a_caller(name),)))


def test_nothing_is_asked_once_nobody_has_to_answer() -> None:
    state = announced(callers=(a_caller(),), state=State.CANCELLED)
    assert buttons(question(state, 9, 0)) == []
    assert "nobody is asked about that any more" in said(state)


def test_another_message_has_other_callers() -> None:
    state = announced(callers=(a_caller("a"), a_caller("b", part=1)))
    assert [value for _, value in buttons(question(state, 9, 1))] == ["RET-1|caller::b"]


def test_slack_takes_as_many_as_are_asked_about_at_once_whatever_they_are_called() -> None:
    state = announced(callers=tuple(a_caller(f"{number}{NASTY}"[:120]) for number in range(AT_ONCE)))
    payload = question(state, 9, 0)
    check_message(payload)
    assert not is_loud(payload["text"], payload["blocks"])
