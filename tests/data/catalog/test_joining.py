"""What several sources tell of one thing is one thing, whichever of them was imported first, and for as long as they
call it alike."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.catalog.joins import Joins
from data.catalog.layered import Layered
from data.catalog.snapshot import Snapshot
from data.importers.report import ImportReport, Reading
from data.records.artifacts import ArtifactClass, Classed, Reference
from data.records.catalog import Dependency, EndpointKind, Entity, Kind, Sighting
from data.records.checks import CheckAddress
from data.records.support import Support
from data.sqlite.store import SqliteStore
from tests.data.catalogs import MONDAY, NoRetirements

SOURCES = {
    "backstage": ("resource:d/m", "resource:d/n", "component:d/c"),
    "mlflow": ("mlflow:m", "mlflow:m/1", "mlflow:n"),
    "datahub": ("urn:m", "urn:n"),
    "sagemaker": ("arn:m", "arn:e"),
    "csv": ("csv:m", "csv:c", "csv:x"),
    "shared": ("component:d/s", "resource:d/s", "mlflow:s", "csv:n"),
}
PLACES = {"shared": "slack:C1/s.yaml"}
KINDS = {"m": Kind.MODEL, "n": Kind.MODEL, "1": Kind.VERSION, "e": Kind.ENDPOINT}
ANY_KIND = ("resource:d/n", "urn:n", "csv:x", "mlflow:s")
"""What a source may come to describe as another kind of thing."""
EVERY = sorted(one for ids in SOURCES.values() for one in ids)
NAMES = ("m", "n", "x", "X", "c", "mlflow:m", "URN:m", "resource:d/m", "arn:e", "csv:m")


@st.composite
def a_reading(draw: Any, source: str) -> Reading:
    """All things of a source, each time it is read: what they are called and depend on may differ."""
    ids = SOURCES[source]
    aliases = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
    entities = tuple(
        Entity(
            id=one,
            kind=draw(st.sampled_from((Kind.MODEL, Kind.CONSUMER)))
            if one in ANY_KIND
            else KINDS.get(one[-1], Kind.CONSUMER),
            name=draw(st.sampled_from(("m", "n", "c", one))),
            aliases=() if one.startswith("csv:") else draw(aliases),
            tier=draw(st.sampled_from((0, 0, 1, 2))),
            is_kind_guessed=one in ANY_KIND and draw(st.booleans()),
            owner_id=draw(st.sampled_from(("", "", "user:d/a", "user:d/b"))),
            successor_id=draw(st.sampled_from(("", "", *EVERY))),
            model_id="mlflow:m" if one == "mlflow:m/1" else "",
            declared_in=f"{PLACES.get(source, source)}:1",
        )
        for one in ids
    )
    ends = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(EVERY)), max_size=4, unique=True))
    ends = [(one, other) for one, other in ends if one != other]
    seen = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(EVERY)), max_size=1))
    return Reading(
        entities=entities,
        dependencies=tuple(
            Dependency(from_id=one, to_id=other, declared_in=f"{PLACES.get(source, source)}:2")
            for one, other in ends
        ),
        declared_by=tuple(one for one, _ in ends),
        sightings=tuple(
            Sighting(from_id=one, to_id=other, seen_in=f"{source}:3", last_seen="2026-03-01")
            for one, other in seen
            if one != other
        ),
        source_digest="sha256:0",
        roots=(f"/{source}",),
        files=dict.fromkeys(ids, f"/{source}"),
    )


def told(snapshot: Snapshot) -> dict[str, object]:
    """All that it answers, whatever its version is."""
    known = [one for one in snapshot.known() if isinstance(one, Entity)]
    return {
        "known": known,
        "doubts": dict(snapshot.joins.doubts),
        "same": {one: snapshot.id_of(one) for one in EVERY},
        "models": snapshot.models(),
        "edges": {ends: snapshot.dependency(*ends) for ends in snapshot.lineage.edges},
        "impact": {one: replace(snapshot.impact(one), catalog_version=0) for one in EVERY if one in snapshot},
        "who": {one.id: snapshot.responsible(one.id) for one in snapshot.models()},
        "reached": {one: sorted(snapshot.reached(one)) for one in EVERY if one in snapshot},
    }


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_the_catalog_is_the_same_whatever_was_imported_first_and_whatever_was_told_before(data: Any) -> None:
    last = {source: data.draw(a_reading(source), label=source) for source in SOURCES}
    # Calls that were seen are never undone, so they are the same each time.
    calls = {source: reading.sightings for source, reading in last.items()}
    earlier = data.draw(st.lists(st.sampled_from(sorted(SOURCES)).flatmap(a_reading), max_size=3))
    earlier = [replace(one, sightings=calls[one.roots[0][1:]]) for one in earlier]
    orders = [data.draw(st.permutations(sorted(SOURCES))) for _ in range(2)]
    found: list[dict[str, object]] = []
    for order in orders:
        with (
            TemporaryDirectory() as folder,
            closing(SqliteStore(Path(folder) / "e.db", NoRetirements())) as store,
        ):
            catalog = Catalog(store)
            for day, reading in enumerate([*(earlier if found else ()), *(last[source] for source in order)]):
                source = reading.roots[0][1:]
                catalog.import_(reading, format=source, now=MONDAY + timedelta(days=day))
                assert told(catalog.snapshot()) == told(Catalog(store).snapshot())
            found.append(told(catalog.snapshot()))
    assert found[0] == found[1]
    entities = [one for reading in last.values() for one in reading.entities]
    others = [one for one in entities if not one.declared_in.startswith("slack:")]
    assert parted(joins(*entities)) == parted(joins(*others))


def parted(found: Joins) -> tuple[object, ...]:
    """What is one with what, and in doubt, but for what was shared in Slack."""
    shared = {one for one, entity in found.entities.items() if entity.declared_in.startswith("slack:")}
    left = [tuple(one for one in ids if one not in shared) for ids in found.one_of.values()]
    doubts = {name: ids for name, ids in found.doubts.items() if not shared.intersection(ids)}
    names = {name for name in doubts if any(one not in shared for one in found.at(name))}
    return {ids for ids in left if len(ids) > 1}, {name: doubts[name] for name in names}


def a_thing(one: str, *aliases: str, name: str = "", **more: Any) -> Entity:
    return Entity(**{"id": one, "kind": Kind.MODEL, "name": name or one, "aliases": aliases, **more})


def joins(*entities: Entity) -> Joins:
    return Joins.of(Layered({one.id: one for one in sorted(entities, key=lambda one: one.id)}))


@pytest.mark.parametrize(
    ("entities", "same", "doubts"),
    [
        pytest.param([a_thing("resource:d/a", "models:/A"), a_thing("mlflow:a", "models:/a")],
                     [("resource:d/a", "mlflow:a")], {}, id="an alias of both, whatever its case"),
        pytest.param([a_thing("resource:d/a", "mlflow:a"), a_thing("mlflow:a")],
                     [("resource:d/a", "mlflow:a")], {}, id="the id of one, an alias of the other"),
        pytest.param([a_thing("resource:d/a", name="churn"), a_thing("mlflow:a", name="churn")],
                     [], {}, id="a name alone joins no two things that are described"),
        pytest.param([a_thing("resource:d/churn-v1", "churn-v1"), a_thing("mlflow:a", "churn")],
                     [], {}, id="never by how a name begins"),
        pytest.param([a_thing("resource:d/a", "x"), a_thing("mlflow:a", "x", "y"), a_thing("urn:a", "y")],
                     [("resource:d/a", "mlflow:a", "urn:a")], {}, id="from one to the next"),
        pytest.param([a_thing("resource:d/a", "x"), a_thing("resource:d/b", "x"), a_thing("mlflow:a", "x")],
                     [], {"x": ("mlflow:a", "resource:d/a", "resource:d/b")}, id="two of a source are called so"),
        pytest.param([a_thing("resource:d/a", "x"), a_thing("api:d/b", "y"), a_thing("mlflow:a", "x", "y")],
                     [], {"x": ("mlflow:a", "resource:d/a"), "y": ("api:d/b", "mlflow:a")},
                     id="two of a source would become one"),
        pytest.param([a_thing("mlflow:a", "runs:/1"), a_thing("mlflow:b", "runs:/1")],
                     [], {}, id="what one source alone calls alike is no doubt"),
        pytest.param([a_thing("csv:churn"), a_thing("resource:d/a", name="Churn")],
                     [("resource:d/a", "csv:churn")], {}, id="what is only named, by name"),
        pytest.param([a_thing("csv:d/a"), a_thing("resource:d/a", name="A")],
                     [("resource:d/a", "csv:d/a")], {}, id="what is only named, by name and namespace"),
        pytest.param([a_thing("csv:churn"), a_thing("resource:d/a", name="churn"), a_thing("mlflow:b", "churn")],
                     [("mlflow:b", "csv:churn")], {}, id="what is only named is first what is called so on purpose"),
        pytest.param([a_thing("csv:a"), a_thing("resource:d/a", name="a"), a_thing("resource:e/a", name="a")],
                     [], {"a": ("resource:d/a", "resource:e/a")}, id="what is only named could be two"),
        pytest.param([a_thing("csv:a"), a_thing("resource:d/a", "x", name="a"), a_thing("urn:a", "x", name="a")],
                     [("resource:d/a", "urn:a", "csv:a")], {}, id="what is only named, of two that are one"),
        pytest.param([a_thing("csv:a"), a_thing("mlflow-consumer:a")],
                     [("csv:a", "mlflow-consumer:a")], {}, id="two that only name it"),
        pytest.param([a_thing("resource:d/a", "x"), a_thing("urn:a", "x", kind=Kind.CONSUMER)],
                     [], {"x": ("resource:d/a", "urn:a")}, id="a model and a consumer"),
        pytest.param([a_thing("resource:d/a", "x"), a_thing("mlflow:a/1", "x", kind=Kind.VERSION)],
                     [], {"x": ("mlflow:a/1", "resource:d/a")}, id="a model and a version"),
        pytest.param([a_thing("arn:e", "x", kind=Kind.ENDPOINT), a_thing("urn:e", "arn:e", kind=Kind.PIPELINE)],
                     [], {"arn:e": ("arn:e", "urn:e")}, id="an endpoint and a pipeline, by an id"),
        pytest.param([a_thing("urn:c", "x", kind=Kind.DASHBOARD), a_thing("component:d/c", "x", kind=Kind.CONSUMER)],
                     [("component:d/c", "urn:c")], {}, id="two that owe an answer, whatever sources call that"),
        pytest.param([a_thing("openlineage:dataset:m/a", "m/a", kind=Kind.DATASET), a_thing("huggingface:a", "m/a")],
                     [("huggingface:a", "openlineage:dataset:m/a")], {}, id="a model that a job was seen reading"),
        pytest.param([a_thing("csv:a", kind=Kind.CONSUMER), a_thing("mlflow:a", name="a")],
                     [("mlflow:a", "csv:a")], {}, id="whatever a name is taken for"),
        pytest.param([a_thing("csv:a"), a_thing("mlflow:a", "csv:a"), a_thing("urn:a", "a", kind=Kind.CONSUMER)],
                     [], {"csv:a": ("csv:a", "mlflow:a"), "a": ("csv:a", "urn:a")},
                     id="two kinds that a name would bridge"),
        pytest.param([a_thing("caller::a", "a", seen_as="a"), a_thing("resource:d/a", "a")],
                     [], {}, id="callers are joined elsewhere"),
    ],
)  # fmt: skip
def test_things_are_one_where_they_are_called_alike_on_purpose(
    entities: list[Entity], same: list[tuple[str, ...]], doubts: dict[str, tuple[str, ...]]
) -> None:
    found = joins(*entities)
    assert sorted(set(found.one_of.values())) == sorted(same)
    assert dict(found.doubts) == doubts
    step = joins()
    for one in entities:
        step, _ = step.changed({one.id: one})
    assert (dict(step.one_of), dict(step.doubts)) == (dict(found.one_of), dict(found.doubts))


def test_what_is_joined_is_described_by_one_and_called_what_any_of_them_calls_it(catalog: Catalog) -> None:
    support = (Support(told_by="LiteLLM", shutdown_on="2026-10-23"),)
    take(catalog, "mlflow", a_thing("mlflow:a", "models:/Churn", owner_id="user:default/b", support=support))
    take(catalog, "backstage", a_thing("resource:d/a", "models:/churn", "other", owner_id="user:default/a"))
    there = catalog.snapshot()
    one = there.entity("mlflow:a")
    assert one is not None
    assert (one.id, one.owner_id, one.support) == ("resource:d/a", "user:default/a", support)
    assert one.aliases == ("models:/Churn", "other", "mlflow:a")
    assert [model.id for model in there.models()] == ["resource:d/a"]


def test_what_the_first_source_leaves_out_is_as_the_next_one_has_it(catalog: Catalog) -> None:
    says: dict[str, Any] = {"owner_id": "user:default/b", "tier": 2, "successor_id": "mlflow:b"}
    says["artifacts"] = ("s3://b/a",)
    says["classes"] = (Classed(uri="s3://b/a", of=ArtifactClass.CARD),)
    says["references"] = (Reference(of=ArtifactClass.CODE, what="git commit", version="3f2c"),)
    take(catalog, "mlflow", a_thing("mlflow:a", "x", lifecycle="old", **says), a_thing("mlflow:b"))
    take(catalog, "backstage", a_thing("resource:d/a", "x", owner_note="no owner declared"))
    there = catalog.snapshot()
    one = there.entity("resource:d/a")
    assert {name: getattr(one, name) for name in says} == says
    assert (one.declared_in, one.lifecycle, one.owner_note) == ("", "old", "")
    assert [after.id for after in there.succession(one.id).models] == ["mlflow:b"]
    assert "mlflow:a says whose it is, and resource:d/a does not" in there.responsible(one.id)[0].why


@pytest.mark.parametrize("order", [("mlflow", "backstage"), ("backstage", "mlflow")], ids=">".join)
def test_where_two_sources_say_different_things_the_same_one_counts_and_both_are_told(
    catalog: Catalog, order: tuple[str, ...]
) -> None:
    ends = {"kind": Kind.ENDPOINT, "endpoint_kind": EndpointKind.MANUAL}
    told = {
        "mlflow": (
            a_thing("mlflow:a", "x", owner_id="user:d/b", tier=3, successor_id="mlflow:b", artifacts=("/b",)),
            a_thing("mlflow:b"),
            a_thing("mlflow:e", "e", **{**ends, "endpoint_kind": EndpointKind.SAGEMAKER}, endpoint_ref="e"),
        ),
        "backstage": (
            a_thing("resource:d/a", "x", owner_id="user:d/a", tier=1, successor_id="resource:d/c"),
            a_thing("resource:d/c"),
            a_thing("resource:d/e", "e", **ends),
        ),
    }
    for source in order:
        take(catalog, source, *told[source])
    there = catalog.snapshot()
    one = there.entity("mlflow:a")
    assert (one.owner_id, one.tier, one.successor_id, one.artifacts) == (
        "user:d/a",
        1,
        "resource:d/c",
        ("/b",),
    )
    assert list(there.told_apart("mlflow:a")) == [
        "mlflow:a says its owner is user:d/b; resource:d/a says user:d/a, which counts",
        "mlflow:a says its tier is 3; resource:d/a says 1, which counts",
        "mlflow:a says its successor is mlflow:b; resource:d/a says resource:d/c, which counts",
    ]
    assert set(there.told_apart("mlflow:a")) <= set(there.responsible("mlflow:a")[0].why)
    assert there.entity("mlflow:e").endpoint_kind is EndpointKind.MANUAL
    assert list(there.told_apart("mlflow:e")) == [
        "mlflow:e says it is switched off by sagemaker e; resource:d/e says by people, which counts"
    ]
    (note,) = [one for one in take(catalog, "mlflow", *told["mlflow"]).notes if "tier is 3" in one.note]
    assert note.what == "mlflow:a"


def test_what_was_shared_fills_nothing_in_of_what_others_tell_of(catalog: Catalog) -> None:
    says = {"owner_id": "user:d/eve", "tier": 3, "successor_id": "mlflow:b", "artifacts": ("/b",)}
    take(catalog, "slack", a_shared_thing("x", **says))
    take(catalog, "mlflow", a_thing("mlflow:a", "x"), a_thing("mlflow:b"))
    there = catalog.snapshot()
    one = there.entity("component:d/evil")
    assert (one.id, one.owner_id, one.tier, one.successor_id, one.artifacts) == ("mlflow:a", "", 0, "", ())
    assert (
        "component:d/evil says its tier is 3; as it was shared in Slack, that does not count"
        in there.told_apart(one.id)
    )


def test_it_is_gone_only_once_nobody_tells_of_it(catalog: Catalog) -> None:
    take(catalog, "mlflow", a_thing("mlflow:a", "x"))
    take(catalog, "backstage", a_thing("resource:d/a", "x"))
    take(catalog, "backstage", a_thing("resource:d/other"), days=1)
    assert dict(catalog.snapshot().unseen) == {}
    take(catalog, "mlflow", a_thing("mlflow:other"), days=2)
    assert dict(catalog.snapshot().unseen) == {"resource:d/a": "2026-03-04T09:00:00+00:00"}
    take(catalog, "mlflow", a_thing("mlflow:a", "x"), days=3)
    assert dict(catalog.snapshot().unseen) == {"mlflow:other": "2026-03-05T09:00:00+00:00"}


def test_what_was_shared_keeps_nothing_in_the_catalog_that_its_source_dropped(catalog: Catalog) -> None:
    """Or a file shared in Slack could bring back a successor that is gone."""
    take(catalog, "mlflow", a_thing("mlflow:a", "x"))
    take(catalog, "slack", a_shared_thing("x"))
    take(catalog, "mlflow", a_thing("mlflow:b"), days=1)
    there = catalog.snapshot()
    assert there.id_of("component:d/evil") == "mlflow:a"
    assert set(there.unseen) == {"mlflow:a"}


def take(catalog: Catalog, source: str, *entities: Entity, days: int = 0) -> ImportReport:
    reading = Reading(
        entities=entities,
        source_digest="sha256:0",
        roots=(f"/{source}",),
        files={one.id: f"/{source}" for one in entities},
    )
    return catalog.import_(reading, format=source, now=MONDAY + timedelta(days=days))


def test_nobody_says_in_a_file_they_shared_what_an_endpoint_of_others_serves(catalog: Catalog) -> None:
    """Not even before the endpoint is known: two models would leave its switch to people."""
    mine = a_thing("resource:d/mine")
    calls = Entity(id="csv:live", kind=Kind.CONSUMER, name="live", declared_in="slack:C1/x.csv:2")
    told = Reading(
        entities=(calls,),
        dependencies=(Dependency(from_id=calls.id, to_id=mine.id, declared_in="slack:C1/x.csv:2"),),
        declared_by=("csv:x",),
        source_digest="sha256:0",
        roots=("slack:C1/x.csv",),
        files={calls.id: "slack:C1/x.csv"},
    )
    catalog.import_(told, format="csv", now=MONDAY)
    live = Entity(id="component:d/live", kind=Kind.ENDPOINT, name="live", model_id="resource:d/theirs")
    take(catalog, "backstage", mine, a_thing("resource:d/theirs"), live)
    there = catalog.snapshot()
    assert there.id_of("csv:live") == live.id
    assert [one.id for one in there.endpoints_of("resource:d/theirs")] == [live.id]
    assert there.endpoints_of("resource:d/mine") == ()


def test_what_a_shared_file_tells_describes_nothing_that_another_source_tells_of(catalog: Catalog) -> None:
    shared = a_thing("resource:d/a", "models:/a", declared_in="slack:C1/x.yaml:1", owner_id="user:d/eve")
    take(catalog, "slack", shared)
    take(catalog, "mlflow", a_thing("mlflow:a", "models:/a"))
    assert catalog.snapshot().entity("resource:d/a").id == "mlflow:a"


def test_checks_are_those_of_every_catalog_and_of_nothing_that_was_shared(catalog: Catalog) -> None:
    ours, theirs = (CheckAddress(name="scoring", url=f"https://{host}/") for host in ("ours", "theirs"))
    features = CheckAddress(name="features", url="https://theirs/features")
    evil = CheckAddress(name="evil", url="https://evil/")
    take(catalog, "slack", a_shared_thing("models:/a", checks=(evil,)))
    take(catalog, "backstage", a_thing("resource:d/a", "models:/a", checks=(ours,)))
    take(catalog, "mlflow", a_thing("mlflow:a", "models:/a", checks=(theirs, features)))
    assert catalog.snapshot().entity("resource:d/a").checks == (ours, theirs, features)


def a_shared_thing(*aliases: str, one: str = "component:d/evil", **more: Any) -> Entity:
    return a_thing(one, *aliases, declared_in="slack:C1/evil.yaml:1", **more)


@pytest.mark.parametrize(
    ("entities", "same", "doubts"),
    [
        pytest.param([a_shared_thing("churn"), a_thing("csv:churn"), a_thing("mlflow:a", name="churn")],
                     [("mlflow:a", "csv:churn", "component:d/evil")], {}, id="no name is captured"),
        pytest.param([a_shared_thing("churn"), a_thing("csv:churn")],
                     [], {"churn": ("component:d/evil", "csv:churn")}, id="not even one that nobody has yet"),
        pytest.param([a_shared_thing(name="churn"), a_thing("csv:churn")],
                     [], {}, id="nor by what it is named"),
        pytest.param([a_shared_thing("x"), a_thing("resource:d/a", "x"), a_thing("mlflow:a", "x")],
                     [("resource:d/a", "mlflow:a")], {"x": ("component:d/evil", "mlflow:a", "resource:d/a")},
                     id="two of a source would become one by what is shared"),
        pytest.param([a_shared_thing("x", "y"), a_thing("mlflow:a", "x"), a_thing("urn:a", "y")],
                     [], {"x": ("component:d/evil", "mlflow:a"), "y": ("component:d/evil", "urn:a")},
                     id="no two of others are bridged"),
        pytest.param([a_shared_thing("x", kind=Kind.CONSUMER), a_thing("mlflow:a", "x")],
                     [], {"x": ("component:d/evil", "mlflow:a")}, id="what is shared is of another kind"),
        pytest.param([a_shared_thing("x"), a_shared_thing("x", one="api:d/evil"), a_thing("mlflow:a", "x")],
                     [], {"x": ("api:d/evil", "component:d/evil", "mlflow:a")}, id="two of a source are shared"),
        pytest.param([a_shared_thing("x"), a_shared_thing("x", one="urn:evil")],
                     [("component:d/evil", "urn:evil")], {}, id="what is shared alone is one as ever"),
        pytest.param([a_shared_thing(one="csv:churn"), a_shared_thing("churn"), a_thing("mlflow:a", name="churn")],
                     [("mlflow:a", "csv:churn")], {"churn": ("component:d/evil", "mlflow:a")},
                     id="a name that is shared itself is what others call so"),
    ],
)  # fmt: skip
def test_what_was_shared_decides_nothing_for_others(
    entities: list[Entity], same: list[tuple[str, ...]], doubts: dict[str, tuple[str, ...]]
) -> None:
    found = joins(*entities)
    assert sorted(set(found.one_of.values())) == sorted(same)
    assert dict(found.doubts) == doubts
    for each in (entities, entities[::-1]):
        step = joins()
        for one in each:
            step, _ = step.changed({one.id: one})
        assert (dict(step.one_of), dict(step.doubts)) == (dict(found.one_of), dict(found.doubts))


def test_a_name_that_others_have_is_no_alias_of_what_was_shared_before(catalog: Catalog) -> None:
    """Their references would mean several things, or the one that was shared."""
    take(catalog, "slack", a_shared_thing("models:/a", "models:/b", "churn", "mine"))
    take(catalog, "mlflow", a_thing("mlflow:a", "models:/A"), a_thing("mlflow:b", "models:/B", name="churn"))
    evil = catalog.snapshot().entity("component:d/evil")
    assert (evil.id, evil.aliases) == ("component:d/evil", ("mine",))


def test_a_store_of_before_is_opened_and_read_as_one(store: SqliteStore, catalog: Catalog) -> None:
    """What was joined as it was imported, under the id of another, stays so; what came too early is joined now."""
    take(catalog, "backstage", a_thing("resource:d/a", "models:/a"))
    old = {"id": "mlflow:a", "kind": "model", "name": "a", "aliases": ["models:/A"]}
    rows = [("mlflow:a", "model", "a", json.dumps(old), "r.json:1", "mlflow:/r.json", None)]
    edges = [
        ("mlflow-consumer:c", one, "mlflow:a", "mlflow", "r.json:1", None)
        for one in ("mlflow:a", "resource:d/b")
    ]
    caller = {"id": "mlflow-consumer:c", "kind": "consumer", "name": "c"}
    rows.append(
        ("mlflow-consumer:c", "consumer", "c", json.dumps(caller), "r.json:1", "mlflow:/r.json", None)
    )

    def as_before(conn: Any) -> None:
        conn.executemany("INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        conn.executemany("INSERT INTO edge VALUES (?, ?, ?, ?, ?, ?)", edges)

    store.write(as_before)
    there = Catalog(store).snapshot()
    assert [one.consumer_id for one in there.impact("mlflow:a").consumers] == ["mlflow-consumer:c"]
    assert there.impact("mlflow:a") == there.impact("resource:d/a")
