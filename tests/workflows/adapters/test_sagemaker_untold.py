"""What AWS denies, or does not answer: named, left as it was, or nothing is read at all; never half of it."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import Refused, Unavailable
from tests.workflows.adapters.sagemaker_service import (
    DESCRIPTIONS,
    LISTS,
    REGION,
    Failure,
    FakeSageMaker,
    dependencies,
    imported,
    notes,
)
from workflows.adapters.sagemaker_account import account_at

AGAIN = "Import again later"


def test_the_page_on_catalogs_asks_for_the_rights_that_are_used_and_no_others(service: FakeSageMaker) -> None:
    account_at(REGION)
    readme = (Path(__file__).parents[3] / "data" / "importers" / "README.md").read_text(encoding="utf-8")
    policy = next(text for text in re.findall(r"```json\n(.*?)```", readme, re.DOTALL) if "Statement" in text)
    scaling = "DescribeScalableTargets"
    used = {
        f"{'application-autoscaling' if one == scaling else 'sagemaker'}:{one}" for one, _ in service.asked
    }
    assert set(json.loads(policy)["Statement"][0]["Action"]) == used


@pytest.mark.parametrize(
    "operation",
    [
        "ListModelPackageGroups",
        "ListModelPackages",
        "DescribeModelPackage",
        "DescribeModel",
        "ListEndpoints",
        "DescribeEndpoint",
        "DescribeEndpointConfig",
        "ListInferenceComponents",
        "DescribeInferenceComponent",
        "ListTags",
        "ListPipelines",
        "DescribePipeline",
        "ListContexts",
        "QueryLineage",
        "DescribeArtifact",
        "DescribeScalableTargets",
    ],
)
def test_a_permission_that_is_missing_later_is_named_and_changes_nothing(
    service: FakeSageMaker, catalog: Catalog, operation: str
) -> None:
    imported(catalog)
    before, edges = catalog.known(), dependencies(catalog)
    service.denies(operation)
    report = imported(catalog)
    assert (report.changed, report.unseen, report.withdrawn) == (False, (), ())
    assert catalog.known() == before
    assert dependencies(catalog) == edges
    scaling = operation == "DescribeScalableTargets"
    action = f"{'application-autoscaling' if scaling else 'sagemaker'}:{operation}"
    assert len(notes(report, action)) == 1
    assert "Allow it to the bot" in notes(report, action)[0]
    assert "ada" not in str(report)


def test_nothing_changes_where_nothing_may_be_read_any_more_but_which_models_there_are(
    service: FakeSageMaker, catalog: Catalog
) -> None:
    imported(catalog)
    before, edges = catalog.known(), dependencies(catalog)
    service.denies(*(one for one in (*LISTS, *DESCRIPTIONS, "QueryLineage") if one != "ListModels"))
    report = imported(catalog)
    assert (report.changed, catalog.known(), dependencies(catalog)) == (False, before, edges)


def test_without_the_right_to_list_models_nothing_is_read(service: FakeSageMaker) -> None:
    service.denies("ListModels")
    with pytest.raises(Refused) as refused:
        account_at(REGION)
    assert str(refused.value) == (
        "Cannot read SageMaker in eu-west-1: AWS denies sagemaker:ListModels. "
        "Allow it to the bot, as data/importers/README.md lists it, "
        "then import again"
    )


def test_what_a_region_does_not_offer_is_not_there(service: FakeSageMaker) -> None:
    service.failures["ListInferenceComponents"] = Failure("UnknownOperationException")
    assert account_at(REGION).untold == []


def test_a_call_that_is_throttled_is_made_again(service: FakeSageMaker) -> None:
    service.failures["ListModels"] = Failure("ThrottlingException", message="Rate exceeded", times=1)
    assert len(account_at(REGION, attempts=2).answers) > 0
    assert [one.get("NextToken") for one in service.asks("ListModels")] == [None, None, "2", "4"]


@pytest.mark.parametrize(
    ("failure", "refusal"),
    [
        (Failure("ThrottlingException"), f"AWS answers ThrottlingException. {AGAIN}"),
        (Failure("InternalFailure", status=500), f"AWS answers InternalFailure. {AGAIN}"),
        (
            Failure("ExpiredTokenException"),
            "the bot's AWS credentials have expired. Renew them; import again later",
        ),
    ],
    ids=["throttled", "broken", "expired"],
)
@pytest.mark.parametrize("operation", ["ListEndpoints", "DescribeModel", "ListTags"])
def test_an_account_that_does_not_answer_to_the_end_is_not_half_read(
    service: FakeSageMaker, operation: str, failure: Failure, refusal: str
) -> None:
    service.failures[operation] = failure
    with pytest.raises(Unavailable) as refused:
        account_at(REGION, attempts=1)
    assert str(refused.value) == f"Cannot read SageMaker in eu-west-1: {refusal}"


@pytest.mark.parametrize(
    "operation", ["ListInferenceComponents", "DescribePipeline", "QueryLineage", "DescribeScalableTargets"]
)
def test_what_stands_beside_models_and_endpoints_may_fail_and_stays_as_it_was(
    service: FakeSageMaker, catalog: Catalog, operation: str
) -> None:
    imported(catalog)
    before, edges = catalog.known(), dependencies(catalog)
    service.failures[operation] = Failure("InternalFailure", status=500)
    report = imported(catalog)
    assert (report.changed, catalog.known(), dependencies(catalog)) == (False, before, edges)
    action = f"{'application-autoscaling' if 'Scal' in operation else 'sagemaker'}:{operation}"
    of = (
        " for 1, such as :pipeline/nightly"
        if operation.startswith("Describe") and "Pipe" in operation
        else ""
    )
    assert notes(report, action) == [
        f" {action}: AWS answers it with InternalFailure{of}; what it tells stays as it was. Import again later"
    ]


def test_a_network_that_leads_to_sagemaker_only_is_enough(
    service: FakeSageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # and never listens
        address = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING", address)
        assert [one.why for one in account_at(REGION).untold] == [
            "nobody answers it: EndpointConnectionError"
        ]


@pytest.mark.parametrize(
    "operations",
    [
        [one for one in LISTS if one != "ListModels"],
        [*(one for one in DESCRIPTIONS if one != "DescribeEndpoint"), "ListTags"],
        ["QueryLineage"],
    ],
    ids=["lists", "descriptions", "lineage"],
)
def test_permissions_that_were_never_given_are_named_and_the_rest_is_read(
    service: FakeSageMaker, catalog: Catalog, operations: list[str]
) -> None:
    service.denies(*operations)
    report = imported(catalog)
    assert report.changed
    named = {one.what.partition(":")[2] for one in report.notes if one.note.startswith("AWS denies it")}
    assert named == set(operations)


def test_pages_in_a_ring_end_the_reading(service: FakeSageMaker) -> None:
    service.ring = "ListModels"
    with pytest.raises(Unavailable) as refused:
        account_at(REGION)
    told = "list_models tells the same pages again"
    assert str(refused.value) == f"Cannot read SageMaker in eu-west-1: {told}. {AGAIN}"
