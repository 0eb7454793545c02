"""What is said of owners is as things stand when somebody asks, not as they stood when a source was read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from tests.data.catalogs import a_document, imported
from tests.data.importers.test_successors import file, take

RISK = a_document("Group", "risk", "type: team, members: []")


def model(path: Path, owner: str) -> Path:
    said = a_document("Resource", "churn", f"type: ai-model, owner: {owner}", aliases="models:/churn")
    return file(path, "m.yaml", said)


def registry(path: Path, owner: str) -> Path:
    tags = [{"key": "owner", "value": owner}]
    return file(path, "r.json", json.dumps({"registered_models": [{"name": "churn", "tags": tags}]}))


def told(catalog: Catalog) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Who owns it, what is missing, and what else is said of its owners."""
    (one, *_) = catalog.snapshot().responsible("resource:default/churn")
    why = tuple(said for said in one.why if "owner" in said)
    return one.owners.team_id, one.owners.notes, why


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_a_team_of_a_similar_name_is_suggested_whenever_it_was_imported(
    catalog: Catalog, tmp_path: Path, is_first: bool
) -> None:
    team = file(tmp_path, "team.yaml", RISK)
    for path in (model(tmp_path, "rsk"), team) if is_first else (team, model(tmp_path, "rsk")):
        imported(catalog, path)
    note = 'no owner: owner "rsk": no such group or person; closest is "risk"'
    assert told(catalog) == ("", (note,), ())
    assert not take(catalog, "backstage", model(tmp_path, "rsk")).changed


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_each_owner_who_is_not_there_is_told_with_who_names_them(
    catalog: Catalog, tmp_path: Path, is_first: bool
) -> None:
    sources = {"backstage": model(tmp_path, "legal"), "mlflow": registry(tmp_path, "fraud")}
    for format_ in sources if is_first else reversed(sources):
        take(catalog, format_, sources[format_])
    nobody = "no such group or person; nothing has a similar name"
    assert told(catalog) == (
        "",
        (f'no owner: owner "legal": {nobody}',),
        (f'mlflow:churn names owner "fraud": {nobody}',),
    )
    imported(catalog, file(tmp_path, "team.yaml", RISK.replace("risk", "fraud")))
    (fraud, notes, why) = told(catalog)
    assert (fraud, notes) == ("group:default/fraud", ("fraud has no members",))
    assert why == (
        'resource:default/churn names owner "legal": no such group or person; nothing has a similar name',
    )


def test_who_was_there_and_is_not_any_more_is_told_so(catalog: Catalog, tmp_path: Path) -> None:
    imported(catalog, file(tmp_path, "people.yaml", a_document("User", "nora")))
    take(catalog, "backstage", model(tmp_path, "nora"))
    assert told(catalog)[0] == "user:default/nora"
    imported(catalog, file(tmp_path, "team.yaml", RISK.replace("risk", "nora")))
    assert told(catalog)[:2] == ("group:default/nora", ("nora has no members",))
