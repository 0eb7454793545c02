"""Who depends on what, how far away and along which path; and what a retirement counts as a consumer."""

from __future__ import annotations

import time

import networkx as nx
import pytest

from data.catalog.graph import Dependant, Graph
from data.catalog.lineage import Lineage
from data.catalog.things import Things
from data.records.catalog import Dependency, EndpointKind, Entity, Kind
from tests.data.catalogs import things_of

KINDS = {"m": Kind.MODEL, "v": Kind.VERSION, "e": Kind.ENDPOINT, "c": Kind.CONSUMER}


def an_entity(name: str, **facts: object) -> Entity:
    """Its kind is its first letter: m1 is a model, v1 a version, e1 an endpoint, c1 a consumer."""
    return Entity(id=f"x:default/{name}", kind=KINDS[name[0]], name=name, **facts)  # type: ignore[arg-type]


def a_catalog(*edges: str, **facts: dict[str, object]) -> tuple[list[Entity], list[Dependency]]:
    """Edges are written "c1 e1": c1 depends on e1."""
    names = dict.fromkeys(name for edge in edges for name in edge.split())
    return (
        [an_entity(name, **facts.get(name, {})) for name in names],
        [
            Dependency(from_id=f"x:default/{a}", to_id=f"x:default/{b}")
            for a, b in (edge.split() for edge in edges)
        ],
    )


def a_lineage(*edges: str) -> Things:
    return things_of(*a_catalog(*edges))


def told(dependants: tuple[Dependant, ...]) -> dict[str, str]:
    return {
        dependant.id.rpartition("/")[2]: " ".join(node.rpartition("/")[2] for node in dependant.path)
        for dependant in dependants
    }


def consumers(lineage: Things, model: str, *endpoints: str) -> dict[str, str]:
    chosen = [f"x:default/{name}" for name in endpoints] if endpoints else None
    return told(lineage.consumers_of(f"x:default/{model}", chosen))


def test_dependants_come_nearest_first_with_a_shortest_path():
    lineage = a_lineage("c2 c1", "c1 m1", "c3 c2", "c3 m1", "c4 c3")
    assert lineage.graph.dependants("x:default/m1") == (
        Dependant(id="x:default/c1", distance=1, path=("x:default/c1", "x:default/m1")),
        Dependant(id="x:default/c3", distance=1, path=("x:default/c3", "x:default/m1")),
        Dependant(id="x:default/c2", distance=2, path=("x:default/c2", "x:default/c1", "x:default/m1")),
        Dependant(id="x:default/c4", distance=2, path=("x:default/c4", "x:default/c3", "x:default/m1")),
    )


def test_the_answer_does_not_depend_on_the_order_of_the_edges():
    edges = ["c3 c1", "c3 c2", "c1 m1", "c2 m1", "c4 c3"]
    assert a_lineage(*edges).graph.dependants("x:default/m1") == a_lineage(*edges[::-1]).graph.dependants(
        "x:default/m1"
    )


def test_a_cycle_and_a_self_loop_end():
    lineage = a_lineage("c1 m1", "c1 c3", "c2 c1", "c3 c2", "c3 c3")
    assert told(lineage.graph.dependants("x:default/m1")) == {
        "c1": "c1 m1",
        "c2": "c2 c1 m1",
        "c3": "c3 c2 c1 m1",
    }


def test_what_calls_an_endpoint_depends_on_the_model_directly():
    lineage = a_lineage("e1 m1", "c1 e1", "c2 m1", "c3 c1")
    assert consumers(lineage, "m1") == {"c1": "c1 e1", "c2": "c2 m1", "c3": "c3 c1 e1"}


def test_retiring_some_endpoints_reaches_only_their_consumers_and_the_models_own():
    lineage = a_lineage("e1 m1", "e2 m1", "c1 e1", "c2 e2", "c3 m1")
    assert consumers(lineage, "m1", "e1") == {"c1": "c1 e1", "c3": "c3 m1"}


def test_an_endpoint_that_stays_is_a_consumer_when_it_calls_one_that_goes():
    lineage = a_lineage("e1 m1", "e2 m1", "e2 e1", "c2 e2")
    assert consumers(lineage, "m1", "e1") == {}
    assert [
        dependant.id
        for dependant in a_lineage("e1 m1", "e2 m2", "e2 e1", "c2 e2").consumers_of("x:default/m1")
    ] == [
        "x:default/e2",
        "x:default/c2",
    ]


