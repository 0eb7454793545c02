"""May these dependencies attach? As the state of the last retirement of what they lead to permits."""

from __future__ import annotations

import pytest

from data.records.catalog import Dependency
from data.records.retirement import Retirement, State
from tests.builders import LIVE, a_plan
from workflows.rules.consumers.attaching import Verdict, Ways, attachments, leads_to, ways
from workflows.rules.lifecycle import PERMITS

MODEL = "component:default/churn"


def an_edge(to_id: str = MODEL) -> Dependency:
    return Dependency(from_id="component:default/new", to_id=to_id)


def a_retirement(state: State, number: int = 1) -> Retirement:
    return Retirement(id=f"RET-{number}", state=state, plan=a_plan())


def verdicts(*states: State, to_id: str = MODEL, is_known: bool = False) -> list[Verdict]:
    edge = an_edge(to_id)
    retirements = [a_retirement(state, number) for number, state in enumerate(states, start=1)]
    known = [(edge.from_id, edge.to_id)] if is_known else []
    parts = {"component:default/version": [MODEL]}
    return [one.verdict for one in attachments([edge], retirements, known, parts, {})]


@pytest.mark.parametrize("state", State)
def test_a_new_dependency_is_judged_as_the_table_of_states_says(state: State) -> None:
    expected = {"yes": [], "warned": [Verdict.WARNED], "no": [Verdict.REFUSED]}
    assert verdicts(state) == expected[PERMITS[state].attach]


def test_what_depends_already_has_to_move_and_is_not_refused() -> None:
    assert verdicts(State.MIGRATING, is_known=True) == [Verdict.KNOWN]


def test_an_endpoint_that_retires_is_the_model_and_other_things_are_not() -> None:
    assert verdicts(State.APPROVED, to_id=LIVE.id) == [Verdict.REFUSED]
    assert verdicts(State.APPROVED, to_id=f"{MODEL}-2") == []


def test_a_version_retires_with_its_model() -> None:
    assert verdicts(State.APPROVED, to_id="component:default/version") == [Verdict.REFUSED]


@pytest.mark.parametrize(
    ("to_id", "expected"),
    [
        pytest.param("arn:churn", ["component:default/churn"], id="the model by its other id"),
        pytest.param("mlflow:churn/1", ["arn:churn", "component:default/churn"], id="a version of it"),
        pytest.param("arn:server", ["arn:server#m", "component:default/server"], id="a server it shares"),
        pytest.param("component:default/server", ["arn:server", "arn:server#m"], id="that by its other id"),
        pytest.param("component:default/other", [], id="anything else"),
    ],
)
def test_whatever_a_catalog_calls_it_by_now_it_leads_to_what_was_voted_on(
    to_id: str, expected: list[str]
) -> None:
    groups = [("arn:churn", "component:default/churn"), ("arn:server", "component:default/server")]
    same = {one: ids for ids in groups for one in ids}
    found = leads_to(
        to_id,
        same=lambda one: same.get(one, (one,)),
        servers={"arn:server#m": "arn:server"},
        models={"mlflow:churn/1": "arn:churn"},
    )
    assert sorted(found - {to_id}) == expected


def test_the_last_retirement_of_a_model_counts() -> None:
    assert verdicts(State.CANCELLED, State.MIGRATING) == [Verdict.REFUSED]
    assert verdicts(State.MIGRATING, State.ROLLED_BACK) == []


def test_an_endpoint_the_plan_spares_does_not_lead_to_the_model_it_serves_but_beyond_it() -> None:
    uses = {"end": {"model"}, "model": {"base"}}
    assert ways("end", uses, [("end", "model")]) == Ways(beyond=("base",))
    assert ways("end", uses, []) == Ways(beyond=("model", "base"))


def test_an_api_stands_for_what_provides_it_and_anything_else_for_itself() -> None:
    uses = {"api:a": {"api:b"}, "api:b": {"end"}, "end": {"model"}, "app": {"api:a"}}
    assert ways("api:a", uses, []) == Ways(provided_by=("api:b", "end"), beyond=("model",))
    assert ways("app", uses, []) == Ways(beyond=("api:a", "api:b", "end", "model"))
