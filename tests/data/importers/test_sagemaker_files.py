"""Answers of SageMaker that were saved to files, as the AWS CLI prints them, read without any right in AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.report import ImportReport, Reading
from data.importers.sagemaker import places_of, read_sagemaker
from tests.data.catalogs import MONDAY
from tests.data.importers.sagemaker_account import (
    Answer,
    a_config,
    a_group,
    a_model,
    a_package,
    an_endpoint,
    arn,
    by_name,
    of_package,
    short,
    tagged,
)

WHOLE = (
    {"ModelPackageGroupSummaryList": [a_group("Churn")]},
    a_package("Churn", 2),
    a_model("M", of_package("Churn/2")),
    an_endpoint("E"),
    a_config("E", "M"),
    tagged(arn("model-package-group", "Churn"), e_tier="2"),
)


def save(folder: Path, *answers: Any) -> Path:
    for number, answer in enumerate(answers):
        text = answer if isinstance(answer, str) else json.dumps(answer)
        (folder / f"{number}.json").write_text(text)
    return folder


def imported(catalog: Catalog, folder: Path) -> ImportReport:
    known = catalog.known_outside("sagemaker", places_of([folder]))
    reading = read_sagemaker([folder], known=known, before=catalog.known())
    return catalog.import_(reading, format="sagemaker", now=MONDAY)


def test_files_are_read_as_an_account_is_and_told_by_their_lines(tmp_path: Path) -> None:
    whole = "\n".join(map(json.dumps, WHOLE))
    apart, together = tmp_path / "apart", tmp_path / "together"
    for folder in (apart, together):
        folder.mkdir()
    readings = [read_sagemaker([save(apart, *WHOLE)]), read_sagemaker([save(together, whole)])]
    ids = [
        arn("model-package-group", "Churn"),
        arn("model-package", "Churn/2"),
        arn("model", "M"),
        arn("endpoint", "E"),
    ]
    assert [[one.id for one in reading.entities] for reading in readings] == [ids, ids]
    assert by_name(readings[0])["Churn"].tier == 2
    assert by_name(readings[0])["E"].declared_in == f"{apart}/3.json:1"
    assert by_name(readings[1])["E"].declared_in == f"{together}/0.json:4"
    assert readings[0].roots == (str(apart),)


def test_lists_tell_less_than_descriptions_do(tmp_path: Path) -> None:
    lists = (
        {"ModelPackageGroupSummaryList": [a_group("Churn")]},
        {"ModelPackageSummaryList": [{**a_package("Churn", 2), "InferenceSpecification": None}]},
        {"Models": [{"ModelName": "M", "ModelArn": arn("model", "M")}]},
        {"Endpoints": [an_endpoint("E")]},
    )
    reading = read_sagemaker([save(tmp_path, *lists)])
    assert [one.name for one in reading.entities] == ["Churn", "Churn/2", "M", "E"]
    assert [short(one).rpartition("json:1 ")[2] for one in reading.skipped] == [
        "what M is built on: only a list tells of it",
        "E -> config: only a list tells of it",
    ]


def test_files_read_twice_change_nothing_and_what_is_missing_is_unseen(
    catalog: Catalog, tmp_path: Path
) -> None:
    save(tmp_path, *WHOLE)
    assert imported(catalog, tmp_path).changed
    assert not imported(catalog, tmp_path).changed
    (tmp_path / "3.json").unlink()
    assert imported(catalog, tmp_path).unseen == (arn("endpoint", "E"),)
    assert catalog.entity(arn("endpoint", "E")).name == "E"


def test_what_a_list_tells_less_of_stays_as_it_was(catalog: Catalog, tmp_path: Path) -> None:
    imported(catalog, save(tmp_path, *WHOLE))
    package = {"ModelPackageSummaryList": [{**a_package("Churn", 2), "InferenceSpecification": None}]}
    model = {"Models": [{"ModelName": "M", "ModelArn": arn("model", "M")}]}
    save(tmp_path, WHOLE[0], package, model)
    report = imported(catalog, tmp_path)
    assert (report.changed, report.withdrawn, report.unseen) == (False, (), ())


def test_a_page_that_is_missing_refuses_the_import_and_the_last_one_mends_it(tmp_path: Path) -> None:
    page: Answer = {"Models": [a_model("M", of_package("Churn/2"))], "NextToken": "x"}
    save(tmp_path, page)
    with pytest.raises(Invalid) as refused:
        read_sagemaker([tmp_path])
    assert str(refused.value) == (
        f"{tmp_path}/0.json:1 NextToken: the pages of Models up to the one without it"
    )
    save(tmp_path, page, {"Models": [a_model("N", of_package("Churn/2"))]})
    assert sorted(by_name(read_sagemaker([tmp_path]))) == ["M", "N"]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ('{"Models": {}}', ":1 Models an object: a list"),
        (
            '{"x": 1}',
            ":1 an object of x: holds no answer of SageMaker, such as describe-endpoint's",
        ),
        (
            "[1]",
            ":1 no object: holds no answer of SageMaker, such as describe-endpoint's",
        ),
        (
            '{"Models": [',
            ":1 Expecting value: not readable as JSON; is the file complete?",
        ),
        ('{"PipelineSummaries": []}', None),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, text: str, refusal: str | None) -> None:
    file = save(tmp_path, text) / "0.json"
    with pytest.raises(Invalid) as refused:
        read_sagemaker([file])
    nothing = ": tells of no model, version or endpoint of SageMaker"
    assert str(refused.value) == f"{file}{refusal or nothing}"


def test_what_has_no_arn_is_skipped_with_its_line(tmp_path: Path) -> None:
    models = [a_model("M", of_package("x/1")), {"ModelName": "N", "ModelArn": "arn:aws:s3:::bucket"}, 7]
    reading: Reading = read_sagemaker([save(tmp_path, json.dumps({"Models": models}, indent=1))])
    wanted = "names no ModelArn like arn:aws:sagemaker:REGION:ACCOUNT:model/NAME"
    assert [str(one).removeprefix(str(tmp_path)) for one in reading.skipped[:2]] == [
        f"/0.json:11 model arn:aws:s3:::bucket: {wanted}",
        f"/0.json:1 7: {wanted}",
    ]


def test_a_file_in_a_directory_that_says_nothing_is_told(tmp_path: Path) -> None:
    reading = read_sagemaker(
        [save(tmp_path, *WHOLE, {"Tags": [{"Key": "owner", "Value": "payments"}]}, "[]")]
    )
    assert [str(one).removeprefix(str(tmp_path)) for one in reading.skipped] == [
        "/6.json:1 an object of Tags: no answer of SageMaker that says what it is about",
        "/7.json:1 no object: no answer of SageMaker that says what it is about",
    ]
