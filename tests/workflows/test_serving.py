"""What belongs to a model beside its plan, under whatever id the catalog has it by now."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.records.catalog import Dependency, EndpointKind, Entity, Kind
from data.records.parts import Part
from data.records.plan import Endpoint
from data.records.retirement import Retirement
from tests.workflows.test_observing import (
    BILLING,
    ENTITIES,
    LIVE,
    MODEL,
    OTHER,
    SHARED,
    a_snapshot,
    a_state,
    told,
)

VERSION = "mlflow:churn/1"
EU = Entity(id="component:default/churn-eu", kind=Kind.ENDPOINT, name="churn-eu")
SERVES_IT, SERVES_VERSION = (Dependency(from_id=EU.id, to_id=one) for one in (MODEL, VERSION))
FOUND = Part(id=EU.id, name="churn-eu", kind=Kind.ENDPOINT)
WITH_EU = (*ENTITIES, EU)


def knowing(*parts: Part, consumer_ids: tuple[str, ...] = (), spared: tuple[str, ...] = ()) -> Retirement:
    state = a_state(parts=parts)
    assert state.plan is not None
    subject = replace(state.plan.subject, spared=spared)
    return replace(state, plan=replace(state.plan, subject=subject, consumer_ids=consumer_ids))


@pytest.mark.parametrize("serves", [SERVES_IT, SERVES_VERSION], ids=["the model", "a version of it"])
def test_an_endpoint_that_the_plan_has_not_is_beside_it(serves: Dependency) -> None:
    there = a_snapshot(serves, entities=WITH_EU)
    assert told(there, knowing()).parts == (FOUND,)
    assert told(there, knowing(spared=(EU.id,))).parts == (), "it was left out on purpose"


def test_one_that_serves_another_model_is_none_of_it() -> None:
    assert told(a_snapshot(replace(SERVES_IT, to_id=OTHER), entities=WITH_EU), knowing()).parts == ()


def test_endpoints_of_the_plan_are_in_it_once_their_server_is_shared_or_is_not_any_more() -> None:
    alone = Dependency(from_id=LIVE, to_id=OTHER)
    assert told(a_snapshot(alone), a_state(LIVE, f"{SHARED}#churn")).parts == ()
    assert told(a_snapshot(), a_state(LIVE, SHARED)).parts == ()


def test_one_that_was_told_keeps_its_id_when_its_server_is_shared() -> None:
    there = a_snapshot(SERVES_IT, replace(SERVES_IT, to_id=OTHER), entities=WITH_EU)
    assert told(there, knowing(FOUND)).parts == (replace(FOUND, name="churn-eu#churn"),)
    assert told(there, knowing(spared=(EU.id,))).parts == ()


def test_one_that_was_told_keeps_its_id_when_another_catalog_tells_of_it() -> None:
    other = Entity(id="mlflow-endpoint:churn-eu", kind=Kind.ENDPOINT, name="churn-eu")
    joined = replace(EU, aliases=(other.id,))
    there = a_snapshot(SERVES_IT, entities=(*ENTITIES, joined, other))
    assert told(there, knowing(replace(FOUND, id=other.id))).parts == (replace(FOUND, id=other.id),)


def test_what_people_voted_on_as_a_consumer_is_asked_whatever_it_is_called_since() -> None:
    """A version of the model owes no answer otherwise, nor has an endpoint of it."""
    was_billing = replace(SERVES_IT, from_id=BILLING)
    serving = (*(one for one in ENTITIES if one.id != BILLING), replace(ENTITIES[5], kind=Kind.ENDPOINT))
    facts = told(a_snapshot(was_billing, entities=serving), knowing(consumer_ids=(BILLING, VERSION)))
    assert facts.parts == (
        Part(id=BILLING, name="billing", kind=Kind.ENDPOINT, consumer_id=BILLING),
        Part(id=VERSION, name="churn 1", kind=Kind.VERSION, consumer_id=VERSION),
    )
    assert [(one.consumer_id, one.owners.slack_ids, one.path) for one in facts.impact] == [
        (BILLING, ("UEDDY",), (BILLING, MODEL)),
        (VERSION, (), (VERSION, MODEL)),
    ]
    assert told(a_snapshot(was_billing, entities=serving), knowing()).impact == ()


def test_an_endpoint_that_serves_another_model_too_is_switched_off_by_no_adapter() -> None:
    driven = Endpoint(id=EU.id, name="churn-eu", kind=EndpointKind.LOCAL, ref="churn-eu")
    state = knowing()
    assert state.plan is not None
    subject = replace(state.plan.subject, endpoints=(driven,))
    state = replace(state, plan=replace(state.plan, subject=subject))
    alone = (*ENTITIES, replace(EU, endpoint_kind=EndpointKind.LOCAL, endpoint_ref="churn-eu"))
    assert told(a_snapshot(SERVES_IT, entities=alone), state).not_alone == {}
    both = (SERVES_IT, replace(SERVES_IT, to_id=OTHER))
    assert told(a_snapshot(*both, entities=alone), state).not_alone == {EU.id: "ranking"}
    quiet = tuple(replace(one, restricted_to=()) if one.id == OTHER else one for one in alone)
    assert told(a_snapshot(*both, entities=quiet), state).not_alone == {EU.id: "a restricted model"}
    same_switch = replace(ENTITIES[3], endpoint_kind=EndpointKind.LOCAL, endpoint_ref="churn-eu")
    elsewhere = (*(one for one in alone if one.id != SHARED), replace(same_switch, id="component:default/o"))
    twins = Dependency(from_id="component:default/o", to_id=OTHER)
    assert told(a_snapshot(SERVES_IT, twins, entities=elsewhere), state).not_alone == {EU.id: ""}


def test_an_id_with_the_sign_of_a_part_is_one_of_its_own() -> None:
    twins = tuple(replace(EU, id=f"urn:svc#{one}", name=one) for one in "ab")
    there = a_snapshot(*(replace(SERVES_IT, from_id=one.id) for one in twins), entities=(*ENTITIES, *twins))
    found = told(there, a_state(LIVE, f"{SHARED}#churn", "urn:svc#a")).parts
    assert found == (Part(id="urn:svc#b", name="b", kind=Kind.ENDPOINT),)
