"""Which retirements have to do with each other, and what they have in common, seen from either."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from data.records.retirement import Retirement, State
from tests.builders import BILLING, CRM, a_plan, a_proposed, a_subject
from workflows.rules.meeting import between, meetings, meets, met

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


def common(other: Retirement) -> dict[str, Any]:
    found = between(OURS, other)
    assert found is not None
    said = {name: getattr(found, name) for name in found.__struct_fields__ if name != "other"}
    return {name: value for name, value in said.items() if value}


def test_what_has_nothing_in_common_does_not_meet():
    assert between(OURS, another()) is None
    assert between(another(), OURS) is None


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
    seen_from_there = between(other, OURS)
    assert seen_from_there is not None
    assert all(getattr(seen_from_there, name) == value for name, value in theirs.items())


def test_without_a_successor_two_do_not_meet_for_that():
    assert not meets(CHURN, "", (), another(successor_id="").plan)


@pytest.mark.parametrize("state", [State.ARCHIVED, State.WITHDRAWN, State.CANCELLED, State.ROLLED_BACK])
def test_one_that_ended_meets_nobody(state):
    assert meetings(OURS, [OURS, another(state=state, consumer_ids=(BILLING,))]) == ()


def test_all_under_way_are_found_and_never_oneself():
    every = [OURS, another(2, consumer_ids=(BILLING,)), another(3), another(4, successor_id=NEXT)]
    assert [found.other.id for found in meetings(OURS, every)] == ["RET-2", "RET-4"]


def test_a_consumer_that_the_catalog_has_under_another_id_by_now_is_hit_by_both():
    other = replace(another(consumer_ids=("csv:billing",)), reads_as={"csv:billing": BILLING})
    assert common(other) == {"consumers": ("billing-etl",)}
    assert met(a_subject(), NEXT, OURS.impact, [other]) == {"RET-2": "CGOV"}
