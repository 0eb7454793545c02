"""An endpoint of a plan begins to serve another model as well: switching it off would take that one down."""

from __future__ import annotations

from data.records.progress import StepKind
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.town import TOM, Town

V1 = "churn-v1-prod"
SERVES = "type: model-server, lifecycle: production, owner: growth-ml, dependsOn: ['resource:churn-v1'{}]"


def serves(town: Town, more: str = "") -> None:
    town.learns(a_document("Component", V1, SERVES.format(more), endpoint_kind="local", endpoint_ref=V1))
    town.settle()


def shared(town: Town) -> None:
    """On the last day of service, everybody has moved."""
    town.serve()
    town.announce()
    town.everybody_moves()
    serves(town, ", 'resource:churn_nightly'")
    town.pass_time(days=55)
    assert town.retirement().state is State.MIGRATING
    assert town.endpoints.describe(V1) == "serving"


def test_it_is_not_switched_off_and_says_which_model_it_would_take_down(town: Town):
    shared(town)
    why = (
        "by the catalog only people may switch off churn-v1-prod, which serves churn_nightly as well, by now: press "
        "Edit plan on the card for a new vote on that, or correct the catalog and import it"
    )
    assert town.retirement().progress(StepKind.DISABLE).held_by == (why,)


def test_a_catalog_that_is_corrected_lets_it_go_on(town: Town):
    shared(town)
    serves(town)
    town.pass_time(days=1)
    assert town.retirement().state is State.DISABLED
    assert town.endpoints.describe(V1) == "disabled"


def test_a_new_plan_has_people_switch_off_its_part_alone(town: Town):
    shared(town)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-08-03"}) == {}
    (endpoint,) = town.retirement().plan.subject.endpoints
    assert (endpoint.id, endpoint.kind) == ("component:default/churn-v1-prod#churn-v1", "manual")
