"""All that SageMaker tells of one account in one region, asked to the end; safe to call twice, it changes nothing.

Who we are is what the AWS environment says (profile, role, variables), and the account is theirs. What AWS denies is
noted with the permission that is missing; what it does not answer ends the reading, so none is half of one.
data/importers/sagemaker.py says what it all means.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import create_loader
from botocore.session import get_session

from data.errors import Invalid, Problem, Refused, Unavailable
from data.importers.sagemaker_answers import LINEAGE, TAGGED, TARGETS, Resource, arn_parts
from data.importers.sagemaker_live import Live, Untold
from workflows.adapters.aws_errors import aws_errors, code_of, is_denied, is_not_found, permission_of

ATTEMPTS = (
    6  # of a call that is throttled or fails; botocore waits longer each time, 31 seconds in all at most
)
CONNECT_SECONDS = 10
READ_SECONDS = 30
PAGES_MAX = 20_000
_UNKNOWN = "UnknownOperationException"  # what a region does not offer yet: nothing of it is there
_IMAGE = "image"
_SCALING: Final = "application-autoscaling"
_BRIEF = Config(retries={"mode": "standard", "total_max_attempts": 2})
_BESIDE = (Resource.COMPONENT, Resource.PIPELINE, TARGETS, LINEAGE)


def account_at(region: str, *, attempts: int = ATTEMPTS) -> Live:
    """Raises `Unavailable` where AWS does not answer to the end, `Refused` where models cannot be listed."""
    with aws_errors(f"read SageMaker in {region}", service="sagemaker", then="Import again later"):
        session = _session(region)
        _check_region(session, region)
        account = _Account(session, region, attempts)
        account.read()
    return account.live


# What each service of AWS understands: a second of reading, and the same for all sessions.
_SERVICES: Final = create_loader()


def _session(region: str) -> boto3.Session:
    """A new one each time: who we are may be said otherwise by now."""
    session = get_session()
    session.register_component("data_loader", _SERVICES)
    return boto3.Session(botocore_session=session, region_name=region)


def _check_region(session: boto3.Session, region: str) -> None:
    """A misspelt one has no address, and waiting for it takes long."""
    partitions = session.get_available_partitions()
    regions = {one for part in partitions for one in session.get_available_regions("sagemaker", part)}
    if region not in regions | {boto3.Session().region_name}:
        alike = ", ".join(difflib.get_close_matches(region, regions)) or "eu-west-1"
        accepted = f"a region of AWS with SageMaker, such as {alike}"
        raise Invalid([Problem(field="region", value=region, accepted=accepted)])


class _Account:
    def __init__(self, session: boto3.Session, region: str, attempts: int) -> None:
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": attempts},
        )
        self._sagemaker: Any = session.client("sagemaker", config=config)
        self._scaling: Any = session.client(_SCALING, config=config.merge(_BRIEF))
        self.live = Live(region)

    def read(self) -> None:
        groups = self._list(Resource.GROUP, "list_model_package_groups", "ModelPackageGroupSummaryList")
        packages = self._list(
            Resource.PACKAGE, "list_model_packages", "ModelPackageSummaryList", ModelPackageType="Both"
        )
        models = self._list(Resource.MODEL, "list_models", "Models")
        if self.live.is_untold(Resource.MODEL):
            raise Refused(
                f"Cannot read SageMaker in {self.live.region}",
                reasons=["AWS denies sagemaker:ListModels"],
                next_step="Allow it to the bot, as data/importers/README.md lists it, then import again",
            )
        endpoints = self._list(Resource.ENDPOINT, "list_endpoints", "Endpoints")
        components = self._list(Resource.COMPONENT, "list_inference_components", "InferenceComponents")
        pipelines = self._list(Resource.PIPELINE, "list_pipelines", "PipelineSummaries")
        for one in packages:
            self._describe(
                Resource.PACKAGE, one, "describe_model_package", ModelPackageName="ModelPackageArn"
            )
        for one in models:
            self._describe(Resource.MODEL, one, "describe_model", ModelName="ModelName")
        for one in endpoints:
            self._describe_endpoint(one)
        for one in components:
            name = "InferenceComponentName"
            self._describe(Resource.COMPONENT, one, "describe_inference_component", **{name: name})
        for one in pipelines:
            self._describe(Resource.PIPELINE, one, "describe_pipeline", PipelineName="PipelineName")
        tagged = {
            "ModelPackageGroupArn": groups,
            "ModelPackageArn": [one for one in packages if not one.get("ModelPackageGroupName")],
            "ModelArn": models,
            "EndpointArn": endpoints,
            "InferenceComponentArn": components,
            "PipelineArn": pipelines,
        }
        for key, those in tagged.items():
            for one in those:
                self._add_tags(one[key])
        self._scale()
        self._trace()

    def _list(self, kind: str, operation: str, key: str, **asked: str) -> list[dict[str, Any]]:
        """All of a kind; what was asked for is kept as it was answered, too."""
        found: list[dict[str, Any]] = []
        try:
            for page in self._pages(operation, asked):
                found += page.get(key, [])
        except ClientError as error:
            self._leave_out(error, kind, "")
            return []
        self.live.answers.append({key: found})
        return found

    def _pages(self, operation: str, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        client = self._scaling if operation == "describe_scalable_targets" else self._sagemaker
        token = ""
        tokens: set[str] = set()
        while len(tokens) < PAGES_MAX:
            page: dict[str, Any] = getattr(client, operation)(
                **asked, **({"NextToken": token} if token else {})
            )
            yield page
            token = page.get("NextToken") or ""
            if not token:
                return
            if token in tokens:
                break
            tokens.add(token)
        why = f"{operation} tells the same pages again"
        raise Unavailable(f"Cannot read SageMaker in {self.live.region}: {why}. Import again later")

    def _ask(self, kind: str, arn: str, operation: str, **asked: str) -> dict[str, Any] | None:
        """One answer, kept; None where AWS denies it, or what it is about is gone."""
        try:
            answer: dict[str, Any] = getattr(self._sagemaker, operation)(**asked)
        except ClientError as error:
            if is_not_found(error):
                self.live.gone.update([arn] if kind != Resource.CONFIG else ())
            else:
                self._leave_out(error, kind, arn)
            return None
        answer.pop("ResponseMetadata", None)
        self.live.answers.append(answer)
        return answer

    def _leave_out(self, error: ClientError, kind: str, arn: str, service: str = "sagemaker") -> None:
        """What is denied, and what AWS cannot do of what no endpoint needs to be known."""
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        action = permission_of(error, service)
        if is_denied(error):
            self.live.untold.append(Untold(action, kind, arn))
        elif kind in _BESIDE and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            why = f"AWS answers it with {code_of(error) or status}"
            self.live.untold.append(Untold(action, kind, arn, why, "Import again later"))
        elif code_of(error) != _UNKNOWN:
            raise error

    def _describe(
        self, kind: Resource, one: dict[str, Any], operation: str, **asked: str
    ) -> dict[str, Any] | None:
        """Asked by what its line in the list says; one that is deleted meanwhile is gone."""
        arn = next(
            value for key, value in one.items() if key.endswith("Arn") and f":{kind}/" in value.lower()
        )
        return self._ask(kind, arn, operation, **{name: one[key] for name, key in asked.items()})

    def _describe_endpoint(self, one: dict[str, Any]) -> None:
        """And the configs it runs, or is to run next. Others keep nothing in service."""
        endpoint = (
            self._describe(Resource.ENDPOINT, one, "describe_endpoint", EndpointName="EndpointName") or {}
        )
        pending = endpoint.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
        for name in dict.fromkeys(filter(None, (endpoint.get("EndpointConfigName"), pending))):
            arn = f"{one['EndpointArn'].partition(':endpoint/')[0]}:{Resource.CONFIG}/{name}"
            if not any(
                answer.get("EndpointConfigArn", "").lower() == arn.lower() for answer in self.live.answers
            ):
                self._ask(Resource.CONFIG, arn, "describe_endpoint_config", EndpointConfigName=name)

    def _add_tags(self, arn: str) -> None:
        tags: list[Any] = []
        try:
            for page in self._pages("list_tags", {"ResourceArn": arn}):
                tags += page["Tags"]
        except ClientError as error:
            if is_not_found(error):
                self.live.gone.add(arn)
            else:
                self._leave_out(error, TAGGED, arn)
            return
        self.live.answers.append({"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tags}]})

    def _scale(self) -> None:
        targets: list[Any] = []
        try:
            for page in self._pages("describe_scalable_targets", {"ServiceNamespace": "sagemaker"}):
                targets += page[TARGETS]
        except ClientError as error:
            self._leave_out(error, TARGETS, "", _SCALING)
        except BotoCoreError as error:  # a service of its own, which a private network may not lead to
            why = f"nobody answers it: {type(error).__name__}"
            action = f"{_SCALING}:DescribeScalableTargets"
            self.live.untold.append(Untold(action, TARGETS, "", why, "Import again later"))
        self.live.answers.append({TARGETS: targets})

    def _trace(self) -> None:
        """Lineage, all of it or none: what has no name yet would get another one later."""
        told = len(self.live.answers)
        try:
            self._query_lineage()
        except ClientError as error:
            self._leave_out(error, LINEAGE, "")
            del self.live.answers[told:]

    def _query_lineage(self) -> None:
        described: set[str] = set()
        for kind in ("ModelGroup", "Endpoint"):
            for page in self._pages("list_contexts", {"ContextType": kind}):
                contexts = page["ContextSummaries"]
                self.live.answers.append({"ContextSummaries": contexts})
                for context in contexts:
                    for vertex in self._lineage_of(context["ContextArn"]):
                        arn = vertex.get("Arn", "")
                        is_named = (
                            vertex.get("LineageType") == "Artifact"
                            and vertex.get("Type", "").lower() != _IMAGE
                        )
                        if is_named and arn not in described:
                            described.add(arn)
                            self._describe_artifact(arn)

    def _lineage_of(self, context_arn: str) -> Iterator[dict[str, Any]]:
        asked = {"StartArns": [context_arn], "Direction": "Both", "IncludeEdges": True, "MaxResults": 50}
        for page in self._pages("query_lineage", asked):
            self.live.answers.append({"Vertices": page.get("Vertices", []), "Edges": page.get("Edges", [])})
            yield from page.get("Vertices", [])

    def _describe_artifact(self, arn: str) -> None:
        """Of this account: another one's lineage may be seen, and not what it is called there."""
        parts = arn_parts(arn)
        if parts is None or parts["head"].lower() != self.live.head:
            return
        try:
            answer = self._sagemaker.describe_artifact(ArtifactArn=arn)
        except ClientError as error:
            if not is_not_found(error):
                raise
        else:
            answer.pop("ResponseMetadata", None)
            self.live.answers.append(answer)
