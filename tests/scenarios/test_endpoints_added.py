"""An endpoint of the model is added to the catalog after its plan was drawn up: told once, and waited for."""

from __future__ import annotations

from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, State
from tests.data.catalogs import a_document
from tests.scenarios.town import BRUNO, TOM, Town, words

EU = "component:default/churn-v1-eu"
SERVES = "type: model-server, lifecycle: production, owner: growth-ml, dependsOn: ['resource:churn-v1']"
BY_LOGISTICS = SERVES.replace("growth-ml", "logistics")
TOLD = "*churn-v1-eu* serves churn-v1 by the catalog, and the plan does not have it"
HELD = "1 endpoint that the plan does not have serves it (churn-v1-eu): "
VOUCH = "name who vouches that it may go on, /retire waive RET-1 ENDPOINT REASON"
BESIDE = "*1 endpoint beside the plan*: *churn-v1-eu*"
PLANNER = "component:default/restock-planner"


def adds(town: Town, name: str = "churn-v1-eu", spec: str = SERVES) -> None:
    town.learns(a_document("Component", name, spec))
    town.settle()


def held(town: Town, kind: StepKind = StepKind.DISABLE) -> tuple[str, ...]:
    return town.retirement().progress(kind).held_by


def edits_plan(town: Town, **values: str) -> None:
    """Press Edit plan, leave all as it is ticked but these, submit."""
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, values) == {}


def test_one_added_after_the_announcement_is_told_once_and_holds_the_switch_off(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    adds(town)
    adds(town, spec=f"{SERVES}, system: web")
    assert town.thread().count(TOLD) == 1
    assert f"<@{TOM}>, press Edit plan on the card for a new vote that includes it, or" in town.thread()
    assert BESIDE in words(town.card())
    assert BESIDE in town.command(TOM, "show RET-1")
    town.pass_time(days=60)
    assert town.retirement().state is State.MIGRATING
    assert held(town) == (f"{HELD}press Edit plan on the card for a new vote that includes it, or {VOUCH}",)


def test_one_added_before_the_announcement_holds_that(town: Town):
    assert town.propose() == {}
    town.approve()
    adds(town)
    town.pass_time(days=20)
    assert town.retirement().state is State.APPROVED
    assert held(town, StepKind.ANNOUNCE)[0].startswith(HELD)


def test_edit_plan_has_it_ticked_and_with_the_new_vote_it_is_switched_off_too(town: Town):
    town.announce()
    adds(town)
    edits_plan(town, **{"proposal.target": "2026-07-01"})
    assert [one.id for one in town.retirement().plan.subject.endpoints] == [
        EU,
        "component:default/churn-v1-prod",
    ]
    assert BESIDE not in words(town.card())
    town.approve()
    town.pass_time(days=20)
    assert town.retirement().state is State.MIGRATING
    assert town.thread().count(TOLD) == 1


def test_one_that_was_there_and_was_left_out_on_purpose_goes_on_and_the_plan_says_so(town: Town):
    adds(town)
    assert town.propose(**{"proposal.endpoints": ["component:default/churn-v1-prod"]}) == {}
    assert town.retirement().plan.subject.spared == (EU,)
    assert "*Leaves alone* churn-v1-eu" in town.command(TOM, "plan RET-1")
    town.approve()
    town.pass_time(days=20)
    adds(town, name="unrelated", spec="type: service, owner: letters")
    assert town.retirement().state is State.MIGRATING
    assert TOLD not in town.thread()
    assert BESIDE not in words(town.card())


def test_the_coordinator_may_vouch_that_it_goes_on(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    adds(town)
    town.pass_time(days=55)
    assert "is for the coordinator" in town.command(BRUNO, "waive RET-1 churn-v1-eu it is a test")
    assert f"You waived {EU}, with your reason." in town.command(TOM, "waive RET-1 churn-v1-eu it is a test")
    assert "churn-v1-eu is waived already." in town.command(TOM, f"waive RET-1 {EU} it is a test")
    assert BESIDE not in words(town.card())
    town.pass_time(days=1)
    assert town.retirement().state is State.DISABLED


def test_one_added_while_all_is_dark_holds_the_close_and_says_what_to_do(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=49)
    assert town.retirement().state is State.DISABLED
    adds(town)
    assert town.thread().count(TOLD) == 1
    do = (
        f"switch it off where it runs and import a catalog in which it serves no model, or {VOUCH}, or bring "
        "service back, /retire restore RET-1 REASON"
    )
    assert do in town.thread()
    town.pass_time(days=60)
    assert town.retirement().state is State.DISABLED
    assert held(town, StepKind.CLOSE) == (f"{HELD}{do}",)
    town.command(TOM, "waive RET-1 churn-v1-eu it serves a museum")
    town.pass_time(days=1)
    assert town.retirement().state is State.ARCHIVED


def test_one_that_leaves_the_catalog_again_holds_nothing_and_is_told(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    adds(town)
    town.pass_time(days=55)
    adds(town, spec="type: model-server, owner: growth-ml")
    assert "*churn-v1-eu* belongs to churn-v1 no more by the catalog" in town.thread()
    assert BESIDE not in words(town.card())
    town.pass_time(days=1)
    assert town.retirement().state is State.DISABLED


def test_a_consumer_that_serves_the_model_by_now_is_told_and_asked_all_the_same(town: Town):
    assert town.propose() == {}
    adds(town, "restock-planner", BY_LOGISTICS)
    assert town.thread().count("*restock-planner* serves churn-v1 by the catalog") == 1
    assert "*restock-planner* was voted on as a consumer, and is asked to move all the same" in town.thread()
    town.approve()
    town.command(TOM, "waive RET-1 restock-planner it serves itself")
    town.pass_time(days=20)
    assert town.retirement().state is State.MIGRATING
    assert town.retirement().obligation(PLANNER).duty is Duty.WAIVED


def test_a_consumer_that_serves_the_model_after_the_announcement_answers_still(town: Town):
    town.serve()
    town.announce()
    adds(town, "restock-planner", BY_LOGISTICS)
    assert town.retirement().obligation(PLANNER).duty is Duty.OPEN
    town.answer(BRUNO, "restock-planner")
    town.everybody_moves()
    town.pass_time(days=60)
    assert held(town)[0].startswith("1 endpoint that the plan does not have serves it (restock-planner): ")
    town.command(TOM, "waive RET-1 restock-planner it serves itself")
    town.pass_time(days=1)
    assert town.retirement().state is State.DISABLED
    assert town.retirement().progress(StepKind.DISABLE).progress is Progress.DONE
