"""What the catalog answers: models, endpoints, owners, people, successors and impact."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import NotFound, Refused
from data.records.catalog import EndpointKind, Owners
from tests.data.catalogs import a_document, a_source, imported, names


def test_an_empty_catalog_answers_too(catalog: Catalog):
    assert catalog.version() == 0
    assert catalog.models() == ()
    with pytest.raises(NotFound, match='No model is called "churn"; nothing has a similar name'):
        catalog.model("churn")


def test_a_model_is_found_by_id_by_name_and_failing_that_by_title_or_case(company: Catalog):
    for wanted in ("resource:default/churn", "churn", "CHURN", " Churn, the original "):
        assert company.model(wanted).id == "resource:default/churn"
    assert company.model("churn_nightly").id == "resource:default/churn_nightly"
    with pytest.raises(NotFound) as missing:
        company.model("churn-v4")
    assert str(missing.value) == 'No model is called "churn-v4"; closest: churn-v3, churn-v2, churn-v1'
    with pytest.raises(NotFound):
        company.model("churn-v1-prod")


def test_a_name_that_several_models_have_is_refused_with_their_ids(tmp_path: Path, catalog: Catalog):
    source = a_source(
        tmp_path / "a.yaml", "Resource a=Llama 2, type: ai-model", "Resource b=LLaMA 2, type: ai-model"
    )
    imported(catalog, source)
    with pytest.raises(Refused) as refused:
        catalog.model("llama 2")
    assert str(refused.value) == (
        '"llama 2" names 2 models: resource:default/a, resource:default/b. Use the exact id'
    )


def test_models_are_searched_for_menus(company: Catalog):
    assert names(company.search_models("churn", limit=3)) == ["churn", "churn-v1", "churn-v2"]
    assert names(company.search_models("eta")) == ["delivery-eta"]
    assert len(company.search_models("")) == 12


def test_endpoints_carry_their_model(company: Catalog):
    (endpoint,) = company.endpoints_of("resource:default/churn-v1")
    assert (endpoint.name, endpoint.model_id, endpoint.endpoint_kind) == (
        "churn-v1-prod",
        "resource:default/churn-v1",
        EndpointKind.LOCAL,
    )
    assert company.endpoints_of("resource:default/nothing") == ()


def test_a_server_becomes_shared_by_whatever_import_says_so(tmp_path: Path, catalog: Catalog):
    first = a_source(
        tmp_path / "a.yaml",
        "Resource m1, type: ai-model",
        "Component srv, type: model-server, dependsOn: ['resource:m1']",
    )
    imported(catalog, first)
    assert names(catalog.endpoints_of("resource:default/m1")) == ["srv"]
    second = a_source(tmp_path / "b.yaml", "Resource m2, type: ai-model, dependencyOf: ['component:srv']")
    imported(catalog, second)
    (endpoint,) = catalog.endpoints_of("resource:default/m1")
    assert (endpoint.id, endpoint.endpoint_kind) == ("component:default/srv#m1", EndpointKind.MANUAL)
    assert names(catalog.endpoints_of("resource:default/m2")) == ["srv#m2"]


def test_the_impact_of_the_sample_models(company: Catalog):
    impact = company.impact("resource:default/churn-v1")
    assert impact.catalog_version == 1
    assert [
        (consumer.name, consumer.distance, consumer.owners.team_name) for consumer in impact.consumers
    ] == [
        ("cancel-flow", 1, "Storefront"),
        ("restock-planner", 1, "Logistics"),
        ("retention-dashboard", 1, "Insights"),
        ("save-offer-service", 1, "Letters"),
        ("win-back-mailer", 1, "Letters"),
        ("account-page", 2, "Storefront"),
        ("monday-report", 2, "Insights"),
    ]
    ring = names(company.impact("resource:default/steep-recommender").consumers)
    assert {"homepage-shelf", "basket-suggester", "shelf-analytics"} <= set(ring)
    with pytest.raises(NotFound):
        company.impact("resource:default/ghost")


def test_successors_are_followed_through_the_chain_and_a_cycle_is_said(tmp_path: Path, company: Catalog):
    chain = company.succession("resource:default/churn-v1")
    assert (names(chain.models), chain.is_cyclic) == (["churn-v2", "churn-v3"], False)
    source = a_source(
        tmp_path / "a.yaml",
        "Resource m1, type: ai-model, successor: 'resource:m2'".replace("'", ""),
        "Resource m2, type: ai-model, successor: resource:m1",
    )
    imported(company, source)
    chain = company.succession("resource:default/m1")
    assert (names(chain.models), chain.is_cyclic) == (["m2"], True)


def test_owners_are_resolved_to_slack_and_what_is_missing_is_said(tmp_path: Path, company: Catalog):
    def owners(name: str) -> Owners:
        return company.owners_of(company.entity(f"component:default/{name}"))

    assert owners("retention-dashboard") == Owners(
        team_id="group:default/insights",
        called="Insights",
        slack_ids=("U01INESCOSTA",),
        noted=("nobody called henry-lau is in the catalog; they may have left",),
    )
    assert owners("tea-leaf-notebook") == Owners(
        noted=('no owner: owner "user:henry-lau": no such group or person; nothing has a similar name',)
    )
    assert owners("sunday-mailer").team_name == "Letters"
    source = tmp_path / "a.yaml"
    a_source(
        source,
        "Component c",
        "Component d, owner: 'user:nora'",
        "User nora, memberOf: []",
        "Group e",
        "Component f, owner: e",
    )
    source.write_text(source.read_text().replace("U0NORA", ""))
    imported(company, source)
    assert owners("c") == Owners(noted=("no owner",))
    assert owners("d") == Owners(team_id="user:default/nora", called="nora", noted=("nora has no Slack id",))
    assert owners("f") == Owners(team_id="group:default/e", called="e", noted=("e has no members",))


def test_people_and_teams_are_found_by_slack_id(company: Catalog):
    ada = company.person_by_slack("U01ADAOKAFOR")
    assert ada is not None
    assert company.person(ada.id) == ada
    assert names(company.groups_of("U01ADAOKAFOR")) == ["growth-ml"]
    assert company.manager_slack_of("U01ADAOKAFOR") == "U01VERALUND"
    assert company.manager_slack_of("U01VERALUND") is None
    assert company.manager_slack_of("U-nobody") is None
    assert company.groups_of("U-nobody") == ()
    assert company.person_by_slack("") is None
    for wanted in (
        "growth-ml",
        "Growth-ML",
        "group:growth-ml",
        "group:default/growth-ml",
        "default/growth-ml",
    ):
        assert company.members(wanted) == ("U01ADAOKAFOR", "U01TOMBIRCH")
    with pytest.raises(NotFound, match='No team is called "growth"; closest: growth-ml'):
        company.members("growth")


def test_who_is_declared_no_more_cannot_be_reached(tmp_path: Path, catalog: Catalog):
    team = ("Group t, members: [nora]", "Component c, owner: t")
    source = a_source(tmp_path / "a.yaml", *team, "User nora, memberOf: []")
    imported(catalog, source)
    assert catalog.members("t") == ("U0NORA",)
    a_source(source, *team)
    imported(catalog, source, days=1)
    assert catalog.members("t") == ()
    assert catalog.owners_of(catalog.entity("component:default/c")).notes == (
        "nora left: not in the catalog since 2026-03-03",
    )


def test_a_server_of_several_models_is_never_switched_off_for_one(tmp_path: Path, catalog: Catalog):
    """As the reference catalog for models in Backstage has it: edges from both ends, even to its own API."""
    served = "type: ai-model, providesApis: [chat-api], dependencyOf: ['component:chat']"
    source = a_source(
        tmp_path / "a.yaml",
        "Component chat, type: model-server, providesApis: [chat-api], "
        "dependsOn: ['resource:gemma', 'resource:llama', 'api:chat-api']",
        f"Resource gemma, {served}",
        f"Resource llama, {served}",
        "API chat-api, type: openapi, dependencyOf: ['component:chat']",
        "Component shop, consumesApis: [chat-api]",
    )
    imported(catalog, source)
    (endpoint,) = catalog.endpoints_of("resource:default/gemma")
    assert (endpoint.id, endpoint.endpoint_kind) == ("component:default/chat#gemma", EndpointKind.MANUAL)
    assert names(catalog.impact("resource:default/gemma").consumers) == ["chat-api", "shop"]


def test_a_team_of_the_same_name_elsewhere_takes_nobodys_place(tmp_path: Path, catalog: Catalog):
    (tmp_path / "a.yaml").write_text(
        a_document("User", "ada", slack_id="U0ADA")
        + "---\n"
        + a_document("User", "eve", slack_id="U0EVE")
        + "---\n"
        + a_document("Group", "risk", "type: team, members: [ada]")
        + "---\n"
        + a_document("Group", "risk\n  namespace: evil", "type: team, members: [default/eve]")
    )
    imported(catalog, tmp_path)
    assert (catalog.members("risk"), catalog.members("evil/risk")) == (("U0ADA",), ("U0EVE",))


def test_an_endpoint_named_once_by_arn_and_once_in_capitals_is_not_switched_off_for_one_model(
    tmp_path: Path, catalog: Catalog
):
    switches = {
        "fraud": ("sagemaker", "fraud"),
        "toy": ("sagemaker", "arn:aws:sagemaker:eu-west-1:1:endpoint/Fraud"),
        "churn": ("sagemaker", "churn"),
        "desk": ("local", "fraud"),
    }
    (tmp_path / "a.yaml").write_text(
        "---\n".join(
            a_document("Resource", name, "type: ai-model")
            + "---\n"
            + a_document(
                "Component",
                f"{name}-prod",
                f"type: model-server, dependsOn: [resource:{name}]",
                endpoint_kind=kind,
                endpoint_ref=ref,
            )
            for name, (kind, ref) in switches.items()
        )
    )
    imported(catalog, tmp_path)
    kinds = [str(catalog.entity(f"component:default/{name}-prod").endpoint_kind) for name in switches]
    assert kinds == ["manual", "manual", "sagemaker", "local"]
