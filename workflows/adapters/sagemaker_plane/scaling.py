"""Autoscaling of variants: taken down before their endpoint changes, and put back as it was. Safe to call twice.

Source: docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.adapters.aws_shapes import taken_of
from workflows.adapters.sagemaker_plane.kept import Scaling

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling.client import ApplicationAutoScalingClient


class VariantScaling:
    def __init__(self, client: ApplicationAutoScalingClient) -> None:
        self._client = client

    def seen(self, endpoint: str, variants: Iterable[str]) -> dict[str, Scaling]:
        """Variant -> its autoscaling; those without are not in it."""
        found: dict[str, Scaling] = {}
        for variant in variants:
            ref = _ref(endpoint, variant)
            targets = self._all("describe_scalable_targets", "ScalableTargets", ResourceIds=[ref])
            if targets:
                policies = self._all("describe_scaling_policies", "ScalingPolicies", ResourceId=ref)
                scheduled = self._all("describe_scheduled_actions", "ScheduledActions", ResourceId=ref)
                found[variant] = Scaling(
                    target=self._taken("RegisterScalableTarget", targets[0]),
                    policies=tuple(self._taken("PutScalingPolicy", one) for one in policies),
                    scheduled=tuple(self._taken("PutScheduledAction", one) for one in scheduled),
                )
        return found

    def take_down(self, endpoint: str, scaling: Mapping[str, Scaling]) -> None:
        """Its policies and schedules go with it."""
        for variant, one in scaling.items():
            self._client.deregister_scalable_target(
                ServiceNamespace="sagemaker",
                ResourceId=_ref(endpoint, variant),
                ScalableDimension=one.target["ScalableDimension"],
            )

    def put_back(self, endpoint: str, variant: str, scaling: Scaling) -> None:
        ref = {"ResourceId": _ref(endpoint, variant)}
        self._client.register_scalable_target(**{**scaling.target, **ref})
        for policy in scaling.policies:
            self._client.put_scaling_policy(**{**policy, **ref})
        for action in scaling.scheduled:
            self._client.put_scheduled_action(**{**action, **ref})

    def _all(self, operation: Any, key: str, **asked: Any) -> list[dict[str, Any]]:
        pages = self._client.get_paginator(operation).paginate(ServiceNamespace="sagemaker", **asked)
        return [dict(one) for page in pages for one in page[key]]

    def _taken(self, operation: str, described: Mapping[str, Any]) -> dict[str, Any]:
        """What the operation takes of what was described; the role is the service's own, and given by it."""
        taken = taken_of(self._client, operation, described)
        return {key: _plain(value) for key, value in taken.items() if key != "RoleARN"}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _ref(endpoint: str, variant: str) -> str:
    return f"endpoint/{endpoint}/variant/{variant}"
