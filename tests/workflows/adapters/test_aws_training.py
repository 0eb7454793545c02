"""What would train a retiring model again is found by its exact name, paused, and put back as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from data.errors import Refused, Unavailable
from data.records.training import Trigger, TriggerKind
from tests.workflows.adapters.sagemaker_service import Failure, FakeSageMaker
from workflows.adapters.aws_training.naming import named_in
from workflows.adapters.aws_training.triggers import AwsTraining

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

ROLE = "arn:aws:iam::123456789012:role/train"
NAMES = frozenset(("churn", "arn:aws:sagemaker:eu-central-1:123456789012:model-package-group/churn"))


class Region:
    def __init__(self, address: str) -> None:
        self.sagemaker, self.events, self.scheduler, self.batch, self.ec2, self.iam = (
            boto3.client(name, endpoint_url=address)  # type: ignore[call-overload]
            for name in ("sagemaker", "events", "scheduler", "batch", "ec2", "iam")
        )
        self.training = AwsTraining(self.sagemaker, self.events, self.scheduler, self.batch)

    def pipeline(self, name: str, group: str) -> str:
        steps = {"Steps": [{"Arguments": {"ModelPackageGroupName": group}}]}
        made = self.sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=json.dumps(steps),
            RoleArn=ROLE,
            ClientRequestToken="0" * 32,
        )
        return str(made["PipelineArn"])

    def rule(self, name: str, *targets: dict[str, Any], bus: str = "default", state: str = "ENABLED") -> None:
        when = (
            {"ScheduleExpression": "rate(1 day)"}
            if bus == "default"
            else {"EventPattern": '{"source": ["us"]}'}
        )
        self.events.put_rule(Name=name, EventBusName=bus, State=state, **when)
        self.events.put_targets(
            Rule=name,
            EventBusName=bus,
            Targets=[{"Id": str(number), **one} for number, one in enumerate(targets)],
        )

    def schedule(self, name: str, arn: str, said: object = None, **more: Any) -> None:
        target = {"Arn": arn, "RoleArn": ROLE} | ({"Input": json.dumps(said)} if said else {})
        self.scheduler.create_schedule(
            Name=name,
            ScheduleExpression="cron(0 4 * * ? *)",
            FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
            Target=target,
            **more,
        )

    def queue(self, name: str, **tags: str) -> str:
        made = self.batch.create_job_queue(
            jobQueueName=name,
            priority=1,
            state="ENABLED",
            computeEnvironmentOrder=self._computers(),
            tags=tags,
        )
        return str(made["jobQueueArn"])

    def _computers(self) -> list[dict[str, Any]]:
        there = self.batch.describe_compute_environments()["computeEnvironments"]
        if not there:
            role = self.iam.create_role(RoleName="batch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
            made = self.batch.create_compute_environment(
                computeEnvironmentName="machines", type="UNMANAGED", serviceRole=role
            )
            return [{"order": 1, "computeEnvironment": made["computeEnvironmentArn"]}]
        return [{"order": 1, "computeEnvironment": there[0]["computeEnvironmentArn"]}]


@pytest.fixture
def region(aws: str) -> Region:
    from moto.backends import get_backend  # noqa: PLC0415 - takes a second, and few ask for it

    for name in ("sagemaker", "events", "scheduler", "batch"):
        get_backend(name)["123456789012"]["eu-central-1"].reset()
    get_backend("iam")["123456789012"]["aws"].reset()
    return Region(aws)


def a_trigger(kind: TriggerKind, name: str, why: str, **more: Any) -> tuple[Any, ...]:
    return kind, name, why, more.get("was_on", True), more.get("beside", ())


def seen(found: tuple[Trigger, ...]) -> list[tuple[Any, ...]]:
    return sorted((one.kind, one.name, one.why, one.was_on, one.beside) for one in found)


def test_all_that_would_train_it_is_found_by_its_exact_name_and_nothing_else(region: Region) -> None:
    nightly = region.pipeline("nightly", "churn")
    other = region.pipeline("other", "churn-v2")
    queue = region.queue("gpu", **{"emeritus.dev/model": "churn"})
    shared = region.queue("shared")
    region.rule("daily", {"Arn": nightly, "RoleArn": ROLE})
    region.rule("off", {"Arn": nightly, "RoleArn": ROLE}, state="DISABLED")
    region.rule("mixed", {"Arn": nightly, "RoleArn": ROLE}, {"Arn": other, "RoleArn": ROLE})
    region.rule("others", {"Arn": other, "RoleArn": ROLE})
    region.events.create_event_bus(Name="ml")
    job = {"JobDefinition": "train", "JobName": "churn"}
    region.rule("on-data", {"Arn": shared, "RoleArn": ROLE, "BatchParameters": job}, bus="ml")
    region.schedule(
        "weekly",
        "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution",
        {"PipelineName": "x", "m": "churn"},
    )
    region.schedule("gpu-weekly", queue)
    region.schedule("mail", "arn:aws:sns:eu-central-1:123456789012:mails", "churn")

    assert seen(region.training.find(NAMES)) == sorted(
        [
            a_trigger(TriggerKind.PIPELINE, "nightly", "names churn", was_on=False),
            a_trigger(TriggerKind.QUEUE, "gpu", "is tagged emeritus.dev/model = churn"),
            a_trigger(TriggerKind.RULE, "daily", "begins SageMaker pipeline nightly"),
            a_trigger(TriggerKind.RULE, "off", "begins SageMaker pipeline nightly", was_on=False),
            a_trigger(TriggerKind.RULE, "mixed", "begins SageMaker pipeline nightly", beside=(other,)),
            a_trigger(TriggerKind.RULE, "on-data", "names churn"),
            a_trigger(TriggerKind.SCHEDULE, "weekly", "names churn"),
            a_trigger(TriggerKind.SCHEDULE, "gpu-weekly", "begins Batch queue gpu"),
        ]
    )


def test_what_was_on_is_paused_and_put_back_as_it_was_and_what_was_off_stays_off(region: Region) -> None:
    nightly = region.pipeline("nightly", "churn")
    region.rule("daily", {"Arn": nightly, "RoleArn": ROLE})
    region.rule("off", {"Arn": nightly, "RoleArn": ROLE}, state="DISABLED")
    region.schedule("weekly", nightly, Description="every week", State="ENABLED")
    region.queue("churn")
    before = region.scheduler.get_schedule(Name="weekly")
    found = region.training.find(NAMES)
    for _ in range(2):
        for one in found:
            region.training.pause(one)
    assert [one.name for one in found if region.training.is_on(one)] == []
    for _ in range(2):
        for one in found:
            region.training.resume(one)
    assert {one.name for one in found if region.training.is_on(one)} == {"daily", "weekly", "churn"}
    after = region.scheduler.get_schedule(Name="weekly")
    for told in (before, after):
        told.pop("ResponseMetadata")
        told.pop("LastModificationDate")
    assert after == before


def test_a_rule_that_begins_other_things_too_is_not_paused(region: Region) -> None:
    nightly, other = region.pipeline("nightly", "churn"), region.pipeline("other", "fraud")
    region.rule("mixed", {"Arn": nightly, "RoleArn": ROLE}, {"Arn": other, "RoleArn": ROLE})
    rule, _ = region.training.find(NAMES)
    with pytest.raises(Refused, match=r"it begins other things, too: .*:pipeline/other"):
        region.training.pause(rule)
    assert region.training.is_on(rule)


def test_what_is_gone_begins_nothing_and_does_not_come_back(region: Region) -> None:
    nightly = region.pipeline("nightly", "churn")
    region.rule("daily", {"Arn": nightly, "RoleArn": ROLE})
    rule, _ = region.training.find(NAMES)
    region.events.remove_targets(Rule="daily", Ids=["0"])
    region.events.delete_rule(Name="daily")
    assert not region.training.is_on(rule)
    region.training.pause(rule)
    with pytest.raises(Refused, match="Cannot resume EventBridge rule daily"):
        region.training.resume(rule)


def test_what_runs_of_a_pipeline_is_stopped_once_and_never_begun_again(
    stub: Stubber, stubbed_sagemaker: SageMakerClient
) -> None:
    arn = "arn:aws:sagemaker:eu-central-1:123456789012:pipeline/nightly"
    nightly = Trigger(kind=TriggerKind.PIPELINE, ref=arn, name="nightly", why="names churn", was_on=True)
    for_all: Any = None  # the other services are not asked
    training = AwsTraining(stubbed_sagemaker, for_all, for_all, for_all)
    states = {"a1b2c3d4e5f6": "Executing", "g7h8i9j0k1l2": "Succeeded"}
    executions = [
        {"PipelineExecutionArn": f"{arn}/execution/{name}", "PipelineExecutionStatus": state}
        for name, state in states.items()
    ]
    stub.add_response(
        "list_pipeline_executions", {"PipelineExecutionSummaries": executions}, {"PipelineName": "nightly"}
    )
    stub.add_response(
        "stop_pipeline_execution",
        {},
        {
            "PipelineExecutionArn": f"{arn}/execution/a1b2c3d4e5f6",
            "ClientRequestToken": "00000000000000000000a1b2c3d4e5f6",
        },
    )
    training.pause(nightly)
    training.resume(nightly)


@pytest.mark.parametrize(
    ("failure", "error"),
    [(Failure("AccessDeniedException"), Refused), (Failure("InternalFailure", status=500), Unavailable)],
    ids=["denied", "broken"],
)
def test_a_place_that_cannot_be_looked_at_is_no_sign_of_silence(
    service: FakeSageMaker, failure: Failure, error: type[Exception]
) -> None:
    service.failures["ListPipelines"] = failure
    clients = [
        boto3.client(name, region_name="eu-west-1")  # type: ignore[call-overload]
        for name in ("sagemaker", "events", "scheduler", "batch")
    ]
    with pytest.raises(error, match="Cannot look for what trains it"):
        AwsTraining(*clients).find(NAMES)


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"a": ["churn-v2", {"b": "churn"}]}, "churn"),
        ('{"Steps": [{"Group": "churn"}]}', "churn"),
        ({"Input": '{"model": "churn"}'}, "churn"),
        ({"a": "churn-v2", "b": "retrain churn", "churn": 1}, ""),
        ("[" * 50_000, ""),
        (None, ""),
    ],
    ids=["deep inside", "JSON as text", "JSON in JSON", "only alike", "nested without end", "nothing"],
)
def test_a_document_names_a_model_by_a_value_that_is_exactly_its_name(document: object, name: str) -> None:
    assert named_in(document, frozenset(("churn",))) == name
