"""SageMaker, call by call, in order and with exact parameters.

botocore's Stubber checks each call against the service's own model, so a wrong parameter name fails here.
"""

import pytest
from botocore.stub import Stubber

from data.errors import NotFound, Refused, Unavailable
from tests.workflows.adapters.sagemaker_answers import (
    ARN,
    AT,
    TAGS,
    config,
    configs,
    endpoint,
    gone,
    kept,
    model,
    none_kept,
    tags,
)
from workflows.adapters.sagemaker import SageMakerEndpoints


@pytest.mark.parametrize("status", ["InService", "Creating", "Updating", "Failed", "OutOfService"])
def test_an_endpoint_that_exists_is_serving_whatever_its_state(
    endpoints: SageMakerEndpoints, stub: Stubber, status: str
) -> None:
    """Taking a failed one for disabled would leave it to come back to life."""
    endpoint(stub, status)
    assert endpoints.describe("churn") == "serving"


def test_an_endpoint_that_is_being_deleted_is_neither_on_nor_off(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub, "Deleting")
    with pytest.raises(Unavailable, match="Endpoint churn is still deleting in SageMaker"):
        endpoints.describe("churn")


def test_an_endpoint_that_is_gone_with_its_config_kept_is_disabled(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub)
    kept(stub)
    assert endpoints.describe("churn") == "disabled"


def test_a_config_called_like_the_endpoint_is_found_without_a_search(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub)
    config(stub, "churn")
    tags(stub, "churn", TAGS)
    assert endpoints.describe("churn") == "disabled"


def test_an_endpoint_that_left_no_config_is_absent(endpoints: SageMakerEndpoints, stub: Stubber) -> None:
    endpoint(stub)
    none_kept(stub)
    assert endpoints.describe("churn") == "absent"


def test_disabling_marks_the_config_then_deletes_then_looks_again(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub, "InService")
    config(stub, "churn-2", variants=[{"VariantName": name, "ModelName": name} for name in ("blue", "green")])
    model(stub, "blue")
    model(stub, "green")
    tags(stub, "churn-2", [])
    none_kept(stub)
    stub.add_response("add_tags", {}, {"ResourceArn": f"{ARN}:endpoint-config/churn-2", "Tags": TAGS})
    stub.add_response("delete_endpoint", {}, {"EndpointName": "churn"})
    endpoint(stub)
    endpoints.disable("churn")


