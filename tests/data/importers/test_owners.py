"""Whose a thing is, is asked of the catalog as it stands: teams and people may be imported before what they own or
after it, and whoever is there no more leaves it to nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from tests.data.catalogs import a_document, imported
from tests.data.importers.sagemaker_account import a_group, tagged
from tests.data.importers.test_cyclonedx import a_bom
from tests.data.importers.test_cyclonedx import a_model as a_component
from tests.data.importers.test_datahub import told
from tests.data.importers.test_openlineage import a_name, an_event
from tests.data.importers.test_openmetadata import a_model as a_metadata_model
from tests.data.importers.test_sagemaker_files import save
from tests.data.importers.test_successors import file, take

TEAM = a_document("Group", "payments", "type: team, members: [ada]")
URN = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,churn,PROD)"
HUGGING = "huggingface:acme/churn"


def backstage(path: Path, owner: str) -> Path:
    return file(path, "m.yaml", a_document("Resource", "churn", f"type: ai-model, owner: {owner}"))


def mlflow(path: Path, owner: str) -> Path:
    tags = [{"key": "owner", "value": owner}]
    return file(path, "r.json", json.dumps({"registered_models": [{"name": "churn", "tags": tags}]}))


def cyclonedx(path: Path, owner: str) -> Path:
    properties = [{"name": "emeritus:owner", "value": owner}]
    return file(path, "bom.json", json.dumps(a_bom(a_component("churn", version="1", properties=properties))))


def datahub(path: Path, owner: str) -> Path:
    owners = {"owners": [{"owner": f"urn:li:corpGroup:{owner}", "type": "TECHNICAL_OWNER"}]}
    return file(path, "hub.json", json.dumps([told(URN, "ownership", owners)]))


def huggingface(path: Path, owner: str) -> Path:
    (folder := path / "acme" / "churn").mkdir(parents=True)
    return file(folder, "README.md", f"---\nlicense: mit\nemeritus: {{owner: {owner}}}\n---\n")


def csv(path: Path, owner: str) -> Path:
    return file(path, "edges.csv", f"from,to,to_kind,to_owner\nshop,churn,model,{owner}\n")


def sagemaker(path: Path, owner: str) -> Path:
    (folder := path / "aws").mkdir()
    group = a_group("churn")
    return save(folder, group, tagged(group["ModelPackageGroupArn"], owner=owner))


def openmetadata(path: Path, owner: str) -> Path:
    model = a_metadata_model(owners=[{"type": "team", "name": owner}])
    return file(path, "om.json", json.dumps([model]))


def dbt(path: Path, owner: str) -> Path:
    exposure = {
        "unique_id": "exposure.shop.churn",
        "resource_type": "exposure",
        "name": "churn",
        "type": "ml",
        "meta": {"emeritus": {"kind": "model"}},
        "owner": {"email": "nobody@example.com", "name": owner},
        "depends_on": {"nodes": []},
    }
    metadata = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}
    return file(
        path,
        "manifest.json",
        json.dumps({"metadata": metadata, "nodes": {}, "exposures": {"exposure.shop.churn": exposure}}),
    )


def openlineage(path: Path, owner: str) -> Path:
    owners = {"owners": [{"name": f"team:{owner}", "type": "MAINTAINER"}]}
    event = an_event("2026-03-01", "spark/churn", job=a_name("spark/churn", ownership=owners))
    return file(path, "ol.ndjson", json.dumps(event))


SOURCES = (backstage, mlflow, cyclonedx, datahub, huggingface, csv, sagemaker, openmetadata, dbt, openlineage)


@pytest.mark.parametrize("write", SOURCES, ids=lambda one: one.__name__)
def test_a_team_that_is_imported_last_owns_what_names_it(
    catalog: Catalog, tmp_path: Path, write: Callable[[Path, str], Path]
) -> None:
    format_, path = write.__name__, write(tmp_path, "payments")
    report = take(catalog, format_, path)
    assert [one for one in report.notes if one.note.endswith(". Unowned until there is one")]
    assert owners(catalog) == set()
    imported(catalog, file(tmp_path, "team.yaml", TEAM))
    assert owners(catalog) == {"group:default/payments"}
    assert owners(Catalog(catalog._store)) == {"group:default/payments"}
    take(catalog, format_, path)
    assert owners(catalog) == {"group:default/payments"}


def owners(catalog: Catalog) -> set[str]:
    there = catalog.snapshot()
    return {team for one in there.as_told() if (team := there.owners_of(one).team_id)}


def test_of_several_who_are_named_the_first_owns_it_as_soon_as_they_are_there(
    catalog: Catalog, tmp_path: Path
) -> None:
    """In the order of the source, whichever was imported first."""
    take(catalog, "dbt", dbt(tmp_path, "payments"))
    imported(catalog, file(tmp_path, "team.yaml", TEAM))
    assert owners(catalog) == {"group:default/payments"}
    nora = a_document("User", "nora").replace("spec: {}", "spec: {profile: {email: nobody@example.com}}")
    imported(catalog, file(tmp_path, "nora.yaml", nora))
    assert owners(catalog) == {"user:default/nora"}
    imported(catalog, file(tmp_path, "nora.yaml", a_document("User", "else")))
    assert owners(catalog) == {"group:default/payments"}


def test_a_team_that_nobody_has_leaves_it_to_whom_the_next_source_names(
    catalog: Catalog, tmp_path: Path
) -> None:
    model = a_document("Resource", "churn", "type: ai-model, owner: paymnts", aliases="models:/churn")
    imported(catalog, file(tmp_path, "m.yaml", model), file(tmp_path, "team.yaml", TEAM))
    take(catalog, "mlflow", mlflow(tmp_path, "payments"))
    (one, *_) = catalog.snapshot().responsible("resource:default/churn")
    assert (one.thing.id, one.owners.team_id) == ("resource:default/churn", "group:default/payments")


def test_a_name_that_comes_to_mean_two_teams_is_nobodys_and_both_are_named(
    catalog: Catalog, tmp_path: Path
) -> None:
    take(catalog, "mlflow", mlflow(tmp_path, "payments"))
    other = TEAM.replace("  name: payments", "  namespace: other\n  name: payments")
    imported(catalog, file(tmp_path, "team.yaml", f"{TEAM}---\n{other}"))
    (one, *_) = catalog.snapshot().responsible("mlflow:churn")
    assert one.owners.notes == (
        'no owner: owner "payments": could be group:default/payments or group:other/payments; write the id',
    )


def test_who_owned_it_and_left_is_told_as_having_left(catalog: Catalog, tmp_path: Path) -> None:
    take(catalog, "mlflow", mlflow(tmp_path, "nora"))
    imported(catalog, file(tmp_path, "people.yaml", a_document("User", "nora")))
    imported(catalog, file(tmp_path, "people.yaml", a_document("User", "else")), days=1)
    (one, *_) = catalog.snapshot().responsible("mlflow:churn")
    assert one.owners.notes == ("nora left: not in the catalog since 2026-03-03",)
