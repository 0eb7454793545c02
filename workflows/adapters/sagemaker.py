"""SageMaker endpoints: is one serving, switch it off restorably, switch it on again. Safe to call twice.

Switching off deletes the endpoint and keeps its endpoint config, its models and their artifacts; which config
it ran is remembered as a tag on that config, so that it outlives our own database. Not kept, because it is on
the endpoint alone: the endpoint's tags, autoscaling, and weights or counts changed after the config was made.
Nothing here waits: what takes time is Unavailable, and whoever called asks again.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from data.errors import Invalid, NotFound, Problem, Refused, Unavailable
from workflows.adapters.aws_errors import aws_errors, is_not_found, message_of

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        DescribeEndpointOutputTypeDef,
    )

TAG = "emeritus:endpoint"  # on the endpoint config; its value is the endpoint's name

Service = Literal["serving", "disabled", "absent"]

# docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html: no delete is accepted meanwhile
_BUSY = {"Creating", "Updating", "SystemUpdating", "RollingBack"}


class SageMakerEndpoints:
    """One account and region, those of the client. An endpoint is named by its name or its ARN."""

    def __init__(self, client: SageMakerClient) -> None:
        self._client = client

    def describe(self, ref: str) -> Service:
        """Serving: the endpoint exists, even failed or half-made, for it still has to be switched off.
        Disabled: it is gone and the config it ran is kept. Absent: neither is there.
        Unavailable while it is being deleted, when it is neither on nor off."""
        name = self._name(ref)
        with aws_errors(f"look up endpoint {name}", service="sagemaker"):
            if endpoint := self._endpoint(name, ref):
                if endpoint["EndpointStatus"] == "Deleting":
                    raise still(name, "Deleting")
                return "serving"
            return "disabled" if self._kept_config(name) else "absent"

    def disable(self, ref: str) -> None:
        """Delete the endpoint, once its config and models are seen to be there and the config is marked.

        Unavailable while SageMaker is still updating or deleting it. Refused when it could not be restored.
        """
        name = self._name(ref)
        with aws_errors(f"disable endpoint {name}", service="sagemaker"):
            endpoint = self._endpoint(name, ref)
            if endpoint is None:
                if self._kept_config(name):
                    return
                raise self._unknown(name)
            status = endpoint["EndpointStatus"]
            if status in _BUSY:
                raise still(name, status)
            self._keep(name, endpoint["EndpointConfigName"])
            if status != "Deleting":
                self._client.delete_endpoint(EndpointName=name)
            if remaining := self._endpoint(name, ref):
                raise still(name, remaining["EndpointStatus"])

    def restore(self, ref: str) -> None:
        """Create the endpoint again from the config that was kept. Unavailable until it is in service."""
        name = self._name(ref)
        with aws_errors(f"restore endpoint {name}", service="sagemaker"):
            endpoint = self._endpoint(name, ref)
            if endpoint is None:
                self._create(name)
                endpoint = self._endpoint(name, ref)
            status = endpoint["EndpointStatus"] if endpoint else "Creating"
            if endpoint and status in ("Failed", "OutOfService"):
                raise Refused(
                    f"Cannot restore endpoint {name}",
                    reasons=[f"SageMaker says {status}: {endpoint.get('FailureReason', 'no reason given')}"],
                    next_step="Correct that, delete the failed endpoint in SageMaker, then restore again",
                )
            if status in ("Creating", "Deleting"):
                raise still(name, status)

    def found(self, ref: str) -> DescribeEndpointOutputTypeDef:
        """As SageMaker describes it. Raises `NotFound` with those whose names are alike, and ClientError."""
        name = self._name(ref)
        endpoint = self._endpoint(name, ref)
        if endpoint is None:
            raise self._unknown(name)
        return endpoint

    def runs(self, ref: str) -> tuple[str, str]:
        """ARN of the endpoint, empty where it is gone; and the config it runs, or ran where one was kept."""
        name = self._name(ref)
        with aws_errors(f"look up endpoint {name}", service="sagemaker"):
            if endpoint := self._endpoint(name, ref):
                return endpoint["EndpointArn"], endpoint["EndpointConfigName"]
            return "", self._kept_config(name)

    def models_of(self, config_name: str) -> tuple[str, ...]:
        """The SageMaker models a config serves from; none where the config is gone."""
        with aws_errors(f"look up endpoint config {config_name}", service="sagemaker"):
            config = self.config(config_name) if config_name else None
        return _models_in(config) if config else ()

    def calls(self, ref: str, *, since: datetime, until: datetime) -> int | None:  # noqa: ARG002
        """Unknown, which is never zero: SageMaker itself does not count calls, CloudWatch does."""
        return None

    def _name(self, ref: str) -> str:
        if not ref.startswith("arn:"):
            return ref
        region = self._client.meta.region_name
        head, _, name = ref.partition(":endpoint/")
        if not name or head.split(":")[2:4] != ["sagemaker", region]:
            accepted = f"must be an endpoint's name or its ARN in {region}, where the bot works"
            raise Invalid([Problem(field="SageMaker endpoint", value=ref, accepted=accepted)])
        return name

    def _endpoint(self, name: str, ref: str) -> DescribeEndpointOutputTypeDef | None:
        try:
            endpoint = self._client.describe_endpoint(EndpointName=name)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
        if ref.startswith("arn:") and endpoint["EndpointArn"].casefold() != ref.casefold():
            raise Refused(
                f"Cannot use endpoint {ref}",
                reasons=[f"the bot's credentials lead to {endpoint['EndpointArn']}"],
                next_step="Give the bot credentials of the endpoint's own account",
            )
        return endpoint

    def config(self, config_name: str) -> DescribeEndpointConfigOutputTypeDef | None:
        """None where it is gone. Raises ClientError."""
        try:
            return self._client.describe_endpoint_config(EndpointConfigName=config_name)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise

    def _keep(self, name: str, config_name: str) -> None:
        """Mark the config as the one to restore from, and no other, before anything is deleted."""
        config = self.config(config_name)
        if config is None:
            raise _not_restorable(name, f"its endpoint config {config_name} is gone")
        for model_name in _models_in(config):
            self._require_model(name, model_name)
        if self._is_marked(config["EndpointConfigArn"], name):
            return
        for _, arn in list(self._marked(name)):
            self._client.delete_tags(ResourceArn=arn, TagKeys=[TAG])
        self._client.add_tags(ResourceArn=config["EndpointConfigArn"], Tags=[{"Key": TAG, "Value": name}])

    def _require_model(self, name: str, model_name: str) -> None:
        try:
            self._client.describe_model(ModelName=model_name)
        except ClientError as error:
            if is_not_found(error):
                raise _not_restorable(name, f"its model {model_name} is gone") from error
            raise

    def _create(self, name: str) -> None:
        config_name = self._kept_config(name)
        if not config_name:
            raise Refused(
                f"Cannot restore endpoint {name}",
                reasons=[f"no endpoint config is tagged {TAG} = {name}"],
                next_step="Tag the config it ran, then restore again",
            )
        try:
            self._client.create_endpoint(EndpointName=name, EndpointConfigName=config_name)
        except ClientError as error:
            # An earlier attempt whose answer was lost has created it: what follows looks at its state.
            if "already existing endpoint" not in message_of(error):
                raise

    def _kept_config(self, name: str) -> str:
        return next((config_name for config_name, _ in self._marked(name)), "")

    def _marked(self, name: str) -> Iterator[tuple[str, str]]:
        """Name and ARN of each config marked for this endpoint; an ARN alone does not keep a name's capitals.

        Most configs are called like their endpoint: that one is looked at first, the others cost a call each.
        """
        own = self.config(name)
        own_arn = own["EndpointConfigArn"] if own else ""
        if own_arn and self._is_marked(own_arn, name):
            yield name, own_arn
        for page in self._client.get_paginator("list_endpoint_configs").paginate():
            for config in page["EndpointConfigs"]:
                arn = config["EndpointConfigArn"]
                if arn != own_arn and self._is_marked(arn, name):
                    yield config["EndpointConfigName"], arn

    def _is_marked(self, arn: str, name: str) -> bool:
        pages = self._client.get_paginator("list_tags").paginate(ResourceArn=arn)
        return any(tag == {"Key": TAG, "Value": name} for page in pages for tag in page["Tags"])

    def _unknown(self, name: str) -> NotFound:
        beside = self._client.list_endpoints(MaxResults=100)["Endpoints"]
        closest = difflib.get_close_matches(name, [endpoint["EndpointName"] for endpoint in beside])
        return NotFound("SageMaker endpoint", name, closest=closest)


def _models_in(config: DescribeEndpointConfigOutputTypeDef) -> tuple[str, ...]:
    variants = [*config["ProductionVariants"], *config.get("ShadowProductionVariants", [])]
    return tuple(sorted({variant["ModelName"] for variant in variants if "ModelName" in variant}))


def still(name: str, status: str) -> Unavailable:
    return Unavailable(f"Endpoint {name} is still {status.lower()} in SageMaker; it is asked again")


def _not_restorable(name: str, why: str) -> Refused:
    return Refused(
        f"Cannot disable endpoint {name}",
        reasons=[f"{why}, so it could not be restored"],
        next_step="Update the endpoint to a config and model that exist, then disable again",
    )
