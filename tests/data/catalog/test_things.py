"""However the catalog came to stand as it does, what is told of it is the same, and what was told before stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog.declared import Declared, Told
from data.catalog.graph import Dependant, Graph
from data.catalog.layered import TOP_MIN, Layered
from data.catalog.lineage import Lineage
from data.catalog.statements import Calls, Seen, dependencies
from data.catalog.things import Things
from data.records.catalog import Dependency, EndpointKind, Entity, Kind
from tests.data import plainly
from tests.data.catalogs import stated

# So few that what is drawn meets: servers of several models, versions of what is a model no more, circles.
MODELS = ("x/m1", "x/m2", "y/m1")
IDS = (*MODELS, "x/v1", "x/v2", "x/e1", "x/e2", "x/c1", "x/c2", "x/e1#m1", "x/e1#m2")

entities = st.builds(
    Entity,
    id=st.sampled_from(IDS),
    kind=st.sampled_from((Kind.MODEL, Kind.MODEL, Kind.VERSION, Kind.ENDPOINT, Kind.ENDPOINT, Kind.CONSUMER)),
    name=st.sampled_from(("one", "other")),
    model_id=st.sampled_from(("", *MODELS)),
    endpoint_kind=st.sampled_from(EndpointKind),
    endpoint_ref=st.sampled_from(("", "prod", "PROD", "arn:aws:sagemaker:eu:1:endpoint/prod")),
)
edges = st.lists(
    st.builds(
        Dependency,
        from_id=st.sampled_from(IDS),
        to_id=st.sampled_from(IDS),
        declared_in=st.sampled_from(("a:1", "b:2")),
        sources=st.sampled_from((("backstage",), ("csv",))),
    ),
    max_size=8,
)
calls = st.lists(
    st.builds(
        Seen,
        st.sampled_from(IDS),
        st.sampled_from(("csv", "openlineage")),
        st.builds(Calls, st.just("calls:1"), st.just(""), st.sampled_from(("", "2026-03-01")), st.none()),
    ),
    max_size=2,
    unique_by=lambda one: (one.to_id, one.source),
)


@st.composite
def tellings(draw: Any) -> Told:
    """What an import may leave: whatever is told of some ids replaces what was."""
    ids = sorted(draw(st.sets(st.sampled_from(IDS), min_size=1, max_size=6)))
    declared = {one: draw(entities) for one in ids if draw(st.integers(0, 3))}
    seen = {one: tuple(draw(calls)) for one in ids if not draw(st.integers(0, 3))}
    return Told(
        ids,
        {one: Entity(**{**_fields(entity), "id": one}) for one, entity in declared.items()},
        {one: found for one, found in stated(draw(edges)).items() if one in ids},
        {one: found for one, found in seen.items() if found},
    )


def _fields(entity: Entity) -> dict[str, Any]:
    return {name: getattr(entity, name) for name in entity.__struct_fields__}


def nothing() -> Things:
    return Things.of(Declared(Layered({}), Layered({}), Layered({})))


def anew(things: Things) -> Things:
    """From the same facts, all at once."""
    declared = things.declared
    return Things.of(
        Declared(
            Layered(dict(declared.entities)), Layered(dict(declared.stated)), Layered(dict(declared.seen))
        )
    )


def told(things: Things) -> dict[str, object]:
    """All that can be asked of it."""
    return {
        "things": {one: things[one] for one in things},
        "edges": {ends: things.dependency(*ends) for ends in things.edges()},
        "consumers": {one: things.consumers_of(one) for one in things},
        "of one endpoint": {
            (one, part): things.consumers_of(one, [part])
            for one in MODELS
            for part in things.endpoints_of(one)
        },
        "direct": {one: sorted(things.graph.direct(one)) for one in things},
    }


def told_plainly(things: Things) -> dict[str, object]:
    declared = things.declared
    every = [
        edge
        for one in sorted({*declared.stated, *declared.seen})
        for edge in dependencies(one, declared.stated.get(one, ()), declared.seen.get(one, ()))
    ]
    nodes, edges_there = plainly.serving(declared.entities.values(), every)
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges_there)

    def endpoints(one: str) -> list[str]:
        found = graph.pred[one] if one in graph else ()
        return sorted(it for it in found if nodes[it].kind is Kind.ENDPOINT and nodes[it].model_id == one)

    return {
        "things": nodes,
        "edges": edges_there,
        "consumers": {one: plainly.consumers_of(graph, nodes, one, None) for one in nodes},
        "of one endpoint": {
            (one, part): plainly.consumers_of(graph, nodes, one, [part])
            for one in MODELS
            for part in endpoints(one)
        },
        "direct": {one: sorted(graph.pred[one]) for one in nodes},
    }


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(tellings(), min_size=1, max_size=6))
def test_what_follows_from_what_changed_is_what_one_reading_of_all_of_it_gives(steps: list[Told]):
    things, before = nothing(), []
    for step in steps:
        things = things.changed(step)
        before.append((things, told(things)))
        assert told(things) == told(anew(things)) == told_plainly(things)
    for earlier, as_told in before:
        assert told(earlier) == as_told, "what was handed out stays as it was"


numbers = st.integers(0, 30)
changes = st.dictionaries(numbers, st.sets(numbers, max_size=4), max_size=5)


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(st.lists(changes, max_size=6), numbers, st.sets(numbers, max_size=5), st.booleans())
def test_paths_and_order_are_those_of_the_plain_walk(
    steps: list[dict[int, set[int]]], root: int, spared: set[int], is_compact: bool
):
    graph, plain = Graph.of({}), nx.DiGraph()
    for step in steps:
        ways = {name(one): {name(other) for other in others} for one, others in step.items()}
        graph = graph.changed(
            {one: (set(plain.succ[one]) if one in plain else set(), now) for one, now in ways.items()}
        )
        plain.remove_edges_from([ends for ends in plain.edges if ends[0] in ways])
        plain.add_edges_from((one, other) for one, others in ways.items() for other in others)
        graph = graph.compact() if is_compact else graph
    wanted = plainly.dependants(plain, name(root), spared=set(map(name, spared)))
    assert graph.dependants(name(root), spared=set(map(name, spared))) == wanted
    reached = graph.reached(name(root), spared=set(map(name, spared)))
    assert sorted(reached) == sorted(one.id for one in wanted)
    distances = {one.id: one.distance for one in wanted}
    assert [distances[one] for one in reached] == sorted(distances.values())


def name(number: int) -> str:
    """So that the order of names is not the order in which they come up."""
    return f"n{number * 7 % 31}"


def test_two_that_follow_the_same_graph_do_not_mix():
    graph = Graph.of({"a": ["m"]})
    one, other = (graph.changed({late: ([], ["m"])}) for late in ("b", "c"))
    assert [sorted(which.direct("m")) for which in (graph, one, other)] == [["a"], ["a", "b"], ["a", "c"]]
    assert graph.dependants("b") == ()
    assert one.changed({"d": ([], ["c"])}).dependants("m") == tuple(
        Dependant(id=late, distance=1, path=(late, "m")) for late in ("a", "b")
    )


def test_after_very_many_changes_it_is_still_the_same():
    names = [f"c{number}" for number in range(3 * TOP_MIN)]
    graph = Graph.of({"a": ["m"]})
    layered: Layered[str, int] = Layered({"a": 0})
    for number, late in enumerate(names):
        graph = graph.changed({late: ([], ["m", names[number // 2]])})
        layered = layered.changed({late: number, names[number // 3]: None})
    assert sorted(graph.direct("m")) == sorted(["a", *names])
    assert graph.dependants("m") == Graph.of(
        {"a": ["m"], **{late: ["m", names[number // 2]] for number, late in enumerate(names)}}
    ).dependants("m")
    gone = {names[number // 3] for number in range(len(names))}
    assert dict(layered) == {
        "a": 0,
        **{late: number for number, late in enumerate(names) if late not in gone},
    }
    assert list(layered) == sorted(layered)
    assert len(layered) == len(dict(layered))


def test_a_mapping_that_never_changes_says_what_is_there_and_what_is_not():
    first: Layered[str, int] = Layered({"a": 1, "b": 2})
    second = first.changed({"b": None, "c": 3})
    assert dict(first) == {"a": 1, "b": 2}
    assert (dict(second), len(second), "b" in second, second.get("b", 0)) == ({"a": 1, "c": 3}, 2, False, 0)
    assert second.changed({"b": 4}) == {"a": 1, "b": 4, "c": 3}
    assert first.changed({}) is first
    assert _raises(second, "b")
    assert _raises(second, "z")


def test_values_of_a_mapping_are_those_of_now_however_it_came_about():
    first: Layered[str, int] = Layered({"a": 1, "c": 2})
    second = first.changed({"b": 3, "c": None})
    assert (list(first.items()), list(first.values())) == ([("a", 1), ("c", 2)], [1, 2])
    assert (list(second.items()), list(second.values())) == ([("a", 1), ("b", 3)], [1, 3])


def test_an_edge_that_two_state_is_one_edge():
    graph = Graph.of({"a": ["m", "n", "m"], "b": ["m"]})
    assert (graph.direct("m"), graph.direct("n")) == (["a", "b"], ["a"])
    assert graph.changed({"a": ({"m", "n"}, {"n"})}).direct("m") == ["b"]


def test_what_nobody_declares_takes_its_place_in_order_of_ids():
    graph = Graph.of({"b": ["a", "z"], "c": ["a", "b"]}).changed({"a": ((), ("m",)), "z": ((), ("m",))})
    assert [one.id for one in graph.dependants("m")] == ["a", "z", "b", "c"]
    assert graph.dependants("m") == Graph.of(
        {"a": ["m"], "z": ["m"], "b": ["a", "z"], "c": ["a", "b"]}
    ).dependants("m")


def _raises(mapping: Layered[str, int], key: str) -> bool:
    try:
        mapping[key]
    except KeyError:
        return True
    return False


def lineage_edges(things: Things) -> Iterable[tuple[str, str]]:
    return Lineage.of(things).edges


def test_networkx_sees_the_same_edges():
    things = nothing().changed(
        Told(
            ("a", "b"),
            {one: Entity(id=one, kind=Kind.CONSUMER, name=one) for one in ("a", "b")},
            {"a": (("b", "csv", ""),)},
            {},
        )
    )
    assert list(lineage_edges(things)) == [("a", "b")]
