"""Finds what trains a model in one account and region, pauses it and puts it back. Safe to call twice.

A pipeline cannot be switched off: what begins it is paused, and what runs of it is stopped; by hand somebody may still
begin it. A queue is meant only where it is called like the model, or tagged for it: others share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from data.errors import Refused
from data.records.training import Trigger, TriggerKind
from workflows.adapters.aws_errors import aws_errors, is_not_found
from workflows.adapters.aws_shapes import taken_of
from workflows.adapters.aws_training.naming import TAG, named_in, tagged

if TYPE_CHECKING:
    from mypy_boto3_batch.client import BatchClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient

OFF = "DISABLED"
LOOKED_INTO = (":sagemaker:", ":batch:", ":states:", ":lambda:")
"""In the target of a schedule: only what could train is looked into, which is a call for each."""


class AwsTraining:
    """Implements `TrainingControl`."""

    def __init__(
        self,
        sagemaker: SageMakerClient,
        events: EventBridgeClient,
        scheduler: EventBridgeSchedulerClient,
        batch: BatchClient,
    ) -> None:
        self._sagemaker, self._events, self._scheduler, self._batch = sagemaker, events, scheduler, batch

    def find(self, names: Iterable[str]) -> tuple[Trigger, ...]:
        known = frozenset(filter(None, names))
        with aws_errors("look for what trains it", service="sagemaker"):
            pipelines = tuple(self._pipelines(known))
        with aws_errors("look for what trains it", service="batch"):
            queues = tuple(self._queues(known))
        meant = {one.ref: one for one in (*pipelines, *queues)}
        with aws_errors("look for what trains it", service="events"):
            rules = tuple(self._rules(known, meant))
        with aws_errors("look for what trains it", service="scheduler"):
            schedules = tuple(self._schedules(known, meant))
        return (*rules, *schedules, *queues, *pipelines)

    def is_on(self, trigger: Trigger) -> bool:
        with aws_errors(f"look up {trigger.kind} {trigger.name}", service=_SERVICES[trigger.kind]):
            try:
                return self._is_on(trigger)
            except ClientError as error:
                if is_not_found(error):
                    return False
                raise

    def pause(self, trigger: Trigger) -> None:
        if trigger.beside:
            raise Refused(
                f"Cannot pause {trigger.kind} {trigger.name}",
                reasons=[f"it begins other things, too: {', '.join(trigger.beside)}"],
                next_step="Give these a rule of their own, then look again",
            )
        with aws_errors(f"pause {trigger.kind} {trigger.name}", service=_SERVICES[trigger.kind]):
            try:
                self._switch(trigger, is_on=False)
            except ClientError as error:
                if not is_not_found(error):  # what is gone begins nothing
                    raise

    def resume(self, trigger: Trigger) -> None:
        if trigger.was_on and trigger.kind is not TriggerKind.PIPELINE:
            with aws_errors(f"resume {trigger.kind} {trigger.name}", service=_SERVICES[trigger.kind]):
                self._switch(trigger, is_on=True)

    def _pipelines(self, names: frozenset[str]) -> Iterator[Trigger]:
        for page in self._sagemaker.get_paginator("list_pipelines").paginate():
            for one in page["PipelineSummaries"]:
                described = self._sagemaker.describe_pipeline(PipelineName=one["PipelineName"])
                tags = self._sagemaker.list_tags(ResourceArn=one["PipelineArn"])["Tags"]
                definition = described.get("PipelineDefinition", "")
                why = _why(
                    tagged({tag["Key"]: tag["Value"] for tag in tags}, names), named_in(definition, names)
                )
                name = one["PipelineName"]
                if why:
                    is_on = bool(self._running(name))
                    yield Trigger(
                        kind=TriggerKind.PIPELINE, ref=one["PipelineArn"], name=name, why=why, was_on=is_on
                    )

    def _queues(self, names: frozenset[str]) -> Iterator[Trigger]:
        for page in self._batch.get_paginator("describe_job_queues").paginate():
            for one in page["jobQueues"]:
                name = one["jobQueueName"]
                if why := _why(tagged(one.get("tags", {}), names), name if name in names else ""):
                    is_on = one["state"] != OFF
                    yield Trigger(
                        kind=TriggerKind.QUEUE, ref=one["jobQueueArn"], name=name, why=why, was_on=is_on
                    )

    def _rules(self, names: frozenset[str], meant: Mapping[str, Trigger]) -> Iterator[Trigger]:
        for bus in self._buses():
            for page in self._events.get_paginator("list_rules").paginate(EventBusName=bus):
                for rule in page["Rules"]:
                    pages = self._events.get_paginator("list_targets_by_rule").paginate(
                        Rule=rule["Name"], EventBusName=bus
                    )
                    targets = [one for targets in pages for one in targets["Targets"]]
                    tags = self._events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
                    tag = tagged({one["Key"]: one["Value"] for one in tags}, names)
                    found = {one["Arn"]: _begins(one, names, meant) for one in targets}
                    why = _why(tag, "") or next(filter(None, found.values()), "")
                    if why:
                        yield Trigger(
                            kind=TriggerKind.RULE,
                            ref=rule["Arn"],
                            name=rule["Name"],
                            why=why,
                            was_on=rule["State"] != OFF,
                            beside=() if tag else tuple(arn for arn, why in found.items() if not why),
                        )

    def _buses(self) -> list[str]:
        """There are few, and the call has no pages of its own in botocore."""
        page = self._events.list_event_buses()
        found = [bus["Name"] for bus in page["EventBuses"]]
        while token := page.get("NextToken"):
            page = self._events.list_event_buses(NextToken=token)
            found += [bus["Name"] for bus in page["EventBuses"]]
        return found

    def _schedules(self, names: frozenset[str], meant: Mapping[str, Trigger]) -> Iterator[Trigger]:
        for page in self._scheduler.get_paginator("list_schedules").paginate():
            for one in page["Schedules"]:
                arn = one.get("Target", {}).get("Arn", "")
                if arn not in meant and not any(part in arn for part in LOOKED_INTO):
                    continue
                target = self._scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])["Target"]
                if why := _begins(target, names, meant):
                    yield Trigger(
                        kind=TriggerKind.SCHEDULE,
                        ref=one["Arn"],
                        name=one["Name"],
                        why=why,
                        was_on=one["State"] != OFF,
                    )

    def _is_on(self, trigger: Trigger) -> bool:
        match trigger.kind:
            case TriggerKind.RULE:
                return self._events.describe_rule(**_rule(trigger))["State"] != OFF
            case TriggerKind.SCHEDULE:
                return self._scheduler.get_schedule(**_schedule(trigger))["State"] != OFF
            case TriggerKind.QUEUE:
                queues = self._batch.describe_job_queues(jobQueues=[trigger.ref])["jobQueues"]
                return any(one["state"] != OFF for one in queues)
            case TriggerKind.PIPELINE:
                return bool(self._running(trigger.name))

    def _switch(self, trigger: Trigger, *, is_on: bool) -> None:
        match trigger.kind:
            case TriggerKind.RULE if is_on:
                self._events.enable_rule(**_rule(trigger))
            case TriggerKind.RULE:
                self._events.disable_rule(**_rule(trigger))
            case TriggerKind.SCHEDULE:
                # docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html: what is left out is lost
                there = self._scheduler.get_schedule(**_schedule(trigger))
                kept = taken_of(self._scheduler, "UpdateSchedule", there)
                self._scheduler.update_schedule(**{**kept, "State": "ENABLED" if is_on else OFF})
            case TriggerKind.QUEUE:
                self._batch.update_job_queue(jobQueue=trigger.ref, state="ENABLED" if is_on else "DISABLED")
            case TriggerKind.PIPELINE:
                for execution in self._running(trigger.name):
                    self._sagemaker.stop_pipeline_execution(
                        PipelineExecutionArn=execution, ClientRequestToken=_token(execution)
                    )

    def _running(self, pipeline: str) -> list[str]:
        pages = self._sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
        return [
            one["PipelineExecutionArn"]
            for page in pages
            for one in page["PipelineExecutionSummaries"]
            if one["PipelineExecutionStatus"] == "Executing"
        ]


_SERVICES = {
    TriggerKind.RULE: "events",
    TriggerKind.SCHEDULE: "scheduler",
    TriggerKind.QUEUE: "batch",
    TriggerKind.PIPELINE: "sagemaker",
}


def _begins(target: Mapping[str, Any], names: frozenset[str], meant: Mapping[str, Trigger]) -> str:
    """Why a target is of the model; empty where it is not."""
    if (begun := meant.get(target["Arn"])) is not None:
        return f"begins {begun.kind} {begun.name}"
    inside = {key: value for key, value in target.items() if key not in ("Id", "Arn", "RoleArn")}
    return _why("", named_in(inside, names))


def _why(tag: str, named: str) -> str:
    return f"is tagged {TAG} = {tag}" if tag else f"names {named}" if named else ""


def _rule(trigger: Trigger) -> Any:
    """An ARN is rule/NAME, or rule/BUS/NAME where the bus is not the default one."""
    bus, _, _ = trigger.ref.partition(":rule/")[2].rpartition("/")
    return {"Name": trigger.name, "EventBusName": bus or "default"}


def _schedule(trigger: Trigger) -> Any:
    group, _, name = trigger.ref.partition(":schedule/")[2].partition("/")
    return {"GroupName": group, "Name": name}


def _token(execution: str) -> str:
    """The same for the same execution, so that asking twice is asking once; 32 signs at least."""
    return execution.rpartition("/")[2].rjust(32, "0")[:128]
