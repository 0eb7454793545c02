"""What two sources tell of turns out to be one consumer, or two after all, while a retirement runs."""

from __future__ import annotations

import json
from datetime import timedelta

from data import events
from data.importers.calls import read_calls
from data.importers.csv_edges import read_csv
from data.records.retirement import Duty, State
from tests.data.catalogs import a_document
from tests.scenarios.test_callers import SCORER, question, sees
from tests.scenarios.town import BRUNO, GOVERNANCE, TOM, WREN, Town, buttons, words

BATCH, BATCH_X = "csv:batch", "component:default/batch-x"
LOGISTICS, ROW = "group:default/logistics", "batch,churn-v1-prod,group:default/logistics"
CALLS_IT = "type: pipeline, dependsOn: ['component:churn-v1-prod'], owner: "
IS_NOW = "By the catalog *csv:batch* is *batch-x* now: what was said of it stands"


def tells(town: Town, *rows: str) -> None:
    """A CSV of edges is imported."""
    (file := town.folder / "edges.csv").write_text("\n".join(("from,to,from_owner", *rows)) + "\n")
    catalog = town.bot.house.catalog
    catalog.import_(read_csv([file], known=catalog.known()), format="csv", now=town.now())
    town.settle()


def declares(town: Town, owner: str = LOGISTICS, **aliases: str) -> None:
    """A catalog has batch-x, which may be called otherwise, too."""
    town.learns(a_document("Component", "batch-x", CALLS_IT + owner, **aliases))
    town.settle()


def joins(town: Town, owner: str = LOGISTICS) -> None:
    declares(town, owner, aliases="batch")


def announced(town: Town) -> None:
    """With the batch that a CSV tells of."""
    tells(town, ROW)
    town.announce()
    assert standing(town) == {BATCH: Duty.OPEN}


def standing(town: Town) -> dict[str, Duty]:
    """Those of the batch, by whatever id."""
    owed = town.retirement().obligations
    return {one.consumer.consumer_id: one.duty for one in owed if "batch" in one.consumer.consumer_id}


def says(town: Town, person: str, action: str, consumer_id: str = BATCH) -> None:
    town.press(person, town.announcement(person), action, f"RET-1|{consumer_id}|1")


def happened(town: Town, kind: type[events.Event]) -> int:
    return sum(isinstance(one.event, kind) for one in town.bot.store.events("RET-1"))


def test_what_a_catalog_calls_otherwise_by_now_is_the_consumer_that_was_voted_on_with_its_answer(town: Town):
    announced(town)
    voted_on = town.retirement().plan
    says(town, BRUNO, "duty.acknowledge")
    before = len(town.keys(BRUNO))
    joins(town)
    assert standing(town) == {BATCH_X: Duty.ACKNOWLEDGED}
    assert town.retirement().plan == voted_on
    assert town.thread().count(IS_NOW) == 1
    assert f"*batch-x*: acknowledged (<@{BRUNO}>)" in words(town.announcement(BRUNO))
    assert len(town.keys(BRUNO)) == before, "nobody is asked twice"
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread()


def test_whoever_owns_it_by_its_new_name_is_asked_and_answers(town: Town):
    announced(town)
    says(town, BRUNO, "duty.acknowledge")
    joins(town, "growth-ml")
    assert standing(town) == {BATCH_X: Duty.OPEN}
    assert "The catalog names other owners for *batch-x*" in town.thread()
    (owner, *_) = town.retirement().obligation(BATCH_X).consumer.owners.slack_ids
    assert "*batch-x*: open" in words(town.announcement(owner))
    says(town, owner, "duty.migrated", BATCH_X)
    assert standing(town) == {BATCH_X: Duty.MIGRATED}


def test_joined_before_the_announcement_it_is_asked_once_and_holds_nothing(town: Town):
    tells(town, ROW)
    assert town.propose() == {}
    digest = town.retirement().plan.digest
    joins(town)
    town.approve()
    town.pass_time(days=15)
    assert town.retirement().state is State.MIGRATING
    assert town.retirement().plan.digest == digest
    assert standing(town) == {BATCH_X: Duty.OPEN}
    assert town.thread().count(IS_NOW) == 1
    assert "*batch-x*: open" in words(town.announcement(WREN))


def test_of_two_that_turn_out_to_be_one_what_is_less_finished_counts(town: Town):
    tells(town, ROW)
    declares(town)
    town.announce()
    assert standing(town) == {BATCH: Duty.OPEN, BATCH_X: Duty.OPEN}
    says(town, BRUNO, "duty.migrated")
    joins(town)
    assert standing(town) == {BATCH_X: Duty.OPEN}
    both = "*batch-x*, *csv:batch* were asked for apart: what is less finished counts"
    assert town.thread().count(f"{IS_NOW}; {both}") == 1
    declares(town)
    assert standing(town) == {BATCH_X: Duty.OPEN, BATCH: Duty.OPEN}, "one thing is two again"
    apart = "*csv:batch* is by itself again: what was said of it stands; *csv:batch*, apart now, is asked for anew"
    assert apart in town.thread()
    assert (
        town.retirement().obligation(BATCH).acknowledge_by
        > town.retirement().obligation(BATCH_X).acknowledge_by
    )
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread(), "both were voted on"


