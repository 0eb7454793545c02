"""A file of DataHub's proposals: the whole deprecation aspect of each entity, as its schema has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from data.errors import Unavailable
from data.importers.datahub import read_datahub
from data.records.deprecation import Lifecycle, Part
from tests.workflows.adapters.deprecations import a_deprecation, a_listing, becoming
from workflows.adapters.datahub_proposals import DataHubProposals

GROUP = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,churn,PROD)"
NEXT = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,churn-v2,PROD)"
VERSION = "urn:li:mlModel:(urn:li:dataPlatform:mlflow,churn_1,PROD)"
LIVE = "urn:li:mlModelDeployment:(urn:li:dataPlatform:sagemaker,churn-live,PROD)"
CHURN = a_deprecation(
    a_listing(GROUP),
    a_listing(VERSION, part=Part.VERSION),
    a_listing(LIVE, part=Part.ENDPOINT),
    successor=NEXT,
    is_listed=True,
)
NOON = 1_802_865_600_000
"""Of 17 February 2027, in milliseconds."""


@pytest.fixture
def proposals(tmp_path: Path) -> DataHubProposals:
    return DataHubProposals(tmp_path)


def written(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "RET-1.datahub.json").read_text())
    return found


def test_each_entity_has_its_deprecation_proposed(proposals: DataHubProposals, tmp_path: Path) -> None:
    assert proposals.write(CHURN) == (str(tmp_path / "RET-1.datahub.json"),)
    note = f"RET-1: deprecated, last day of service 2027-02-17, successor {NEXT}"
    aspect = {
        "deprecated": True,
        "decommissionTime": NOON,
        "note": note,
        "actor": "urn:li:corpuser:emeritus",
    }
    assert written(tmp_path) == [
        {
            "entityType": kind,
            "entityUrn": urn,
            "changeType": "UPSERT",
            "aspectName": "deprecation",
            "aspect": {"json": aspect | more},
        }
        for kind, urn, more in (
            ("mlModelGroup", GROUP, {"replacement": NEXT}),
            ("mlModel", VERSION, {"replacement": NEXT}),
            ("mlModelDeployment", LIVE, {}),
        )
    ]


def test_a_successor_that_datahub_does_not_list_is_named_in_the_note_alone(
    proposals: DataHubProposals, tmp_path: Path
) -> None:
    proposals.write(a_deprecation(a_listing(GROUP)))
    (proposal,) = written(tmp_path)
    assert proposal["aspect"]["json"]["note"].endswith(", successor churn-v2")
    assert "replacement" not in proposal["aspect"]["json"]


def test_what_is_called_off_is_proposed_as_not_deprecated(
    proposals: DataHubProposals, tmp_path: Path
) -> None:
    proposals.write(CHURN)
    proposals.write(becoming(CHURN, Lifecycle.IN_SERVICE))
    assert [one["aspect"]["json"] for one in written(tmp_path)] == [
        {"deprecated": False, "note": "RET-1 was called off", "actor": "urn:li:corpuser:emeritus"}
    ] * 3


def test_of_a_model_that_serves_elsewhere_nothing_is_lifted_that_was_not_proposed(
    proposals: DataHubProposals, tmp_path: Path
) -> None:
    lifted = becoming(
        a_deprecation(a_listing(GROUP), a_listing(LIVE, part=Part.ENDPOINT), is_whole=False),
        Lifecycle.IN_SERVICE,
    )
    proposals.write(lifted)
    assert [one["entityUrn"] for one in written(tmp_path)] == [LIVE]
    proposals.write(CHURN)
    proposals.write(lifted)
    assert [one["entityUrn"] for one in written(tmp_path)] == [GROUP, LIVE]


def test_what_is_only_kept_is_proposed_where_it_was_before(
    proposals: DataHubProposals, tmp_path: Path
) -> None:
    kept = replace(CHURN, listings=(replace(CHURN.listings[0], is_kept=True), CHURN.listings[2]))
    proposals.write(kept)
    assert [one["entityUrn"] for one in written(tmp_path)] == [LIVE]
    proposals.write(CHURN)
    proposals.write(kept)
    assert [one["entityUrn"] for one in written(tmp_path)] == [GROUP, LIVE]


def test_written_twice_it_is_the_same_and_what_was_lost_or_changed_is_told(
    proposals: DataHubProposals, tmp_path: Path
) -> None:
    file = tmp_path / "RET-1.datahub.json"
    proposals.write(CHURN)
    first = file.read_bytes()
    proposals.write(CHURN)
    assert (file.read_bytes(), proposals.differs(CHURN)) == (first, ())
    file.write_text("[]")
    assert proposals.differs(CHURN) == (f"{file} says something else",)
    file.unlink()
    assert proposals.differs(CHURN) == (f"{file} is not there",)


def test_what_an_earlier_retirement_said_of_the_same_entity_is_out_of_date(
    proposals: DataHubProposals, tmp_path: Path
) -> None:
    """Whoever ingests the directory does so by name, and RET-10 comes before RET-9."""
    early = replace(becoming(CHURN, Lifecycle.IN_SERVICE), retirement_id="RET-9")
    proposals.write(early)
    proposals.write(a_deprecation(a_listing(GROUP), retirement_id="RET-10"))
    left = json.loads((tmp_path / "RET-9.datahub.json").read_text())
    assert [one["entityUrn"] for one in left] == [VERSION, LIVE]
    proposals.write(replace(CHURN, retirement_id="RET-11"))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["RET-11.datahub.json"]


def test_our_own_importer_reads_it_as_deprecated_with_its_successor(
    proposals: DataHubProposals, tmp_path: Path
) -> None:
    described = [
        {
            "entityType": "mlModelGroup",
            "entityUrn": urn,
            "changeType": "UPSERT",
            "aspectName": "mlModelGroupProperties",
            "aspect": {"json": {"name": "churn"}},
        }
        for urn in (GROUP, NEXT)
    ]
    (tmp_path / "groups.json").write_text(json.dumps(described))
    proposals.write(a_deprecation(a_listing(GROUP), successor=NEXT, is_listed=True))
    reading = read_datahub([tmp_path])
    assert {one.id: (one.lifecycle, one.successor_id) for one in reading.entities} == {
        GROUP.lower(): ("deprecated", NEXT.lower()),
        NEXT.lower(): ("", ""),
    }


def test_a_directory_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"Cannot (read|write) .*Not a directory.*EMERITUS_CHANGES"):
        DataHubProposals(tmp_path / "file").write(CHURN)
