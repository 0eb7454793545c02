"""SageMaker says what is deprecated: by tags, and by the life cycle of model packages. Safe to call twice.

Tags of ours begin with `emeritus:`, custom properties of a package with `emeritus.`; nothing else is touched. A package
in a group cannot be tagged, so it keeps its marks, and what its life cycle was before, as properties.
Source: docs.aws.amazon.com/sagemaker/latest/APIReference, AddTags, UpdateModelPackage, ModelLifeCycle
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from data.errors import Invalid, Problem
from data.records.deprecation import Deprecation, Lifecycle, Listing, Part
from workflows.adapters.aws_errors import aws_errors, is_not_found
from workflows.adapters.sagemaker import SageMakerEndpoints

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import DescribeModelOutputTypeDef, DescribeModelPackageOutputTypeDef

TAG, PROPERTY = "emeritus:", "emeritus."
RETIREMENT = "retirement"
MARKS = (RETIREMENT, "lifecycle", "last-day", "successor")
BEFORE = {"Stage": "stage-before", "StageStatus": "status-before", "StageDescription": "description-before"}
STAGES = {Lifecycle.DEPRECATED: "Deprecated", Lifecycle.RETIRED: "Retired"}
NONE_BEFORE = {"Stage": "InService", "StageStatus": "Approved", "StageDescription": ""}
"""A life cycle can be changed, and not taken away: a package that had none is in service afterwards."""
VALUE_MAX = 256
DESCRIPTION_MAX = 1_024
_NOT_TAKEN = re.compile(r"[^\w .:/=+@-]")  # signs that neither a tag nor a property may hold


class SageMakerCatalog:
    """Implements `CatalogWriter`, for the account and region of the client."""

    def __init__(self, client: SageMakerClient) -> None:
        self._client = client
        self._endpoints = SageMakerEndpoints(client)

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        places: list[str] = []
        for listing in deprecation.listings:
            for arn in self._arns(listing, deprecation):
                with aws_errors(f"mark {arn}", service="sagemaker"):
                    kind = _resource(arn)
                    written = self._package if kind == "model-package" else self._tagged
                    if written(arn, listing, deprecation):
                        places.append(arn)
        return tuple(dict.fromkeys(places))

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        found: list[str] = []
        for listing in deprecation.listings:
            for arn in self._arns(listing, deprecation):
                with aws_errors(f"look up {arn}", service="sagemaker"):
                    found += self._differences(arn, listing, deprecation)
        return tuple(dict.fromkeys(found))

    def _arns(self, listing: Listing, deprecation: Deprecation) -> Iterator[str]:
        """Everything that is to carry the marks: an endpoint's models and packages, too, where the model retires."""
        if listing.part is not Part.ENDPOINT:
            yield self._here(listing.called)
            return
        arn, config_name = self._endpoints.runs(listing.called)
        if arn:
            yield arn
        if not deprecation.is_whole and listing.lifecycle is not Lifecycle.IN_SERVICE:
            return
        for name in self._endpoints.models_of(config_name):
            with aws_errors(f"look up model {name}", service="sagemaker"):
                model = self._model(name)
            if model is not None:
                yield model["ModelArn"]
                yield from _packages_of(model)

    def _here(self, arn: str) -> str:
        region = self._client.meta.region_name
        if arn.split(":")[3] != region:
            accepted = f"must be in {region}, where the bot works"
            raise Invalid([Problem(field="SageMaker", value=arn, accepted=accepted)])
        return arn

    def _model(self, name: str) -> DescribeModelOutputTypeDef | None:
        try:
            return self._client.describe_model(ModelName=name)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise

    def _tags(self, arn: str) -> dict[str, str]:
        """Ours on this resource, without their beginning."""
        pages = self._client.get_paginator("list_tags").paginate(ResourceArn=arn)
        there = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
        return {name: there[TAG + name] for name in MARKS if TAG + name in there}

    def _tagged(self, arn: str, listing: Listing, deprecation: Deprecation) -> bool:
        there, lifecycle = self._tags(arn), listing.lifecycle
        if _is_left(there, listing, deprecation):
            return False
        if lifecycle is Lifecycle.IN_SERVICE:
            self._client.delete_tags(ResourceArn=arn, TagKeys=[TAG + name for name in there])
            return True
        wanted = _marks(lifecycle, deprecation)
        if there != wanted:
            self._client.add_tags(
                ResourceArn=arn, Tags=[{"Key": TAG + name, "Value": value} for name, value in wanted.items()]
            )
        if gone := sorted(there.keys() - wanted.keys()):
            self._client.delete_tags(ResourceArn=arn, TagKeys=[TAG + name for name in gone])
        return True

    def _package(self, arn: str, listing: Listing, deprecation: Deprecation) -> bool:
        package = self._client.describe_model_package(ModelPackageName=arn)
        there, lifecycle = _properties(package), listing.lifecycle
        is_ours = there.get(RETIREMENT) == deprecation.retirement_id
        if _is_left(there, listing, deprecation):
            return False
        if is_ours and not self._differences_of(package, lifecycle, deprecation):
            return True
        others = {
            key: value
            for key, value in package.get("CustomerMetadataProperties", {}).items()
            if not key.startswith(PROPERTY)
        }
        if lifecycle is Lifecycle.IN_SERVICE:
            stages = {field: there.get(name, NONE_BEFORE[field]) for field, name in BEFORE.items()}
            wanted: dict[str, str] = {}
        else:
            # What it was before the first mark is remembered, whichever retirement made that.
            known = {name: there[name] for name in BEFORE.values() if name in there}
            wanted = _marks(lifecycle, deprecation) | (known if RETIREMENT in there else _before(package))
            stages = _stages(lifecycle, deprecation)
        self._client.update_model_package(
            ModelPackageArn=arn,
            ModelLifeCycle={
                "Stage": stages["Stage"],
                "StageStatus": stages["StageStatus"],
                "StageDescription": stages["StageDescription"],
            },
            CustomerMetadataProperties={
                **others,
                **{PROPERTY + name: value for name, value in wanted.items()},
            },
            CustomerMetadataPropertiesToRemove=[
                PROPERTY + name for name in sorted(there.keys() - wanted.keys())
            ],
        )
        return True

    def _differences(self, arn: str, listing: Listing, deprecation: Deprecation) -> list[str]:
        lifecycle = listing.lifecycle
        if _resource(arn) == "model-package":
            package = self._client.describe_model_package(ModelPackageName=arn)
            if _is_left(_properties(package), listing, deprecation):
                return []
            return self._differences_of(package, lifecycle, deprecation)
        there = self._tags(arn)
        if _is_left(there, listing, deprecation):
            return []
        if lifecycle is Lifecycle.IN_SERVICE:
            is_ours = there.get(RETIREMENT) == deprecation.retirement_id
            return [f"{arn} is still marked by {deprecation.retirement_id}"] if is_ours else []
        return _unlike(f"{arn} has tag {TAG}", there, _marks(lifecycle, deprecation))

    @staticmethod
    def _differences_of(
        package: DescribeModelPackageOutputTypeDef, lifecycle: Lifecycle, deprecation: Deprecation
    ) -> list[str]:
        arn, there = package["ModelPackageArn"], _properties(package)
        if lifecycle is Lifecycle.IN_SERVICE:
            is_ours = there.get(RETIREMENT) == deprecation.retirement_id
            return [f"{arn} is still marked by {deprecation.retirement_id}"] if is_ours else []
        stage = package.get("ModelLifeCycle", {"Stage": "nothing"})["Stage"]
        wrong = (
            [] if stage == STAGES[lifecycle] else [f"{arn} has stage {stage} instead of {STAGES[lifecycle]}"]
        )
        return wrong + _unlike(f"{arn} has property {PROPERTY}", there, _marks(lifecycle, deprecation))


