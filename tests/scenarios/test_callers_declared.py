"""A caller the thread asked about is declared by an import: what was said of it stands, and who owns it is asked."""

from __future__ import annotations

from pathlib import Path

from data.records.retirement import Duty, State
from tests.data.catalogs import a_document
from tests.scenarios.test_callers import SCORER, question, sees
from tests.scenarios.town import BRUNO, GOVERNANCE, POLICY, TOM, WREN, Town, buttons, words

SCORING = "type: pipeline, dependsOn: ['component:churn-v1-prod'], owner: logistics"
SHADOW = "type: model-server, dependsOn: ['resource:churn-v1'], owner: growth-ml"
LONG = f"{'nightly-' * 14}scorer"


def declares(town: Town, name: str, spec: str) -> None:
    """An import gives something the name of the caller."""
    town.learns(a_document("Component", name, spec, aliases="night-scorer"))
    town.settle()


def test_what_the_coordinator_vouched_for_needs_no_vote_by_its_new_name_and_its_owners_read_so(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    town.command(TOM, "waive RET-1 night-scorer a scanner")
    declares(town, "score-nightly", SCORING)
    duty = town.retirement().obligation("component:default/score-nightly")
    assert duty.duty is Duty.WAIVED
    shown = words(town.announcement(WREN))
    assert "score-nightly" in shown
    assert f"waived (<@{TOM}>)" in shown
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread()


def test_the_owners_of_one_nobody_had_claimed_are_asked_and_it_holds_nothing_once_it_has_moved(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    declares(town, "score-nightly", SCORING)
    assert "*score-nightly*: open" in words(town.announcement(BRUNO))
    assert "by the catalog it is *score-nightly*: open" in words(town.card()), "the vote on more time goes on"
    town.answer(BRUNO, "score-nightly")
    assert "MORE TIME" not in words(town.card())
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread()


def test_an_endpoint_of_the_model_that_the_plan_does_not_have_is_no_answer(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    declares(town, "churn-v1-shadow", SHADOW)
    assert buttons(question(town)) == ["caller.claim"]
    town.pass_time(days=31)
    shadow = "component:default/churn-v1-shadow"
    assert (
        f"by the catalog night-scorer is {shadow}, which the plan does not have: press Edit plan"
        in town.thread()
    )
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    chosen = ["component:default/churn-v1-prod", shadow]
    assert town.submit(TOM, {"proposal.target": "2026-07-15", "proposal.endpoints": chosen}) == {}
    assert "It is *churn-v1-shadow* by the catalog" in words(question(town))
    town.approve()
    town.pass_time(days=16)
    assert town.retirement().state is State.MIGRATING


def test_a_caller_with_a_long_name_is_claimed_by_the_name_that_the_question_shows(town: Town):
    town.announce()
    sees(town, f"{LONG}/1.2")
    assert len(LONG) > 80
    assert f"*{LONG}*" in words(question(town))
    assert "is Logistics's: its owners are asked to move." in town.command(BRUNO, f"claim RET-1 {LONG}")


def test_one_that_came_while_people_voted_holds_the_announcement_no_more_once_it_is_claimed(tmp_path: Path):
    with Town(tmp_path, policy=f"{POLICY}\n[callers]\nextension_days = 0\n", serves=False) as town:
        town.propose()
        sees(town, "night-scorer/1.2")
        town.command(BRUNO, "claim RET-1 night-scorer")
        town.approve()
        town.pass_time(days=15)
        assert town.retirement().state is State.MIGRATING
        assert town.retirement().obligation(SCORER).duty is Duty.OPEN
        sees(town, "night-scorer/1.2", "day-scorer/2", name="later.log")
        assert "MORE TIME" not in words(town.card()), "by this policy people do not vote on it"
        assert len([key for key in town.keys(GOVERNANCE) if "/callers/" in key]) == 2
