"""A source that can be read, and names nothing that can be kept, is refused: it would seem to have dropped it all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.check import READERS
from data.catalog.catalog import Catalog
from data.errors import Invalid
from tests.data.catalogs import MONDAY
from tests.data.importers.registries import priced

MODEL = "urn:li:mlModel:(mlflow,churn,PROD)"
DBT = {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}}


def proposal(aspect: str, **said: object) -> dict[str, Any]:
    return {"entityUrn": MODEL, "changeType": "UPSERT", "aspectName": aspect, "aspect": {"json": said}}


def manifest(unique_id: str, kind: str) -> dict[str, Any]:
    return {**DBT, "nodes": {unique_id: {"resource_type": kind}}}


def event(**facets: object) -> dict[str, Any]:
    job = {"namespace": "n", "name": "j", "facets": facets}
    return {"eventTime": "2026-03-01T00:00:00Z", "job": job, "inputs": [{"namespace": "n", "name": "d"}]}


CASES: dict[str, tuple[str, str, str]] = {
    "csv": (
        "from,to\nshop,churn\n",
        "from,to\nshop,shop\n,churn\na|b,c\nx,x\n",
        (
            "{file}; skipped {file}:2 shop -> shop: depends on itself; "
            "skipped {file}:3 (nobody) -> churn: from is empty; "
            'skipped {file}:4 a|b -> c: a name has no "#", "|" or control characters, or references to it would be '
            "ambiguous and 1 more"
        ),
    ),
    "datahub": (
        json.dumps([proposal("mlModelProperties", description="x")]),
        json.dumps([proposal("status", removed=True)]),
        "{file}; skipped {file}:1 " + MODEL + ": removed, says {file}:1",
    ),
    "openmetadata": (
        json.dumps({"fullyQualifiedName": "svc.eta", "algorithm": "x"}),
        json.dumps({"fullyQualifiedName": "g.x", "entityType": "glossaryTerm"}),
        "{file}; skipped {file}:1 g.x: a glossaryterm neither serves nor depends",
    ),
    "dbt": (
        json.dumps(manifest("model.shop.a", "model")),
        json.dumps(manifest("test.shop.a", "test")),
        "{file}; skipped {file}:1 test.shop.a: a test is no consumer of what it checks",
    ),
    "openlineage": (
        json.dumps(event()),
        json.dumps(event(jobType={"jobType": "TEST"})),
        "{file}; skipped {file}:1 event of n/j: a test is no consumer of what it checks",
    ),
    "deprecations": (
        json.dumps({"chat-1": priced()}),
        json.dumps({"chat-1": priced(deprecation_date=None)}),
        "{file}; skipped {file}:1 chat-1: tells no deprecation_date",
    ),
    "huggingface": (
        "---\nbase_model: lab/base\nemeritus: {model_id: acme/churn}\n---\n",
        "---\nbase_model: lab/base\nsize_categories: 1K\n---\n",
        "{file}; skipped {file}:1 README.md: is the card of a dataset",
    ),
}
FILES = {"csv": "it.csv", "huggingface": "README.md"}


@pytest.mark.parametrize("name", CASES)
def test_a_source_of_which_nothing_is_kept_is_refused_and_changes_nothing(
    catalog: Catalog, tmp_path: Path, name: str
) -> None:
    before, after, said = CASES[name]
    (file := tmp_path / FILES.get(name, "it.json")).write_text(before)
    reading = READERS[name](catalog, (file,))
    catalog.import_(reading, format=name, now=MONDAY)
    version = catalog.version()
    file.write_text(after)
    with pytest.raises(Invalid) as refused:
        READERS[name](catalog, (file,))
    named, _, skipped = said.format(file=file).partition("; ")
    assert str(refused.value) == f"{named}: names nothing that can be kept; {skipped}"
    assert catalog.version() == version
