"""What SageMaker answers about the endpoint `churn`, queued with the parameters it must be asked with."""

from datetime import UTC, datetime
from typing import Any

from botocore.stub import Stubber

AT = datetime(2026, 3, 2, tzinfo=UTC)
ARN = "arn:aws:sagemaker:eu-central-1:123456789012"
TAGS = [{"Key": "emeritus:endpoint", "Value": "churn"}]


def gone(stub: Stubber, method: str, what: str, name: str, **parameters: str) -> None:
    stub.add_client_error(
        method,
        service_error_code="ValidationException",
        service_message=f'Could not find {what} "{ARN}:{what.replace(" ", "-")}/{name}".',
        http_status_code=400,
        expected_params=parameters,
    )


def endpoint(stub: Stubber, status: str = "", **more: str) -> None:
    """`churn` in that state, running the config churn-2; with no state, it is gone."""
    if not status:
        gone(stub, "describe_endpoint", "endpoint", "churn", EndpointName="churn")
        return
    answer = {
        "EndpointName": "churn",
        "EndpointArn": f"{ARN}:endpoint/churn",
        "EndpointConfigName": "churn-2",
        "EndpointStatus": status,
        "CreationTime": AT,
        "LastModifiedTime": AT,
        **more,
    }
    stub.add_response("describe_endpoint", answer, {"EndpointName": "churn"})


def config(
    stub: Stubber, name: str, *, exists: bool = True, variants: list[dict[str, Any]] | None = None
) -> None:
    if not exists:
        gone(stub, "describe_endpoint_config", "endpoint configuration", name, EndpointConfigName=name)
        return
    answer = {
        "EndpointConfigName": name,
        "EndpointConfigArn": f"{ARN}:endpoint-config/{name}",
        "ProductionVariants": variants or [{"VariantName": "all", "ModelName": "churn-model"}],
        "CreationTime": AT,
    }
    stub.add_response("describe_endpoint_config", answer, {"EndpointConfigName": name})


def model(stub: Stubber, name: str = "churn-model") -> None:
    answer = {"ModelName": name, "ModelArn": f"{ARN}:model/{name}", "CreationTime": AT}
    stub.add_response("describe_model", answer, {"ModelName": name})


def tags(stub: Stubber, config_name: str, found: list[dict[str, str]]) -> None:
    stub.add_response("list_tags", {"Tags": found}, {"ResourceArn": f"{ARN}:endpoint-config/{config_name}"})


def configs(stub: Stubber, *names: str) -> None:
    listed = [
        {"EndpointConfigName": name, "EndpointConfigArn": f"{ARN}:endpoint-config/{name}", "CreationTime": AT}
        for name in names
    ]
    stub.add_response("list_endpoint_configs", {"EndpointConfigs": listed}, {})


def none_kept(stub: Stubber) -> None:
    config(stub, "churn", exists=False)
    configs(stub)


def kept(stub: Stubber) -> None:
    """Found by its tag among others, for it is not called like the endpoint."""
    config(stub, "churn", exists=False)
    configs(stub, "other", "churn-2")
    tags(stub, "other", [{"Key": "emeritus:endpoint", "Value": "churn-eu"}])
    tags(stub, "churn-2", [{"Key": "team", "Value": "risk"}, *TAGS])
