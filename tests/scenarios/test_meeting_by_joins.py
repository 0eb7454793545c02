"""Two retirements whose consumers turn out to be one, or that each know one consumer by another name."""

from __future__ import annotations

from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.test_joined_consumers import LOGISTICS, tells
from tests.scenarios.test_meeting import IN_FIRST, IN_SECOND
from tests.scenarios.town import ADA, GOVERNANCE, TOM, Town

APART = {"proposal.successor": None, "proposal.reason": "cost"}
HIT_BY_BOTH = "1 consumer is hit by both: batch"
"""Each thread by the name that its people know."""
CALLS_SECOND = "type: pipeline, owner: logistics, dependsOn: ['resource:churn_nightly']"


def declares(town: Town, **aliases: str) -> None:
    town.learns(a_document("Component", "batch-x", CALLS_SECOND, **aliases))
    town.settle()


def two_apart(town: Town) -> None:
    """A CSV has batch call churn-v1, a catalog has batch-x call churn_nightly: nobody knows they are one."""
    tells(town, f"batch,churn-v1-prod,{LOGISTICS}")
    declares(town)
    assert town.propose("churn-v1", **APART) == {}
    assert town.propose("churn_nightly", by=ADA, target="2026-09-01", **APART) == {}
    assert IN_FIRST not in town.keys(GOVERNANCE)


def test_two_that_begin_to_meet_once_a_catalog_joins_their_consumers_are_told_in_both_threads(town: Town):
    two_apart(town)
    declares(town, aliases="batch")
    for key in (IN_FIRST, IN_SECOND):
        assert HIT_BY_BOTH in town.posted(GOVERNANCE, key)["text"]
    assert HIT_BY_BOTH in town.command(TOM, "show RET-1")
    declares(town)
    declares(town, aliases="batch")
    assert [town.keys(GOVERNANCE).count(key) for key in (IN_FIRST, IN_SECOND)] == [1, 1]


def test_one_that_is_dark_meets_in_the_consumer_as_the_catalog_has_it_by_now(town: Town):
    town.serve()
    tells(town, f"batch,churn-v1-prod,{LOGISTICS}")
    town.announce("churn-v1", **APART)
    for duty in town.retirement().obligations:
        owner = next(iter(duty.consumer.owners.slack_ids), "")
        if owner:
            town.press(
                owner, town.announcement(owner), "duty.migrated", f"RET-1|{duty.consumer.consumer_id}|1"
            )
    town.pass_time(days=50)
    assert town.retirement().state is State.DISABLED
    declares(town, aliases="batch")
    assert town.propose("churn_nightly", by=ADA, target="2026-12-01", **APART) == {}
    assert HIT_BY_BOTH in town.posted(GOVERNANCE, IN_SECOND)["text"]
