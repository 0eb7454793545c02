"""Which endpoints an account of SageMaker has, what they depend on, and who can switch them off."""

from __future__ import annotations

import pytest

from data.catalog.catalog import Catalog
from data.importers.sagemaker import read_sagemaker
from data.records.catalog import EndpointKind, Entity, Kind
from tests.data.catalogs import MONDAY, as_one, joined_ends
from tests.data.importers.sagemaker_account import (
    HEAD,
    KNOWN,
    PAYMENTS,
    Answer,
    a_component,
    a_config,
    a_group,
    a_model,
    a_package,
    an_account,
    an_endpoint,
    arn,
    by_name,
    ends,
    of_file,
    of_package,
    read,
    said,
    short,
    skipped,
    tagged,
)


def test_an_endpoint_depends_on_the_model_of_each_variant_and_shadow_and_is_driven_by_its_arn() -> None:
    """Its name alone would be switched off in whatever account the bot works."""
    reading = read(
        a_model("Blue", of_file("s3://m/b")),
        a_model("Green", of_file("s3://m/g")),
        a_model("Next", of_file("s3://m/n")),
        an_endpoint(
            "Churn-EU",
            "now",
            ProductionVariants=[{"VariantName": "Blue", "CurrentWeight": 0.0}],
            PendingDeploymentSummary={"EndpointConfigName": "then"},
        ),
        a_config("now", "Blue", shadows=("Green",)),
        a_config("then", "Next"),
        tagged(arn("endpoint", "Churn-EU"), team="payments", e_consumers="checkout Batch"),
    )
    assert by_name(reading)["Churn-EU"] == Entity(
        id=arn("endpoint", "churn-eu"),
        kind=Kind.ENDPOINT,
        name="Churn-EU",
        owner_id=PAYMENTS.id,
        owner_names=("payments",),
        lifecycle="in service",
        endpoint_kind=EndpointKind.SAGEMAKER,
        endpoint_ref=f"{HEAD}:endpoint/Churn-EU",
        declared_in=arn("endpoint", "churn-eu"),
        aliases=(arn("endpoint", "churn-eu"),),
    )
    assert as_one(reading, KNOWN).id_of("sagemaker-consumer:checkout") == "component:default/checkout"
    assert ends(reading) == [
        ":endpoint/churn-eu -> :model/blue",
        ":endpoint/churn-eu -> :model/green",
        ":endpoint/churn-eu -> :model/next",
        "sagemaker-consumer:checkout -> :endpoint/churn-eu",
        "sagemaker-consumer:batch -> :endpoint/churn-eu",
    ]
    assert said(reading, "Churn-EU: variants") == [
        "Churn-EU: variants Blue (weight 0), Green (shadow), Next (weight 1, next): each counts as in use"
    ]
    assert said(reading, "1 endpoints") == [
        (
            "1 endpoints: SageMaker and CloudWatch tell how much is called, never who calls; consumers are those that "
            "tags and other catalogs name"
        )
    ]


@pytest.mark.parametrize(
    "containers",
    [
        (of_file("s3://models/all", Mode="MultiModel"),),
        (of_package("Churn/2"), of_package("Fraud/1")),
    ],
    ids=["one container for all", "called one by one"],
)
def test_models_that_answer_beside_each_other_share_the_endpoint(
    catalog: Catalog, containers: tuple[Answer, ...]
) -> None:
    """Switching it off for one would take the other down, so that is left to people."""
    reading = read(
        a_group("Churn"),
        a_group("Fraud"),
        a_package("Churn", 2, url="s3://models/all/churn.tar.gz"),
        a_package("Fraud", 1, url="s3://models/all/fraud.tar.gz"),
        a_model("M", *containers, InferenceExecutionConfig={"Mode": "Direct"}),
        an_endpoint("E"),
        a_config("E", "M"),
    )
    catalog.import_(reading, format="sagemaker", now=MONDAY)
    models = (arn("model-package-group", "Churn"), arn("model-package-group", "Fraud"), arn("model", "M"))
    served = [(one.name, one.endpoint_kind) for model in models for one in catalog.endpoints_of(model)]
    assert served == [(name, EndpointKind.MANUAL) for name in ("E#Churn", "E#Fraud", "E#M")]


def test_components_share_their_endpoint_which_its_config_does_not_bring_back() -> None:
    reading = read(
        a_model("M", of_file("s3://m/m")),
        an_endpoint("E"),
        a_config("E", ""),
        a_component("Named", "E", ModelName="M"),
        a_component("Base", "E", Container={"ArtifactUrl": "s3://m/base"}),
        a_component("Lora", "E", Container={"ArtifactUrl": "s3://m/lora"}, BaseInferenceComponentName="Base"),
        a_component("On-m", "E", BaseInferenceComponentName="Named"),
        a_component("Astray", "gone"),
        {**a_component("Going", "E", ModelName="M"), "InferenceComponentStatus": "Deleting"},
    )
    assert by_name(reading)["E"].endpoint_kind is EndpointKind.MANUAL
    assert by_name(reading)["Lora"].artifacts == ("s3://m/lora",)
    parts = (
        ":model/m",
        ":inference-component/base",
        ":inference-component/lora",
        ":inference-component/on-m",
    )
    assert ends(reading) == [
        *(f":endpoint/e -> {part}" for part in parts),
        ":inference-component/lora -> :inference-component/base",
        ":inference-component/on-m -> :model/m",
    ]
    assert skipped(reading) == [
        "Astray: its endpoint is not there",
        "Going: is being deleted",
    ]
    assert said(reading, "E: runs") == [
        "E: runs inference components, which its config does not bring back; a person switches it off"
    ]


