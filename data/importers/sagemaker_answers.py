"""What SageMaker answers, as things: each resource once, put together from lists, descriptions and tags.

One code reads both: files that hold the answers as `aws sagemaker describe-... > FILE` prints them, and what a
live account answered (sagemaker_live.py).
Source: docs.aws.amazon.com/sagemaker/latest/APIReference; tags as resourcegroupstaggingapi get-resources tells them
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields, shown, word_of
from data.importers.json_lines import Placed, Text
from data.importers.pages import Pages, wrong_without
from data.importers.sources import Format, Source


class Resource(StrEnum):
    """What SageMaker holds, as its ARNs call it."""

    GROUP = "model-package-group"
    PACKAGE = "model-package"
    MODEL = "model"
    ENDPOINT = "endpoint"
    CONFIG = "endpoint-config"
    COMPONENT = "inference-component"
    PIPELINE = "pipeline"
    ARTIFACT = "artifact"
    CONTEXT = "context"


LISTS = {
    "ModelPackageGroupSummaryList": Resource.GROUP,
    "ModelPackageSummaryList": Resource.PACKAGE,
    "Models": Resource.MODEL,
    "Endpoints": Resource.ENDPOINT,
    "EndpointConfigs": Resource.CONFIG,
    "InferenceComponents": Resource.COMPONENT,
    "PipelineSummaries": Resource.PIPELINE,
    "ArtifactSummaries": Resource.ARTIFACT,
    "ContextSummaries": Resource.CONTEXT,
}
TAGS, TARGETS, VERTICES, EDGES = "ResourceTagMappingList", "ScalableTargets", "Vertices", "Edges"
LINEAGE, TAGGED = "lineage", "tag"
"""Kinds of facts that are no resource of their own, but can be told in full or not."""

# A component names the ARN of its endpoint, too, so it is looked for first.
ARNS = {
    Resource.COMPONENT: "InferenceComponentArn",
    Resource.GROUP: "ModelPackageGroupArn",
    Resource.PACKAGE: "ModelPackageArn",
    Resource.MODEL: "ModelArn",
    Resource.CONFIG: "EndpointConfigArn",
    Resource.ENDPOINT: "EndpointArn",
    Resource.PIPELINE: "PipelineArn",
    Resource.ARTIFACT: "ArtifactArn",
    Resource.CONTEXT: "ContextArn",
}
_ARN = re.compile(
    r"(?P<head>arn:[a-z-]+:sagemaker:(?P<region>[a-z0-9-]+):(?P<account>\d{12})):(?P<type>[a-z-]+)/(?P<name>.+)",
    re.IGNORECASE,
)
Item = tuple[Resource, Any, bool]
"""What an answer tells of a resource, and whether that is all of it and not only a line of a list."""

_TOKENS = ("NextToken", "PaginationToken")


@dataclass(slots=True)
class Telling(Pages):
    """What one file, or one account, tells. Items can be of any kind still.

    tags   ARN in lower case -> its tags
    """

    items: list[Item] = field(default_factory=list)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    targets: list[Any] = field(default_factory=list)
    lineage: list[Placed] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.items or self.tags or self.targets or self.lineage or self.ended or self.more)


def listed(answer: Placed, key: str) -> list[Any]:
    """What stands in a list; nothing where there is none."""
    found = answer.get(key)
    return found if isinstance(found, list) else []


def arn_parts(text: str) -> re.Match[str] | None:
    return _ARN.fullmatch(text)


def telling_of(content: bytes, name: str) -> Telling:
    telling = Telling(what="no object", line=1)
    for item in Text(content, name).placed():
        for value in item.value if isinstance(item.value, list) else [item.value]:
            if isinstance(value, Placed):
                telling.line = value.line
                _add(value, telling)
    return telling


def _add(answer: Placed, telling: Telling) -> None:
    telling.what = f"an object of {', '.join(list(answer)[:5]) or 'nothing'}"
    is_list = False
    for key in (*LISTS, TAGS, TARGETS, VERTICES):
        if answer.get(key) is None:
            continue
        is_list = True
        if not isinstance(answer[key], list):
            telling.bad.append((answer.line, key, shown(answer[key])))
        elif any(answer.get(token) for token in _TOKENS):
            telling.more.setdefault(key, answer.line)
        else:
            telling.ended.add(key)
        if key in LISTS:
            telling.items += [(LISTS[key], one, False) for one in listed(answer, key)]
    telling.targets += listed(answer, TARGETS)
    for one in listed(answer, TAGS):
        if isinstance(one, Placed):
            telling.tags.setdefault(word_of(one.get("ResourceARN")).lower(), {}).update(_tags(one))
    if answer.get(VERTICES) is not None or answer.get(EDGES) is not None:
        telling.lineage.append(answer)
    elif not is_list and (
        type_ := next((it for it, key in ARNS.items() if answer.get(key) is not None), None)
    ):
        telling.items.append((type_, answer, True))


def _tags(told: Placed) -> dict[str, str]:
    pairs = (one for one in listed(told, "Tags") if isinstance(one, Placed))
    return {key: word_of(one.get("Value")) for one in pairs if (key := word_of(one.get("Key")))}


FORMAT = Format(
    holds="answers of SageMaker as JSON",
    suffixes=(".json",),
    parsed=telling_of,
    wrong=wrong_without("answer of SageMaker, such as describe-endpoint's"),
)


@dataclass(slots=True)
class Thing:
    """One resource. `is_whole` is false where only a line of a list told of it; `tags` is None where nobody told;
    `is_odd` is true once a field was read that holds something else than it should.

    id     its ARN, lower-case; `head` is what the ARNs of its account and region begin with
    name   as SageMaker writes it, with its capitals
    """

    type: Resource
    arn: str
    name: str
    value: Placed
    where: str
    source: Source
    is_whole: bool
    tags: dict[str, str] | None = None
    why_untold: str = ""
    is_odd: bool = False
    fields: Fields = field(init=False)

    def tell_to(self, draft: Draft) -> None:
        """Whatever is odd about a field is told once, and what the thing stated before stays then."""
        told: set[str] = set()

        def tell(path: str, note: str) -> None:
            if path not in told:
                told.add(path)
                self.is_odd = True
                draft.doubts(self.id, where=self.where, what=f"{self.name} {path}".strip(), note=note)

        self.fields = Fields(self.value, tell)

    @property
    def id(self) -> str:
        return self.arn.lower()

    @property
    def head(self) -> str:
        return self.id.partition(f":{self.type}/")[0]

    def beside(self, type_: Resource, name: str) -> str:
        """The id of another resource of the same account and region; of one that is named by its ARN, that."""
        return (name if name.startswith("arn:") else f"{self.head}:{type_}/{name}").lower()


def thing_of(item: Item, file: str, source: Source, draft: Draft) -> Thing | None:
    """A resource as one answer tells it; what is none is skipped with the reason."""
    type_, value, is_whole = item
    it = value if isinstance(value, Placed) else Placed(1, ())
    line = f"{file}:{it.line}" if file else ""
    arn = word_of(it.get(ARNS[type_]))
    parts = arn_parts(arn)
    if parts is None or parts["type"].lower() != type_ or why_not_named(arn):
        draft.read()
        what = f"{type_} {arn[:200]}".rstrip() if it is value else shown(value)
        wanted = f"names no {ARNS[type_]} like arn:aws:sagemaker:REGION:ACCOUNT:{type_}/NAME"
        draft.skip(line or str(source), what, wanted)
        return None
    name = word_of(it.get(ARNS[type_].removesuffix("Arn") + "Name"))
    if type_ is Resource.PACKAGE:  # its name leaves out the version
        version = word_of(it.get("ModelPackageVersion"))
        name = f"{word_of(it.get('ModelPackageGroupName'))}/{version}" if version else name
    if not name or why_not_named(name):
        name = parts["name"]
    if not file:
        source = f"{parts['head'].lower()}:{type_}"
    is_whole = is_whole or type_ is Resource.GROUP  # of which the list tells all we ask for
    return Thing(type_, arn, name, it, line or arn, source, is_whole)
