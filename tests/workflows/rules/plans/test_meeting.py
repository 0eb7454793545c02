"""Which retirements have to do with each other, and what they have in common, seen from either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from data.records.retirement import Retirement, State
from tests.builders import BILLING, CRM, a_plan, a_proposed, a_subject
from workflows.rules.plans.meeting import between, meetings, meets, met

OURS = a_proposed().state
CHURN, NEXT = "component:default/churn", "component:default/churn-2"


def another(number: int = 2, *, state: State = State.MIGRATING, **plan: Any) -> Retirement:
    """Of a model that has nothing to do with ours, unless it is said."""
    known: dict[str, Any] = {
        "subject": a_subject(model_id="component:default/eta", model_name="eta"),
        "successor_id": "component:default/eta-2",
        "successor_name": "eta-2",
        "consumer_ids": ("component:default/courier",),
    }
    return replace(OURS, id=f"RET-{number}", state=state, plan=a_plan(**{**known, **plan}))


def common(other: Retirement, id_of: Callable[[str], str] = str) -> dict[str, Any]:
    if (found := between(OURS, other, id_of)) is None:
        return {}
    said = {name: getattr(found, name) for name in found.__struct_fields__ if name != "other"}
    return {name: value for name, value in said.items() if value}


def test_what_has_nothing_in_common_does_not_meet():
    assert between(OURS, another(), str) is None
    assert between(another(), OURS, str) is None


@pytest.mark.parametrize(
    ("plan", "ours", "theirs"),
    [
        pytest.param({"consumer_ids": (BILLING, CRM, "x")}, {"consumers": ("billing-etl", "crm-sync")},
                     {"consumers": ("billing-etl", "crm-sync")}, id="consumers"),
        pytest.param({"successor_id": NEXT}, {"has_same_successor": True}, {"has_same_successor": True},
                     id="one successor"),
        pytest.param({"subject": a_subject(model_id=NEXT)}, {"takes_our_successor": True},
                     {"we_take_its_successor": True}, id="it retires our successor"),
        pytest.param({"subject": a_subject(model_id=BILLING)}, {"takes_our_consumer": True},
                     {"we_take_its_consumer": True}, id="it retires our consumer"),
        pytest.param({"subject": a_subject()}, {}, {}, id="other endpoints of the same model"),
    ],
)  # fmt: skip
def test_what_they_have_in_common_is_seen_from_both(plan, ours, theirs):
    other = another(**plan)
    assert common(other) == ours
    seen_from_there = between(other, OURS, str)
    assert seen_from_there is not None
    assert all(getattr(seen_from_there, name) == value for name, value in theirs.items())


def test_without_a_successor_two_do_not_meet_for_that():
    assert not meets(CHURN, "", (), another(successor_id="").plan)


@pytest.mark.parametrize("state", [State.ARCHIVED, State.WITHDRAWN, State.CANCELLED, State.ROLLED_BACK])
def test_one_that_ended_meets_nobody(state):
    assert meetings(OURS, [OURS, another(state=state, consumer_ids=(BILLING,))], str) == ()


def test_all_under_way_are_found_and_never_oneself():
    every = [OURS, another(2, consumer_ids=(BILLING,)), another(3), another(4, successor_id=NEXT)]
    assert [found.other.id for found in meetings(OURS, every, str)] == ["RET-2", "RET-4"]


@pytest.mark.parametrize(
    ("plan", "known_as"),
    [
        ({"consumer_ids": ("csv:billing",)}, {"consumers": ("billing-etl",)}),
        ({"successor_id": "mlflow:churn-2"}, {"has_same_successor": True}),
        ({"subject": a_subject(model_id="mlflow:churn-2")}, {"takes_our_successor": True}),
        ({"subject": a_subject(model_id="csv:billing")}, {"takes_our_consumer": True}),
    ],
    ids=["a consumer", "the successor", "what retires is our successor", "what retires is our consumer"],
)
def test_what_the_catalog_has_under_another_id_by_now_is_the_same(plan: Any, known_as: dict[str, Any]):
    now = {"csv:billing": BILLING, "mlflow:churn-2": NEXT}
    other = another(**plan)
    assert common(other, lambda one: now.get(one, one)) == known_as
    assert common(other) == {}
    assert met(a_subject(), NEXT, OURS.impact, [other], lambda one: now.get(one, one)) == {"RET-2": "CGOV"}
