"""Calls of a SageMaker endpoint move to its successor, and what SageMaker keeps silent about is seen all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import sqrt
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from bot.aws import sagemaker_plane
from data.errors import Corrupt, NotFound, Refused, Unavailable
from data.records.traffic import Ability, Arm, Brownout, Desired, Lane
from tests.workflows.adapters.aws_overlay import Overlay, laid_over
from tests.workflows.adapters.counting_models import Model, a_counting_model
from tests.workflows.adapters.sagemaker_service import Failure, FakeSageMaker
from workflows.adapters.sagemaker_plane.kept import Kept, keep, kept_of
from workflows.adapters.sagemaker_plane.plane import SageMakerPlane
from workflows.adapters.sagemaker_plane.variants import NEW, SHADOW, abilities_of

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
NOON = datetime(2026, 3, 2, 12, 3, tzinfo=UTC)
OLD, SUCCESSOR = "churn-v1", "churn-v2"
SPLIT = Desired(new=SUCCESSOR)


class Account:
    """Two endpoints in a region, each with a model that counts its calls."""

    def __init__(self, address: str, overlay: Overlay, old: Model, new: Model) -> None:
        self.overlay, self.models, self.address = overlay, {OLD: old, SUCCESSOR: new}, address
        self.client: SageMakerClient = boto3.client("sagemaker", endpoint_url=address)
        self.runtime = boto3.client("sagemaker-runtime", endpoint_url=address)
        self.scaling = boto3.client("application-autoscaling", endpoint_url=address)
        self.cloudwatch = boto3.client("cloudwatch", endpoint_url=address)
        self.clock = overlay.clock
        self.clock.append(NOON)
        for name, model in self.models.items():
            image = {"Image": "serve:1", "Environment": {"URL": model.address}}
            self.client.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=image)
            self.config(f"{name}-1", {"VariantName": "all", "ModelName": name})
            self.client.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-1")

    def config(self, name: str, *variants: dict[str, Any], **more: Any) -> None:
        sized = {"InitialInstanceCount": 2, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1.0}
        self.client.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{**sized, **one} for one in variants], **more
        )

    def plane(self) -> SageMakerPlane:
        return SageMakerPlane(self.client, self.scaling, self.cloudwatch, now=lambda: self.clock[0])

    def called(self, times: int, **more: Any) -> dict[str, int]:
        """Calls the endpoint so often; what each model counted of that."""
        before = {name: model.calls for name, model in self.models.items()}
        for _ in range(times):
            self.runtime.invoke_endpoint(EndpointName=OLD, Body=b"{}", **more)
        return {name: model.calls - before[name] for name, model in self.models.items()}

    def variants(self) -> dict[str, tuple[float, int]]:
        """Weight and instances of each, as SageMaker says them."""
        found = self.client.describe_endpoint(EndpointName=OLD)["ProductionVariants"]
        return {
            one["VariantName"]: (round(one["CurrentWeight"], 4), one["DesiredInstanceCount"]) for one in found
        }

    def scales_by_calls(self) -> None:
        ref = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": f"endpoint/{OLD}/variant/all",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        }
        self.scaling.register_scalable_target(**ref, MinCapacity=1, MaxCapacity=7)  # type: ignore[arg-type]
        self.scaling.put_scaling_policy(
            **ref,  # type: ignore[arg-type]
            PolicyName="by-calls",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 70.0,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                },
            },
        )

    def scales(self) -> dict[str, tuple[int, int, list[str]]]:
        """Variant -> least, most and policies."""
        found: dict[str, tuple[int, int, list[str]]] = {}
        for one in self.scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]:
            ref = one["ResourceId"]
            policies = self.scaling.describe_scaling_policies(ServiceNamespace="sagemaker", ResourceId=ref)
            names = [policy["PolicyName"] for policy in policies["ScalingPolicies"]]
            found[ref.rpartition("/")[2]] = one["MinCapacity"], one["MaxCapacity"], names
        return found


@pytest.fixture
def account(aws: str) -> Iterator[Account]:
    with laid_over() as overlay, a_counting_model() as old, a_counting_model() as new:
        yield Account(aws, overlay, old, new)


def reached(ask: Callable[[], None]) -> int:
    """Asks again while it is told to; how often it was."""
    for waited in range(8):
        try:
            ask()
        except Unavailable as later:
            assert "updating in SageMaker; it is asked again" in str(later)  # noqa: PT017
        else:
            return waited
    pytest.fail("never reached")


def led(account: Account, desired: Desired) -> SageMakerPlane:
    plane = account.plane()
    reached(lambda: plane.want(OLD, desired))
    assert plane.obeyed(OLD) == desired == plane.desired(OLD)
    return plane


def test_calls_move_by_weights_as_the_models_themselves_count(account: Account) -> None:
    for percent, times in ((0, 20), (25, 100), (50, 60), (100, 20)):
        led(account, replace(SPLIT, new_percent=percent))
        seen, share = account.called(times)[SUCCESSOR], percent / 100
        assert abs(seen - times * share) <= 3.29 * sqrt(times * share * (1 - share)), percent
    assert account.variants() == {"all": (0.0, 2), NEW: (1.0, 2)}
    led(account, replace(SPLIT, new_percent=0))
    assert account.called(20) == {OLD: 20, SUCCESSOR: 0}
    assert account.called(5, TargetVariant=NEW) == {OLD: 0, SUCCESSOR: 5}


def test_a_change_of_weights_is_one_call_that_repeats_how_many_instances_there_are(account: Account) -> None:
    led(account, SPLIT)
    account.overlay.asked.clear()
    led(account, replace(SPLIT, new_percent=5))
    (once,) = account.overlay.asked
    assert once == (
        "UpdateEndpointWeightsAndCapacities",
        {
            "EndpointName": OLD,
            "DesiredWeightsAndCapacities": [
                {"VariantName": "all", "DesiredWeight": 0.95, "DesiredInstanceCount": 2},
                {"VariantName": NEW, "DesiredWeight": 0.05, "DesiredInstanceCount": 2},
            ],
        },
    )
    led(account, replace(SPLIT, new_percent=5))
    assert account.overlay.asked == [once]


def test_once_all_calls_have_moved_the_old_model_leaves_the_endpoint_and_may_come_back(
    account: Account,
) -> None:
    plane = led(account, replace(SPLIT, new_percent=99))
    with pytest.raises(Refused, match="99 % of its calls go to the successor"):
        plane.swap(OLD)
    led(account, replace(SPLIT, new_percent=100))
    reached(lambda: plane.swap(OLD))
    assert account.variants() == {NEW: (1.0, 2)}
    assert account.called(20) == {OLD: 0, SUCCESSOR: 20}
    assert led(account, replace(SPLIT, new_percent=100)).swap(OLD) is None

    led(account, SPLIT)
    assert account.called(20) == {OLD: 20, SUCCESSOR: 0}
    led(account, Desired())
    assert account.client.describe_endpoint(EndpointName=OLD)["EndpointConfigName"] == "churn-v1-1"
    assert account.variants() == {"all": (1.0, 2)}


@pytest.mark.parametrize("why", ["The image cannot be pulled", ""], ids=["with a reason", "without a word"])
def test_a_rollback_that_is_in_service_is_told_and_not_asked_for_again(account: Account, why: str) -> None:
    """terraform-provider-aws 48997: InService on the old config, and the stock waiter is content."""
    account.overlay.rolls_back[OLD] = why
    for _ in range(2):
        with pytest.raises(Refused, match=f"to churn-v1-1: {why or 'it gave no reason'}. Correct that"):
            reached(lambda: account.plane().want(OLD, SPLIT))
    assert account.client.get_waiter("endpoint_in_service").wait(EndpointName=OLD) is None
    assert [name for name, _ in account.overlay.asked] == ["UpdateEndpoint"]
    assert account.plane().obeyed(OLD) == Desired()
    assert account.plane().desired(OLD) == SPLIT

    account.overlay.rolls_back.clear()
    led(account, Desired())
    led(account, replace(SPLIT, new_percent=100))
    assert account.called(10)[SUCCESSOR] == 10


def test_a_swap_that_is_rolled_back_leaves_all_calls_with_the_successor(account: Account) -> None:
    plane = led(account, replace(SPLIT, new_percent=100))
    account.overlay.rolls_back[OLD] = ""
    with pytest.raises(Refused, match="SageMaker rolled back from churn-v1-emeritus-new-"):
        reached(lambda: plane.swap(OLD))
    assert account.variants() == {"all": (0.0, 2), NEW: (1.0, 2)}
    assert account.called(10) == {OLD: 0, SUCCESSOR: 10}


def test_autoscaling_is_taken_down_before_the_endpoint_changes_and_put_back_as_it_was(
    account: Account,
) -> None:
    account.scales_by_calls()
    with pytest.raises(Unavailable):
        account.plane().want(OLD, SPLIT)
    assert account.scales() == {}
    led(account, SPLIT)
    assert account.scales() == {"all": (1, 7, ["by-calls"]), NEW: (1, 7, ["by-calls"])}
    plane = led(account, replace(SPLIT, new_percent=100))
    reached(lambda: plane.swap(OLD))
    assert account.scales() == {NEW: (1, 7, ["by-calls"])}
    led(account, SPLIT)
    assert account.scales() == {"all": (1, 7, ["by-calls"]), NEW: (1, 7, ["by-calls"])}


def test_a_shadow_gets_copies_and_answers_nobody_and_is_never_beside_a_share(account: Account) -> None:
    plane = led(account, replace(SPLIT, mirror_percent=100))
    assert account.called(30) == {OLD: 30, SUCCESSOR: 30}
    led(account, replace(SPLIT, mirror_percent=25))
    copies = account.called(100)[SUCCESSOR]
    assert abs(copies - 25) <= 3.29 * sqrt(100 * 0.25 * 0.75)
    with pytest.raises(Refused, match="a shadow variant leaves room for one production variant only"):
        plane.want(OLD, replace(SPLIT, mirror_percent=25, new_percent=5))
    assert plane.desired(OLD).mirror_percent == 25
    led(account, replace(SPLIT, new_percent=50))
    assert account.variants() == {"all": (0.5, 2), NEW: (0.5, 2)}


def test_what_a_variant_counted_is_told_and_what_nobody_counted_is_missing(account: Account) -> None:
    plane = account.plane()
    with pytest.raises(Unavailable, match="Nothing was ever wanted of endpoint churn-v1"):
        plane.observe(OLD)
    led(account, replace(SPLIT, mirror_percent=100))
    account.called(10)
    seen = plane.observe(OLD)
    assert seen.since == NOON - timedelta(minutes=3)
    assert [(one.arm, one.calls) for one in seen.counts] == [(Arm.OLD, 10)]
    assert (seen.mirrored, seen.unanswered) == (10, 0)

    led(account, replace(SPLIT, new_percent=100))
    account.models[SUCCESSOR].status, account.models[SUCCESSOR].microseconds = 503, 300_000
    for _ in range(4):
        with pytest.raises(ClientError, match="ModelError"):
            account.called(1)
    account.clock[0] = NOON + timedelta(minutes=30)
    old, new = plane.observe(OLD).counts
    assert (old.calls, old.errors, new.calls, new.errors) == (10, 0, 4, 4)
    assert (new.slower["0.25"], new.slower["0.5"], old.slower["0.25"]) == (4, 0, 0)


@pytest.mark.parametrize(
    "desired",
    [
        replace(SPLIT, pins={"billing": Lane.OLD}),
        replace(SPLIT, brownout=Brownout(begins_at=NOON, ends_at=NOON + timedelta(hours=1))),
    ],
    ids=["pin", "brownout"],
)
def test_what_it_cannot_do_is_refused_and_changes_nothing(account: Account, desired: Desired) -> None:
    with pytest.raises(Refused, match=r"it cannot do this: (pin|brownout)"):
        account.plane().want(OLD, desired)
    assert account.plane().desired(OLD) == Desired()
    assert account.overlay.asked == []


def test_a_successor_that_is_not_there_or_serves_two_models_is_refused(account: Account) -> None:
    account.config("two", *({"VariantName": one, "ModelName": OLD} for one in ("a", "b")))
    account.client.create_endpoint(EndpointName="two", EndpointConfigName="two")
    for new, error in (("unheard-of", NotFound), ("two", Refused)):
        with pytest.raises(error):
            account.plane().want(OLD, Desired(new=new))
    assert account.overlay.asked == []


def test_what_an_earlier_migration_left_is_not_taken_for_the_old_model(account: Account) -> None:
    """Switched off and on again the endpoint has the config it ran, and its tags are gone."""
    led(account, replace(SPLIT, new_percent=100))
    ran = account.client.describe_endpoint(EndpointName=OLD)["EndpointConfigName"]
    account.client.delete_endpoint(EndpointName=OLD)
    account.client.create_endpoint(EndpointName=OLD, EndpointConfigName=ran)
    with pytest.raises(Refused, match="which has emeritus-new of an earlier migration whose tags are gone"):
        account.plane().want(OLD, SPLIT)


VARIANT = {"VariantName": "all", "ModelName": "m", "InstanceType": "ml.m5.large"}
ALL, LATENCY = frozenset((Ability.SPLIT, Ability.MIRROR, Ability.LATENCY)), frozenset((Ability.LATENCY,))


@pytest.mark.parametrize(
    ("config", "abilities"),
    [
        ({"ProductionVariants": [VARIANT]}, ALL),
        ({"ProductionVariants": [VARIANT, VARIANT]}, ALL - {Ability.MIRROR}),
        (
            {"ProductionVariants": [{"VariantName": "a", "ModelName": "m", "ServerlessConfig": {}}]},
            ALL - {Ability.MIRROR},
        ),
        ({"ProductionVariants": [VARIANT], "ShadowProductionVariants": [VARIANT]}, LATENCY),
        ({"ProductionVariants": [VARIANT], "AsyncInferenceConfig": {"OutputConfig": {}}}, LATENCY),
        ({"ProductionVariants": [{"VariantName": "a", "InstanceType": "ml.m5.large"}]}, LATENCY),
    ],
    ids=["one variant", "two", "serverless", "a shadow of its own", "asynchronous", "inference components"],
)
def test_abilities_are_the_endpoint_s_own(config: Mapping[str, Any], abilities: frozenset[Ability]) -> None:
    assert abilities_of(config) == abilities


def test_an_api_that_answers_500_is_asked_twice_and_not_for_minutes(
    service: FakeSageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_PROFILE", "")
    monkeypatch.delenv("AWS_PROFILE")
    plane = sagemaker_plane(lambda: NOON)
    assert plane is not None
    service.failures["DescribeEndpoint"] = Failure("InternalFailure", status=500)
    with pytest.raises(Unavailable, match=r"AWS answers InternalFailure\. It is tried again"):
        plane.obeyed("Churn")
    assert len(service.asks("DescribeEndpoint")) == 2


def test_what_is_wanted_is_kept_in_as_many_tags_as_it_takes_and_no_more_than_there_are(
    account: Account,
) -> None:
    arn = account.client.describe_endpoint(EndpointName=OLD)["EndpointArn"]
    for size in (3, 40, 1):
        lanes = {sha256(bytes([number])).hexdigest(): Lane.OLD for number in range(size)}
        keep(account.client, arn, Kept(traffic=Desired(pins=lanes)))
        assert kept_of(account.client, arn).traffic.pins == lanes
    too_many = Kept(base="".join(sha256(bytes([number])).hexdigest() for number in range(256)))
    with pytest.raises(Refused, match="and 20 are the most"):
        keep(account.client, arn, too_many)
    assert kept_of(account.client, arn).traffic.pins == lanes
    account.client.add_tags(ResourceArn=arn, Tags=[{"Key": "emeritus:traffic-0", "Value": "3:xx"}])
    with pytest.raises(Corrupt, match="Delete them, and want it anew"):
        account.plane().desired(OLD)


@pytest.mark.long
def test_a_bot_that_dies_before_any_change_comes_to_the_same_with_autoscaling_as_it_was(
    account: Account,
) -> None:
    account.scales_by_calls()
    dies_at = 0
    while dies_at is not None:
        led(account, Desired())
        dies_at = _dying_at(account, dies_at)
        led(account, replace(SPLIT, new_percent=25))
        assert account.scales() == {"all": (1, 7, ["by-calls"]), NEW: (1, 7, ["by-calls"])}
        assert account.variants() == {"all": (0.75, 2), NEW: (0.25, 2)}


def _dying_at(account: Account, call: int) -> int | None:
    """Want it with a bot that dies after so many changes; the next number, or None where it was done by then."""
    plane, left = account.plane(), [call]

    def die(model: Any, **_: object) -> None:
        left[0] -= not model.name.startswith(("Describe", "List"))
        if left[0] < 0:
            raise ZeroDivisionError

    with ExitStack() as stack:
        for client in (account.client, account.scaling):
            client.meta.events.register("before-call", die)
            stack.callback(client.meta.events.unregister, "before-call", die)
        try:
            reached(lambda: plane.want(OLD, replace(SPLIT, new_percent=25)))
        except ZeroDivisionError:
            return call + 1
        return None


def test_calls_of_an_endpoint_that_is_gone_are_refused(account: Account) -> None:
    """Of the overlay itself: moto answers 200 for it."""
    account.client.delete_endpoint(EndpointName=OLD)
    with pytest.raises(ClientError, match="Could not find endpoint"):
        account.called(1)
    assert SHADOW != NEW
