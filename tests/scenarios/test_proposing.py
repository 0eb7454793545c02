"""What happens to a proposal that is not right: an error on its field, or a private answer, and nothing recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.records.progress import StepKind
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.town import (
    ADA,
    BRUNO,
    GOVERNANCE,
    INES,
    MINA,
    POLICY,
    PRIYA,
    SAM,
    TOM,
    Town,
    buttons,
    words,
)

NIGHTLY = {"proposal.successor": "resource:default/churn-v1"}


def nothing_is_recorded(town: Town) -> bool:
    return not town.bot.store.streams("RET-") and not town.slack.messages(GOVERNANCE)


@pytest.mark.parametrize(
    ("filled", "field", "said"),
    [
        pytest.param({"target": "2026-03-20"}, "target", "2026-04-15 or later", id="too soon"),
        pytest.param({"target": "2025-01-01"}, "target", "30 days of notice after 14 days", id="in the past"),
        pytest.param({"target": "2031-04-16"}, "target", "2031-04-15 or earlier", id="too far away"),
        pytest.param({"target": "9999-12-31"}, "target", "at most five years", id="where the calendar ends"),
        pytest.param({"proposal.successor": None}, "successor", "needs a successor", id="no successor"),
        pytest.param({"proposal.why": "   "}, "why", "say in a sentence why", id="no reason in words"),
    ],
)
def test_a_bad_field_is_told_on_that_field_and_nothing_is_recorded(
    town: Town, filled: dict[str, str], field: str, said: str
):
    errors = town.propose(**filled)
    assert list(errors) == [f"proposal.{field}"]
    assert said in errors[f"proposal.{field}"]
    assert TOM in town.slack.views, "the modal stays, with what was typed"
    assert nothing_is_recorded(town)
    assert town.submit(TOM, {"proposal.target": "2026-05-04", **GOOD}) == {}
    assert town.retirement().state is State.PROPOSED


GOOD = {"proposal.successor": "resource:default/churn-v2", "proposal.why": "it is better"}


def test_everything_wrong_is_told_at_once(town: Town):
    errors = town.propose(target="2026-03-20", **{"proposal.successor": None, "proposal.why": " "})
    assert set(errors) == {"proposal.target", "proposal.successor", "proposal.why"}


def test_a_form_without_an_endpoint_is_not_taken_for_all_endpoints(town: Town):
    screen = town.opens(TOM, lambda: town.command(TOM, "propose churn-v1", opens_modal=True))
    (ticked,) = [block["block_id"] for block in screen.blocks if "endpoints" in block["block_id"]]
    values = {f"{ticked}/proposal.endpoints": [], "proposal.reason": "cost", "proposal.target": "2026-05-04"}
    errors = town.submit(TOM, {**GOOD, **values})
    assert errors == {ticked: "choose at least one endpoint"}
    assert nothing_is_recorded(town)


def test_a_successor_that_is_itself_retiring_is_refused_on_its_field(town: Town):
    assert town.propose("churn-v1") == {}
    errors = town.propose("churn_nightly", **NIGHTLY)
    assert errors == {
        "proposal.successor": "churn-v1 is being retired itself (RET-1): choose churn-v3. "
        "The chain: churn_nightly -> churn-v1 -> churn-v2 -> churn-v3"
    }
    assert town.bot.store.streams("RET-") == ("RET-1",)


def test_a_successor_that_is_proposed_to_go_meanwhile_holds_the_announcement(town: Town):
    assert town.propose("churn-v1") == {}
    town.approve()
    on_top = {"proposal.successor": "resource:default/churn-v3"}
    assert town.propose("churn-v2", target="2026-06-15", **on_top) == {}
    town.pass_time(days=15)
    assert town.retirement().state is State.APPROVED
    held = (
        "its successor cannot take over: churn-v2 is being retired itself (RET-2): choose churn-v3. "
        "The chain: churn-v1 -> churn-v2 -> churn-v3. "
        "Or press Edit plan on the card for a new vote on another successor"
    )
    assert town.retirement().progress(StepKind.ANNOUNCE).held_by == (held,)
    town.command(TOM, "cancel RET-2 churn-v1 needs it")
    town.pass_time(days=1)
    assert town.retirement().state is State.MIGRATING


V2 = "type: ai-model, owner: growth-ml"
MEANWHILE = "Score with the rules of 2024"


def test_a_successor_that_serves_later_needs_an_interim_plan_and_everybody_reads_it(town: Town):
    town.learns(a_document("Resource", "churn-v2", V2, available_from="2026-05-11"))
    assert town.propose() == {
        "proposal.interim": "churn-v2 can be called from 2026-05-11 on, 7 days after the last day of service: say what "
        "consumers do meanwhile, or choose 2026-05-11 or later as the last day"
    }
    assert nothing_is_recorded(town)
    assert town.submit(TOM, {"proposal.interim": MEANWHILE}) == {}
    card = words(town.card())
    assert "churn-v2, which can be called from 2026-05-11 on: :warning: 7 days after the last day" in card
    assert f"*Until then* {MEANWHILE}" in card
    town.approve()
    town.pass_time(days=15)
    told = words(town.announcement(BRUNO))
    assert "*Successor* churn-v2, from 2026-05-11 on" in told
    assert f'Until 2026-05-11: "{MEANWHILE}". Then move to churn-v2, then press Migrated.' in told


def test_a_gap_that_opens_after_the_vote_holds_what_sends_people_there_until_it_is_planned_for(town: Town):
    assert town.propose() == {}
    town.approve()
    town.learns(a_document("Resource", "churn-v2", V2, available_from="2026-06-01"))
    town.pass_time(days=15)
    (held,) = town.retirement().progress(StepKind.ANNOUNCE).held_by
    assert held.startswith("churn-v2 can be called from 2026-06-01 on only, 28 days after the last day")
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.interim": MEANWHILE}) == {}
    town.approve()
    town.pass_time(days=15)
    assert town.retirement().state is State.MIGRATING


def test_where_a_successor_leads_on_the_thread_says_so(town: Town):
    town.propose("churn-v1")
    assert "churn-v2 is to be followed itself: churn-v2 -&gt; churn-v3" in town.thread()


def test_successors_that_lead_back_are_refused_on_the_field(town: Town):
    errors = town.propose("churn-v3", **NIGHTLY)
    assert "churn-v3 -> churn-v1 -> churn-v2 -> churn-v3" in errors["proposal.successor"]


def test_an_unknown_model_is_answered_with_the_closest_names(town: Town):
    told = town.command(TOM, "propose churn-v4")
    assert "churn-v4" in told
    assert "churn-v1" in told
    assert TOM not in town.slack.views
    assert nothing_is_recorded(town)


def test_a_model_somebody_else_owns_is_refused_privately_with_who_may(town: Town):
    told = town.command(PRIYA, "propose churn-v1")
    assert "You may not propose churn-v1: this is for the model's owners" in told
    assert f"Ask one of them: <@{ADA}>, <@{TOM}>" in told
    assert "RET-" not in told, "there is no retirement yet"
    assert PRIYA not in town.slack.views
    assert nothing_is_recorded(town)


def test_what_has_no_field_is_told_on_the_form_and_nothing_typed_is_lost(town: Town):
    town.opens(TOM, lambda: town.command(TOM, "propose churn-v1", opens_modal=True))
    town.learns(a_document("Resource", "churn-v1", "type: ai-model, owner: product", tier="3"))
    errors = town.submit(TOM, {**GOOD, "proposal.reason": "replaced", "proposal.target": "2026-05-04"})
    assert errors == {
        "proposal.model": "You may not propose churn-v1: this is for the model's owners. "
        "Ask one of them: @Priya Raman, @Felix Moreau"
    }
    assert TOM in town.slack.views
    assert nothing_is_recorded(town)


def test_the_form_offers_the_models_one_may_propose_and_any_as_successor(town: Town):
    screen = town.opens(TOM, lambda: town.command(TOM, "propose", opens_modal=True))
    offered = {
        block["block_id"]: [option["text"]["text"] for option in block["element"]["options"]]
        for block in screen.blocks
        if block["block_id"] in ("proposal.model", "proposal.successor")
    }
    assert "churn-v1" in offered["proposal.model"]
    assert "steep-recommender" not in offered["proposal.model"]
    assert "steep-recommender" in offered["proposal.successor"]


def test_who_owns_no_model_is_told_how_to_find_out_whom_to_ask(town: Town):
    told = town.command(INES, "propose")
    assert "There is no model you may propose to retire" in told
    assert "/retire propose MODEL says whom to ask" in told
    assert INES not in town.slack.views


def test_a_model_without_an_owner_cannot_be_proposed(town: Town):
    town.learns(a_document("Resource", "orphan", "type: ai-model, owner: nobody-knows", tier="3"))
    told = town.command(TOM, "propose orphan")
    assert "Cannot propose orphan" in told
    assert "nobody who can be reached owns it" in told
    assert "Give the model an owner in the catalog" in told
    assert TOM not in town.slack.views
    assert nothing_is_recorded(town)


def on_endpoints(errors: dict[str, str]) -> str:
    """What stands on the field of versions and deployments, and on no other."""
    ((block, said),) = errors.items()
    assert block.startswith("proposal.endpoints.")
    return said


def test_one_endpoint_cannot_be_retired_twice_at_once(town: Town):
    assert town.propose() == {}
    assert on_endpoints(town.propose()) == (
        "being retired already: churn-v1-prod by RET-1. Leave out what is; /retire show RET-1 tells of it"
    )
    assert town.bot.store.streams("RET-") == ("RET-1",)
    town.command(TOM, "cancel RET-1 not yet")
    assert town.propose() == {}
    assert town.retirement("RET-2").state is State.PROPOSED


def test_an_endpoint_of_another_retirement_is_told_on_its_field_when_a_plan_is_changed(town: Town):
    document = "type: model-server, owner: growth-ml, dependsOn: ['resource:churn-v1']"
    town.learns(a_document("Component", "churn-v1-eu", document))
    for endpoint in ("churn-v1-prod", "churn-v1-eu"):
        assert town.propose(**{"proposal.endpoints": [f"component:default/{endpoint}"]}) == {}
    town.opens(TOM, lambda: town.press(TOM, town.card("RET-2"), "proposal.revise"))
    both = [f"component:default/{endpoint}" for endpoint in ("churn-v1-prod", "churn-v1-eu")]
    said = on_endpoints(town.submit(TOM, {"proposal.endpoints": both}))
    assert (
        said
        == "being retired already: churn-v1-prod by RET-1. Leave out what is; /retire show RET-1 tells of it"
    )
    assert TOM in town.slack.views, "what was typed is still there"


def test_names_that_begin_alike_are_left_alone(town: Town):
    town.propose("churn-v1")
    subject = town.retirement().plan.subject
    assert [endpoint.name for endpoint in subject.endpoints] == ["churn-v1-prod"]
    assert "crm-export" not in town.thread(), "it depends on churn"
    assert "sunday-mailer" not in town.thread(), "it depends on churn_nightly"


def test_choosing_another_model_redraws_its_endpoints_and_keeps_what_was_typed(town: Town):
    town.opens(TOM, lambda: town.command(TOM, "propose", opens_modal=True))
    town.slack.fill(TOM, {"proposal.why": "typed before choosing"})
    before = town.slack.views[TOM].hash
    town.slack.select(TOM, "proposal.model", "resource:default/churn-v1")
    town.slack.wait_for(lambda: town.slack.views[TOM].hash != before)
    assert "churn-v1-prod" in words(town.slack.views[TOM].content)
    assert town.slack.views[TOM].state["proposal.why"]["proposal.why"]["value"] == "typed before choosing"


def test_more_than_a_hundred_models_are_searched(town: Town):
    many = [
        a_document("Resource", f"blend-{number}", "type: ai-model, owner: growth-ml", tier="3")
        for number in range(101)
    ]
    town.learns(*many)
    town.opens(TOM, lambda: town.command(TOM, "propose", opens_modal=True))
    offered = town.slack.suggest(TOM, "proposal.model_search", "blend-10")
    assert [option["text"]["text"] for option in offered] == ["blend-10", "blend-100"]
    before = town.slack.views[TOM].hash
    town.slack.select(TOM, "proposal.model_search", "resource:default/blend-100")
    town.slack.wait_for(lambda: town.slack.views[TOM].hash != before)
    filled = {"proposal.reason": "cost", "proposal.why": "nobody asks it", "proposal.target": "2026-05-04"}
    assert town.submit(TOM, filled) == {}
    assert town.retirement().plan.subject.model_name == "blend-100"


def test_the_card_has_who_what_why_the_dated_plan_and_whom_it_hits_by_team(town: Town):
    town.propose(target="2026-05-04")
    card = words(town.card())
    for said in (
        "<@U01TOMBIRCH>",
        "churn-v1 (tier 3)",
        "*Successor* churn-v2",
        "churn-v2 is better on every segment",
        "2026-03-16 *announce*",
        "2026-05-04 *disable*",
        "*Letters* (2): save-offer-service, win-back-mailer",
    ):
        assert said in card
    assert buttons(town.card()) == ["vote.approve", "vote.reject", "vote.abstain", "proposal.revise"]
    assert "account-page via save-offer-service" in town.thread()


def test_the_form_that_changes_a_plan_shows_the_days_of_the_policy_s_zone(tmp_path: Path):
    with Town(tmp_path, policy=f'{POLICY}[steps]\nzone = "Pacific/Auckland"\n', serves=False) as town:
        town.pass_time(hours=6)
        town.propose(target="2026-05-20")
        town.approve(ADA, MINA)
        form = town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
        assert "Today is 2026-03-03" in str(form.content)
        assert town.submit(TOM, {}) == {
            "proposal.target": "nothing in the plan has changed: change what has to change, or close the form; "
            "its votes stand"
        }
        assert [ballot.voter_id for ballot in town.retirement().round.ballots] == [ADA, MINA]


def test_a_policy_no_group_can_satisfy_is_refused_with_the_role_that_is_short(tmp_path: Path):
    policy = f"""