def test_the_mark_of_an_earlier_retirement_is_taken_off_first(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    """Two marks would leave open which config a restore takes."""
    endpoint(stub, "InService")
    config(stub, "churn-2")
    model(stub)
    tags(stub, "churn-2", [])
    config(stub, "churn")
    tags(stub, "churn", TAGS)
    configs(stub, "churn", "churn-2")
    tags(stub, "churn-2", [])
    stub.add_response(
        "delete_tags", {}, {"ResourceArn": f"{ARN}:endpoint-config/churn", "TagKeys": ["emeritus:endpoint"]}
    )
    stub.add_response("add_tags", {}, {"ResourceArn": f"{ARN}:endpoint-config/churn-2", "Tags": TAGS})
    stub.add_response("delete_endpoint", {}, {"EndpointName": "churn"})
    endpoint(stub)
    endpoints.disable("churn")


def test_disabling_waits_for_the_deletion_without_deleting_twice(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    for status in ("InService", "Deleting"):
        endpoint(stub, status)
        config(stub, "churn-2")
        model(stub)
        tags(stub, "churn-2", TAGS)
        if status == "InService":
            stub.add_response("delete_endpoint", {}, {"EndpointName": "churn"})
        endpoint(stub, "Deleting")
        with pytest.raises(Unavailable) as waiting:
            endpoints.disable("churn")
        assert str(waiting.value) == "Endpoint churn is still deleting in SageMaker; it is asked again"


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack"])
def test_disabling_waits_for_an_endpoint_that_is_being_changed(
    endpoints: SageMakerEndpoints, stub: Stubber, status: str
) -> None:
    endpoint(stub, status)
    with pytest.raises(Unavailable) as waiting:
        endpoints.disable("churn")
    assert str(waiting.value) == f"Endpoint churn is still {status.lower()} in SageMaker; it is asked again"


def test_disabling_what_is_disabled_changes_nothing(endpoints: SageMakerEndpoints, stub: Stubber) -> None:
    endpoint(stub)
    kept(stub)
    endpoints.disable("churn")


def test_disabling_an_unknown_endpoint_names_the_closest(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub)
    none_kept(stub)
    others = [
        {
            "EndpointName": name,
            "EndpointArn": f"{ARN}:endpoint/{name}",
            "CreationTime": AT,
            "LastModifiedTime": AT,
            "EndpointStatus": "InService",
        }
        for name in ("churn-eu", "fraud")
    ]
    stub.add_response("list_endpoints", {"Endpoints": others}, {"MaxResults": 100})
    with pytest.raises(NotFound) as unknown:
        endpoints.disable("churn")
    assert str(unknown.value) == 'No SageMaker endpoint is called "churn"; closest: churn-eu'


def test_an_endpoint_whose_config_is_gone_is_left_running(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    """Deleting a config in use is allowed in SageMaker, and nobody notices until a restore fails."""
    endpoint(stub, "InService")
    config(stub, "churn-2", exists=False)
    with pytest.raises(Refused) as refused:
        endpoints.disable("churn")
    assert str(refused.value) == (
        "Cannot disable endpoint churn: its endpoint config churn-2 is gone, so it could not be restored. "
        "Update the endpoint to a config and model that exist, then disable again"
    )


def test_an_endpoint_whose_model_is_gone_is_left_running(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub, "InService")
    config(stub, "churn-2")
    gone(stub, "describe_model", "model", "churn-model", ModelName="churn-model")
    with pytest.raises(Refused) as refused:
        endpoints.disable("churn")
    assert str(refused.value) == (
        "Cannot disable endpoint churn: its model churn-model is gone, so it could not be restored. "
        "Update the endpoint to a config and model that exist, then disable again"
    )


CREATE = {"EndpointName": "churn", "EndpointConfigName": "churn-2"}


def test_restoring_creates_from_the_kept_config_and_waits(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub)
    kept(stub)
    stub.add_response("create_endpoint", {"EndpointArn": f"{ARN}:endpoint/churn"}, CREATE)
    endpoint(stub, "Creating")
    with pytest.raises(Unavailable) as waiting:
        endpoints.restore("churn")
    assert str(waiting.value) == "Endpoint churn is still creating in SageMaker; it is asked again"
    endpoint(stub, "InService")
    endpoints.restore("churn")


def test_a_creation_whose_answer_was_lost_is_not_an_error(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub)
    kept(stub)
    stub.add_client_error(
        "create_endpoint",
        service_error_code="ValidationException",
        service_message=f'Cannot create already existing endpoint "{ARN}:endpoint/churn".',
        expected_params=CREATE,
    )
    endpoint(stub, "InService")
    endpoints.restore("churn")


def test_restoring_waits_for_a_deletion_under_way(endpoints: SageMakerEndpoints, stub: Stubber) -> None:
    endpoint(stub, "Deleting")
    with pytest.raises(Unavailable):
        endpoints.restore("churn")


def test_a_restore_that_failed_says_why(endpoints: SageMakerEndpoints, stub: Stubber) -> None:
    endpoint(stub, "Failed", FailureReason="no capacity for ml.g5.xlarge")
    with pytest.raises(Refused) as failed:
        endpoints.restore("churn")
    assert str(failed.value) == (
        "Cannot restore endpoint churn: SageMaker says Failed: no capacity for ml.g5.xlarge. "
        "Correct that, delete the failed endpoint in SageMaker, then restore again"
    )


def test_restoring_without_a_kept_config_says_what_to_tag(
    endpoints: SageMakerEndpoints, stub: Stubber
) -> None:
    endpoint(stub)
    none_kept(stub)
    with pytest.raises(Refused) as refused:
        endpoints.restore("churn")
    assert str(refused.value) == (
        "Cannot restore endpoint churn: no endpoint config is tagged emeritus:endpoint = churn. "
        "Tag the config it ran, then restore again"
    )
