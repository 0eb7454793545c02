"""A whole retirement in one test: months of calendar, through signed requests, on real SQLite and real processes."""

from __future__ import annotations

from pathlib import Path

import bagit
import pytest

from data.records.retirement import Duty, State
from tests.scenarios.town import ADA, MINA, PRIYA, SAM, TOM, Town, words


@pytest.fixture
def town(tmp_path: Path):
    with Town(tmp_path, draws=True) as running:
        yield running


def test_a_model_retires_from_proposal_to_archived(town: Town):
    before = town.bot.store.size()
    town.propose("churn-v1", by=TOM, target="2026-05-04")
    assert town.retirement().state is State.PROPOSED
    assert "churn-v1" in words(town.card())
    assert "save-offer-service" in town.thread()

    for voter in (ADA, MINA, PRIYA, SAM):
        town.press(voter, town.card(), "vote.approve")
    assert "you opened this round" in refusal(town, TOM)
    town.pass_time(days=15)
    assert town.retirement().state is State.MIGRATING

    assert len(town.owners()) == 7
    for owner in town.owners():
        if "duty.acknowledge_all" in str(town.announcement(owner)):
            town.press(owner, town.announcement(owner), "duty.acknowledge_all")
    assert {duty.duty for duty in town.retirement().obligations} == {Duty.ACKNOWLEDGED}

    town.pass_time(days=29)
    assert town.retirement().archived is not None
    assert town.retirement().drilled_at is not None
    bag = bagit.Bag(str(town.folder / "archive" / town.retirement().archived.location))
    bag.validate()
    assert {
        "bom.cdx.json",
        "metadata/lineage.json",
        "premis.xml",
        "ro-crate-metadata.json",
    } <= bag.entries.keys()

    for duty in town.retirement().obligations:
        owner = duty.consumer.owners.slack_ids[0]
        value = f"RET-1|{duty.consumer.consumer_id}|1"
        town.press(owner, town.announcement(owner), "duty.migrated", value)
    assert town.endpoints.describe("churn-v1-prod") == "serving"
    town.pass_time(days=20)
    assert town.retirement().state is State.DISABLED
    assert town.endpoints.describe("churn-v1-prod") == "disabled"
    assert town.endpoints.describe("churn-v2-prod") == "serving"

    town.pass_time(days=35)
    assert town.retirement().state is State.ARCHIVED
    assert town.bot.store.verify().bad == ""
    assert not town.bot.store.troubles()
    assert not town.slack.broadcasts
    assert town.bot.store.size() - before < 100_000, "README says what a record grows by"

    errors = town.propose(
        "churn-v3", target="2027-03-01", **{"proposal.successor": "resource:default/churn-v1"}
    )
    assert errors == {
        "proposal.successor": "churn-v1 was retired (RET-1): choose one that stays. "
        "The chain: churn-v3 -> churn-v1 -> churn-v2 -> churn-v3"
    }


def refusal(town: Town, person: str) -> str:
    town.press(person, town.card(), "vote.approve")
    return words(town.slack.ephemerals[-1])
