"""What entities, lineage and edges of OpenMetadata become, and how they are joined to what others declare."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.openmetadata import read_openmetadata
from data.importers.report import Reading
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import EndpointKind, Entity, Group, Kind, Person
from tests.data.catalogs import MONDAY, joined_ends
from tests.data.importers.strange import with_each_strange

ETA = "mlflow_svc.eta"
UUIDS = {name: f"11111111-0000-4000-8000-00000000000{at}" for at, name in enumerate("abcde")}


def ref(kind: str, fqn: str, uuid: str = "", **said: object) -> dict[str, Any]:
    found = {"id": uuid, "type": kind, "name": fqn.rpartition(".")[2], "fullyQualifiedName": fqn, **said}
    return {name: value for name, value in found.items() if value}


def a_model(**said: object) -> dict[str, Any]:
    return {
        "id": UUIDS["a"],
        "name": "eta",
        "fullyQualifiedName": ETA,
        "displayName": "ETA Predictions",
        "algorithm": "Neural Network",
        "serviceType": "Mlflow",
        "deleted": False,
        **said,
    }


def a_feature(*fqns: str) -> dict[str, Any]:
    sources = [{"name": "x", "dataSource": ref("table", fqn, name="")} for fqn in fqns]
    return {"name": "persona", "dataType": "categorical", "featureSources": sources}


def an_edge(source: str, target: str, pipeline: str = "") -> dict[str, Any]:
    ends = [dict(zip(("type", "fqn"), one.split(" "), strict=True)) for one in (source, target)]
    return {
        "from": ends[0],
        "to": ends[1],
        "edge_meta": {"fqn": pipeline, "type": "pipeline" if pipeline else ""},
    }


def read(path: Path, content: object, known: tuple[Entity | Group | Person, ...] = ()) -> Reading:
    (file := path / "om.json").write_text(json.dumps(content, indent=0))
    return read_openmetadata([file], known=known)


def lines(said: tuple[object, ...]) -> list[str]:
    return [re.sub(r"\S*om\.json:\d*", "", str(line)).strip() for line in said]


def ends(reading: Reading) -> list[str]:
    return [f"{edge.from_id} -> {edge.to_id}".replace("openmetadata:", "") for edge in reading.dependencies]


def test_a_dashboard_has_the_address_that_its_own_entity_tells(tmp_path: Path) -> None:
    board = {
        **ref("dashboard", "superset.eta"),
        "charts": [],
        "service": {"type": "dashboardService", "name": "superset"},
        "sourceUrl": "https://superset.example.com/eta",
    }
    content = {"dashboards": [board], "mlmodels": [a_model(dashboard=ref("dashboard", "superset.eta"))]}
    (model,) = (one for one in read(tmp_path, content).entities if one.kind is Kind.MODEL)
    (told,) = model.references
    assert (told.of, told.where, told.name) == (
        "dashboard",
        "https://superset.example.com/eta",
        "superset.eta",
    )


def test_a_model_depends_on_the_sources_of_its_features_and_its_server_serves_it(tmp_path: Path) -> None:
    orders = "db.shop.public.orders"
    reading = read(
        tmp_path,
        a_model(
            mlFeatures=[a_feature(orders, 'db.shop.public."dim.eta"'), a_feature(orders)],
            mlStore={"storage": "s3://models/eta", "imageRepository": "hub/eta@sha256:aa"},
            mlHyperParameters=[{"name": "depth", "value": "6"}, {"name": "no value"}, {"value": "1"}],
            server="https://eta.example.com/predict",
            dashboard=ref("dashboard", "superset.eta"),
            tags=[{"tagFQN": "Tier.Tier2"}, {"tagFQN": "PII.None"}],
        ),
    )  # fmt: skip
    model, *others = reading.entities
    assert model == Entity(
        id="openmetadata:mlmodel:mlflow_svc.eta",
        kind=Kind.MODEL,
        name="eta",
        title="ETA Predictions",
        owner_note="no owner declared",
        tier=2,
        artifacts=("s3://models/eta",),
        references=(
            Reference(of=ArtifactClass.CODE, what="container image", where="hub/eta", digest="sha256:aa"),
            Reference(of=ArtifactClass.DASHBOARD, what="dashboard", name="superset.eta"),
            Reference(
                of=ArtifactClass.HYPERPARAMETERS,
                what="parameters",
                values=(("depth", "6"), ("no value", "")),
            ),
        ),
        declared_in=f"{tmp_path}/om.json:1",
        aliases=(ETA, UUIDS["a"], "models:/eta"),
    )
    assert [(one.id, one.kind, one.name) for one in others] == [
        ("openmetadata:table:db.shop.public.orders", Kind.DATASET, "orders"),
        ('openmetadata:table:db.shop.public."dim.eta"', Kind.DATASET, "dim.eta"),
        ("openmetadata:dashboard:superset.eta", Kind.DASHBOARD, "eta"),
        ("openmetadata:server:https://eta.example.com/predict", Kind.ENDPOINT, "https://eta.example.com/predict"),
    ]  # fmt: skip
    assert (others[-1].endpoint_kind, others[-1].endpoint_ref) == (EndpointKind.MANUAL, others[-1].name)
    assert ends(reading) == [
        "mlmodel:mlflow_svc.eta -> table:db.shop.public.orders",
        'mlmodel:mlflow_svc.eta -> table:db.shop.public."dim.eta"',
        "dashboard:superset.eta -> mlmodel:mlflow_svc.eta",
        "server:https://eta.example.com/predict -> mlmodel:mlflow_svc.eta",
    ]
    assert set(reading.declared_by) == {model.id}


@pytest.mark.parametrize(
    "content",
    [
        a_model(),
        [a_model()],
        {"data": [a_model()], "paging": {"total": 1}},
        {"mlmodels": [a_model()], "lineage": []},
        {"catalog": {"mlmodels": {"first": a_model()}}},
        {"mlmodels": [{"name": "eta", "service": "mlflow_svc", "displayName": "ETA Predictions"} | {"algorithm": "x"}]},
        {"mlmodels": [{"fullyQualifiedName": ETA, "displayName": "ETA Predictions"}]},
        {"href": "http://om/api/v1/mlmodels/1", "fullyQualifiedName": ETA, "displayName": "ETA Predictions"},
        {"entityType": "mlmodel", "fullyQualifiedName": ETA, "displayName": "ETA Predictions"},
    ],
    ids=["one", "a list", "a page", "a mapping", "mappings", "to be made", "by its list", "by address", "by type"],
)  # fmt: skip
def test_a_file_is_an_entity_a_list_a_page_or_a_mapping_of_these(tmp_path: Path, content: object) -> None:
    reading = read(tmp_path, content)
    assert [(one.id, one.kind, one.name, one.title) for one in reading.entities] == [
        ("openmetadata:mlmodel:mlflow_svc.eta", Kind.MODEL, "eta", "ETA Predictions")
    ]
    assert (reading.documents.read, reading.documents.kept) == (1, 1)


def lineage(*edges: tuple[str, str], **said: object) -> dict[str, Any]:
    """Of the model; upstream of it a table, downstream a table and a topic."""
    return {
        "entity": ref("mlmodel", ETA, UUIDS["a"]),
        "nodes": [
            ref("table", "db.features", UUIDS["b"]),
            ref("table", "db.scores", UUIDS["c"]),
            ref("topic", "kafka.old", UUIDS["d"], deleted=True),
        ],
        "upstreamEdges": [{"fromEntity": UUIDS[one], "toEntity": UUIDS[other]} for one, other in edges],
        "downstreamEdges": [],
        **said,
    }


def test_lineage_flows_from_what_is_depended_on(tmp_path: Path) -> None:
    flow = {"pipeline": ref("pipeline", "airflow.score"), "sqlQuery": "select 1"}
    downstream = [{"fromEntity": UUIDS["a"], "toEntity": UUIDS["c"], "lineageDetails": flow}]
    reading = read(tmp_path, [a_model(), lineage(("b", "a"), downstreamEdges=downstream)])
    assert ends(reading) == [
        "mlmodel:mlflow_svc.eta -> table:db.features",
        "table:db.scores -> mlmodel:mlflow_svc.eta",
        "table:db.scores -> pipeline:airflow.score",
        "pipeline:airflow.score -> mlmodel:mlflow_svc.eta",
    ]
    by = "openmetadata:mlmodel:mlflow_svc.eta:lineage"
    assert set(reading.declared_by) == {by} <= reading.files.keys()


def test_lineage_as_the_search_answers_is_read_too(tmp_path: Path) -> None:
    model, table = ref("mlModel", ETA, UUIDS["a"]), ref("table", "db.features", UUIDS["b"])
    answer = {
        "nodes": {ETA: {"entity": model}, "db.features": {"entity": table}},
        "upstreamEdges": {"1": {"fromEntity": {"id": UUIDS["b"], "type": "table"}, "toEntity": model}},
        "downstreamEdges": {},
    }
    assert ends(read(tmp_path, answer)) == ["mlmodel:mlflow_svc.eta -> table:db.features"]


def test_plain_edges_are_read_in_both_spellings_and_a_pipeline_stands_between(tmp_path: Path) -> None:
    added = {"edge": {"fromEntity": ref("mlmodel", ETA), "toEntity": ref("dashboard", "superset.9")}}
    edges = [
        an_edge("table db.raw", "table db.features", "airflow.etl"),
        an_edge("table db.raw", "table db.dim", "airflow.etl"),
        added,
    ]
    reading = read(tmp_path, {"lineage": edges})
    assert ends(reading) == [
        "table:db.features -> table:db.raw",
        "table:db.features -> pipeline:airflow.etl",
        "pipeline:airflow.etl -> table:db.raw",
        "table:db.dim -> table:db.raw",
        "table:db.dim -> pipeline:airflow.etl",
        "dashboard:superset.9 -> mlmodel:mlflow_svc.eta",
    ]
    assert (reading.documents.kept, reading.edges.read, reading.edges.kept) == (3, 6, 6)


KNOWN = (
    Entity(id="mlflow:eta", kind=Kind.MODEL, name="eta", aliases=("models:/eta",)),
    Entity(id="dbt:model.shop.orders", kind=Kind.DATASET, name="orders", aliases=("db.shop.public.orders",)),
    Group(id="group:default/routing", name="routing"),
    Person(id="user:default/ada", name="Ada Okafor"),
)


def test_what_other_sources_declared_is_joined_by_alias(tmp_path: Path) -> None:
    reading = read(tmp_path, a_model(mlFeatures=[a_feature("db.shop.public.orders")]), known=KNOWN)
    assert joined_ends(reading, KNOWN) == ["mlflow:eta -> dbt:model.shop.orders"]
    assert set(reading.declared_by) <= reading.files.keys()
    assert lines(reading.notes) == [
        "db.shop.public.orders: joined to dbt:model.shop.orders by its alias; described as there",
    ]


@pytest.mark.parametrize(
    ("owners", "owner_id", "notes"),
    [
        ({"owners": [{"type": "team", "name": "Routing"}]}, "group:default/routing", []),
        ({"owner": {"type": "user", "name": "ada"}}, "user:default/ada", []),
        ({"owner": {"type": "user", "name": "aokafor", "displayName": "Ada Okafor"}}, "user:default/ada", []),
        (
            {"owners": [{"type": "user", "name": "eve"}, {"type": "user", "name": "ada"}]},
            "user:default/ada",
            ["mlflow_svc.eta: owned by user:eve, too; one counts"],
        ),
        (
            {"owner": {"type": "user", "name": "routing"}},
            "",
            [
                'eta: owner "user:routing": no such group or person; closest is "routing". Unowned until there is one'
            ],
        ),
        ({"owners": None, "owner": None}, "", []),
    ],
    ids=["team", "user", "by display name", "the first who is known", "a team is no user", "nobody"],
)
def test_owners_are_teams_and_people_of_other_catalogs(
    tmp_path: Path, owners: dict[str, Any], owner_id: str, notes: list[str]
) -> None:
    reading = read(tmp_path, a_model(serviceType="Sklearn", **owners), known=KNOWN)
    assert (reading.entities[0].owner_id, lines(reading.notes)) == (owner_id, notes)


def test_every_document_and_edge_that_is_not_kept_says_why(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        [
            a_model(),
            a_model(displayName="again"),
            a_model(fullyQualifiedName="svc.gone", deleted=True),
            a_model(fullyQualifiedName="svc.a|b"),
            {"fullyQualifiedName": "db.x"},
            {"entityType": "glossaryTerm", "fullyQualifiedName": "g.x"},
            {"total": 3},
            7,
            lineage(("d", "a"), ("e", "a"), ("a", "a")),
            an_edge("table db.raw", "mlmodel svc.gone"),
            an_edge("tag x", "table db.raw"),
        ],
    )
    assert [one.id for one in reading.entities if one.kind is Kind.MODEL] == [
        "openmetadata:mlmodel:mlflow_svc.eta"
    ]
    assert lines(reading.skipped) == [
        "document: neither an entity, nor lineage, nor an edge of OpenMetadata",
        "document: neither an entity, nor lineage, nor an edge of OpenMetadata",
        "mlflow_svc.eta: described in  already; the first counts",
        "svc.gone: is deleted",
        'svc.a|b: a name has no "#", "|" or control characters, or references to it would be ambiguous',
        "db.x: nothing says of what type it is",
        "g.x: a glossaryterm neither serves nor depends",
        f"{UUIDS['a']} -> {UUIDS['d']}: kafka.old is deleted",
        f"{UUIDS['a']} -> {UUIDS['e']}: {UUIDS['e']} is described nowhere by type and full name",
        f"{UUIDS['a']} -> {UUIDS['a']}: depends on itself",
        "svc.gone -> db.raw: svc.gone is deleted",
        "db.raw -> x: a tag neither serves nor depends",
    ]
    counts = reading.documents, reading.edges
    assert [(one.read, one.kept, one.skipped) for one in counts] == [(11, 4, 7), (5, 0, 5)]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", "om.json:1: is empty; expected entities, lineage or edges of OpenMetadata"),
        ("[]", "om.json:1: is empty"),
        ('{"nodes": {}}', "om.json: holds no entity, lineage or edge of OpenMetadata"),
        ('[{"fullyQualifiedName": "a.b"},\n{"fully', "om.json:2 "),
        ("[" * 100_000, "om.json:1 "),
        ('{"a":' * 100_000, "om.json:1 "),
    ],
    ids=["empty", "an empty list", "something else", "cut off", "deep lists", "deep objects"],
)
def test_a_source_that_is_empty_cut_off_or_something_else_is_refused(
    tmp_path: Path, content: str, refusal: str
) -> None:
    (file := tmp_path / "om.json").write_text(content)
    with pytest.raises(Invalid) as refused:
        read_openmetadata([file])
    assert str(refused.value).startswith(f"{tmp_path}/{refusal}")


def test_whatever_stands_anywhere_is_told_and_not_stumbled_over(tmp_path: Path) -> None:
    model = a_model(
        mlFeatures=[a_feature("db.x")],
        mlStore={"storage": "x"},
        server="http://x",
        dashboard="superset.1",
        owners=[{"type": "team", "name": "a"}],
        tags=[{"tagFQN": "Tier.Tier9"}],
    )
    edge = an_edge("table db.raw", "table db.features", "airflow.etl")
    flow = {"lineageDetails": {"pipeline": ref("pipeline", "airflow.etl")}}
    downstream = [{"fromEntity": UUIDS["a"], "toEntity": UUIDS["c"], **flow}]
    whole = lineage(("b", "a"), downstreamEdges=downstream)
    for document in (model, edge, {"edge": whole["downstreamEdges"][0]}, whole, {"data": [model]}):
        strange = list(with_each_strange(document))
        reading = read(tmp_path, [a_model(), *strange])
        assert reading.documents.read == reading.documents.kept + reading.documents.skipped
        assert reading.edges.read == reading.edges.kept + reading.edges.skipped
        for one in strange:
            read(tmp_path, [a_model(), one])


def test_importing_twice_changes_nothing_and_what_is_not_stated_any_more_is_withdrawn(
    tmp_path: Path, catalog: Catalog
) -> None:
    content = [a_model(server="http://eta"), lineage(("a", "c"))]
    first = catalog.import_(read(tmp_path, content), format="openmetadata", now=MONDAY)
    again = read_openmetadata([tmp_path], known=catalog.known_outside("openmetadata", [tmp_path]))
    assert first.changed
    assert not catalog.import_(again, format="openmetadata", now=MONDAY).changed
    model = "openmetadata:mlmodel:mlflow_svc.eta"
    assert [one.name for one in catalog.endpoints_of(model)] == ["http://eta"]
    assert [one.name for one in catalog.impact(model).consumers] == ["scores"]
    report = catalog.import_(read(tmp_path, [a_model(), lineage()]), format="openmetadata", now=MONDAY)
    assert f"openmetadata:table:db.scores -> {model}" in report.withdrawn
    assert catalog.impact(model).consumers == ()