def test_a_join_that_is_taken_back_leaves_the_obligation_where_it_was_and_a_newcomer(town: Town):
    announced(town)
    joins(town)
    says(town, WREN, "duty.acknowledge", BATCH_X)
    declares(town)
    assert standing(town) == {BATCH: Duty.ACKNOWLEDGED}
    assert "*csv:batch* is by itself again" in town.thread()
    town.pass_time(days=30)
    assert f"1 consumer appeared after the vote ({BATCH_X})" in town.thread()


def test_calls_after_it_had_migrated_open_it_again_by_its_new_name(town: Town):
    announced(town)
    says(town, BRUNO, "duty.migrated")
    joins(town)
    assert standing(town) == {BATCH_X: Duty.MIGRATED}
    town.pass_time(days=3)
    at = (town.now() - timedelta(days=1)).isoformat()
    (log := town.folder / "access.log").write_text(
        json.dumps({"time": at, "endpoint": "churn-v1-prod", "user_agent": "batch"})
    )
    catalog = town.bot.house.catalog
    catalog.import_(read_calls([log], known=catalog.known(), now=town.now()), format="calls", now=town.now())
    town.settle()
    assert standing(town) == {BATCH_X: Duty.OPEN}
    assert "*batch-x* was seen calling churn-v1-prod after it had migrated" in town.thread()


def test_a_request_for_more_time_is_decided_by_its_new_name_and_the_old_message_says_where(town: Town):
    announced(town)
    town.opens(BRUNO, lambda: says(town, BRUNO, "duty.more_time"))
    assert town.submit(BRUNO, {"extension.until": "2026-05-30", "extension.reason": "an audit"}) == {}
    joins(town)
    old, new = [key for key in town.keys(GOVERNANCE) if "/extension/" in key]
    assert buttons(town.posted(GOVERNANCE, old)) == []
    assert "csv:batch is *batch-x* by the catalog now: its request for more time is below" in words(
        town.posted(GOVERNANCE, old)
    )
    assert "The card has the vote." in words(town.posted(GOVERNANCE, new))
    town.approve()
    assert "A vote granted more time for *batch-x*" in town.thread()
    assert happened(town, events.Amended) == 1


def test_it_is_still_found_by_its_old_name(town: Town):
    announced(town)
    joins(town)
    assert f"You waived {BATCH_X}" in town.command(TOM, f"waive RET-1 {BATCH} it is being rewritten")
    assert standing(town) == {BATCH_X: Duty.WAIVED}


def test_what_the_coordinator_vouched_for_stays_vouched_for(town: Town):
    announced(town)
    town.command(TOM, f"waive RET-1 {BATCH} it is being rewritten")
    joins(town, "growth-ml")
    assert standing(town) == {BATCH_X: Duty.WAIVED}
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread()


def test_a_caller_that_two_catalogs_declare_one_after_the_other_is_asked_once_under_what_it_is_now(
    town: Town,
):
    town.announce()
    sees(town, "night-scorer/1.2")
    tells(town, "night-scorer,churn-v1-prod,group:default/logistics")
    says(town, BRUNO, "duty.acknowledge", "csv:night-scorer")
    before = {person: len(town.keys(person)) for person in (BRUNO, WREN)}
    declares(town, aliases="night-scorer")
    assert standing(town) == {BATCH_X: Duty.ACKNOWLEDGED}
    assert [one.consumer.consumer_id for one in town.retirement().obligations].count("csv:night-scorer") == 0
    assert "It is *batch-x* by the catalog" in words(question(town))
    assert "by the catalog it is *batch-x*: acknowledged" in words(town.card())
    assert {person: len(town.keys(person)) for person in before} == before
    says(town, WREN, "duty.migrated", BATCH_X)
    assert "MORE TIME" not in words(town.card()), "nobody needs it any more"
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread()


def test_two_callers_that_turn_out_to_be_one_thing_are_asked_once(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2", "day-scorer/2")
    tells(town, *(f"{one}-scorer,churn-v1-prod,group:default/logistics" for one in ("night", "day")))
    says(town, BRUNO, "duty.migrated", "csv:night-scorer")
    declares(town, aliases="night-scorer,day-scorer")
    owed = [one for one in town.retirement().obligations if "scorer" in one.consumer.consumer_id]
    assert (owed, standing(town)) == ([], {BATCH_X: Duty.OPEN})
    says(town, BRUNO, "duty.migrated", BATCH_X)
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread()


def test_what_the_coordinator_vouched_for_as_a_caller_is_so_whatever_it_is_called_later(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    town.command(TOM, f"waive RET-1 {SCORER} a scanner")
    tells(town, "night-scorer,churn-v1-prod,group:default/logistics")
    declares(town, aliases="night-scorer")
    assert standing(town) == {BATCH_X: Duty.WAIVED}
    assert "MORE TIME" not in words(town.card())
    town.pass_time(days=30)
    assert "appeared after the vote" not in town.thread()
