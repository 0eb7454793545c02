"""What SageMaker says of what retires: call by call where a script answers, and on a server that keeps tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from data.errors import Invalid, Refused, Unavailable
from data.records.deprecation import Deprecation, Lifecycle, Part
from tests.workflows.adapters.deprecations import a_deprecation, a_listing, becoming
from tests.workflows.adapters.sagemaker_answers import ARN, AT, config, endpoint
from tests.workflows.adapters.test_sagemaker_server import a_serving_endpoint
from workflows.adapters.sagemaker import SageMakerEndpoints
from workflows.adapters.sagemaker_catalog import SageMakerCatalog

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

ENDPOINT = a_deprecation(a_listing("churn", part=Part.ENDPOINT))
PACKAGE = f"{ARN}:model-package/churn/3"
VERSION = a_deprecation(a_listing(PACKAGE, part=Part.VERSION))
SAID = {"retirement": "RET-1", "lifecycle": "deprecated", "last-day": "2027-02-17", "successor": "churn-v2"}
TAGS = [{"Key": f"emeritus:{name}", "Value": value} for name, value in SAID.items()]
MARKED = {f"emeritus.{name}": value for name, value in SAID.items()}
STAGE = {
    "Stage": "Deprecated",
    "StageStatus": "Approved",
    "StageDescription": "RET-1: last day of service 2027-02-17, successor churn-v2",
}
BEFORE = {"Stage": "Production", "StageStatus": "Approved", "StageDescription": "serves"}
REMEMBERED = {
    "emeritus.stage-before": "Production",
    "emeritus.status-before": "Approved",
    "emeritus.description-before": "serves",
}


@pytest.fixture
def catalog(stubbed_sagemaker: SageMakerClient) -> SageMakerCatalog:
    return SageMakerCatalog(stubbed_sagemaker)


def package(stub: Stubber, properties: dict[str, str], stage: dict[str, str] | None) -> None:
    """What the package says when it is asked."""
    answer: dict[str, Any] = {
        "ModelPackageName": "churn",
        "ModelPackageArn": PACKAGE,
        "CreationTime": AT,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "CustomerMetadataProperties": properties,
    }
    if stage:
        answer["ModelLifeCycle"] = stage
    stub.add_response("describe_model_package", answer, {"ModelPackageName": PACKAGE})


def update(stub: Stubber, stage: dict[str, str], properties: dict[str, str], *removed: str) -> None:
    wanted = {
        "ModelPackageArn": PACKAGE,
        "ModelLifeCycle": stage,
        "CustomerMetadataProperties": properties,
        "CustomerMetadataPropertiesToRemove": list(removed),
    }
    stub.add_response("update_model_package", {"ModelPackageArn": PACKAGE}, wanted)


def test_a_package_is_deprecated_and_remembers_what_it_was(catalog: SageMakerCatalog, stub: Stubber) -> None:
    package(stub, {"team": "growth"}, BEFORE)
    update(stub, STAGE, {"team": "growth", **MARKED, **REMEMBERED})
    assert catalog.write(VERSION) == (PACKAGE,)


def test_a_package_that_says_so_already_is_not_written_again(
    catalog: SageMakerCatalog, stub: Stubber
) -> None:
    package(stub, {**MARKED, **REMEMBERED}, STAGE)
    assert catalog.write(VERSION) == (PACKAGE,)


def test_a_moved_date_keeps_what_it_was_before_the_first_mark(
    catalog: SageMakerCatalog, stub: Stubber
) -> None:
    package(stub, {**MARKED, **REMEMBERED}, STAGE)
    moved = {**STAGE, "StageDescription": "RET-1: last day of service 2027-02-17"}
    unfollowed = {key: value for key, value in MARKED.items() if key != "emeritus.successor"}
    update(stub, moved, {**unfollowed, **REMEMBERED}, "emeritus.successor")
    catalog.write(replace(VERSION, successor=""))


def test_a_package_that_is_called_off_is_what_it_was(catalog: SageMakerCatalog, stub: Stubber) -> None:
    package(stub, {"team": "growth", **MARKED, **REMEMBERED}, STAGE)
    update(stub, BEFORE, {"team": "growth"}, *sorted((*MARKED, *REMEMBERED)))
    assert catalog.write(becoming(VERSION, Lifecycle.IN_SERVICE)) == (PACKAGE,)


def test_a_package_that_had_no_life_cycle_is_in_service_afterwards(
    catalog: SageMakerCatalog, stub: Stubber
) -> None:
    package(stub, {}, None)
    update(stub, STAGE, MARKED)
    catalog.write(VERSION)
    package(stub, MARKED, STAGE)
    update(
        stub,
        {"Stage": "InService", "StageStatus": "Approved", "StageDescription": ""},
        {},
        *sorted(MARKED),
    )
    catalog.write(becoming(VERSION, Lifecycle.IN_SERVICE))


def test_a_package_another_retirement_has_marked_since_is_left_to_it(
    catalog: SageMakerCatalog, stub: Stubber
) -> None:
    package(stub, {**MARKED, "emeritus.retirement": "RET-10"}, STAGE)
    assert catalog.write(becoming(VERSION, Lifecycle.IN_SERVICE)) == ()


def test_a_package_that_is_only_kept_is_not_marked_for_the_first_time(
    catalog: SageMakerCatalog, stub: Stubber
) -> None:
    kept = replace(VERSION, listings=(replace(VERSION.listings[0], is_kept=True),))
    package(stub, {}, BEFORE)
    package(stub, {}, BEFORE)
    assert (catalog.write(kept), catalog.differs(kept)) == ((), ())
    package(stub, {**MARKED, "emeritus.last-day": "2027-02-01", **REMEMBERED}, STAGE)
    update(stub, STAGE, {**MARKED, **REMEMBERED})
    assert catalog.write(kept) == (PACKAGE,)


def test_what_somebody_changed_on_a_package_is_told(catalog: SageMakerCatalog, stub: Stubber) -> None:
    package(stub, {**MARKED, "emeritus.last-day": "never"}, BEFORE)
    assert catalog.differs(VERSION) == (
        f"{PACKAGE} has stage Production instead of Deprecated",
        f"{PACKAGE} has property emeritus.last-day = never instead of 2027-02-17",
    )


def test_the_packages_behind_an_endpoint_are_found_through_its_config_and_models(
    catalog: SageMakerCatalog, stub: Stubber
) -> None:
    endpoint(stub, "InService")
    answer = {
        "ModelName": "churn-model",
        "ModelArn": f"{ARN}:model/churn-model",
        "CreationTime": AT,
        "Containers": [{"ModelPackageName": PACKAGE}, {"Image": "123.dkr.ecr/feature"}],
    }
    stub.add_response("list_tags", {"Tags": TAGS}, {"ResourceArn": f"{ARN}:endpoint/churn"})
    config(stub, "churn-2")
    stub.add_response("describe_model", answer, {"ModelName": "churn-model"})
    stub.add_response("list_tags", {"Tags": TAGS}, {"ResourceArn": f"{ARN}:model/churn-model"})
    package(stub, {**MARKED, **REMEMBERED}, STAGE)
    assert catalog.write(ENDPOINT) == (f"{ARN}:endpoint/churn", f"{ARN}:model/churn-model", PACKAGE)


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (
            "AccessDeniedException",
            Refused,
            (
                f"Cannot mark {PACKAGE}: AWS denies sagemaker:UpdateModelPackage. "
                "Allow sagemaker:UpdateModelPackage to the bot, then try again"
            ),
        ),
        ("ThrottlingException", Unavailable, f"Cannot mark {PACKAGE}: AWS answers ThrottlingException."),
    ],
)
def test_what_aws_denies_is_told_with_its_permission_and_what_is_busy_is_asked_again(
    catalog: SageMakerCatalog, stub: Stubber, code: str, error: type[Exception], said: str
) -> None:
    package(stub, {}, None)
    stub.add_client_error("update_model_package", service_error_code=code)
    with pytest.raises(error) as raised:
        catalog.write(VERSION)
    assert str(raised.value).startswith(said)


def test_a_package_in_another_region_is_refused(catalog: SageMakerCatalog) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/3"
    with pytest.raises(Invalid) as refused:
        catalog.write(a_deprecation(a_listing(arn, part=Part.VERSION)))
    assert str(refused.value) == f"SageMaker {arn}: must be in eu-central-1, where the bot works"


@pytest.fixture
def client(aws: str) -> SageMakerClient:
    return boto3.client("sagemaker", endpoint_url=aws)


def tags_of(client: SageMakerClient, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}


def said(deprecation: Deprecation) -> dict[str, str]:
    return {
        "emeritus:retirement": "RET-1",
        "emeritus:lifecycle": str(deprecation.lifecycle),
        "emeritus:last-day": "2027-02-17",
        "emeritus:successor": "churn-v2- -better-",
    }


def test_endpoint_and_model_carry_tags_until_it_is_called_off(client: SageMakerClient) -> None:
    a_serving_endpoint(client, "tagged", "tagged")
    a_serving_endpoint(client, "tagged-eu", "tagged-eu")
    endpoint_arn = client.describe_endpoint(EndpointName="tagged")["EndpointArn"]
    model_arn = client.describe_model(ModelName="tagged-model")["ModelArn"]
    client.add_tags(ResourceArn=endpoint_arn, Tags=[{"Key": "team", "Value": "risk"}])
    catalog = SageMakerCatalog(client)
    # A tag takes no brackets and commas.
    deprecation = a_deprecation(a_listing("tagged", part=Part.ENDPOINT), successor="churn-v2, (better)")

    assert catalog.write(deprecation) == (endpoint_arn, model_arn)
    assert catalog.write(deprecation) == (endpoint_arn, model_arn)
    assert tags_of(client, endpoint_arn) == {"team": "risk", **said(deprecation)}
    assert tags_of(client, model_arn) == said(deprecation)
    other = client.describe_endpoint(EndpointName="tagged-eu")["EndpointArn"]
    assert tags_of(client, other) == {}
    assert catalog.differs(deprecation) == ()

    client.delete_tags(ResourceArn=model_arn, TagKeys=["emeritus:last-day"])
    assert catalog.differs(deprecation) == (
        f"{model_arn} has tag emeritus:last-day = nothing instead of 2027-02-17",
    )

    lifted = becoming(deprecation, Lifecycle.IN_SERVICE)
    assert catalog.write(lifted) == (endpoint_arn, model_arn)
    assert tags_of(client, endpoint_arn) == {"team": "risk"}
    assert tags_of(client, model_arn) == {}
    assert (catalog.write(lifted), catalog.differs(lifted)) == ((), ())


def test_what_was_switched_off_is_retired_on_the_model_that_stays(client: SageMakerClient) -> None:
    a_serving_endpoint(client, "off", "off")
    SageMakerEndpoints(client).disable("off")
    model_arn = client.describe_model(ModelName="off-model")["ModelArn"]
    retired = becoming(a_deprecation(a_listing("off", part=Part.ENDPOINT)), Lifecycle.RETIRED)
    assert SageMakerCatalog(client).write(retired) == (model_arn,)
    assert tags_of(client, model_arn)["emeritus:lifecycle"] == "retired"


def test_where_the_model_goes_on_elsewhere_only_its_endpoint_is_marked(client: SageMakerClient) -> None:
    a_serving_endpoint(client, "one-of-two", "one-of-two")
    part = a_deprecation(a_listing("one-of-two", part=Part.ENDPOINT), is_whole=False)
    arn = client.describe_endpoint(EndpointName="one-of-two")["EndpointArn"]
    assert SageMakerCatalog(client).write(part) == (arn,)
    assert tags_of(client, client.describe_model(ModelName="one-of-two-model")["ModelArn"]) == {}