def _is_left(there: dict[str, str], listing: Listing, deprecation: Deprecation) -> bool:
    """Is it left as it is, because only our own marks are lifted, or kept?"""
    is_ours = there.get(RETIREMENT) == deprecation.retirement_id
    return not is_ours and (listing.is_kept or listing.lifecycle is Lifecycle.IN_SERVICE)


def _unlike(what: str, there: dict[str, str], wanted: dict[str, str]) -> list[str]:
    return [
        f"{what}{name} = {there.get(name, 'nothing')} instead of {wanted.get(name, 'nothing')}"
        for name in MARKS
        if there.get(name) != wanted.get(name)
    ]


def _resource(arn: str) -> str:
    return arn.split(":")[5].partition("/")[0]


def _packages_of(model: DescribeModelOutputTypeDef) -> Iterator[str]:
    containers = [
        *([model["PrimaryContainer"]] if "PrimaryContainer" in model else []),
        *model.get("Containers", []),
    ]
    for container in containers:
        name = container.get("ModelPackageName", "")
        if _is_package(name):
            yield name


def _is_package(name: str) -> bool:
    return name.startswith("arn:") and len(name.split(":")) == len(["arn", "aws", "sagemaker", "r", "a", "x"])


def _properties(package: DescribeModelPackageOutputTypeDef) -> dict[str, str]:
    """Ours of this package, without their beginning."""
    there = package.get("CustomerMetadataProperties", {})
    return {key.removeprefix(PROPERTY): value for key, value in there.items() if key.startswith(PROPERTY)}


def _before(package: DescribeModelPackageOutputTypeDef) -> dict[str, str]:
    """What people called its life cycle, as far as a property can hold it."""
    if "ModelLifeCycle" not in package:
        return {}
    stages = package["ModelLifeCycle"]
    told = {
        "Stage": stages["Stage"],
        "StageStatus": stages["StageStatus"],
        "StageDescription": stages.get("StageDescription", ""),
    }
    return {BEFORE[field]: _taken(value) for field, value in told.items() if value}


def _stages(lifecycle: Lifecycle, deprecation: Deprecation) -> dict[str, str]:
    follows = f", successor {deprecation.successor}" if deprecation.successor else ""
    says = f"{deprecation.retirement_id}: last day of service {deprecation.last_day}{follows}"
    return {
        "Stage": STAGES[lifecycle],
        "StageStatus": "Approved",
        "StageDescription": " ".join(says.split())[:DESCRIPTION_MAX],
    }


def _marks(lifecycle: Lifecycle, deprecation: Deprecation) -> dict[str, str]:
    marks = {
        RETIREMENT: deprecation.retirement_id,
        "lifecycle": str(lifecycle),
        "last-day": f"{deprecation.last_day}",
    }
    if deprecation.successor:
        marks["successor"] = deprecation.successor
    return {name: _taken(value) for name, value in marks.items()}


def _taken(value: str) -> str:
    """As AWS takes it: without signs it refuses, and no longer than it may be."""
    return _NOT_TAKEN.sub("-", value)[:VALUE_MAX]
