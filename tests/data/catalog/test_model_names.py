"""By which names is a model found that several catalogs tell of? By all that any of them calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import NotFound, Refused
from data.importers.report import Reading
from data.records.catalog import Entity, Kind
from tests.data.catalogs import MONDAY, a_document, imported
from tests.data.importers.test_successors import file, take

MODEL = "resource:default/churn"


@pytest.fixture
def joined(catalog: Catalog, tmp_path: Path) -> Catalog:
    """A model that MLflow and a CSV call otherwise."""
    registry = json.dumps({"registered_models": [{"name": "Churn-Prod"}]})
    take(catalog, "mlflow", file(tmp_path, "registry.json", registry))
    take(catalog, "csv", file(tmp_path, "edges.csv", "from,to,to_kind\nbilling,old churn,model\n"))
    churn(catalog, tmp_path, "models:/Churn-Prod, old churn")
    return catalog


def churn(catalog: Catalog, path: Path, aliases: str) -> None:
    document = a_document("Resource", "churn", "type: ai-model", aliases=aliases)
    imported(
        catalog, file(path, "m.yaml", document.replace("  name: churn", "  name: churn\n  title: Leavers"))
    )


@pytest.mark.parametrize(
    "name",
    [
        "churn",
        "Leavers",
        "default/churn",
        "Churn-Prod",
        "churn-prod",
        "mlflow:Churn-Prod",
        "models:/churn-prod",
        "Old churn",
        "csv:old churn",
    ],
)
def test_a_model_is_found_by_every_name_that_a_catalog_gives_it(joined: Catalog, name: str) -> None:
    assert joined.model(name).id == MODEL
    assert [one.id for one in joined.models(name)] == [MODEL]


def test_what_is_apart_again_has_its_own_names_only(joined: Catalog, tmp_path: Path) -> None:
    assert joined.model("Churn-Prod").id == MODEL
    churn(joined, tmp_path, "old churn")
    assert joined.model("Churn-Prod").id == "mlflow:churn-prod"
    assert joined.model("Old churn").id == MODEL


def test_a_name_that_two_models_have_in_two_catalogs_is_refused_with_both(
    joined: Catalog, tmp_path: Path
) -> None:
    imported(joined, file(tmp_path, "other.yaml", a_document("Resource", "Churn-Prod", "type: ai-model")))
    with pytest.raises(Refused) as refused:
        joined.model("Churn-Prod")
    assert str(refused.value) == (
        '"Churn-Prod" names 2 models: resource:default/churn, resource:default/churn-prod. Use the exact id'
    )


def test_who_is_called_so_to_the_letter_comes_before_who_is_but_for_case(
    joined: Catalog, tmp_path: Path
) -> None:
    imported(joined, file(tmp_path, "other.yaml", a_document("Resource", "CHURN-PROD", "type: ai-model")))
    assert joined.model("Churn-Prod").id == MODEL
    assert joined.model("CHURN-PROD").id == "resource:default/churn-prod"


def test_a_file_that_was_shared_in_slack_makes_no_name_mean_several(joined: Catalog) -> None:
    shared = Entity(
        id="resource:default/mine", kind=Kind.MODEL, name="Churn-Prod", declared_in="slack:C1/x.yaml:1"
    )
    reading = Reading(
        entities=(shared,), source_digest="sha256:0", roots=("slack:C1",), files={shared.id: "slack:C1"}
    )
    joined.import_(reading, format="backstage", now=MONDAY)
    assert joined.model("Churn-Prod").id == MODEL
    assert joined.model("resource:default/mine").name == "Churn-Prod"


def test_a_misspelt_name_of_another_catalog_is_met_with_the_right_one(joined: Catalog) -> None:
    with pytest.raises(NotFound) as missing:
        joined.model("Churn-Prd")
    assert str(missing.value) == 'No model is called "Churn-Prd"; closest: Churn-Prod, churn'
