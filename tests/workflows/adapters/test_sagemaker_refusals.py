"""What AWS refuses, and what is refused on its behalf, said in a sentence with what to do."""

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from data.errors import EmeritusError, Invalid, Refused, Unavailable
from tests.workflows.adapters.sagemaker_answers import ARN, AT, TAGS, config, configs, endpoint, model, tags
from workflows.adapters.sagemaker import SageMakerEndpoints


def test_an_arn_names_its_endpoint_and_no_other_account_or_region(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub, "InService")
    assert endpoints.describe(f"{ARN}:endpoint/churn") == "serving"
    elsewhere = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn"
    with pytest.raises(Invalid) as region:
        endpoints.disable(elsewhere)
    assert str(region.value) == (
        f"SageMaker endpoint {elsewhere}: "
        "must be an endpoint's name or its ARN in eu-central-1, where the bot works"
    )
    foreign = "arn:aws:sagemaker:eu-central-1:999999999999:endpoint/churn"
    endpoint(stub, "InService")
    with pytest.raises(Refused) as account:
        endpoints.disable(foreign)
    assert str(account.value) == (
        f"Cannot use endpoint {foreign}: the bot's credentials lead to {ARN}:endpoint/churn. "
        "Give the bot credentials of the endpoint's own account"
    )


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (("ThrottlingException", 400), Unavailable, "AWS answers ThrottlingException. It is tried again"),
        (("InternalFailure", 500), Unavailable, "AWS answers InternalFailure. It is tried again"),
        (("ServiceUnavailable", 503), Unavailable, "AWS answers ServiceUnavailable. It is tried again"),
        (
            ("ExpiredTokenException", 403),
            Unavailable,
            "the bot's AWS credentials have expired. Renew them; it is tried again",
        ),
        (
            ("AccessDeniedException", 400),
            Refused,
            "AWS denies sagemaker:DeleteEndpoint. Allow sagemaker:DeleteEndpoint to the bot, then try again",
        ),
        (
            ("UnrecognizedClientException", 400),
            Refused,
            (
                "AWS does not know the bot's credentials (UnrecognizedClientException). "
                "Correct the credentials, then try again"
            ),
        ),
        (
            ("ResourceInUse", 400),
            Refused,
            "DeleteEndpoint answers ResourceInUse: in use. Correct that in AWS, then try again",
        ),
    ],
)
def test_every_answer_of_aws_has_its_meaning(
    endpoints: SageMakerEndpoints,
    stub: Stubber,
    answer: tuple[str, int],
    error: type[EmeritusError],
    message: str,
) -> None:
    endpoint(stub, "InService")
    config(stub, "churn-2")
    model(stub)
    tags(stub, "churn-2", TAGS)
    code, status = answer
    stub.add_client_error(
        "delete_endpoint", code, "in use", status, expected_params={"EndpointName": "churn"}
    )
    with pytest.raises(error) as raised:
        endpoints.disable("churn")
    assert str(raised.value) == f"Cannot disable endpoint churn: {message}"


@pytest.mark.parametrize(
    ("method", "permission"),
    [
        ("describe_endpoint", "sagemaker:DescribeEndpoint"),
        ("describe_endpoint_config", "sagemaker:DescribeEndpointConfig"),
        ("list_endpoint_configs", "sagemaker:ListEndpointConfigs"),
        ("list_tags", "sagemaker:ListTags"),
        ("create_endpoint", "sagemaker:CreateEndpoint"),
    ],
)
def test_a_permission_that_lacks_is_named(
    endpoints: SageMakerEndpoints, stub: Stubber, method: str, permission: str
) -> None:
    if method != "describe_endpoint":
        endpoint(stub)
    if method not in ("describe_endpoint", "describe_endpoint_config"):
        config(stub, "churn", exists=False)
    if method in ("list_tags", "create_endpoint"):
        configs(stub, "churn-2")
    if method == "create_endpoint":
        tags(stub, "churn-2", TAGS)
    stub.add_client_error(method, "AccessDeniedException", "no", 400)
    with pytest.raises(Refused) as refused:
        endpoints.restore("churn")
    assert str(refused.value) == (
        f"Cannot restore endpoint churn: AWS denies {permission}. "
        f"Allow {permission} to the bot, then try again"
    )


def test_calls_are_unknown_and_not_zero(endpoints: SageMakerEndpoints) -> None:
    assert endpoints.calls("churn", since=AT, until=AT) is None


def test_a_service_that_cannot_be_reached_is_tried_again(unused_port: int) -> None:
    client = boto3.client(
        "sagemaker",
        region_name="eu-central-1",
        endpoint_url=f"http://127.0.0.1:{unused_port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with pytest.raises(Unavailable) as down:
        SageMakerEndpoints(client).describe("churn")
    assert str(down.value) == (
        "Cannot look up endpoint churn: Could not connect to the endpoint URL: "
        f'"http://127.0.0.1:{unused_port}/". It is tried again'
    )
