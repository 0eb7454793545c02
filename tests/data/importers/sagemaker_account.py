"""What SageMaker says of the things in one account, as its API answers; a test changes what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data.importers.report import Reading
from data.importers.sagemaker import read_sagemaker
from data.importers.sagemaker_live import Live
from data.records.catalog import Entity, Group, Kind

HEAD = "arn:aws:sagemaker:eu-west-1:123456789012"
AT = 1_772_409_600
PAYMENTS = Group(id="group:default/payments", name="payments")
KNOWN = (PAYMENTS, Entity(id="component:default/checkout", kind=Kind.CONSUMER, name="checkout"))
Answer = dict[str, Any]


def arn(type_: str, name: str, head: str = HEAD) -> str:
    """SageMaker writes them lower-case, whatever the name."""
    return f"{head}:{type_}/{name.lower()}"


def a_group(name: str, **more: Any) -> Answer:
    return {
        "ModelPackageGroupName": name,
        "ModelPackageGroupArn": arn("model-package-group", name),
        "CreationTime": AT,
        "ModelPackageGroupStatus": "Completed",
        **more,
    }


def a_package(group: str, version: int, *, url: str = "", **more: Any) -> Answer:
    """One alone where it has no version."""
    name = f"{group}/{version}" if version else group
    own = (
        {"ModelPackageGroupName": group, "ModelPackageVersion": version}
        if version
        else {"ModelPackageName": group}
    )
    container = {"Image": "i", "ModelDataUrl": url or f"s3://models/{name}.tar.gz"}
    return {
        **own,
        "ModelPackageArn": arn("model-package", name),
        "CreationTime": AT,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
        "InferenceSpecification": {"Containers": [container]},
        **more,
    }


def a_model(name: str, *containers: Answer, **more: Any) -> Answer:
    own = {"Containers": list(containers)} if len(containers) > 1 else {"PrimaryContainer": containers[0]}
    return {"ModelName": name, "ModelArn": arn("model", name), "CreationTime": AT, **own, **more}


def of_package(name: str, head: str = HEAD) -> Answer:
    return {"ModelPackageName": arn("model-package", name, head)}


def of_file(url: str, **more: Any) -> Answer:
    return {"Image": "i", "ModelDataUrl": url, **more}


def an_endpoint(name: str, config: str = "", status: str = "InService", **more: Any) -> Answer:
    return {
        "EndpointName": name,
        "EndpointArn": arn("endpoint", name),
        "EndpointConfigName": config or name,
        "EndpointStatus": status,
        "CreationTime": AT,
        "LastModifiedTime": AT,
        **more,
    }


def a_config(name: str, *models: str, shadows: tuple[str, ...] = ()) -> Answer:
    """A variant for each model, called after it; one without a name has none."""
    return {
        "EndpointConfigName": name,
        "EndpointConfigArn": arn("endpoint-config", name),
        "CreationTime": AT,
        "ProductionVariants": [_variant(one) for one in models],
        "ShadowProductionVariants": [_variant(one) for one in shadows],
    }


def _variant(model: str) -> Answer:
    own = {"ModelName": model} if model else {}
    return {"VariantName": model or "all", "InitialVariantWeight": 1.0, **own}


def a_component(name: str, endpoint: str, **specification: Any) -> Answer:
    return {
        "InferenceComponentName": name,
        "InferenceComponentArn": arn("inference-component", name),
        "EndpointName": endpoint,
        "EndpointArn": arn("endpoint", endpoint),
        "VariantName": "all",
        "InferenceComponentStatus": "InService",
        "CreationTime": AT,
        "LastModifiedTime": AT,
        "Specification": specification,
    }


def a_pipeline(name: str, definition: str, **more: Any) -> Answer:
    return {
        "PipelineName": name,
        "PipelineArn": arn("pipeline", name),
        "PipelineStatus": "Active",
        "PipelineDefinition": definition,
        "CreationTime": AT,
        "LastModifiedTime": AT,
        **more,
    }


def tagged(its_arn: str, **tags: str) -> Answer:
    """`owner` as it is, what is ours by its last word: `e_tier` is emeritus.dev/tier."""
    told = [{"Key": key.replace("e_", "emeritus.dev/"), "Value": value} for key, value in tags.items()]
    return {"ResourceTagMappingList": [{"ResourceARN": its_arn, "Tags": told}]}


def an_account(*answers: Answer, head: str = HEAD) -> Live:
    """All that is described, as an account in one region told it."""
    return Live(head.split(":")[3], list(answers))


def read(*answers: Answer, known: Iterable[Entity | Group] = KNOWN) -> Reading:
    return read_sagemaker([an_account(*answers)], known=known)


def by_name(reading: Reading) -> dict[str, Entity]:
    return {one.name: one for one in reading.entities}


def short(text: object) -> str:
    return str(text).replace(HEAD, "")


def skipped(reading: Reading) -> list[str]:
    return [short(one).partition(" ")[2] for one in reading.skipped]


def ends(reading: Reading) -> list[str]:
    return [short(f"{edge.from_id} -> {edge.to_id}") for edge in reading.dependencies]


def said(reading: Reading, what: str) -> list[str]:
    """What was skipped and noted about a thing, without the account and where it is."""
    lines = (short(one).partition(" ")[2] for one in (*reading.skipped, *reading.notes))
    return [line for line in lines if line.startswith(what)]
