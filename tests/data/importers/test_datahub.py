"""What files of DataHub become: proposals and snapshots, models and their versions, who owns and uses them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.datahub import read_datahub
from data.importers.report import ImportReport, Reading
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import EndpointKind, Entity, Group, Kind, Person
from tests.data.catalogs import MONDAY, REPOSITORY, a_document, as_one, joined_ends
from tests.data.catalogs import imported as imported_backstage
from tests.data.importers.strange import with_each_strange

REAL = sorted((REPOSITORY.parent / "shared" / "inputs" / "datahub").glob("ml_showcase.json"))
GROUP = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,churn,PROD)"
V1 = "urn:li:mlModel:(urn:li:dataPlatform:mlflow,churn_v1,PROD)"
LIVE = "urn:li:mlModelDeployment:(urn:li:dataPlatform:sagemaker,churn-live,PROD)"
AGE = "urn:li:mlFeature:(customers,age)"
ORDERS = "urn:li:dataset:(urn:li:dataPlatform:hive,Shop.Orders,PROD)"
SCORES = "urn:li:dataset:(urn:li:dataPlatform:hive,scores,PROD)"
FLOW = "urn:li:dataFlow:(airflow,nightly,PROD)"
SCORER = f"urn:li:dataJob:({FLOW},score)"
TEAM = "urn:li:corpGroup:risk"
ADA = "urn:li:corpuser:ada"
CLASSES = "com.linkedin.pegasus2avro."


def told(urn: str, aspect: str, said: object = None, /, **changed: object) -> dict[str, Any]:
    """A proposal, as the file sink writes them."""
    kind = urn.split(":")[2] if urn.count(":") > 2 else ""
    proposal = {"entityType": kind, "entityUrn": urn, "changeType": "UPSERT", "aspectName": aspect}
    return {**proposal, "aspect": {"json": {} if said is None else said}, **changed}


def as_text(proposal: dict[str, Any]) -> dict[str, Any]:
    said = {"value": json.dumps(proposal["aspect"]["json"]), "contentType": "application/json"}
    return {**proposal, "auditHeader": None, "aspect": said}


def by_class(proposal: dict[str, Any]) -> dict[str, Any]:
    return {**proposal, "aspect": {f"{CLASSES}mxe.GenericAspect": as_text(proposal)["aspect"]}}


def snapshot(proposal: dict[str, Any]) -> dict[str, Any]:
    """The same as an event of the older shape."""
    aspect = f"{CLASSES}ml.metadata.{proposal['aspectName'].replace('ml', 'ML', 1)}"
    inside = {"urn": proposal["entityUrn"], "aspects": [{aspect: proposal["aspect"]["json"]}]}
    return {"auditHeader": None, "proposedSnapshot": {f"{CLASSES}metadata.snapshot.AnySnapshot": inside}}


def read(path: Path, *documents: object, known: tuple[Entity | Group | Person, ...] = ()) -> Reading:
    """One document a line."""
    (file := path / "hub.json").write_text(",\n".join(map(json.dumps, documents)).join("[]"))
    return read_datahub([file], known=known)


def lines(said: tuple[object, ...]) -> list[str]:
    return [re.sub(r"\S*hub\.json:", "", str(line)) for line in said]


def ends(reading: Reading) -> list[str]:
    return [f"{edge.from_id} -> {edge.to_id}" for edge in reading.dependencies]


MODELS = (
    told(GROUP, "mlModelGroupProperties", {"name": "Churn"}),
    told(
        V1,
        "mlModelProperties",
        {
            "groups": [GROUP],
            "deployments": [LIVE],
            "mlFeatures": [AGE],
            "trainingJobs": ["urn:li:dataProcessInstance:4f2a"],
            "downstreamJobs": [SCORER],
            "version": {"versionTag": "1"},
        },
    ),
    told(LIVE, "mlModelDeploymentProperties", {"status": "IN_SERVICE"}),
    told(AGE, "mlFeatureProperties", {"sources": [ORDERS]}),
    told("urn:li:dataProcessInstance:4f2a", "dataProcessInstanceProperties", {"name": "train"}),
    told(SCORER, "dataJobInfo", {"name": "Score all"}),
    told(ORDERS, "datasetProperties"),
)


@pytest.mark.parametrize(
    "shape", [lambda one: one, as_text, by_class, snapshot], ids=["json", "text", "class", "snapshot"]
)
def test_models_versions_and_what_serves_them_are_the_same_in_every_shape(tmp_path: Path, shape: Any) -> None:
    reading = read(tmp_path, *map(shape, MODELS))
    assert [(one.id, one.kind, one.name, one.title) for one in reading.entities] == [
        (GROUP.lower(), Kind.MODEL, "churn", "Churn"),
        (V1.lower(), Kind.VERSION, "churn_v1", ""),
        (LIVE.lower(), Kind.ENDPOINT, "churn-live", ""),
        (AGE.lower(), Kind.DATASET, "age", ""),
        ("urn:li:dataprocessinstance:4f2a", Kind.PIPELINE, "4f2a", "train"),
        (SCORER.lower(), Kind.PIPELINE, "score", "Score all"),
        (ORDERS.lower(), Kind.DATASET, "Shop.Orders", ""),
    ]
    model, version, endpoint, *_ = reading.entities
    assert (model.aliases, version.aliases) == ((GROUP, "models:/churn"), (V1, "models:/churn/1"))
    assert version.model_id == model.id
    assert (endpoint.endpoint_kind, endpoint.endpoint_ref, endpoint.lifecycle) == (
        EndpointKind.SAGEMAKER,
        "churn-live",
        "in_service",
    )
    assert ends(reading) == [
        f"{version.id} -> {AGE.lower()}",
        f"{version.id} -> urn:li:dataprocessinstance:4f2a",
        f"{SCORER.lower()} -> {version.id}",
        f"{LIVE.lower()} -> {version.id}",
        f"{AGE.lower()} -> {ORDERS.lower()}",
    ]
    assert reading.declared_by == (version.id,) * 4 + (AGE.lower(),)
    assert (reading.skipped, reading.notes) == ((), ())
    assert (reading.documents.read, reading.documents.kept) == (7, 7)


@pytest.mark.parametrize(
    ("by", "aspect", "said", "edge"),
    [
        (SCORES, "upstreamLineage", {"upstreams": [{"dataset": ORDERS, "type": "VIEW"}]}, (SCORES, ORDERS)),
        (SCORER, "dataJobInputOutput", {"inputDatasets": [ORDERS]}, (SCORER, ORDERS)),
        (SCORER, "dataJobInputOutput", {"inputDatasetEdges": [{"destinationUrn": ORDERS}]}, (SCORER, ORDERS)),
        (SCORER, "dataJobInputOutput", {"outputDatasets": [SCORES]}, (SCORES, SCORER)),
        (SCORER, "dataJobInputOutput", {"outputDatasetEdges": [{"destinationUrn": SCORES}]}, (SCORES, SCORER)),
        (SCORER, "dataJobInputOutput", {"inputDatajobs": [FLOW]}, (SCORER, FLOW)),
        ("urn:li:chart:(looker,1)", "chartInfo", {"inputs": [{"string": ORDERS}]}, (None, ORDERS)),
        ("urn:li:chart:(looker,1)", "chartInfo", {"inputs": {"array": [ORDERS]}}, (None, ORDERS)),
        ("urn:li:dashboard:(looker,2)", "dashboardInfo", {"datasets": [ORDERS]}, (None, ORDERS)),
        ("urn:li:dashboard:(looker,2)", "dashboardInfo", {"charts": [V1]}, (None, V1)),
        ("urn:li:mlPrimaryKey:(customers,id)", "mlPrimaryKeyProperties", {"sources": [ORDERS]}, (None, ORDERS)),
        ("urn:li:mlFeatureTable:(feast,c)", "mlFeatureTableProperties", {"mlFeatures": [AGE]}, (None, AGE)),
        (GROUP, "mlModelGroupProperties", {"downstreamJobs": [SCORER]}, (SCORER, GROUP)),
        ("urn:li:dataProcessInstance:4f", "dataProcessInstanceInput", {"inputs": [ORDERS]}, (None, ORDERS)),
        ("urn:li:dataProcessInstance:4f", "dataProcessInstanceOutput", {"outputs": [V1]}, (V1, None)),
    ],
)  # fmt: skip
def test_edges_point_from_who_depends(
    tmp_path: Path, by: str, aspect: str, said: object, edge: tuple[str | None, str | None]
) -> None:
    from_urn, to_urn = (one or by for one in edge)
    assert ends(read(tmp_path, told(by, aspect, said))) == [f"{from_urn.lower()} -> {to_urn.lower()}"]


def test_what_is_only_named_is_kept_by_its_urn_and_told(tmp_path: Path) -> None:
    reading = read(tmp_path, told(V1, "mlModelProperties", {"groups": [GROUP], "deployments": [LIVE]}))
    assert [(one.id, one.kind, one.name, one.owner_note) for one in reading.entities] == [
        (GROUP.lower(), Kind.MODEL, "churn", "no owner declared"),
        (V1.lower(), Kind.VERSION, "churn_v1", "no owner declared"),
        (LIVE.lower(), Kind.ENDPOINT, "churn-live", "no owner declared"),
    ]
    nowhere = "described nowhere; kept by its urn, without an owner"
    assert lines(reading.notes) == [f"1 {GROUP}: {nowhere}", f"1 {LIVE}: {nowhere}"]


def test_a_model_in_no_group_is_a_model_and_a_group_may_name_its_models(tmp_path: Path) -> None:
    other = "urn:li:mlModel:(urn:li:dataPlatform:vertexai,alone,DEV)"
    reading = read(
        tmp_path,
        told(other, "mlModelProperties", {"groups": []}),
        told(V1, "mlModelProperties", {"version": None}),
        told(GROUP, "mlModelGroupProperties", {"models": [V1]}),
    )
    assert [(one.name, one.kind, one.model_id) for one in reading.entities] == [
        ("alone", Kind.MODEL, ""),
        ("churn_v1", Kind.VERSION, GROUP.lower()),
        ("churn", Kind.MODEL, ""),
    ]


def test_deployments_of_sagemaker_are_found_by_the_arn_that_models_name_them_by(tmp_path: Path) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123412341234:endpoint/churn"
    reading = read(
        tmp_path,
        told(
            "urn:li:mlModelDeployment:(sagemaker,churn,PROD)",
            "mlModelDeploymentProperties",
            {"customProperties": {"EndpointArn": arn}},
        ),
        told(V1, "mlModelProperties", {"deployments": [f"urn:li:mlModelDeployment:(sagemaker,{arn},PROD)"]}),
    )
    assert ends(reading) == [f"urn:li:mlmodeldeployment:(sagemaker,churn,prod) -> {V1.lower()}"]
    assert reading.entities[0].endpoint_kind is EndpointKind.SAGEMAKER
    assert reading.notes == ()


def test_groups_and_people_who_are_described_own_things(tmp_path: Path) -> None:
    eve = "urn:li:corpuser:eve"
    reading = read(
        tmp_path,
        told(TEAM, "corpGroupInfo", {"displayName": "Risk", "members": [ADA], "groups": ["urn:li:corpGroup:models"]}),
        told("urn:li:corpGroup:models", "corpGroupKey", {"name": "models"}),
        told(ADA, "corpUserInfo", {"active": True, "displayName": "Ada Okafor", "email": "ada@example.com"}),
        told(eve, "corpUserInfo", {"active": True, "fullName": "Eve Li", "managerUrn": ADA}),
        told(eve, "groupMembership", {"groups": [TEAM]}),
        told("urn:li:corpuser:max", "corpUserInfo", {"active": False}),
        told(GROUP, "ownership", {"owners": [{"owner": ADA}, {"owner": TEAM, "type": "TECHNICAL_OWNER"}]}),
        told(ORDERS, "ownership", {"owners": [{"owner": "urn:li:corpuser:max"}]}),
    )  # fmt: skip
    assert reading.people == (
        Person(id=ADA, name="Ada Okafor", email="ada@example.com"),
        Person(id=eve, name="Eve Li", manager_id=ADA),
    )
    assert reading.groups == (
        Group(id=TEAM.lower(), name="risk", title="Risk", member_ids=(ADA, eve)),
        Group(id="urn:li:corpgroup:models", name="models", parent_id=TEAM.lower()),
    )
    unknown = 'owner "urn:li:corpuser:max": no such group or person; nothing has a similar name'
    assert [(one.owner_id, one.owner_note) for one in reading.entities] == [
        (TEAM.lower(), ""),
        ("", unknown),
    ]
    assert lines(reading.skipped) == ["6 urn:li:corpuser:max: is not active any more; has left"]
    assert lines(reading.notes) == [
        f"7 {GROUP}: owned by {ADA}, too; one counts",
        f"8 Shop.Orders: {unknown}. Unowned until there is one",
    ]


KNOWN = (
    Entity(id="resource:default/churn", kind=Kind.MODEL, name="churn", aliases=(GROUP,)),
    Entity(id="mlflow:churn/1", kind=Kind.VERSION, name="churn/1", aliases=("models:/churn/1",)),
    Group(id="group:default/risk", name="risk"),
    Person(id="user:default/aokafor", name="Ada Okafor", email="ada@example.com"),
)


def test_what_other_sources_declared_is_joined_by_alias_name_and_e_mail(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        *MODELS[:3],
        told(TEAM, "corpGroupInfo", {"displayName": "Risk"}),
        told(ADA, "corpUserInfo", {"email": "ADA@example.com"}),
        told(LIVE, "ownership", {"owners": [{"owner": TEAM}]}),
        known=KNOWN,
    )
    assert [one.id for one in (*reading.groups, *reading.people)] == [TEAM.lower(), ADA]
    (endpoint,) = (one for one in reading.entities if one.kind is Kind.ENDPOINT)
    assert endpoint.owner_id == TEAM.lower()
    same = as_one(reading, KNOWN)
    assert (same.id_of(GROUP.lower()), same.id_of(V1.lower())) == ("resource:default/churn", "mlflow:churn/1")
    assert f"{LIVE.lower()} -> mlflow:churn/1" in joined_ends(reading, KNOWN)
    assert set(reading.declared_by) == {V1.lower()} <= reading.files.keys()
    assert [line for line in lines(reading.notes) if "nowhere" not in line] == [
        f"4 {TEAM}: joined to group:default/risk by its name; members and names as declared there",
        f"5 {ADA}: joined to user:default/aokafor by its e-mail address; members and names as declared there",
    ]


def test_what_is_deprecated_says_until_when_and_by_what_it_is_replaced(tmp_path: Path) -> None:
    new = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,churn2,PROD)"
    said = {"deprecated": True, "decommissionTime": 1782777600000, "note": "use churn2", "replacement": new}
    reading = read(
        tmp_path, told(GROUP, "deprecation", said), told(new, "deprecation", {"deprecated": False})
    )
    assert [(one.name, one.lifecycle, one.successor_id) for one in reading.entities] == [
        ("churn", "deprecated", new.lower()),
        ("churn2", "", ""),
    ]
    assert lines(reading.notes) == [f"1 {GROUP}: deprecated; gone on 2026-06-30; use churn2"]


def test_every_document_and_edge_that_is_not_kept_says_why(tmp_path: Path) -> None:
    gone = "urn:li:dataset:(hive,gone,PROD)"
    upstreams = (gone, "urn:li:tag:x", "orders", SCORES)
    reading = read(
        tmp_path,
        told("urn:li:tag:Tier1", "tagProperties"),
        told(gone, "status", {"removed": True}),
        told(SCORES, "upstreamLineage", {"upstreams": [{"dataset": one} for one in upstreams]}),
        told(SCORES, "upstreamLineage", [{"op": "add", "path": "/x"}], changeType="PATCH"),
        told(ORDERS, "datasetKey", None, changeType="DELETE", aspect=None),
        told("urn:li:dataset:(hive,or", "status"),
        told("urn:li:dataset:(hive,a|b,PROD)", "status"),
        told(SCORES, "status", None, aspect={"value": "{", "contentType": "application/json"}),
        {"topic": "x"},
        {"proposedSnapshot": []},
    )  # fmt: skip
    assert [one.name for one in reading.entities] == ["scores"]
    assert lines(reading.skipped) == [
        f"4 {SCORES} upstreamLineage: changeType PATCH changes what we may not have; export the whole aspect",
        f"5 {ORDERS} datasetKey: says that it is deleted; nothing known is removed",
        '6 document: "urn:li:dataset:(hive,or" is no whole urn like urn:li:dataset:(...)',
        '7 document: a name has no "#", "|" or control characters, or references to it would be ambiguous',
        "8 document: its aspect is a text, but no JSON",
        "9 document: neither a proposal with an entityUrn nor a snapshot of DataHub",
        "10 document: proposedSnapshot is a list and not one snapshot by its class",
        "1 urn:li:tag:Tier1: a tag neither serves nor depends",
        f"2 {gone}: removed, says 2",
        f"3 {SCORES} upstreams {gone}: {gone}: removed, says 2",
        f"3 {SCORES} upstreams urn:li:tag:x: a tag neither serves nor depends",
        f"3 {SCORES} upstreams orders: names no whole urn like urn:li:dataset:(...)",
        f"3 {SCORES} upstreams {SCORES}: depends on itself",
    ]
    counts = reading.documents, reading.edges
    assert [(one.read, one.kept, one.skipped) for one in counts] == [(10, 1, 9), (4, 0, 4)]


def test_an_aspect_told_again_replaces_the_first_and_others_are_counted(tmp_path: Path) -> None:
    tags = told(SCORES, "globalTags", {"tags": []})
    reading = read(
        tmp_path,
        told(SCORES, "upstreamLineage", {"upstreams": [{"dataset": ORDERS}]}),
        told(SCORES.replace("scores", "Scores"), "upstreamLineage", {"upstreams": []}),
        tags,
        tags | {"entityUrn": ORDERS},
    )
    assert reading.dependencies == ()
    assert lines(reading.notes) == [
        f"2 {SCORES.replace('scores', 'Scores')}: written {SCORES} before; taken as the same",
        "3 aspect globalTags: not read, of 2 in all",
    ]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", "hub.json:1: holds no proposal with an entityUrn and no snapshot of DataHub"),
        ("[]", "hub.json:1: holds no proposal"),
        ('{"nodes": {}}', "hub.json:1: holds no proposal"),
        (json.dumps([MODELS[0]])[:-30], "hub.json:1 "),
        ('[{"entityUrn": "x"},\n{"entityUrn"', "hub.json:2 "),
        (json.dumps(told("urn:li:tag:x", "status")), "hub.json: describes no model, deployment, data, job"),
        ("[" * 100_000, "hub.json:1 "),
    ],
    ids=["empty", "no documents", "another format", "cut off", "cut off later", "only tags", "deep"],
)  # fmt: skip
def test_a_source_that_is_empty_cut_off_or_something_else_is_refused(
    tmp_path: Path, content: str, refusal: str
) -> None:
    (file := tmp_path / "hub.json").write_text(content)
    with pytest.raises(Invalid) as refused:
        read_datahub([file])
    assert str(refused.value).startswith(f"{tmp_path}/{refusal}")


def test_whatever_stands_anywhere_is_told_and_not_stumbled_over(tmp_path: Path) -> None:
    people = (
        told(TEAM, "corpGroupInfo", {"displayName": "Risk", "members": [ADA], "groups": [TEAM]}),
        told(ADA, "corpUserInfo", {"active": True, "email": "a", "managerUrn": ADA}),
        told(
            GROUP, "deprecation", {"deprecated": True, "decommissionTime": 1, "note": "x", "replacement": V1}
        ),
        told(LIVE, "ownership", {"owners": [{"owner": TEAM, "type": "X"}]}),
        told(ORDERS, "status", {"removed": False}),
        told(SCORER, "dataJobInputOutput", {"inputDatasetEdges": [{"destinationUrn": ORDERS}]}),
    )
    fine = told(SCORES, "datasetProperties")
    for document in (*MODELS[:3], *people, snapshot(MODELS[1]), as_text(MODELS[0])):
        strange = [one for one in with_each_strange(document) if isinstance(one, dict)]
        reading = read(tmp_path, fine, *MODELS, *strange)
        assert reading.documents.read == len(MODELS) + len(strange) + 1
        assert reading.documents.read == reading.documents.kept + reading.documents.skipped
        assert reading.edges.read == reading.edges.kept + reading.edges.skipped
        for one in strange:
            read(tmp_path, fine, one)


def test_importing_twice_changes_nothing_and_what_is_not_stated_any_more_is_withdrawn(
    tmp_path: Path, catalog: Catalog
) -> None:
    first = catalog.import_(read(tmp_path, *MODELS), format="datahub", now=MONDAY)
    again = read_datahub([tmp_path], known=catalog.known_outside("datahub", [tmp_path]))
    assert first.changed
    assert not catalog.import_(again, format="datahub", now=MONDAY).changed
    assert [one.name for one in catalog.models()] == ["churn"]
    model = GROUP.lower()
    assert catalog.endpoints_of(model)[0].id == LIVE.lower()
    assert [one.name for one in catalog.impact(model).consumers] == ["score"]
    moved = read(tmp_path, *MODELS, told(V1, "mlModelProperties", {"groups": [GROUP], "deployments": [LIVE]}))
    report = catalog.import_(moved, format="datahub", now=MONDAY)
    assert f"{SCORER.lower()} -> {V1.lower()}" in report.withdrawn
    assert catalog.impact(model).consumers == ()


def test_what_could_be_several_things_by_now_is_neither_and_stays_and_is_told(
    tmp_path: Path, catalog: Catalog
) -> None:
    only = [one for one in MODELS if one["entityUrn"] != SCORER]
    catalog.import_(read(tmp_path, *only), format="datahub", now=MONDAY)
    twins = tuple(
        Entity(id=f"component:default/{name}", kind=Kind.PIPELINE, name=name, aliases=(SCORER,))
        for name in ("one", "other")
    )
    others = Reading(
        entities=twins,
        source_digest="sha256:0",
        roots=("/twins",),
        files=dict.fromkeys((one.id for one in twins), "/twins"),
    )
    catalog.import_(others, format="backstage", now=MONDAY)
    report = catalog.import_(read(tmp_path, *only, known=twins), format="datahub", now=MONDAY)
    could_be = (
        f"could be component:default/one or component:default/other or {SCORER.lower()}; joined to neither"
    )
    assert any(could_be in str(one) for one in report.notes)
    assert report.withdrawn == ()
    assert [one.name for one in catalog.impact(GROUP.lower()).consumers] == ["score"]


def test_a_mention_says_nothing_of_what_another_file_describes(tmp_path: Path, catalog: Catalog) -> None:
    """Not even where another catalog has the same thing as well, so that it is known by another id."""

    def imported(name: str, *documents: dict[str, Any]) -> ImportReport:
        (file := tmp_path / f"{name}.json").write_text(json.dumps(documents))
        reading = read_datahub([file], known=catalog.known_outside("datahub", [file]))
        return catalog.import_(reading, format="datahub", now=MONDAY)

    upstream = told(ORDERS, "upstreamLineage", {"upstreams": [{"dataset": SCORES, "type": "COPY"}]})
    described = told(ORDERS, "datasetProperties", {"name": "All orders"})
    owned = told(ORDERS, "ownership", {"owners": [{"owner": TEAM, "type": "TECHNICAL_OWNER"}]})
    team = told(TEAM, "corpGroupInfo", {"displayName": "risk"})
    imported("warehouse", team, owned, described, upstream)
    (file := tmp_path / "catalog-info.yaml").write_text(
        a_document("Resource", "orders", "type: dataset", aliases="-").replace('"-"', f'["{ORDERS}"]')
    )
    imported_backstage(catalog, file)
    assert catalog.entity(ORDERS.lower()).id == "resource:default/orders"
    before = next(one for one in catalog.as_told() if one.id == ORDERS.lower())
    reads = told(SCORER, "dataJobInputOutput", {"inputDatasets": [ORDERS], "outputDatasets": []})
    report = imported("jobs", reads)
    assert next(one for one in catalog.as_told() if one.id == ORDERS.lower()) == before
    assert (before.title, before.owner_id, report.withdrawn) == ("All orders", TEAM.lower(), ())
    assert not [one for one in report.notes if "otherwise" in one.note]
    there = catalog.snapshot()
    assert there.edge(SCORER.lower(), ORDERS.lower()) is not None
    assert there.edge(ORDERS.lower(), SCORES.lower()) is not None
    assert not imported("warehouse", team, owned, described, upstream).changed
    assert not imported("jobs", reads).changed


@pytest.mark.parametrize("file", [None, *REAL], ids=lambda file: file.name if file else "as written here")
def test_of_a_whole_file_every_version_has_its_model_and_every_deployment_a_version(
    tmp_path: Path, file: Path | None
) -> None:
    reading = read_datahub([file]) if file else read(tmp_path, *MODELS)
    things = {one.id: one for one in reading.entities}
    kinds = Counter(one.kind for one in reading.entities)
    versions = [one for one in reading.entities if one.kind is Kind.VERSION]
    served = {edge.from_id for edge in reading.dependencies if things[edge.to_id] in versions}
    assert all(things[one.model_id].kind is Kind.MODEL for one in versions)
    assert all(one.id in served for one in reading.entities if one.kind is Kind.ENDPOINT)
    assert all(": a tag neither serves" in str(one) for one in reading.skipped)
    expected = (3, 5, 4, 2) if file else (1, 1, 1, 0)
    assert (
        kinds[Kind.MODEL],
        kinds[Kind.VERSION],
        kinds[Kind.ENDPOINT],
        len(reading.groups),
    ) == expected


def test_what_a_version_was_trained_with_and_measured_by_is_described_in_the_archive_of_its_model(
    tmp_path: Path,
) -> None:
    properties = {
        "groups": [GROUP],
        "hyperParams": [{"name": "depth", "value": "6"}, {"value": "1"}],
        "trainingMetrics": [{"name": "auc", "value": "0.91"}],
    }
    source = {
        "sourceCode": [{"type": "TRAINING_PIPELINE_SOURCE_CODE", "sourceCodeUrl": "https://git/churn"}, {}]
    }
    reading = read(
        tmp_path,
        told(GROUP, "mlModelGroupProperties"),
        told(V1, "mlModelProperties", properties),
        told(V1, "sourceCode", source),
    )
    found = {one.id: one.references for one in reading.entities if one.references}
    assert found == {
        V1.lower(): (
            Reference(
                of=ArtifactClass.HYPERPARAMETERS, what="parameters", version=V1, values=(("depth", "6"),)
            ),
            Reference(of=ArtifactClass.METRICS, what="metrics", version=V1, values=(("auc", "0.91"),)),
            Reference(
                of=ArtifactClass.CODE,
                what="link",
                where="https://git/churn",
                name="TRAINING_PIPELINE_SOURCE_CODE",
            ),
        )
    }
