"""A live account is read page by page, and each thing is asked for what it is."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner

from bot.cli import cli
from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.sagemaker import read_sagemaker
from data.records.catalog import EndpointKind, Kind
from tests.data.importers.sagemaker_account import (
    HEAD,
    PAYMENTS,
    a_model,
    arn,
    ends,
    of_file,
)
from tests.workflows.adapters.sagemaker_service import (
    GROUP,
    LISTS,
    REGION,
    FakeSageMaker,
    imported,
)
from workflows.adapters.sagemaker import SageMakerEndpoints
from workflows.adapters.sagemaker_account import account_at


def test_all_pages_are_read_and_every_thing_is_asked_for_what_it_is(
    service: FakeSageMaker, catalog: Catalog
) -> None:
    report = imported(catalog)
    asked = {name: [one.get("NextToken") for one in service.asks(name)] for name in LISTS}
    two, three = [None, "2"], [None, "2", "4"]
    assert [
        asked[f"List{one}"] for one in ("ModelPackageGroups", "ModelPackages", "Models", "Endpoints")
    ] == [
        two,
        two,
        three,
        three,
    ]
    assert asked["ListInferenceComponents"] == three
    assert service.asks("ListModelPackages")[0] == {"ModelPackageType": "Both"}
    assert [one["ArtifactArn"] for one in service.asks("DescribeArtifact")] == [
        arn("artifact", "data"),
        arn("artifact", "package"),
    ]
    assert (report.counts["models"], report.counts["endpoints"], report.skipped) == (6, 5, ())
    churn = catalog.entity(GROUP)
    assert (churn.tier, churn.owner_id, churn.aliases) == (2, "group:default/payments", (GROUP, "churner"))
    served = {one.name: one.endpoint_kind for one in catalog.endpoints_of(GROUP)}
    assert served == {"Churn": EndpointKind.SAGEMAKER, "Parts#Churn": EndpointKind.MANUAL}
    control = SageMakerEndpoints(boto3.client("sagemaker", region_name=REGION))
    assert control.describe(catalog.entity(arn("endpoint", "Churn")).endpoint_ref) == "serving"
    assert {catalog.entity(one.consumer_id).name for one in catalog.impact(GROUP).consumers} == {"checkout"}
    assert catalog.entity("sagemaker-dataset:s3://data/train").kind is Kind.DATASET


def test_an_account_read_twice_changes_nothing_and_what_is_gone_is_unseen(
    service: FakeSageMaker, catalog: Catalog
) -> None:
    assert imported(catalog).changed
    assert not imported(catalog).changed
    del service.holds["Endpoints"][0], service.holds["PipelineSummaries"][0]
    assert imported(catalog).unseen == (
        arn("endpoint", "Churn"),
        arn("pipeline", "Nightly"),
        "sagemaker-consumer:checkout",
    )
    assert catalog.entity(arn("endpoint", "Churn")).name == "Churn"


def test_another_region_or_account_leaves_this_one_as_it_is(service: FakeSageMaker, catalog: Catalog) -> None:
    imported(catalog)
    for head in (HEAD.replace(REGION, "us-east-1"), HEAD.replace("123456789012", "999999999999")):
        service.holds = {"Models": [a_model("M", of_file("s3://m/m")) | {"ModelArn": f"{head}:model/m"}]}
        service.contexts = {}
        report = imported(catalog, head.split(":")[3])
        assert (report.counts["models"], report.unseen, report.withdrawn) == (1, (), ())


def test_what_is_deleted_while_it_is_read_is_told(service: FakeSageMaker, catalog: Catalog) -> None:
    service.holds["Endpoints"][0]["is_gone"] = True
    service.holds["EndpointConfigs"][1]["is_gone"] = True
    report = imported(catalog)
    assert [str(one).replace(HEAD, "") for one in report.skipped] == [
        ":endpoint/churn Churn: was deleted while it was read",
        ":endpoint/fraud Fraud -> config Fraud: its config is gone, so what it serves is not known",
    ]


def test_a_region_that_is_misspelt_is_refused_with_what_comes_closest(service: FakeSageMaker) -> None:
    with pytest.raises(Invalid) as refused:
        account_at("eu-wset-1")
    assert str(refused.value).startswith(
        "region eu-wset-1: a region of AWS with SageMaker, such as eu-west-1"
    )
    assert service.asked == []


def test_the_command_reads_a_region_and_a_directory_and_refuses_before_it_changes_anything(
    service: FakeSageMaker, tmp_path: Path
) -> None:
    run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
    said = run.invoke(cli, ["import", "sagemaker", "EU-West-1", "--json"])
    assert (said.exit_code, '"models":6' in said.stdout.replace(" ", "")) == (0, True), said.output
    service.denies("ListModels")
    refused = run.invoke(cli, ["import", "sagemaker", REGION])
    assert (refused.exit_code, "AWS denies sagemaker:ListModels" in refused.stderr) == (1, True)
    nowhere = run.invoke(cli, ["import", "sagemaker", "eu_west-1"])
    assert nowhere.exit_code == 2
    assert nowhere.stderr.endswith(
        "Error: Invalid value for 'SOURCE...': \"eu_west-1\" is neither a file or directory nor a region of AWS, such "
        "as eu-west-1\n"
    )


def test_a_sagemaker_of_other_hands_is_read_the_same(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto writes ARNs with their capitals, and does not know components and lineage."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    client = boto3.client("sagemaker", region_name="eu-central-1")
    client.create_model_package_group(
        ModelPackageGroupName="Moto", Tags=[{"Key": "owner", "Value": "payments"}]
    )
    serves = {"SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
    container = {"Image": "i", "ModelDataUrl": "s3://m/w.tar.gz"}
    package = client.create_model_package(
        ModelPackageGroupName="Moto", InferenceSpecification={"Containers": [container], **serves}
    )["ModelPackageArn"]
    role = "arn:aws:iam::123456789012:role/sagemaker"
    client.create_model(
        ModelName="Moto-1", ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": package}
    )
    variant = {"VariantName": "all", "ModelName": "Moto-1", "InitialInstanceCount": 1}
    client.create_endpoint_config(
        EndpointConfigName="Moto-1", ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
    )
    client.create_endpoint(EndpointName="Moto-EU", EndpointConfigName="Moto-1")

    live = account_at("eu-central-1", attempts=1)
    reading = read_sagemaker([live], known=[PAYMENTS])
    head = "arn:aws:sagemaker:eu-central-1:123456789012"
    things = {one.id.removeprefix(head): one for one in reading.entities if "moto" in one.id}
    assert {own: one.owner_id for own, one in things.items()} == {
        ":model-package-group/moto": PAYMENTS.id,
        ":model-package/moto/1": PAYMENTS.id,
        ":model/moto-1": PAYMENTS.id,
        ":endpoint/moto-eu": "",
    }
    assert things[":endpoint/moto-eu"].endpoint_ref == f"{head}:endpoint/Moto-EU"
    assert f"{head}:endpoint/moto-eu -> {head}:model/moto-1" in ends(reading)
    assert [one.action for one in live.untold] == [
        "sagemaker:ListInferenceComponents",
        "sagemaker:ListContexts",
    ]
