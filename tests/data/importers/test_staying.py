"""What cannot be told withdraws nothing, in whichever format: a wrong type, or a name that fits several things by now.

A file states edges and is read; then it says something nobody can read as an edge, or as none. What was known stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.commands.check import READERS
from data.catalog.catalog import Catalog
from data.importers.report import ImportReport
from tests.data.catalogs import MONDAY, a_document, imported

ETA = {"fullyQualifiedName": "svc.eta", "algorithm": "x"}
ORDERS = {"type": "table", "fullyQualifiedName": "db.orders"}
DATASET = "urn:li:dataset:(hive,{},PROD)"
ARN = {"customProperties": {"arn": "arn:aws:x"}}
DBT = {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}}


def twins(alias: str) -> str:
    """Two things that have it as an alias."""
    return "---\n".join(
        a_document("Component", name, "type: service", aliases=alias) for name in ("one", "other")
    )


def component(spec: str) -> str:
    return a_document("Component", "shop", spec) + "---\n" + a_document("Resource", "m", "type: ai-model")


def proposals(*aspects: object) -> str:
    """Of the data set "scores": each is its upstreamLineage, or a whole proposal."""
    said = {"entityUrn": DATASET.format("scores"), "changeType": "UPSERT"}
    told = [{**said, "aspectName": "datasetProperties", "aspect": {"json": ARN}}]
    for aspect in aspects:
        is_whole = isinstance(aspect, dict) and "entityUrn" in aspect
        told.append(aspect if is_whole else {**said, "aspectName": "upstreamLineage", "aspect": aspect})  # type: ignore[arg-type]
    return json.dumps(told)


def upstreams(stated: object) -> dict[str, Any]:
    return {"json": {"upstreams": stated}}


def entities(*things: object) -> str:
    return json.dumps([ETA, *things])


def feature(source: object) -> dict[str, Any]:
    return {**ETA, "mlFeatures": [{"featureSources": [{"dataSource": source}]}]}


def lineage(edges: object) -> dict[str, Any]:
    return {"entity": {"type": "mlmodel", **ETA}, "upstreamEdges": edges}


FLOW = {"fromEntity": ORDERS, "toEntity": {"type": "mlmodel", **ETA}}


def manifest(depends_on: object, *, orders: object = None, **more: object) -> str:
    nodes = {
        "model.shop.scores": {"resource_type": "model", "depends_on": depends_on},
        "model.shop.orders": {"resource_type": "model"} if orders is None else orders,
    }
    return json.dumps({**DBT, "nodes": nodes, **more})


def registry(version: object) -> str:
    models = [{"name": "Churn"}, {"name": "Live"}]
    versions = [{"name": "Churn", "version": "1"}, {"name": "Live", "version": "1", "source": version}]
    return json.dumps({"registered_models": models, "model_versions": versions})


def a_bom(depends_on: object) -> str:
    parts = [
        {"type": "application", "name": "shop", "version": "1", "bom-ref": "shop"},
        {
            "type": "machine-learning-model",
            "name": "churn",
            "purl": "pkg:x/churn@1",
            "bom-ref": "pkg:x/churn@1",
        },
    ]
    stated = [{"ref": "shop", "dependsOn": depends_on}]
    return json.dumps(
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": parts, "dependencies": stated}
    )


def consumers(names: str) -> str:
    tags = [{"key": "emeritus.consumers", "value": names}]
    return json.dumps({"registered_models": [{"name": "Churn", "tags": tags}]})


class Case(NamedTuple):
    """`said` is what the report says of the second. Backstage declares `first` before both, `meanwhile` between."""

    format: str
    before: str
    after: str
    said: str
    meanwhile: str = ""
    first: str = ""


CASES = {
    "backstage, a mapping": Case(
        "backstage",
        component("dependsOn: [resource:m]"),
        component("dependsOn: {resource: m}"),
        "spec.dependsOn a mapping: not a reference",
    ),
    "backstage, a list in the list": Case(
        "backstage",
        component("dependsOn: [resource:m]"),
        component("dependsOn: [[resource:m]]"),
        "spec.dependsOn a list: not a reference",
    ),
    "datahub, a text": Case(
        "datahub",
        proposals(upstreams([{"dataset": DATASET.format("orders")}])),
        proposals(upstreams(DATASET.format("orders"))),
        "upstreamLineage.upstreams: is \"urn:li:dataset:(hive,orders,PROD)\" and not a list of objects; ignored",
    ),
    "datahub, an aspect that is none": Case(
        "datahub",
        proposals(upstreams([{"dataset": DATASET.format("orders")}])),
        proposals({"value": "{"}),
        "its aspect is a text, but no JSON",
    ),
    "datahub, a patch": Case(
        "datahub",
        proposals(upstreams([{"dataset": DATASET.format("orders")}])),
        proposals({"entityUrn": DATASET.format("scores"), "aspectName": "upstreamLineage", "changeType": "PATCH"}),
        "changeType PATCH changes what we may not have",
    ),
    "datahub, half a urn": Case(
        "datahub",
        proposals(upstreams([{"dataset": DATASET.format("orders")}])),
        proposals(upstreams([{"dataset": "urn:li:dataset:(hive,or"}])),
        "names no whole urn",
    ),
    "datahub, removed there": Case(
        "datahub",
        proposals(upstreams([{"dataset": DATASET.format("orders")}])),
        proposals(
            upstreams([{"dataset": DATASET.format("orders")}]),
            {"entityUrn": DATASET.format("orders"), "aspectName": "status", "aspect": {"json": {"removed": True}}},
        ),
        "removed, says",
    ),
    "cyclonedx, what could be two itself": Case(
        "cyclonedx",
        a_bom(["pkg:x/churn@1"]),
        a_bom(["pkg:x/churn@1"]),
        "could be component:default/churn (consumer) or component:default/one (consumer) or cyclonedx:pkg:x/churn@1",
        a_document("Component", "one", "type: service", aliases="pkg:x/churn@1"),
        a_document("Component", "churn", "type: service", aliases="pkg:x/churn@1"),
    ),
    "openmetadata, a text for features": Case(
        "openmetadata",
        json.dumps(feature(ORDERS)),
        json.dumps({**ETA, "mlFeatures": "orders"}),
        'mlFeatures: is "orders" and not a list of objects; ignored',
    ),
    "openmetadata, a text for lineage": Case(
        "openmetadata",
        entities(lineage([FLOW])),
        entities(lineage("db.orders")),
        'upstreamEdges: is "db.orders" and not a list; ignored',
    ),
    "openmetadata, data that could be two": Case(
        "openmetadata",
        json.dumps(feature(ORDERS)),
        json.dumps(feature(ORDERS)),
        "db.orders could be component:default/one or component:default/other",
        twins("db.orders"),
    ),
    "openmetadata, lineage that could be two": Case(
        "openmetadata",
        entities(lineage([FLOW])),
        entities(lineage([FLOW])),
        "db.orders could be component:default/one or component:default/other",
        twins("db.orders"),
    ),
    "openmetadata, deleted there": Case(
        "openmetadata",
        entities(lineage([FLOW])),
        entities(lineage([{**FLOW, "fromEntity": {**ORDERS, "deleted": True}}])),
        "db.orders is deleted",
    ),
    "dbt, a list": Case(
        "dbt",
        manifest({"nodes": ["model.shop.orders"]}),
        manifest(["model.shop.orders"]),
        "depends_on: is a list and not an object; ignored",
    ),
    "dbt, an object in the list": Case(
        "dbt",
        manifest({"nodes": ["model.shop.orders"]}),
        manifest({"nodes": [{"model": "orders"}]}),
        "depends_on.nodes[0]: is an object and not a text; ignored",
    ),
    "dbt, nothing readable at the other end": Case(
        "dbt",
        manifest({"nodes": ["model.shop.orders"]}),
        manifest({"nodes": ["model.shop.orders"]}, orders="orders"),
        "model.shop.orders is skipped: no object",
    ),
    "dbt, a child_map of texts": Case(
        "dbt",
        manifest(None, child_map={"model.shop.orders": ["model.shop.scores"]}),
        manifest(None, child_map={"model.shop.orders": {"model.shop.scores": 1}}),
        "child_map.model.shop.orders: is an object and not a text or a list of texts; ignored",
    ),
    "mlflow, a source that is no text": Case(
        "mlflow", registry("models:/Churn/1"), registry({"uri": "models:/Churn/1"}), "Live/1 source: is an object"
    ),
    "mlflow, an original that nobody has": Case(
        "mlflow",
        registry("models:/Churn/1"),
        registry("models:/Churn@champion"),
        "Live/1 -> models:/Churn@champion: nobody declares it",
    ),
    "mlflow, a consumer that could be two": Case(
        "mlflow", consumers("mailer"), consumers("mailer"), "mailer -> Churn: could be", twins("mailer")
    ),
}  # fmt: skip


@pytest.fixture
def read(catalog: Catalog, tmp_path: Path) -> Callable[[Case, str], ImportReport]:
    def again(case: Case, text: str) -> ImportReport:
        (file := tmp_path / f"it.{'yaml' if case.format == 'backstage' else 'json'}").write_text(text)
        reading = READERS[case.format](catalog, (file,))
        return catalog.import_(reading, format=case.format, now=MONDAY)

    return again


def declare(catalog: Catalog, path: Path, text: str) -> None:
    if text:
        path.write_text(text)
        imported(catalog, path)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_cannot_be_told_is_said_and_withdraws_nothing(
    catalog: Catalog, tmp_path: Path, read: Callable[[Case, str], ImportReport], case: Case
) -> None:
    declare(catalog, tmp_path / "first.yaml", case.first)
    read(case, case.before)
    stated = catalog.lineage().edges
    assert stated
    declare(catalog, tmp_path / "meanwhile.yaml", case.meanwhile)
    report = read(case, case.after)
    assert report.withdrawn == ()
    assert set(stated) <= set(catalog.lineage().edges)
    assert case.said in str(report)
