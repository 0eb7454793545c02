"""The whole cycle on a SageMaker that keeps state: serving, disabled with all kept, serving again."""

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from data.errors import NotFound, Refused
from workflows.adapters.sagemaker import SageMakerEndpoints

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

ROLE = "arn:aws:iam::123456789012:role/sagemaker"


@pytest.fixture
def client(aws: str) -> "SageMakerClient":
    return boto3.client("sagemaker", endpoint_url=aws)


def a_serving_endpoint(client: "SageMakerClient", name: str, config_name: str) -> None:
    image = {
        "Image": "example.dkr.ecr.eu-central-1.amazonaws.com/serve:1",
        "ModelDataUrl": "s3://models/w.tar.gz",
    }
    client.create_model(ModelName=f"{name}-model", ExecutionRoleArn=ROLE, PrimaryContainer=image)
    a_config(client, config_name, f"{name}-model")
    client.create_endpoint(EndpointName=name, EndpointConfigName=config_name)


def a_config(client: "SageMakerClient", config_name: str, model_name: str) -> None:
    client.create_endpoint_config(
        EndpointConfigName=config_name,
        ProductionVariants=[
            {
                "VariantName": "all",
                "ModelName": model_name,
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
        ],
        Tags=[{"Key": "team", "Value": "risk"}],
    )


def test_an_endpoint_is_disabled_with_all_it_needs_kept_and_restored_from_it(
    client: "SageMakerClient",
) -> None:
    endpoints = SageMakerEndpoints(client)
    assert endpoints.describe("cycle") == "absent"
    a_serving_endpoint(client, "cycle", "Cycle-2026-03-02")
    a_serving_endpoint(client, "cycle-eu", "cycle-eu")
    assert endpoints.describe("cycle") == "serving"

    endpoints.disable("cycle")
    assert endpoints.describe("cycle") == "disabled"
    assert endpoints.describe("cycle-eu") == "serving"
    with pytest.raises(ClientError, match="Could not find endpoint"):
        client.describe_endpoint(EndpointName="cycle")
    assert client.describe_model(ModelName="cycle-model")["ModelName"] == "cycle-model"
    kept = client.describe_endpoint_config(EndpointConfigName="Cycle-2026-03-02")
    assert client.list_tags(ResourceArn=kept["EndpointConfigArn"])["Tags"] == [
        {"Key": "team", "Value": "risk"},
        {"Key": "emeritus:endpoint", "Value": "cycle"},
    ]
    endpoints.disable("cycle")

    endpoints.restore("cycle")
    endpoints.restore("cycle")
    assert endpoints.describe("cycle") == "serving"
    assert client.describe_endpoint(EndpointName="cycle")["EndpointConfigName"] == "Cycle-2026-03-02"


def test_a_second_retirement_restores_the_config_that_ran_last(client: "SageMakerClient") -> None:
    endpoints = SageMakerEndpoints(client)
    a_serving_endpoint(client, "again", "again-1")
    endpoints.disable("again")
    a_config(client, "again-2", "again-model")
    client.create_endpoint(EndpointName="again", EndpointConfigName="again-2")
    endpoints.disable("again")
    endpoints.restore("again")
    assert client.describe_endpoint(EndpointName="again")["EndpointConfigName"] == "again-2"


def test_an_endpoint_without_its_config_stays_up(client: "SageMakerClient") -> None:
    endpoints = SageMakerEndpoints(client)
    a_serving_endpoint(client, "bare", "bare")
    client.delete_endpoint_config(EndpointConfigName="bare")
    with pytest.raises(Refused):
        endpoints.disable("bare")
    assert endpoints.describe("bare") == "serving"


def test_an_endpoint_deleted_by_hand_cannot_be_disabled(client: "SageMakerClient") -> None:
    endpoints = SageMakerEndpoints(client)
    a_serving_endpoint(client, "by-hand", "by-hand")
    client.delete_endpoint(EndpointName="by-hand")
    assert endpoints.describe("by-hand") == "absent"
    with pytest.raises(NotFound):
        endpoints.disable("by-hand")
