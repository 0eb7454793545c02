"""The form opens at once, follows the model, tells what is wrong on its field, and is kept as filled in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.views.proposing.proposal_modal import endpoints_block
from data.records.base import Prose
from data.records.plan import Reason
from tests.bot.listeners.desk import CHURN, CHURN_2, TOM, Desk
from tests.fakes.slack import into_bolt
from workflows.commands import Propose, Revise

FILLED = {
    "proposal.reason": "replaced",
    "proposal.successor": CHURN_2,
    "proposal.why": "churn-v2 is better",
    "proposal.target": "2026-12-01",
}
ENDPOINT = "component:default/churn-v1-prod"


def errors(desk: Desk, values: dict[str, Any]) -> dict[str, str]:
    answer = desk.slack.submit(TOM, values)
    assert answer.body["response_action"] == "errors"
    return dict(answer.body["errors"])


def test_the_form_opens_with_the_first_call_after_the_command(desk: Desk) -> None:
    desk.type("propose churn-v1")

    desk.modal()
    assert [call.method for call in desk.slack.calls] == ["views.open"]


def test_what_is_submitted_is_kept_with_exact_ids(desk: Desk) -> None:
    desk.type("propose churn-v1")
    desk.modal()

    answer = desk.slack.submit(TOM, FILLED)

    assert (answer.status, answer.body) == (200, None)
    wish = Propose(
        by=TOM,
        model_id=CHURN,
        endpoint_ids=(ENDPOINT,),
        successor_id=CHURN_2,
        reason=Reason.REPLACED,
        why=Prose(prose="churn-v2 is better"),
        target_on=date(2026, 12, 1),
    )
    assert desk.kept() == [("RET-*", wish)]
    assert TOM not in desk.slack.views


def test_everything_wrong_is_told_on_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    desk.type("propose churn-v1")
    desk.modal()

    found = errors(desk, {**FILLED, "proposal.successor": None, "proposal.target": "2026-03-03"})

    assert found == {
        "proposal.successor": 'the reason "replaced" needs a successor',
        "proposal.target": found["proposal.target"],
    }
    assert "days of notice" in found["proposal.target"]
    assert desk.slack.views[TOM].state["proposal.why"]["proposal.why"]["value"] == "churn-v2 is better"
    assert desk.kept() == []


def test_a_form_whose_answer_was_lost_is_submitted_again_and_proposes_once(desk: Desk) -> None:
    desk.type("propose churn-v1")
    desk.modal()
    hears = into_bolt(desk.bot.app)

    def dies_before_it_answers(body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        assert hears(body, headers)[0] == 200
        return 503, {}, ""

    desk.slack.attach(dies_before_it_answers)
    assert not desk.slack.submit(TOM, FILLED).ok
    desk.bot.dispatcher.until_idle()
    assert desk.bot.store.streams("RET-") == ("RET-1",)

    desk.slack.attach(hears)
    assert desk.slack.submit(TOM).body is None
    assert TOM not in desk.slack.views
    desk.bot.dispatcher.until_idle()
    assert desk.bot.store.streams("RET-") == ("RET-1",)


def test_no_endpoint_chosen_is_not_taken_for_all_of_them(desk: Desk) -> None:
    desk.type("propose churn-v1")
    desk.modal()

    found = errors(desk, {**FILLED, "proposal.endpoints": []})

    assert found == {endpoints_block(CHURN): "choose at least one endpoint"}


def test_choosing_another_model_shows_its_endpoints_and_keeps_what_was_typed(desk: Desk) -> None:
    desk.type("propose churn-v1")
    opened = desk.modal()
    desk.slack.fill(TOM, {"proposal.why": "costs too much", "proposal.reason": "cost"})
    before = opened.hash

    desk.slack.select(TOM, "proposal.model", CHURN_2)

    desk.slack.wait_for(lambda: desk.modal().hash != before)
    values = desk.modal().state
    assert endpoints_block(CHURN_2) in values
    assert endpoints_block(CHURN) not in values
    assert values["proposal.why"]["proposal.why"]["value"] == "costs too much"
    desk.slack.submit(TOM, {"proposal.target": "2026-12-01"})
    ((_, kept),) = desk.kept()
    assert isinstance(kept, Propose)
    assert (kept.model_id, kept.endpoint_ids) == (CHURN_2, ("component:default/churn-v2-prod",))


def test_without_a_model_the_form_asks_for_one(desk: Desk) -> None:
    desk.type("propose")

    assert "proposal.model" in desk.modal().state


def test_a_revision_begins_with_the_plan_and_is_kept_for_the_same_retirement(desk: Desk) -> None:
    desk.propose(CHURN)
    desk.press("proposal.revise", "RET-1")
    values = desk.modal().state
    assert values["proposal.target"]["proposal.target"]["selected_date"] == "2026-12-01"
    assert values["proposal.reason"]["proposal.reason"]["selected_option"]["value"] == "business"

    desk.slack.submit(TOM, {"proposal.target": "2027-01-04"})

    ((stream, kept),) = desk.kept()
    assert stream == "RET-1"
    assert kept == Revise(
        by=TOM,
        endpoint_ids=(ENDPOINT,),
        reason=Reason.BUSINESS,
        why=Prose(prose="nobody asks it"),
        target_on=date(2027, 1, 4),
    )


def test_a_late_trigger_is_answered_with_what_to_do(desk: Desk) -> None:
    desk.slack.fail_next("views.open", "error:expired_trigger_id")

    desk.type("propose churn-v1")

    assert desk.told() == (
        ":no_entry: Slack gives a window three seconds to open, and they were over. Press again"
    )


@pytest.mark.parametrize("search", ["proposal.model_search", "proposal.successor_search"])
def test_a_search_offers_what_contains_the_text(desk: Desk, search: str) -> None:
    """With more than a hundred models the form searches; Slack asks us with what was typed."""
    select = {
        "type": "external_select",
        "action_id": search,
        "min_query_length": 1,
        "placeholder": {"type": "plain_text", "text": "?"},
    }
    field = {
        "type": "input",
        "block_id": search,
        "element": select,
        "label": {"type": "plain_text", "text": "?"},
    }
    desk.type("propose")
    view = {**desk.modal().content, "blocks": [field]}
    desk.client.views_update(view_id=desk.modal().id, view=view)

    offered = desk.slack.suggest(TOM, search, "churn-v")

    assert [option["value"] for option in offered] == [CHURN, CHURN_2, "resource:default/churn-v3"]
