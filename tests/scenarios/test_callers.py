"""Access logs are imported while a retirement runs: whose is a caller nobody declares, and who went on calling?"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from data.importers.calls import read_calls
from data.importers.csv_edges import read_csv
from data.records.retirement import Duty
from tests.data.catalogs import a_document
from tests.scenarios.test_acknowledging import duty
from tests.scenarios.town import BRUNO, GOVERNANCE, INES, TOM, WREN, Town, buttons, words

SCORER = "caller::night-scorer"


def sees(town: Town, *agents: str, days_ago: float = 0, name: str = "access.log") -> None:
    """A log in which these called is imported."""
    at = (town.now() - timedelta(days=days_ago)).isoformat()
    lines = [{"time": at, "endpoint": "churn-v1-prod", "user_agent": agent} for agent in agents]
    (file := town.folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    catalog = town.bot.house.catalog
    reading = read_calls([file], known=catalog.known(), now=town.now())
    catalog.import_(reading, format="calls", now=town.now())
    town.settle()


def question(town: Town) -> dict[str, Any]:
    """The newest message that asks whose callers are."""
    keys = [key for key in town.keys(GOVERNANCE) if "/callers/" in key]
    return town.posted(GOVERNANCE, keys[-1])


def test_the_thread_asks_once_whose_a_caller_is_and_the_next_step_waits(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2", "night-scorer/1.3")
    sees(town, "night-scorer/1.2", "night-scorer/1.3", name="copy.log")
    day = f"{town.now():%Y-%m-%d}"
    assert [key for key in town.keys(GOVERNANCE) if "/callers/" in key] == ["RET-1/callers/8/0"]
    asked = words(question(town))
    assert "*Whose is this?* 1 caller was seen calling churn-v1, and nobody declares it." in asked
    assert f"*night-scorer* calls churn-v1-prod: 2 calls a day, last on {day} (calls)" in asked
    assert buttons(question(town)) == ["caller.claim"]
    waiting = "*1 caller nobody declares*, asked about in the thread"
    assert waiting in words(town.card())
    assert waiting in town.command(TOM, "show RET-1")
    town.pass_time(days=30)
    assert "1 caller nobody declares uses it (night-scorer: 2 calls a day" in town.thread()


def test_what_to_do_about_callers_is_never_cut_off_however_long_they_are_called(town: Town):
    town.announce()
    sees(town, *(f"{number}-{'nightly-' * 12}scorer/1" for number in range(7)))
    town.pass_time(days=30)
    do = "or /retire claim RET-1 CALLER, or /retire waive RET-1 CALLER REASON\n"
    assert f"and 5 more): say whose in the thread of its card, {do}" in town.thread()
    assert do in town.command(TOM, "show RET-1")
    assert do in words(town.card())


def test_whoever_presses_this_is_ours_answers_for_it_with_their_team(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    town.press(BRUNO, question(town), "caller.claim", f"RET-1|{SCORER}")
    assert "night-scorer is Logistics's: its owners are asked to move." in town.told(BRUNO)
    assert f"<@{BRUNO}> says *night-scorer* is Logistics's" in town.thread()
    assert f"It is Logistics's, says <@{BRUNO}>" in words(question(town))
    assert "nobody declares*" not in words(town.card())
    assert buttons(question(town)) == []
    assert "*night-scorer*: open" in words(town.announcement(WREN))
    town.press(WREN, town.announcement(WREN), "duty.migrated", f"RET-1|{SCORER}|1")
    assert town.retirement().obligation(SCORER).duty is Duty.MIGRATED


def test_the_team_that_claimed_it_keeps_it_over_the_next_import(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    town.command(BRUNO, "claim RET-1 night-scorer")
    sees(town, "other/1", name="later.log")
    assert town.retirement().obligation(SCORER).consumer.owners.team_name == "Logistics"
    assert len([key for key in town.keys(GOVERNANCE) if "/callers/" in key]) == 2


def test_the_coordinator_may_vouch_for_it_by_name(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    assert "is for the coordinator" in town.command(BRUNO, "waive RET-1 night-scorer a scanner")
    assert "You waived caller::night-scorer" in town.command(TOM, "waive RET-1 night-scorer a scanner")
    assert f'<@{TOM}> takes responsibility for it — "a scanner"' in words(question(town))
    assert f'<@{TOM}> takes responsibility for *night-scorer* — "a scanner"' in town.thread()
    town.pass_time(days=30)
    assert "nobody declares uses it" not in town.thread()


def test_the_question_is_answered_when_a_catalog_declares_its_name(town: Town):
    town.announce()
    sees(town, "night-scorer/1.2")
    planner = "type: pipeline, dependsOn: ['component:churn-v1-prod'], owner: logistics"
    town.learns(a_document("Component", "restock-planner", planner, aliases="night-scorer"))
    town.settle()
    assert "*night-scorer* is *restock-planner* by the catalog: it is asked about no more" in town.thread()
    assert "It is *restock-planner* by the catalog" in words(question(town))
    assert buttons(question(town)) == []
    town.pass_time(days=30)
    assert "is held" not in town.thread()


def test_a_caller_there_was_at_the_proposal_is_asked_about_from_then_on(town: Town):
    sees(town, "night-scorer/1.2")
    assert town.propose() == {}
    assert "and 1 unknown caller" in words(town.card())
    assert "*unknown callers (nobody declares whose they are)* (1)" in town.thread()
    assert buttons(question(town)) == ["caller.claim"]
    assert "unknown callers" in town.command(TOM, "impact churn-v1")


def test_who_had_migrated_and_is_seen_calling_is_told_with_the_numbers_and_asked_again(town: Town):
    town.announce()
    town.answer(BRUNO, "restock-planner")
    town.pass_time(days=3)
    before = len(town.keys(INES))
    sees(town, *["component:default/restock-planner"] * 3, days_ago=1)
    sees(town, *["component:default/restock-planner"] * 3, days_ago=1)
    assert duty(town, "restock-planner") is Duty.OPEN
    day = f"{town.now() - timedelta(days=1):%Y-%m-%d}"
    told = f"*restock-planner* was seen calling churn-v1-prod after it had migrated: 3 calls a day, last on {day}"
    assert town.thread().count(told) == 1
    for owner in (BRUNO, WREN):
        again = [key for key in town.keys(owner) if "/reopened/" in key]
        assert len(again) == 1
        assert told in words(town.posted(owner, again[0]))
        assert "duty.migrated" in buttons(town.announcement(owner))
    assert len(town.keys(INES)) == before


def test_an_endpoint_that_is_seen_calling_another_model_serves_it_no_more_than_before(town: Town):
    catalog = town.bot.house.catalog
    before = catalog.snapshot().endpoints_of("resource:default/churn-v1")
    line = {"time": town.now().isoformat(), "endpoint": "resource:default/churn_nightly"}
    (log := town.folder / "ensemble.log").write_text(
        json.dumps({**line, "user_agent": "component:default/churn-v1-prod"})
    )
    catalog.import_(read_calls([log], known=catalog.known(), now=town.now()), format="calls", now=town.now())
    assert catalog.snapshot().endpoints_of("resource:default/churn-v1") == before
    assert "churn-v1-prod" in [one.name for one in catalog.impact("resource:default/churn_nightly").consumers]


def test_a_call_of_a_day_to_come_is_a_slip_that_speaks_against_nobody(town: Town):
    town.announce()
    town.answer(BRUNO, "restock-planner")
    (file := town.folder / "edges.csv").write_text(
        "from,to,last_seen,calls_per_day\nrestock-planner,churn-v1-prod,2027-03-19,5\n"
    )
    catalog = town.bot.house.catalog
    report = catalog.import_(read_csv([file], known=catalog.known()), format="csv", now=town.now())
    town.settle()
    (note,) = (note for note in report.notes if "2027" in note.note)
    assert (note.where, note.what, note.note) == (
        f"{file}:2",
        "csv:restock-planner -> csv:churn-v1-prod",
        "seen on 2027-03-19, which is a day to come; kept without one",
    )
    assert duty(town, "restock-planner") is Duty.MIGRATED
    town.pass_time(days=60)
    assert "after the day they said to have moved" not in town.thread()


def test_what_callers_call_themselves_mentions_nobody(town: Town):
    town.announce()
    sees(town, "<!channel>", "<@U01TOMBIRCH>")
    assert "<!channel>" not in words(question(town))
    assert "&lt;!channel&gt;" in words(question(town))
