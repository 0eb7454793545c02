"""Moves calls of a SageMaker endpoint to its successor: weights of variants, then a config of its own. Safe to repeat.

Nothing here waits: an endpoint that is changing is Unavailable, and whoever called asks again. That it is InService
proves nothing: after a rollback it is so on its old config, and SageMaker may say no reason. So what counts is which
config it runs, which variants, and their weights.
Source: github.com/hashicorp/terraform-provider-aws, issues 48997 and 46663
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from msgspec.structs import replace

from data.errors import Refused, Unavailable
from data.records.traffic import Ability, Desired, Observed
from workflows.adapters.aws_errors import aws_errors, message_of
from workflows.adapters.aws_shapes import taken_of
from workflows.adapters.sagemaker import SageMakerEndpoints, still
from workflows.adapters.sagemaker_plane import metrics
from workflows.adapters.sagemaker_plane.kept import Kept, keep, kept_of
from workflows.adapters.sagemaker_plane.scaling import VariantScaling
from workflows.adapters.sagemaker_plane.variants import (
    NEW,
    SHADOW,
    abilities_of,
    are_alike,
    config_name,
    goes_by,
    shares_of,
    variants_for,
    weights_for,
)
from workflows.rules.migrating.wanting import check_wanted

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling.client import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch.client import CloudWatchClient
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import VariantPropertyTypeDef

Described = Mapping[str, Any]


class SageMakerPlane:
    """One account and region. `Desired.new` is the endpoint that the successor has of its own, by name or ARN."""

    def __init__(
        self,
        sagemaker: SageMakerClient,
        scaling: ApplicationAutoScalingClient,
        cloudwatch: CloudWatchClient,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._client, self._cloudwatch, self._now = sagemaker, cloudwatch, now
        self._endpoints, self._scaling = SageMakerEndpoints(sagemaker), VariantScaling(scaling)

    def abilities(self, ref: str) -> frozenset[Ability]:
        """No pins, no brownouts, no callers: SageMaker does not know who calls. Split or mirror, never both."""
        with aws_errors(f"look up endpoint {ref}", service="sagemaker"):
            endpoint = self._endpoints.found(ref)
            kept = kept_of(self._client, endpoint["EndpointArn"])
            return abilities_of(self._config(ref, kept.base or endpoint["EndpointConfigName"]))

    def desired(self, ref: str) -> Desired:
        with aws_errors(f"look up endpoint {ref}", service="sagemaker"):
            return kept_of(self._client, self._endpoints.found(ref)["EndpointArn"]).traffic

    def want(self, ref: str, desired: Desired) -> None:
        """Also Refused where SageMaker rolled back from it, until something else is wanted first."""
        with aws_errors(f"lead calls of endpoint {ref}", service="sagemaker"):
            endpoint = self._endpoints.found(ref)
            kept = kept_of(self._client, endpoint["EndpointArn"])
            base = kept.base or endpoint["EndpointConfigName"]
            config = self._config(ref, base)
            check_wanted(ref, desired, abilities_of(config))
            if names := {NEW, SHADOW} & {one["VariantName"] for one in config["ProductionVariants"]}:
                raise _cannot(
                    ref,
                    f"it runs {base}, which has {', '.join(names)} of an earlier migration whose tags are gone",
                    "Update the endpoint to a config of its own variants",
                )
            if desired.new_percent and desired.mirror_percent:
                raise _cannot(
                    ref,
                    "a shadow variant leaves room for one production variant only",
                    "Mirror first, then split",
                )
            is_same = desired.new == kept.traffic.new
            wanted = replace(
                kept,
                traffic=desired,
                base=base,
                weights=kept.weights or shares_of(endpoint["ProductionVariants"]),
                successor=kept.successor if is_same else self._successor(ref, desired.new),
                is_alone=kept.is_alone and is_same and desired.new_percent == 100,
                since=kept.since if is_same else metrics.aligned(self._now()),
            )
            self._reach(ref, endpoint, kept, wanted)

    def swap(self, ref: str) -> None:
        """Have the old model leave the endpoint, whose calls all go to the successor: what follows after a soak.

        Until then it stays warm, so that going back takes one change of weights.
        """
        with aws_errors(f"swap the config of endpoint {ref}", service="sagemaker"):
            endpoint = self._endpoints.found(ref)
            kept = kept_of(self._client, endpoint["EndpointArn"])
            if not kept.is_alone and goes_by(endpoint, kept.traffic).new_percent != 100:
                share = goes_by(endpoint, kept.traffic).new_percent
                raise _cannot(
                    ref, f"{share:g} % of its calls go to the successor", "Lead all calls there first"
                )
            self._reach(ref, endpoint, kept, replace(kept, is_alone=True))

    def obeyed(self, ref: str) -> Desired:
        with aws_errors(f"look up endpoint {ref}", service="sagemaker"):
            endpoint = self._endpoints.found(ref)
            _check_settled(ref, endpoint)
            return goes_by(endpoint, kept_of(self._client, endpoint["EndpointArn"]).traffic)

    def observe(self, ref: str) -> Observed:
        with aws_errors(f"ask what endpoint {ref} counted", service="cloudwatch"):
            endpoint = self._endpoints.found(ref)
            kept = kept_of(self._client, endpoint["EndpointArn"])
            if kept.since is None:
                raise Unavailable(
                    f"Nothing was ever wanted of endpoint {ref}, so nothing was counted for that"
                )
            old = [one["VariantName"] for one in self._config(ref, kept.base)["ProductionVariants"]]
            name = endpoint["EndpointName"]
            return metrics.observed(self._cloudwatch, name, old, since=kept.since, now=self._now())

    def _reach(self, ref: str, endpoint: Described, kept: Kept, wanted: Kept) -> None:
        """One call further. Returns once SageMaker itself says that it goes by all of it."""
        arn, target = endpoint["EndpointArn"], config_name(endpoint["EndpointName"], wanted)
        if wanted.failed != target:
            wanted = replace(wanted, failed="", why="")
        if wanted != kept:
            keep(self._client, arn, wanted)
        _check_settled(ref, endpoint)
        if endpoint["EndpointConfigName"] != target:
            self._check_no_rollback(ref, endpoint, wanted, target)
            self._ask(ref, endpoint, wanted, target)
            raise still(ref, "Updating")
        self._settle(endpoint, wanted)
        shares = weights_for(wanted)
        if not are_alike(shares_of(endpoint["ProductionVariants"]), shares):
            self._weigh(endpoint, shares)
            endpoint = self._endpoints.found(ref)
            _check_settled(ref, endpoint)
        seen = shares_of(endpoint["ProductionVariants"])
        is_there = endpoint["EndpointConfigName"] == target and are_alike(seen, shares)
        if not is_there or goes_by(endpoint, wanted.traffic) != wanted.traffic:
            raise Unavailable(f"Endpoint {ref} does not weigh its variants as asked yet; it is asked again")

    def _check_no_rollback(self, ref: str, endpoint: Described, wanted: Kept, target: str) -> None:
        """Raises `Refused` where it was asked for this config, has changed since, and runs another one."""
        if wanted.asked == target and wanted.modified != _modified(endpoint):
            wanted = replace(wanted, failed=target, why=endpoint.get("FailureReason", ""))
            keep(self._client, endpoint["EndpointArn"], wanted)
            self._settle(endpoint, wanted)
        if wanted.failed:
            why = wanted.why or "it gave no reason"
            raise _cannot(
                ref,
                f"SageMaker rolled back from {target} to {endpoint['EndpointConfigName']}: {why}",
                "Correct that; it is asked for again once calls were led back as if there were no successor",
            )

    def _ask(self, ref: str, endpoint: Described, wanted: Kept, target: str) -> None:
        """Ask for another config. What is asked, and autoscaling as it was, is kept before anything is touched."""
        if target != wanted.base:
            self._prepare(ref, endpoint, wanted, target)
        name = endpoint["EndpointName"]
        seen = self._scaling.seen(name, [one["VariantName"] for one in endpoint["ProductionVariants"]])
        asked = replace(
            wanted,
            asked=target,
            modified=_modified(endpoint),
            scaling=wanted.scaling | seen,
            is_unscaled=wanted.is_unscaled or bool(seen),
        )
        keep(self._client, endpoint["EndpointArn"], asked)
        self._scaling.take_down(name, seen)
        # Instances stay as many as there are, and weights as they are: an update alone moves no call. What is copied
        # is weighed against the weight of the production variant, which therefore begins anew.
        anew: list[VariantPropertyTypeDef] = [{"VariantPropertyType": "DesiredWeight"}]
        self._client.update_endpoint(
            EndpointName=name,
            EndpointConfigName=target,
            RetainAllVariantProperties=True,
            ExcludeRetainedVariantProperties=anew if wanted.traffic.mirror_percent else [],
        )

    def _prepare(self, ref: str, endpoint: Described, wanted: Kept, target: str) -> None:
        """Have the config that is asked for: all of the base's, with other variants."""
        base = self._config(ref, wanted.base)
        (successor,) = self._config(ref, wanted.successor)["ProductionVariants"]
        request = taken_of(self._client, "CreateEndpointConfig", base)
        request |= variants_for(wanted, base, successor, endpoint["ProductionVariants"])
        try:
            self._client.create_endpoint_config(**{**request, "EndpointConfigName": target})
        except ClientError as error:
            if "already exist" not in message_of(error):
                raise

    def _weigh(self, endpoint: Described, shares: Mapping[str, float]) -> None:
        """How many instances each has is repeated as it is: left out, it could be lost."""
        counts = {
            one["VariantName"]: one.get("DesiredInstanceCount") for one in endpoint["ProductionVariants"]
        }
        self._client.update_endpoint_weights_and_capacities(
            EndpointName=endpoint["EndpointName"],
            DesiredWeightsAndCapacities=[
                {"VariantName": name, "DesiredWeight": share, "DesiredInstanceCount": counts[name]}
                if counts.get(name)
                else {"VariantName": name, "DesiredWeight": share}
                for name, share in shares.items()
            ],
        )

    def _settle(self, endpoint: Described, wanted: Kept) -> None:
        """What was asked for is over. Autoscaling is put back; the successor has what the old model had."""
        if not wanted.is_unscaled and not wanted.asked:
            return
        first = next(iter(wanted.scaling.values()), None)
        for one in endpoint["ProductionVariants"]:
            variant = one["VariantName"]
            scaling = wanted.scaling.get(variant, first if variant == NEW else None)
            if wanted.is_unscaled and scaling is not None:
                self._scaling.put_back(endpoint["EndpointName"], variant, scaling)
        settled = replace(wanted, is_unscaled=False, asked="", modified="")
        keep(self._client, endpoint["EndpointArn"], settled)

    def _successor(self, ref: str, new: str) -> str:
        """The config of its endpoint, which has one variant of one model."""
        if not new:
            return ""
        endpoint = self._endpoints.found(new)
        variants = self._config(new, endpoint["EndpointConfigName"])["ProductionVariants"]
        if len(variants) != 1 or "ModelName" not in variants[0]:
            raise _cannot(
                ref, f"its successor {new} has not one variant of one model", "Give it one of these"
            )
        return endpoint["EndpointConfigName"]

    def _config(self, ref: str, name: str) -> Described:
        config = self._endpoints.config(name)
        if config is None:
            raise _cannot(ref, f"endpoint config {name} is gone", "Bring it back under that name")
        return config


def _check_settled(ref: str, endpoint: Described) -> None:
    status = endpoint["EndpointStatus"]
    if status in ("Failed", "OutOfService", "UpdateRollbackFailed"):
        why = endpoint.get("FailureReason") or "no reason given"
        raise _cannot(ref, f"SageMaker says {status}: {why}", "Correct that in SageMaker, then try again")
    if status != "InService":
        raise still(ref, status)


def _modified(endpoint: Described) -> str:
    at: datetime = endpoint["LastModifiedTime"]
    return at.isoformat()


def _cannot(ref: str, reason: str, next_step: str) -> Refused:
    return Refused(f"Cannot lead calls of endpoint {ref}", reasons=[reason], next_step=next_step)
