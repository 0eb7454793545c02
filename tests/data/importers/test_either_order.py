"""What a source refers to in another catalog is that, whichever of both was imported first; and is not any more once
nobody calls it so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements, a_document, imported
from tests.data.importers.sagemaker_account import a_config, a_model, an_endpoint, arn, of_file
from tests.data.importers.test_cyclonedx import a_bom, a_part
from tests.data.importers.test_openlineage import an_event
from tests.data.importers.test_sagemaker_files import save
from tests.data.importers.test_successors import file, take

MODEL = "resource:default/churn"


def openlineage(path: Path) -> Path:
    return file(path, "ol.ndjson", json.dumps(an_event("2026-03-01", "spark/etl", "models/churn")))


def huggingface(path: Path) -> Path:
    (folder := path / "acme" / "tuned").mkdir(parents=True)
    return file(folder, "README.md", "---\nbase_model: acme/churn\n---\n")


def a_manifest(path: Path, unique_id: str, of: Mapping[str, object] | None = None, **said: object) -> Path:
    kind, name = unique_id.split(".", maxsplit=1)[0], unique_id.rpartition(".")[2]
    told = {"unique_id": unique_id, "resource_type": kind, "name": name, "meta": {"emeritus": said}}
    node = {**told, **(of or {})}
    metadata = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}
    nodes = {"exposure": "exposures", "source": "sources"}.get(kind, "nodes")
    return file(
        path, "manifest.json", json.dumps({"metadata": metadata, "nodes": {}, nodes: {unique_id: node}})
    )


def dbt(path: Path) -> Path:
    return a_manifest(path, "model.shop.scores", depends_on=["acme/churn"])


def cyclonedx(path: Path) -> Path:
    model = a_part("library", "churn", purl="pkg:huggingface/acme/churn@1")
    page = a_part("application", "shop", version="1")
    return file(path, "bom.json", json.dumps(a_bom(model, page, depends={"shop": "churn"})))


def backstage(path: Path) -> Path:
    return file(
        path, "shop.yaml", a_document("Component", "shop", "type: service, dependsOn: [models:/churn]")
    )


SOURCES = {
    backstage: ("models:/churn", "component:default/shop"),
    cyclonedx: ("pkg:huggingface/acme/churn@1", "cyclonedx:application/shop@1"),
    dbt: ("acme/churn", "dbt:model.shop.scores"),
    huggingface: ("acme/churn", "huggingface:acme/tuned"),
    openlineage: ("models/churn", "openlineage:job:spark/etl"),
}


@pytest.mark.parametrize("write", SOURCES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("is_first", [True, False], ids=["catalog first", "catalog last"])
def test_whoever_is_imported_first_the_same_depends_on_the_model(
    tmp_path: Path, write: Callable[[Path], Path], is_first: bool
) -> None:
    alias, consumer = SOURCES[write]
    path = write(tmp_path)
    store = SqliteStore(tmp_path / "e.db", NoRetirements())
    catalog = Catalog(store)

    def catalog_says(alias: str) -> None:
        imported(
            catalog,
            file(tmp_path, "m.yaml", a_document("Resource", "churn", "type: ai-model", aliases=alias)),
        )

    if is_first:
        catalog_says(alias)
    take(catalog, write.__name__, path)
    if not is_first:
        catalog_says(alias)
    assert [one.consumer_id for one in catalog.impact(MODEL).consumers] == [consumer]
    assert not take(catalog, write.__name__, path).changed
    catalog_says("other")
    assert catalog.impact(MODEL).consumers == ()
    store.close()


@pytest.mark.parametrize("is_first", [True, False], ids=["catalog first", "catalog last"])
def test_what_another_catalog_switches_off_is_that_endpoint_whichever_was_imported_first(
    catalog: Catalog, tmp_path: Path, is_first: bool
) -> None:
    (folder := tmp_path / "aws").mkdir()
    save(folder, a_model("M", of_file("s3://m/m")), an_endpoint("Live"), a_config("Live", "M"))
    said = {"endpoint_kind": "sagemaker", "endpoint_ref": "live"}
    document = a_document("Component", "serve", "type: model-server", **said)
    source = file(tmp_path, "e.yaml", document)
    if is_first:
        imported(catalog, source)
    take(catalog, "sagemaker", folder)
    if not is_first:
        imported(catalog, source)
    there = catalog.snapshot()
    assert [one.id for one in there.endpoints_of(arn("model", "M"))] == ["component:default/serve"]
    imported(catalog, file(tmp_path, "e.yaml", document.replace("live", "other")))
    there = catalog.snapshot()
    assert [one.id for one in there.endpoints_of(arn("model", "M"))] == [arn("endpoint", "Live")]


@pytest.mark.parametrize("is_first", [True, False], ids=["CSV first", "CSV last"])
def test_a_kind_that_nobody_states_parts_nothing_that_is_called_alike(
    catalog: Catalog, tmp_path: Path, is_first: bool
) -> None:
    edges = file(tmp_path, "edges.csv", "from,to\nresource:default/churn,resource:default/visits\n")
    manifest = a_manifest(tmp_path, "exposure.shop.fraud", kind="model", aliases=[MODEL])
    if is_first:
        take(catalog, "csv", edges)
    take(catalog, "dbt", manifest)
    if not is_first:
        take(catalog, "csv", edges)
    there = catalog.snapshot()
    assert (there.id_of(MODEL), there.entity(MODEL).kind) == ("dbt:exposure.shop.fraud", "model")
    stated = file(
        tmp_path,
        "stated.csv",
        "from,to,from_kind\nresource:default/churn,resource:default/visits,pipeline\n",
    )
    take(catalog, "csv", stated)
    there = catalog.snapshot()
    assert (there.id_of(MODEL), there.entity(MODEL).kind) == (MODEL, "pipeline")


def test_a_table_that_two_things_have_is_told_as_a_doubt_and_a_source_of_dbt_keeps_its_edge_to_the_name(
    catalog: Catalog, tmp_path: Path
) -> None:
    table = {"database": "prod", "schema": "core", "identifier": "x", "relation_name": "prod.core.x"}
    manifest = a_manifest(tmp_path, "source.shop.core.x", of=table)
    twins = (a_document("Resource", one, "type: dataset", aliases="prod.core.x") for one in ("a", "b"))
    imported(catalog, file(tmp_path, "t.yaml", "---\n".join(twins)))
    report = take(catalog, "dbt", manifest)
    assert "could be resource:default/a or resource:default/b; " in str(report)
    edges = catalog.lineage().edges
    assert ("dbt:source.shop.core.x", "dbt-named:prod.core.x") in edges


@pytest.mark.parametrize("is_first", [True, False], ids=["dbt first", "dbt last"])
def test_a_source_of_dbt_depends_on_whatever_has_its_table_whichever_was_imported_first(
    catalog: Catalog, tmp_path: Path, is_first: bool
) -> None:
    table = {
        "database": "prod",
        "schema": "core",
        "identifier": "scores",
        "relation_name": "prod.core.scores",
    }
    manifest = a_manifest(tmp_path, "source.shop.core.scores", of=table)
    writer = a_document(
        "Resource", "scores", "type: dataset, dependsOn: ['resource:churn']", aliases="Prod.Core.Scores"
    )
    source = file(tmp_path, "w.yaml", f"{a_document('Resource', 'churn', 'type: ai-model')}---\n{writer}")
    if is_first:
        take(catalog, "dbt", manifest)
    imported(catalog, source)
    if not is_first:
        take(catalog, "dbt", manifest)
    assert [one.consumer_id for one in catalog.impact(MODEL).consumers] == [
        "resource:default/scores",
        "dbt:source.shop.core.scores",
    ]
    assert not take(catalog, "dbt", manifest).changed


@pytest.mark.parametrize("write", ["backstage", "csv", "dbt"])
def test_what_reads_the_same_once_its_owners_are_there_is_no_change(
    catalog: Catalog, tmp_path: Path, write: str
) -> None:
    owned = "type: ai-model, owner: payments"
    paths = {
        "backstage": file(tmp_path, "m.yaml", a_document("Resource", "churn", owned)),
        "csv": file(tmp_path, "e.csv", "from,to,from_owner\nbatch,churn,payments\n"),
        "dbt": a_manifest(tmp_path, "model.shop.scores", owner="payments"),
    }
    assert take(catalog, write, paths[write]).changed
    people = a_document("Group", "payments", "type: team, children: []")
    imported(catalog, file(tmp_path, "people.yaml", people))
    before = catalog.version()
    assert not take(catalog, write, paths[write]).changed
    assert catalog.version() == before
    others = paths[write].read_text().replace("payments", "risk")
    file(tmp_path, paths[write].name, others)
    assert take(catalog, write, paths[write]).changed
