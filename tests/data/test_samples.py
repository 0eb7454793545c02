"""The sample company keeps the promises its README makes, read here without any importer of ours."""

from __future__ import annotations

import importlib.util
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import networkx as nx
import pytest
import yaml

from workflows.adapters.model_server import LogisticRegression

COMPANY = Path(__file__).resolve().parents[2] / "data" / "samples" / "company"
CATALOG = ("people.yaml", "teams.yaml", "models.yaml", "consumers.yaml")


@cache
def entities() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in CATALOG:
        for entity in yaml.safe_load_all((COMPANY / name).read_text()):
            ref = f"{entity['kind']}:{entity['metadata']['name']}".lower()
            assert ref not in found
            found[ref] = entity
    return found


def graph() -> nx.DiGraph[str]:
    """Edges from who depends to what it depends on, whichever side said so."""
    edges = nx.DiGraph()
    for ref, entity in entities().items():
        edges.add_edges_from((ref, to) for to in entity["spec"].get("dependsOn", []))
        edges.add_edges_from((who, ref) for who in entity["spec"].get("dependencyOf", []))
    return edges


def annotation(entity: dict[str, Any], name: str) -> str:
    return str(entity["metadata"].get("annotations", {}).get(f"emeritus.dev/{name}", ""))


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {ref: entity for ref, entity in entities().items() if entity["spec"].get("type") == kind}


def test_the_company_has_twelve_models_thirty_consumers_and_eight_teams() -> None:
    kinds = Counter(entity["spec"].get("type", "user") for entity in entities().values())

    assert kinds.pop("ai-model") == 12
    assert kinds.pop("model-server") == 12
    assert kinds.pop("team") == 8
    assert kinds.pop("user") == 16
    assert kinds.total() == 30


def test_every_dependency_leads_to_something_declared_and_there_is_one_ring() -> None:
    assert set(graph()) <= set(entities())
    assert [sorted(ring) for ring in nx.simple_cycles(graph())] == [
        ["component:basket-suggester", "component:homepage-shelf", "component:shelf-analytics"]
    ]


def test_exactly_one_colleague_left_still_owning_something() -> None:
    known = set(entities())
    owners = {
        ref: str(entity["spec"].get("owner", "growth-ml")).lower() for ref, entity in entities().items()
    }
    missing = {
        ref: owner
        for ref, owner in owners.items()
        if (owner if ":" in owner else f"group:{owner}") not in known
    }
    ghosts = [
        m for team in of_type("team").values() for m in team["spec"]["members"] if f"user:{m}" not in known
    ]

    assert missing == {"component:tea-leaf-notebook": "user:henry-lau"}
    assert ghosts == ["henry-lau"]


def test_the_model_to_retire_touches_seven_consumers_of_four_teams_all_of_them_reachable() -> None:
    impacted = nx.ancestors(graph(), "resource:churn-v1") - {"component:churn-v1-prod"}
    by_team = Counter(entities()[ref]["spec"]["owner"] for ref in impacted)

    assert by_team == {"letters": 2, "storefront": 2, "insights": 2, "logistics": 1}
    for team in [*by_team, "growth-ml", "ml-platform", "product", "security"]:
        members = [m for m in entities()[f"group:{team}"]["spec"]["members"] if m != "henry-lau"]
        assert members
        assert all(annotation(entities()[f"user:{m}"], "slack-id").startswith("U") for m in members)
        assert all(annotation(entities()[f"user:{m}"], "manager") in entities() for m in members)


def test_successors_form_a_chain_of_three() -> None:
    chain = ["resource:churn-v1"]
    while (following := annotation(entities()[chain[-1]], "successor")) != "":
        chain.append(following)

    assert chain == ["resource:churn-v1", "resource:churn-v2", "resource:churn-v3"]


def test_every_local_artifact_exists_and_every_local_endpoint_has_weights_to_serve() -> None:
    for model in of_type("ai-model").values():
        for artifact in annotation(model, "artifacts").split(","):
            place = artifact.strip().rpartition("=")[2]
            assert place.startswith("s3://") or (COMPANY / place).is_file()
    local = {
        entity["spec"]["dependsOn"][0]: annotation(entity, "endpoint-ref")
        for entity in of_type("model-server").values()
        if annotation(entity, "endpoint-kind") == "local"
    }
    assert set(local.values()) == {"churn-v1-prod", "churn-v2-prod", "churn_nightly-batch"}
    for model_ref in local:
        weights = COMPANY / "artifacts" / model_ref.removeprefix("resource:") / "weights.json"
        assert 0 < LogisticRegression.read(weights).predict({"boxes_skipped": 2, "years_subscribed": 1}) < 1


def test_the_preprocessing_code_makes_the_features_the_weights_know() -> None:
    folder = COMPANY / "artifacts" / "churn-v1"
    spec = importlib.util.spec_from_file_location("preprocessing", folder / "preprocessing.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    features = module.features({"joined_on": date(2022, 1, 1), "boxes_skipped": 3}, date(2024, 1, 1))

    assert features == {
        "boxes_skipped": 3.0,
        "days_since_visit": 730.0,
        "support_letters": 0.0,
        "years_subscribed": 2.0,
    }
    assert LogisticRegression.read(folder / "weights.json").predict(features) == pytest.approx(1.0, abs=1e-6)


def test_the_slack_workspace_has_the_same_people_and_channels_as_the_catalog() -> None:
    slack = yaml.safe_load((COMPANY / "slack.yaml").read_text())
    people = {ref: entity for ref, entity in entities().items() if entity["kind"] == "User"}
    channels = {channel["id"]: channel for channel in slack["channels"]}

    assert {(user["id"], user["real_name"], user["tz"]) for user in slack["users"]} == {
        (annotation(p, "slack-id"), p["spec"]["profile"]["displayName"], annotation(p, "zone"))
        for p in people.values()
    }
    for person in people.values():
        assert ZoneInfo(annotation(person, "zone"))
    for team in of_type("team").values():
        members = {f"user:{m}" for m in team["spec"]["members"]} & set(people)
        assert set(channels[annotation(team, "slack-channel")]["members"]) == {
            slack["app"]["botUserId"],
            *(annotation(people[m], "slack-id") for m in members),
        }
    assert channels["C01MODELRETIREMENTS"]["name"] == "model-retirements"
    assert len(channels["C01MODELRETIREMENTS"]["members"]) == len(people) + 1
