"""A SageMaker on loopback: answers the AWS JSON protocol page by page from what an account is told to hold.

Also Application Auto Scaling, which is asked at the same address. It remembers what it was asked, and fails as told.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from data.catalog.catalog import Catalog
from data.importers.report import ImportReport
from data.importers.sagemaker import places_of, read_sagemaker
from tests.data.catalogs import MONDAY
from tests.data.importers.sagemaker_account import (
    HEAD,
    PAYMENTS,
    a_component,
    a_config,
    a_group,
    a_model,
    a_package,
    a_pipeline,
    an_endpoint,
    arn,
    of_file,
    of_package,
)
from workflows.adapters.sagemaker_account import account_at

REGION = "eu-west-1"
GROUP, CONTEXT = arn("model-package-group", "Churn"), arn("context", "churn")
PAGE_ITEMS = 2

# Operation -> the list it answers with.
LISTS = {
    "ListModelPackageGroups": "ModelPackageGroupSummaryList",
    "ListModelPackages": "ModelPackageSummaryList",
    "ListModels": "Models",
    "ListEndpoints": "Endpoints",
    "ListInferenceComponents": "InferenceComponents",
    "ListPipelines": "PipelineSummaries",
    "DescribeScalableTargets": "ScalableTargets",
    "ListTags": "Tags",
    "ListContexts": "ContextSummaries",
}
# Operation -> the field that is asked for, and the one it is found by.
DESCRIPTIONS = {
    "DescribeModelPackage": ("ModelPackageName", "ModelPackageArn"),
    "DescribeModel": ("ModelName", "ModelName"),
    "DescribeEndpoint": ("EndpointName", "EndpointName"),
    "DescribeEndpointConfig": ("EndpointConfigName", "EndpointConfigName"),
    "DescribeInferenceComponent": ("InferenceComponentName", "InferenceComponentName"),
    "DescribePipeline": ("PipelineName", "PipelineName"),
    "DescribeArtifact": ("ArtifactArn", "ArtifactArn"),
}
LISTED = {
    "DescribeModelPackage": "ModelPackageSummaryList",
    "DescribeModel": "Models",
    "DescribeEndpoint": "Endpoints",
    "DescribeEndpointConfig": "EndpointConfigs",
    "DescribeInferenceComponent": "InferenceComponents",
    "DescribePipeline": "PipelineSummaries",
    "DescribeArtifact": "ArtifactSummaries",
}


@dataclass
class Failure:
    """`times` it is answered so; for ever where that is None."""

    code: str
    status: int = 400
    message: str = "no"
    times: int | None = None


@dataclass
class FakeSageMaker:
    """`holds` by the name of a list; `tags` by ARN; `lineage` by the context asked for."""

    holds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    contexts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    lineage: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ring: str = ""
    address: str = ""

    def denies(self, *operations: str) -> None:
        for one in operations:
            self.failures[one] = Failure(
                "AccessDeniedException", message=f"User: arn:aws:iam::1:user/ada: {one}"
            )

    def asks(self, operation: str) -> list[dict[str, Any]]:
        return [asked for name, asked in self.asked if name == operation]

    def answer(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append((operation, asked))
        failure = self.failures.get(operation)
        if failure is not None and failure.times != 0:
            if failure.times is not None:
                failure.times -= 1
            return failure.status, {"__type": failure.code, "message": failure.message}
        if operation in DESCRIPTIONS:
            return self._described(operation, asked)
        if operation == "QueryLineage":
            told = self.lineage.get(asked["StartArns"][0], {"Vertices": [], "Edges": []})
            page = self._page("Vertices", told["Vertices"], asked, operation)
            return 200, page | {"Edges": [] if "NextToken" in page else told["Edges"]}
        key = LISTS[operation]
        return 200, self._page(key, self._listed(operation, asked), asked, operation)

    def _listed(self, operation: str, asked: dict[str, Any]) -> list[Any]:
        if operation == "ListTags":
            return [
                {"Key": key, "Value": value} for key, value in self.tags.get(asked["ResourceArn"], {}).items()
            ]
        if operation == "ListContexts":
            return self.contexts.get(asked["ContextType"], [])
        return self.holds.get(LISTS[operation], [])

    def _page(self, key: str, those: list[Any], asked: dict[str, Any], operation: str) -> dict[str, Any]:
        start = int(asked.get("NextToken", "0"))
        page: dict[str, Any] = {key: those[start : start + PAGE_ITEMS]}
        if self.ring == operation:
            page["NextToken"] = "0"
        elif start + PAGE_ITEMS < len(those):
            page["NextToken"] = str(start + PAGE_ITEMS)
        return page

    def _described(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        name, key = DESCRIPTIONS[operation]
        found = [one for one in self.holds.get(LISTED[operation], []) if one[key] == asked[name]]
        if not found or found[0].get("is_gone"):
            message = f'Could not find "{asked[name]}".'
            return 400, {"__type": "ValidationException", "message": message}
        return 200, found[0]


@contextmanager
def a_sagemaker() -> Iterator[FakeSageMaker]:
    service = FakeSageMaker()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: a second one waits 40 ms to be asked for
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = service.answer(operation, asked)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def fill(service: FakeSageMaker) -> None:
    names = ("Churn", "Fraud", "Spam")
    service.holds = {
        "ModelPackageGroupSummaryList": [a_group(name) for name in names],
        "ModelPackageSummaryList": [a_package(name, 1) for name in names],
        "Models": [
            *(a_model(f"{name}-1", of_package(f"{name}/1")) for name in names),
            a_model("By-file", of_file("s3://models/Churn/1.tar.gz")),
            a_model("Many", of_file("s3://models/Fraud", Mode="MultiModel")),
            a_model("Tagged", of_file("s3://models/extra.tar.gz")),
        ],
        "Endpoints": [an_endpoint(name) for name in (*names, "Parts", "Many")],
        "EndpointConfigs": [
            *(a_config(name, f"{name}-1") for name in names),
            a_config("Parts", ""),
            a_config("Many", "Many"),
        ],
        "InferenceComponents": [
            *(a_component(f"C{name}", "Parts", ModelName=f"{name}-1") for name in names),
            a_component("Base", "Parts", Container={"ArtifactUrl": "s3://models/base"}),
            a_component(
                "Lora",
                "Parts",
                Container={"ArtifactUrl": "s3://models/lora"},
                BaseInferenceComponentName="Base",
            ),
        ],
        "PipelineSummaries": [
            a_pipeline("Nightly", '{"Steps": [{"Arguments": {"ModelPackageGroupName": "Churn"}}]}')
        ],
        "ScalableTargets": [],
        "ArtifactSummaries": [
            {"ArtifactArn": arn("artifact", "data"), "Source": {"SourceUri": "s3://data/train"}},
            {
                "ArtifactArn": arn("artifact", "package"),
                "Source": {"SourceUri": arn("model-package", "Churn/1")},
            },
        ],
    }
    service.tags = {
        GROUP: {"owner": "payments", "emeritus.dev/tier": "2", "emeritus.dev/aliases": "churner"},
        arn("endpoint", "Churn"): {"emeritus.dev/consumers": "checkout", "team": "ghosts"},
        arn("model", "Tagged"): {"emeritus.dev/model": "Churn", "owner": "nobody"},
    }
    service.contexts = {
        "ModelGroup": [{"ContextArn": CONTEXT, "ContextName": "churn", "Source": {"SourceUri": GROUP}}]
    }
    service.lineage = {
        CONTEXT: {
            "Vertices": [
                {"Arn": arn("artifact", "data"), "Type": "DataSet", "LineageType": "Artifact"},
                {"Arn": arn("artifact", "image"), "Type": "Image", "LineageType": "Artifact"},
                {"Arn": arn("artifact", "package"), "Type": "Model", "LineageType": "Artifact"},
            ],
            "Edges": [
                {
                    "SourceArn": arn("artifact", "data"),
                    "DestinationArn": arn("artifact", "package"),
                    "AssociationType": "ContributedTo",
                }
            ],
        }
    }


def imported(catalog: Catalog, region: str = REGION) -> ImportReport:
    told = [account_at(region, attempts=2)]
    known = (*catalog.known_outside("sagemaker", places_of(told)), PAYMENTS)
    reading = read_sagemaker(told, known=known, before=catalog.known())
    return catalog.import_(reading, format="sagemaker", now=MONDAY)


def dependencies(catalog: Catalog) -> list[tuple[Any, ...]]:
    """Who depends on whom, who says so, and since when nobody does."""
    with catalog._store.reading() as conn:
        query = "SELECT from_id, to_id, declared_by, withdrawn_at FROM edge ORDER BY 1, 2, 3"
        return [tuple(row) for row in conn.execute(query)]


def notes(report: ImportReport, what: str) -> list[str]:
    return [str(one).replace(HEAD, "") for one in report.notes if one.what == what]