def test_what_is_going_failed_or_half_gone_is_told() -> None:
    targets = [
        {"ResourceId": "endpoint/bad/variant/all", "MinCapacity": 1, "MaxCapacity": 4},
        {"ResourceId": "endpoint/nobody/variant/all"},
        {"ResourceId": "table/x"},
    ]
    reading = read(
        a_group("Going", ModelPackageGroupStatus="Deleting"),
        a_package(
            "Churn",
            1,
            ModelPackageStatus="Failed",
            ModelApprovalStatus="Rejected",
            ModelLifeCycle={"Stage": "QA"},
        ),
        an_endpoint("dying", status="Deleting"),
        an_endpoint("bad", status="Failed", FailureReason="no image"),
        an_endpoint("lost"),
        a_config("bad", "deleted"),
        a_config("idle", "deleted"),
        {"ScalableTargets": targets},
    )
    assert skipped(reading) == [
        "Going: is being deleted",
        "dying: is being deleted",
        "bad variant deleted -> deleted: no such model is there any more; it serves what it loaded",
        "lost -> config lost: its config is gone, so what it serves is not known",
        "idle: no endpoint runs this config",
        "endpoint/nobody/variant/all: no such endpoint is there",
        "table/x: scales nothing of SageMaker",
    ]
    assert [short(one) for one in reading.notes][:-1] == [
        ":model-package/churn/1 Churn: nothing tells of the group itself; taken from its versions, without tags",
        ":model-package/churn/1 Churn/1: is failed; is in stage QA, and rejected",
        ":endpoint/bad bad: is failed: no image",
        (
            ":endpoint/bad endpoint/bad/variant/all: scales by itself between 1 and 4; SageMaker forgets that with the "
            "endpoint"
        ),
    ]
    assert by_name(reading)["Churn"].id == arn("model-package-group", "Churn")
    assert (reading.documents.read, reading.documents.skipped) == (10, 5)
    assert [(short(one.from_id), short(one.to_id)) for one in reading.unresolved] == [
        (":endpoint/bad", ":model/deleted")
    ]
    assert [short(one) for one in reading.uncertain] == [":endpoint/lost"]


@pytest.mark.parametrize("ref", ["churn-eu", f"{HEAD}:endpoint/churn-eu"])
def test_what_another_catalog_switches_off_by_this_name_is_this_endpoint(ref: str) -> None:
    there = Entity(
        id="component:default/serve",
        kind=Kind.ENDPOINT,
        name="serve",
        endpoint_kind=EndpointKind.SAGEMAKER,
        endpoint_ref=ref,
    )
    answers = [a_model("M", of_file("s3://m/m")), an_endpoint("Churn-EU"), a_config("Churn-EU", "M")]
    reading = read(*answers, known=[there])
    joined = f"component:default/serve -> {arn('model', 'M')}"
    assert joined_ends(reading, [there]) == [joined]


def test_the_same_name_in_two_regions_joins_neither() -> None:
    there = Entity(
        id="component:default/serve",
        kind=Kind.ENDPOINT,
        name="serve",
        endpoint_kind=EndpointKind.SAGEMAKER,
        endpoint_ref="E",
    )
    other = an_endpoint("E") | {"EndpointArn": arn("endpoint", "E", HEAD.replace("eu-west-1", "us-east-1"))}
    accounts = [
        an_account(an_endpoint("E")),
        an_account(other, head="arn:aws:sagemaker:us-east-1:123456789012"),
    ]
    reading = read_sagemaker(accounts, known=[there])
    assert [one.id for one in reading.entities] == [arn("endpoint", "E"), other["EndpointArn"]]
    assert not as_one(reading, [there]).one_of
    assert list(as_one(reading, [there]).doubts) == ["sagemaker endpoint e"]


def test_a_config_that_says_something_odd_withdraws_nothing() -> None:
    config = a_config("E", "M") | {"ShadowProductionVariants": "none"}
    reading = read(a_model("M", of_file("s3://m/m")), an_endpoint("E"), config)
    assert ends(reading) == [":endpoint/e -> :model/m"]
    assert reading.uncertain == (arn("endpoint-config", "E"), arn("endpoint", "E"))
    assert said(reading, "E Shadow") == [
        'E ShadowProductionVariants: is "none" and not a list of objects; ignored. What it stated before stays'
    ]
