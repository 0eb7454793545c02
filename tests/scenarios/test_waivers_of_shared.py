"""A consumer is waived while only a file shared in Slack tells of it; then a catalog does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.records.retirement import Duty, State
from tests.data.catalogs import a_document
from tests.scenarios.test_dropping_files import IMPORTS, drop
from tests.scenarios.test_joined_consumers import LOGISTICS, tells
from tests.scenarios.town import BRUNO, TOM, WREN, Town, key_of, words

BATCH, ROW = "csv:batch", f"batch,churn-v1-prod,{LOGISTICS}"
WAIVED = "waive RET-1 batch somebody tried it out"
OUTDATED = f'only a file shared in Slack did when <@{TOM}> waived it — "somebody tried it out"; it is asked as before'


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as running:
        yield running


def shared(town: Town) -> None:
    """Announced with a batch that only a file shared in Slack tells of, and waived."""
    drop(town, f"from,to,from_owner\n{ROW}\n")
    town.announce()
    assert standing(town, BATCH) is Duty.OPEN
    assert "You waived csv:batch" in town.command(TOM, WAIVED)


def standing(town: Town, consumer_id: str) -> Duty | None:
    duty = town.retirement().obligation(consumer_id)
    return duty.duty if duty is not None else None


def handed(town: Town, person: str) -> list[str]:
    return [words(one) for one in town.slack.messages(person) if "/handed-" in key_of(one)]


def test_it_is_asked_as_before_once_a_catalog_tells_and_people_hear_who_had_waived_it_and_why(town: Town):
    shared(town)
    town.pass_time(days=9)
    tells(town, ROW)
    tells(town, ROW, "other,churn-v1-prod,group:default/letters")
    assert standing(town, BATCH) is Duty.OPEN
    assert town.thread().count(f"A catalog tells of *batch* by now, and {OUTDATED}") == 1
    owed = town.retirement().obligation(BATCH)
    assert owed is not None
    assert owed.acknowledge_by > town.now()
    for owner in (BRUNO, WREN):
        assert len(handed(town, owner)) == 1
        assert "*batch*: open" in words(town.announcement(owner))
    assert "You waived csv:batch" in town.command(TOM, WAIVED)
    tells(town, ROW, "third,churn-v1-prod,group:default/letters")
    assert standing(town, BATCH) is Duty.WAIVED, "it was given for what a catalog tells"


def test_another_file_shared_in_slack_changes_nothing(town: Town):
    shared(town)
    drop(town, f"from,to,from_owner\n{ROW}\nmore,churn-v1-prod,{LOGISTICS}\n", "again.csv")
    assert standing(town, BATCH) is Duty.WAIVED
    assert OUTDATED not in town.thread()


def test_a_catalog_that_only_knows_the_thing_does_not_speak_for_what_it_depends_on(town: Town):
    spec = "type: pipeline, owner: logistics"
    town.learns(a_document("Component", "batch-x", spec))
    drop(town, "from,to\nbatch-x,churn-v1-prod\n")
    town.announce()
    here = "component:default/batch-x"
    assert "You waived" in town.command(TOM, "waive RET-1 batch-x somebody tried it out")
    town.learns(a_document("Component", "batch-x", f"{spec}, lifecycle: production"))
    town.settle()
    assert standing(town, here) is Duty.WAIVED
    town.learns(a_document("Component", "batch-x", f"{spec}, dependsOn: ['component:churn-v1-prod']"))
    town.settle()
    assert standing(town, here) is Duty.OPEN


def test_what_a_catalog_told_all_along_stays_waived(town: Town):
    tells(town, ROW)
    town.announce()
    town.command(TOM, WAIVED)
    tells(town, ROW, "other,churn-v1-prod,group:default/letters")
    assert standing(town, BATCH) is Duty.WAIVED
    assert town.retirement().state is State.MIGRATING
