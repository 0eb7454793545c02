"""A source names a caller the thread asked about, and nobody who can be reached: that is no answer."""

from __future__ import annotations

from data import events
from data.records.retirement import Duty, State
from tests.data.catalogs import a_document
from tests.scenarios.test_callers import SCORER, question, sees
from tests.scenarios.test_joined_consumers import happened, tells
from tests.scenarios.town import BRUNO, TOM, WREN, Town, buttons, words

ROW = "night-scorer,churn-v1-prod,"
DECLARED = "csv:night-scorer"


def asked_about(town: Town, row: str = ROW) -> None:
    """Seen once consumers were asked to move; then a row has its name."""
    town.announce()
    sees(town, "night-scorer/1.2")
    tells(town, row)


def standing(town: Town) -> dict[str, Duty]:
    owed = town.retirement().obligations
    return {one.consumer.consumer_id: one.duty for one in owed if "scorer" in one.consumer.consumer_id}


def test_the_thread_goes_on_asking_and_the_vote_on_more_time_goes_on(town: Town):
    asked_about(town)
    assert buttons(question(town)) == ["caller.claim"]
    assert "Votes on MORE TIME" in words(town.card())
    assert (standing(town), happened(town, events.CallerDeclared)) == ({}, 0)
    town.pass_time(days=31)
    held = "1 caller nobody declares uses it (night-scorer: 1 call a day"
    assert held in town.thread()
    unowned = "by the catalog night-scorer is csv:night-scorer, of which nobody can be reached: give it an owner there"
    assert unowned in town.thread()
    assert "appeared after the vote" not in town.thread()


def test_a_team_in_which_nobody_can_be_reached_is_no_answer_either(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    spec = "type: pipeline, dependsOn: ['component:churn-v1-prod'], owner: ghosts"
    town.learns(
        a_document("Group", "ghosts", "type: team, children: [], members: []"),
        a_document("Component", "score-nightly", spec, aliases="night-scorer"),
    )
    town.settle()
    assert buttons(question(town)) == ["caller.claim"]
    town.pass_time(days=31)
    assert "1 caller nobody declares uses it (night-scorer: 1 call a day" in town.thread()
    town.command(BRUNO, "claim RET-1 night-scorer")
    assert standing(town) == {SCORER: Duty.OPEN}
    town.settle()
    assert town.retirement().obligation(SCORER).consumer.owners.team_name == "Logistics"


def test_whoever_presses_this_is_ours_answers_for_it_by_the_name_it_was_seen_as(town: Town):
    asked_about(town)
    town.press(BRUNO, question(town), "caller.claim", f"RET-1|{SCORER}")
    assert standing(town) == {SCORER: Duty.OPEN}
    town.press(WREN, town.announcement(WREN), "duty.migrated", f"RET-1|{SCORER}|1")
    assert "MORE TIME" not in words(town.card())
    town.pass_time(days=30)
    assert "nobody declares uses it" not in town.thread()


def test_no_row_takes_back_what_a_team_has_said_is_theirs(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    town.command(BRUNO, "claim RET-1 night-scorer")
    town.press(BRUNO, town.announcement(BRUNO), "duty.acknowledge", f"RET-1|{SCORER}|1")
    tells(town, ROW)
    tells(town, f"{ROW}group:default/nobody-we-know")
    assert standing(town) == {SCORER: Duty.ACKNOWLEDGED}
    assert town.retirement().obligation(SCORER).consumer.owners.team_name == "Logistics"
    town.press(BRUNO, town.announcement(BRUNO), "duty.not_mine", f"RET-1|{SCORER}|1")
    assert "is Growth ML's" in town.command(TOM, "claim RET-1 night-scorer"), "it can be claimed anew"


def test_a_source_that_names_whoever_can_be_reached_overtakes_a_claim_and_the_thread_says_so(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    town.command(BRUNO, "claim RET-1 night-scorer")
    tells(town, f"{ROW}group:default/growth-ml")
    assert standing(town) == {DECLARED: Duty.OPEN}
    said = (
        "*night-scorer* is *night-scorer* by the catalog: it is asked about no more. "
        f"Growth ML answers for it, not Logistics, as <@{BRUNO}> had said"
    )
    assert said in town.thread()


def test_once_it_has_an_owner_the_question_is_answered(town: Town):
    asked_about(town)
    tells(town, f"{ROW}group:default/logistics")
    assert buttons(question(town)) == []
    assert standing(town) == {DECLARED: Duty.OPEN}


def test_what_was_voted_on_without_an_owner_is_what_a_caller_of_its_name_is(town: Town):
    sees(town, "night-scorer/1.2")
    town.propose()
    tells(town, ROW)
    assert buttons(question(town)) == ["caller.claim"]
    town.approve()
    town.pass_time(days=15)
    assert town.retirement().state is State.APPROVED, "the announcement waits for an answer"
    town.command(TOM, "waive RET-1 night-scorer a scanner")
    town.pass_time(days=1)
    assert town.retirement().state is State.MIGRATING
    assert standing(town) == {SCORER: Duty.WAIVED}


def test_another_plan_has_it_as_it_was_asked_about(town: Town):
    asked_about(town)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-07-15"}) == {}
    plan = town.retirement().plan
    assert (SCORER in plan.consumer_ids, DECLARED in plan.consumer_ids) == (True, False)
    assert buttons(question(town)) == ["caller.claim"]
