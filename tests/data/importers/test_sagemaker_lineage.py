"""What pipelines and lineage of SageMaker say of where models come from, and of who uses them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from data.importers.report import Reading
from data.records.catalog import Entity, Kind
from tests.data.catalogs import as_one
from tests.data.importers.sagemaker_account import (
    HEAD,
    Answer,
    a_config,
    a_group,
    a_model,
    a_package,
    a_pipeline,
    an_endpoint,
    arn,
    by_name,
    ends,
    of_file,
    read,
    said,
    skipped,
    tagged,
)
from tests.data.importers.strange import with_each_strange

THERE = (a_group("Churn"), a_package("Churn", 2), a_model("M", of_file("s3://m/m")))
CONTEXT = arn("context", "churn-group")


def with_steps(*steps: Answer, **parameters: str) -> Reading:
    named = [{"Name": name, "Type": "String", "DefaultValue": value} for name, value in parameters.items()]
    return read(*THERE, a_pipeline("Nightly", json.dumps({"Parameters": named, "Steps": steps})))


def a_step(kind: str, **arguments: Any) -> Answer:
    return {"Name": kind, "Type": kind, "Arguments": arguments}


@pytest.mark.parametrize(
    ("step", "edge"),
    [
        (
            a_step("RegisterModel", ModelPackageGroupName="Churn"),
            ":model-package-group/churn -> :pipeline/nightly",
        ),
        (a_step("Transform", ModelName="M"), ":pipeline/nightly -> :model/m"),
        (a_step("Transform", ModelName={"Get": "Parameters.Which"}), ":pipeline/nightly -> :model/m"),
        (
            a_step("Model", PrimaryContainer={"ModelPackageName": arn("model-package", "churn/2")}),
            ":pipeline/nightly -> :model-package/churn/2",
        ),
        (
            a_step("Processing", ProcessingInputs=[{"EndpointInput": {"EndpointName": "E"}}]),
            ":pipeline/nightly -> :endpoint/e",
        ),
        (
            a_step("Condition", IfSteps=[], ElseSteps=[a_step("Transform", ModelName="M")]),
            ":pipeline/nightly -> :model/m",
        ),
    ],
    ids=[
        "registers",
        "transforms with",
        "by a parameter",
        "deploys a package",
        "watches an endpoint",
        "on a condition",
    ],
)
def test_a_pipeline_uses_models_and_makes_others(step: Answer, edge: str) -> None:
    definition = {"Parameters": [{"Name": "Which", "DefaultValue": "M"}], "Steps": [step]}
    endpoint = (an_endpoint("E"), a_config("E", "M"))
    reading = read(*THERE, *endpoint, a_pipeline("Nightly", json.dumps(definition)))
    assert by_name(reading)["Nightly"].kind is Kind.PIPELINE
    assert [one for one in ends(reading) if "pipeline" in one] == [edge]


def test_what_only_a_run_knows_is_told_and_withdraws_nothing() -> None:
    reading = with_steps(
        a_step("Model", ModelName="Other"),
        a_step("Transform", ModelName={"Get": "Parameters.Unset"}),
        a_step("Transform", ModelName={"Get": "Steps.Model.ModelName"}),
    )
    assert (ends(reading), reading.uncertain) == ([], (arn("pipeline", "Nightly"),))
    assert skipped(reading) == [
        "Nightly ModelName Other: no such model is there",
        "Nightly ModelName a value that only a run knows: a value that only a run knows",
    ]


@pytest.mark.parametrize("definition", ["", "{", "[]", '{"a": 1} {"b": 1}'])
def test_a_pipeline_without_a_definition_is_kept_and_withdraws_nothing(definition: str) -> None:
    reading = read(*THERE, a_pipeline("Nightly", definition, PipelineDisplayName="Every night"))
    assert by_name(reading)["Nightly"].title == "Every night"
    assert skipped(reading) == ["steps of Nightly: no definition with steps as JSON is told"]
    assert reading.uncertain == (arn("pipeline", "Nightly"),)


def test_a_pipeline_that_is_being_deleted_is_skipped() -> None:
    reading = read(*THERE, a_pipeline("Nightly", "{}", PipelineStatus="Deleting"))
    assert skipped(reading) == ["Nightly: is being deleted"]


def an_artifact(name: str, uri: str) -> Answer:
    return {"ArtifactArn": arn("artifact", name), "Source": {"SourceUri": uri}, "ArtifactType": "x"}


def test_a_tag_may_name_a_pipeline_of_the_same_account_as_a_consumer() -> None:
    tags = (
        tagged(arn("model", "M"), e_consumers="nightly other"),
        tagged(arn("endpoint", "E"), e_consumers="other"),
    )
    reading = read(*THERE, an_endpoint("E"), a_config("E", "M"), a_pipeline("Nightly", "{}"), *tags)
    assert ends(reading)[1:] == [
        ":pipeline/nightly -> :model/m",
        "sagemaker-consumer:other -> :model/m",
        "sagemaker-consumer:other -> :endpoint/e",
    ]
    assert said(reading, "other") == ["other: no other source declares it; taken as a consumer"]


def a_vertex(name: str, kind: str, type_: str = "artifact") -> Answer:
    return {"Arn": arn(type_, name), "Type": kind, "LineageType": type_.capitalize()}


def an_edge(source: str, destination: str, how: str = "ContributedTo") -> Answer:
    return {
        "SourceArn": arn("artifact", source),
        "DestinationArn": arn("artifact", destination),
        "AssociationType": how,
    }


LINEAGE = {
    "Vertices": [
        a_vertex("data", "DataSet"),
        a_vertex("job", "TrainingJob"),
        a_vertex("image", "Image"),
        a_vertex("package", "Model"),
        a_vertex("batch", "TransformJob"),
        a_vertex("scores", "DataSet"),
        a_vertex("endpoint", "Endpoint"),
        a_vertex("file", "Model"),
        a_vertex("churn-group", "ModelGroup", "context"),
    ],
    "Edges": [
        an_edge("data", "job"),
        an_edge("image", "job"),
        an_edge("job", "package", "Produced"),
        an_edge("package", "batch"),
        an_edge("batch", "scores", "Produced"),
        an_edge("package", "endpoint"),
        an_edge("data", "file", "DerivedFrom"),
        an_edge("scores", "churn-group", "AssociatedWith"),
    ],
}
TRACED = (
    *THERE,
    an_endpoint("E"),
    a_config("E", "M"),
    an_artifact("data", "s3://data/Train"),
    an_artifact("package", arn("model-package", "Churn/2")),
    an_artifact("scores", "s3://data/scores"),
    an_artifact("endpoint", arn("endpoint", "E")),
    an_artifact("file", "s3://m/m"),
    {
        "ContextSummaries": [
            {"ContextArn": CONTEXT, "Source": {"SourceUri": arn("model-package-group", "Churn")}},
        ]
    },
)


def test_lineage_passes_through_jobs_to_data_and_endpoints_serve_what_their_config_says() -> None:
    reading = read(*TRACED, LINEAGE, LINEAGE)
    assert ends(reading)[1:] == [
        ":model-package/churn/2 -> sagemaker-dataset:s3://data/train",
        "sagemaker-dataset:s3://data/scores -> :model-package/churn/2",
        ":model/m -> sagemaker-dataset:s3://data/train",
    ]
    data = by_name(reading)["s3://data/Train"]
    assert (data.kind, data.aliases) == (Kind.DATASET, ("s3://data/Train",))
    assert skipped(reading) == [
        (
            ":endpoint/e -> :model-package/churn/2: lineage tells of what an endpoint ran before, too; what "
            "counts is its config"
        )
    ]
    assert f"{HEAD}:lineage" in reading.files.values()


def test_data_that_another_catalog_has_is_that_and_what_could_be_two_things_is_told() -> None:
    known = [Entity(id="urn:train", kind=Kind.DATASET, name="train", aliases=("s3://data/Train",))]
    known += [
        Entity(id=one, kind=Kind.DATASET, name=one, aliases=("s3://data/scores",))
        for one in ("urn:a", "urn:b")
    ]
    reading = read(*TRACED, LINEAGE, known=known)
    same = as_one(reading, known)
    assert same.id_of("sagemaker-dataset:s3://data/train") == "urn:train"
    assert said(reading, "s3://data/scores") == [
        "s3://data/scores: could be urn:a or urn:b; write the id; kept as one of its own",
    ]
    assert dict(same.doubts) == {"s3://data/scores": ("sagemaker-dataset:s3://data/scores", "urn:a", "urn:b")}


def test_whatever_stands_in_lineage_or_a_pipeline_is_told_or_read_as_nothing() -> None:
    for strange in with_each_strange(LINEAGE):
        if isinstance(strange, dict):
            reading = read(*TRACED, json.loads(json.dumps(strange)))
            assert reading.edges.read == reading.edges.kept + reading.edges.skipped
    definition = {
        "Parameters": [{"Name": "A", "DefaultValue": "M"}],
        "Steps": [a_step("Condition", IfSteps=[a_step("Transform", ModelName={"Get": "Parameters.A"})])],
    }
    for strange in with_each_strange(definition):
        reading = read(*THERE, a_pipeline("Nightly", json.dumps(strange)))
        json.dumps([str(one) for one in reading.skipped]).encode()
