"""What moto lacks of SageMaker's endpoints, laid over it in this process: updates that take a while, or are rolled back
without a word, shadow variants, and calls that reach models.

It misbehaves only as AWS does, and every answer of it is held to botocore's own shapes, so that it cannot drift.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.validate import ParamValidator
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import MetricDatum, Statistics, cloudwatch_backends
from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import AWSValidationException
from moto.sagemaker.models import sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse

ACCOUNT, REGION = "123456789012", "eu-central-1"
MODEL_ERROR = 424
_SERVICE = botocore.session.get_session().get_service_model("sagemaker")
_COUNTED_ABOVE = re.compile(r"TC\((?P<above>\d+):\)")


def checked(operation: str, answer: dict[str, Any]) -> ActionResult:
    """As the real service could answer."""
    shape = _SERVICE.operation_model(operation).output_shape
    report = ParamValidator().validate(answer, shape)
    assert not report.has_errors(), report.generate_report()
    return ActionResult(answer)


@dataclass
class Overlay:
    """rolls_back   endpoint -> what SageMaker says of it, which may be nothing
    asked  every update there was: its name and what was asked
    """

    rolls_back: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    pending: dict[str, Callable[[], None]] = field(default_factory=dict)
    drawn: Random = field(default_factory=lambda: Random(7))
    clock: list[datetime] = field(default_factory=list)


OVERLAY = Overlay()


def _given(response: SageMakerResponse) -> dict[str, Any]:
    return dict(json.loads(response.body))


def _endpoint(name: str) -> Any:
    found = sagemaker_backends[ACCOUNT][REGION].endpoints.get(name)
    if found is None:
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{name}"
        raise AWSValidationException(f'Could not find endpoint "{arn}".')
    return found


def _summary(variant: Mapping[str, Any], before: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    """A variant as DescribeEndpoint has it. `kept`: properties that an update retains."""
    weight = variant.get("InitialVariantWeight", 1.0)
    count = variant.get("InitialInstanceCount")
    weight = before.get("DesiredWeight", weight) if "DesiredWeight" in kept else weight
    count = before.get("DesiredInstanceCount", count) if "DesiredInstanceCount" in kept else count
    found: dict[str, Any] = {
        "VariantName": variant["VariantName"],
        "CurrentWeight": weight,
        "DesiredWeight": weight,
    }
    return found | ({"CurrentInstanceCount": count, "DesiredInstanceCount": count} if count else {})


def _run(endpoint: Any, config: Any, kept: set[str]) -> None:
    before = {one["VariantName"]: one for one in endpoint.production_variants}
    endpoint.endpoint_config_name = config.endpoint_config_name
    endpoint.production_variants = [
        _summary(one, before.get(one["VariantName"], {}), kept) for one in config.production_variants
    ]
    shadows = getattr(config, "shadow_production_variants", None)
    endpoint.shadow_production_variants = [_summary(one, {}, set()) for one in shadows] if shadows else None


def _begin(endpoint: Any, then: Callable[[], None]) -> None:
    """It is Updating when it is looked at next, and done when it is looked at once more."""
    if endpoint.endpoint_status != "InService":
        raise AWSValidationException(f'Cannot update in-progress endpoint "{endpoint.arn}".')
    endpoint.endpoint_status, endpoint.failure_reason = "Updating", None
    OVERLAY.pending[endpoint.endpoint_name] = then


def _done(endpoint: Any) -> None:
    endpoint.endpoint_status = "InService"
    endpoint.last_modified_time += timedelta(seconds=1)


_create_endpoint_config = SageMakerResponse.create_endpoint_config
_create_endpoint = SageMakerResponse.create_endpoint
_add_tags = SageMakerResponse.add_tags
_statistic = Statistics.get_statistics_for_type


def create_endpoint_config(self: SageMakerResponse) -> ActionResult:
    asked, backend = _given(self), sagemaker_backends[ACCOUNT][REGION]
    name = asked["EndpointConfigName"]
    if name in backend.endpoint_configs:
        raise AWSValidationException(f'Cannot create already existing endpoint configuration "{name}".')
    if asked.get("ShadowProductionVariants") and len(asked["ProductionVariants"]) > 1:
        raise AWSValidationException("Only one production variant is supported with shadow variants.")
    answer = _create_endpoint_config(self)
    backend.endpoint_configs[name].shadow_production_variants = asked.get("ShadowProductionVariants")
    return answer


def create_endpoint(self: SageMakerResponse) -> ActionResult:
    answer, asked = _create_endpoint(self), _given(self)
    config = sagemaker_backends[ACCOUNT][REGION].endpoint_configs[asked["EndpointConfigName"]]
    _run(_endpoint(asked["EndpointName"]), config, set())
    return answer


def add_tags(self: SageMakerResponse) -> Any:
    """A key that is there already gets another value; moto has it twice then."""
    asked, backend = _given(self), sagemaker_backends[ACCOUNT][REGION]
    resource = backend._get_resource_from_arn(asked["ResourceArn"])
    keys = {tag["Key"] for tag in asked["Tags"]}
    resource.tags = [tag for tag in resource.tags if tag["Key"] not in keys]
    return _add_tags(self)


def describe_endpoint(self: SageMakerResponse) -> ActionResult:
    endpoint = _endpoint(_given(self)["EndpointName"])
    answer = dict(endpoint.response_object)
    if (then := OVERLAY.pending.pop(endpoint.endpoint_name, None)) is not None:
        then()
    answer.pop("Tags", None)
    if not answer.get("DataCaptureConfig"):
        answer.pop("DataCaptureConfig", None)
    return checked("DescribeEndpoint", {key: value for key, value in answer.items() if value is not None})


def update_endpoint(self: SageMakerResponse) -> ActionResult:
    asked = _given(self)
    OVERLAY.asked.append(("UpdateEndpoint", asked))
    endpoint, backend = _endpoint(asked["EndpointName"]), sagemaker_backends[ACCOUNT][REGION]
    config = backend.endpoint_configs.get(asked["EndpointConfigName"])
    if config is None:
        raise AWSValidationException(
            f'Could not find endpoint configuration "{asked["EndpointConfigName"]}".'
        )
    targets = applicationautoscaling_backends[ACCOUNT][REGION].targets.get(
        "sagemaker:variant:DesiredInstanceCount", {}
    )
    if any(ref.startswith(f"endpoint/{endpoint.endpoint_name}/variant/") for ref in targets):
        raise AWSValidationException("The endpoint's variants must be deregistered from autoscaling.")
    excluded = {one["VariantPropertyType"] for one in asked.get("ExcludeRetainedVariantProperties", [])}
    is_kept = asked.get("RetainAllVariantProperties", False)
    kept = {"DesiredInstanceCount", "DesiredWeight"} - excluded if is_kept else set()

    def then() -> None:
        if (why := OVERLAY.rolls_back.get(endpoint.endpoint_name)) is None:
            _run(endpoint, config, kept)
        else:
            endpoint.failure_reason = why or None
        _done(endpoint)

    _begin(endpoint, then)
    return checked("UpdateEndpoint", {"EndpointArn": endpoint.arn})


def update_endpoint_weights_and_capacities(self: SageMakerResponse) -> ActionResult:
    asked = _given(self)
    OVERLAY.asked.append(("UpdateEndpointWeightsAndCapacities", asked))
    endpoint = _endpoint(asked["EndpointName"])
    backend = sagemaker_backends[ACCOUNT][REGION]

    def then() -> None:
        endpoint.endpoint_status = "InService"
        backend.update_endpoint_weights_and_capacities(
            endpoint.endpoint_name, asked["DesiredWeightsAndCapacities"]
        )
        _done(endpoint)

    _begin(endpoint, then)
    return checked("UpdateEndpointWeightsAndCapacities", {"EndpointArn": endpoint.arn})


def _model_of(config_name: str, variant: str) -> str:
    """Where the model of a variant answers, by the environment of its container."""
    backend = sagemaker_backends[ACCOUNT][REGION]
    config = backend.endpoint_configs[config_name]
    every = [*config.production_variants, *(getattr(config, "shadow_production_variants", None) or [])]
    model = next(one["ModelName"] for one in every if one["VariantName"] == variant)
    container = backend.describe_model(model).response_object["PrimaryContainer"]
    return str(container["Environment"]["URL"])


def _call(endpoint: Any, variant: str, body: bytes) -> tuple[int, bytes]:
    url = urlsplit(_model_of(endpoint.endpoint_config_name, variant))
    line = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=5)
    try:
        line.request("POST", "/invocations", body)
        answer = line.getresponse()
        status, text = answer.status, answer.read()
    finally:
        line.close()
    _count(endpoint.endpoint_name, variant, status, float(answer.headers.get("X-Microseconds", 1_000)))
    return status, text


def _count(endpoint: str, variant: str, status: int, microseconds: float) -> None:
    at = OVERLAY.clock[0] if OVERLAY.clock else datetime.now(UTC)
    dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]
    for name, value in (
        ("Invocations", 1.0),
        ("Invocation4XXErrors", float(400 <= status < 500)),
        ("Invocation5XXErrors", float(status >= 500)),
        ("ModelLatency", microseconds),
    ):
        datum = MetricDatum("AWS/SageMaker", name, value, dimensions, at.replace(tzinfo=None))
        cloudwatch_backends[ACCOUNT][REGION].metric_data.append(datum)


def invoke_endpoint(self: SageMakerRuntimeResponse) -> tuple[int, dict[str, str], Any]:
    name = self.path.split("/")[2]
    endpoint = _endpoint(name)
    weights = {one["VariantName"]: one["CurrentWeight"] for one in endpoint.production_variants}
    target = self.headers.get("X-Amzn-SageMaker-Target-Variant", "")
    if target and target not in weights:
        raise AWSValidationException(f"Variant {target} not found for Request")
    variant = target or OVERLAY.drawn.choices([*weights], [*weights.values()])[0]
    body = self.body if isinstance(self.body, bytes) else str(self.body).encode()
    for shadow in getattr(endpoint, "shadow_production_variants", None) or []:
        if OVERLAY.drawn.random() < shadow["CurrentWeight"] / sum(weights.values()):
            _call(endpoint, shadow["VariantName"], body)
    status, text = _call(endpoint, variant, body)
    headers = {"Content-Type": "application/json", "x-Amzn-Invoked-Production-Variant": variant}
    if status >= 500:
        said = {"Message": f"Received server error ({status}) from {variant}", "OriginalStatusCode": status}
        refused = {**headers, "x-amzn-errortype": "ModelError", "status": str(MODEL_ERROR)}
        return MODEL_ERROR, refused, json.dumps(said)
    return 200, headers, text


def statistic(self: Statistics, stat: str) -> Any:
    """How many values lie above a bound, which moto does not know."""
    if (counted := _COUNTED_ABOVE.fullmatch(stat)) is None:
        return _statistic(self, stat)
    return float(sum(one.value > float(counted["above"]) for one in self.metric_data))


OVERLAID: tuple[tuple[Any, str, Any], ...] = (
    (SageMakerResponse, "create_endpoint_config", create_endpoint_config),
    (SageMakerResponse, "create_endpoint", create_endpoint),
    (SageMakerResponse, "add_tags", add_tags),
    (SageMakerResponse, "describe_endpoint", describe_endpoint),
    (SageMakerResponse, "update_endpoint", update_endpoint),
    (SageMakerResponse, "update_endpoint_weights_and_capacities", update_endpoint_weights_and_capacities),
    (SageMakerRuntimeResponse, "invoke_endpoint", invoke_endpoint),
    (Statistics, "get_statistics_for_type", statistic),
)


@contextmanager
def laid_over() -> Iterator[Overlay]:
    """For all servers of this process, whose SageMaker is empty before and after."""
    before = [(where, name, getattr(where, name, None)) for where, name, _ in OVERLAID]
    _empty()
    for where, name, function in OVERLAID:
        setattr(where, name, function)
    try:
        yield OVERLAY
    finally:
        for where, name, function in before:
            if function is None:
                delattr(where, name)
            else:
                setattr(where, name, function)
        _empty()


def _empty() -> None:
    OVERLAY.__init__()  # type: ignore[misc]
    for backends in (sagemaker_backends, applicationautoscaling_backends, cloudwatch_backends):
        backends[ACCOUNT][REGION].reset()