name = "nobody"
[channels]
governance = "{GOVERNANCE}"
[roles.ethics]
groups = ["ethics-board"]
approvals = 2
"""
    with Town(tmp_path, policy=policy) as town:
        (told,) = town.propose().values()
        assert "ethics needs 2 and 0 can vote (ethics-board)" in told
        assert TOM in town.slack.views, "with what was typed"
        assert nothing_is_recorded(town)


REGULATED = """
[roles.owner]
groups = ["model.owner"]
[roles.legal]
people = ["{sam}"]
regulated = true
[regulated]
notice_days = 60
"""


def test_a_regulated_model_needs_its_own_role_and_more_notice(tmp_path: Path):
    with Town(tmp_path, policy=f"{POLICY}{REGULATED.format(sam=SAM)}") as town:
        v1 = "type: ai-model, owner: growth-ml"
        town.learns(a_document("Resource", "churn-v1", v1, regulated="EU AI Act, annex III", tier="3"))
        refused = town.propose()["proposal.target"]
        assert "tier 3, regulated by EU AI Act, annex III, needs 60 days of notice" in refused
        assert town.submit(TOM, {"proposal.target": "2026-06-30"}) == {}
        assert "(tier 3, regulated: EU AI Act, annex III)" in words(town.card())
        assert "*legal* 0 of 1" in words(town.card())
        town.approve(ADA)
        assert town.retirement().state is State.PROPOSED
        town.approve(SAM)
        assert "counts: approve as legal" in town.told(SAM)