def test_a_fine_tuned_model_is_a_consumer_and_so_is_who_calls_it():
    lineage = a_lineage("e1 m1", "m2 m1", "e2 m2", "c2 e2")
    assert consumers(lineage, "m1") == {"m2": "m2 m1", "c2": "c2 e2 m2 m1"}


def test_a_shared_server_is_split_by_model_and_left_to_people():
    server = {"endpoint_kind": EndpointKind.LOCAL, "endpoint_ref": "rack-1"}
    lineage = things_of(*a_catalog("e1 m1", "e1 m2", "c1 e1", e1=server))
    nodes = {one.rpartition("/")[2]: lineage[one] for one in lineage}
    assert {name: entity.model_id for name, entity in nodes.items() if entity.kind == Kind.ENDPOINT} == {
        "e1": "",
        "e1#m1": "x:default/m1",
        "e1#m2": "x:default/m2",
    }
    assert {nodes[name].endpoint_kind for name in ("e1", "e1#m1", "e1#m2")} == {EndpointKind.MANUAL}
    assert nodes["e1#m1"].endpoint_ref == "rack-1: m1 only, it serves other models too"
    assert lineage.endpoints_of("x:default/m1") == ("x:default/e1#m1",)
    assert consumers(lineage, "m1") == {"c1": "c1 e1"}


def test_two_endpoints_with_one_switch_and_two_models_are_left_to_people():
    same = {"endpoint_kind": EndpointKind.SAGEMAKER, "endpoint_ref": "prod"}
    lineage = things_of(
        *a_catalog("e1 m1", "e2 m2", "e3 m3", e1=same, e2=same, e3={**same, "endpoint_ref": "x"})
    )
    kinds = {lineage[one].name: lineage[one].endpoint_kind.value for one in lineage.endpoints}
    assert kinds == {"e1": "manual", "e2": "manual", "e3": "sagemaker"}


def test_names_that_begin_alike_are_not_mixed_up():
    lineage = a_lineage("c1 m", "c2 m-v2", "c3 m_nightly", "e-m m", "c4 e-m")
    assert set(consumers(lineage, "m")) == {"c1", "c4"}


def test_edges_to_what_nobody_declares_are_left_out():
    entities, edges = a_catalog("c1 m1")
    lineage = things_of(entities[:1], edges)
    assert list(lineage.edges()) == list(Lineage.of(lineage).edges) == []
    assert lineage.consumers_of("x:default/m1") == ()
    assert lineage.endpoints_of("x:default/m1") == ()


def test_it_is_a_networkx_graph_from_dependent_to_dependency():
    things = a_lineage("c1 c2", "c2 m1", "c1 m1")
    lineage = Lineage.of(things)
    assert nx.ancestors(lineage, "x:default/m1") == set(things.graph.reached("x:default/m1"))
    assert isinstance(lineage.copy(), Lineage)
    assert lineage.nodes["x:default/m1"] == {"kind": Kind.MODEL, "name": "m1", "model_id": ""}


@pytest.mark.parametrize("count", [30_000])
def test_a_model_with_tens_of_thousands_of_dependants_is_answered_within_a_second(count: int):
    graph = Graph.of({"c0": ["m"], **{f"c{n}": [f"c{n // 7}"] for n in range(1, count)}})
    start = time.perf_counter()
    found = graph.dependants("m")
    assert time.perf_counter() - start < 1
    assert len(found) == count


def test_versions_retire_with_their_model_and_what_serves_one_serves_the_model():
    version = {"model_id": "x:default/m1"}
    entities, edges = a_catalog(
        "e1 v1", "e2 v2", "c1 v1", "c2 e2", "v3 v2", "c3 v3", "m1 c4", v1=version, v2=version
    )
    lineage = things_of(entities, edges)
    assert lineage.endpoints_of("x:default/m1") == ("x:default/e1", "x:default/e2")
    assert consumers(lineage, "m1") == {"c1": "c1 v1", "c2": "c2 e2", "v3": "v3 v2", "c3": "c3 v3 v2"}
    assert consumers(lineage, "m1", "e1") == {"c1": "c1 v1", "v3": "v3 v2", "c3": "c3 v3 v2"}


def test_versions_of_a_model_built_on_this_one_are_passed_through():
    entities, edges = a_catalog("m2 m1", "v2 m2", "c2 v2", v2={"model_id": "x:default/m2"})
    assert consumers(things_of(entities, edges), "m1") == {"m2": "m2 m1", "c2": "c2 v2 m2 m1"}
