"""Somebody calls what is dark, or going dark: whoever may bring it back hears of it at once, of each caller once."""

from __future__ import annotations

from data.records.retirement import Duty, State
from tests.scenarios.test_acknowledging import duty
from tests.scenarios.test_callers import SCORER, sees
from tests.scenarios.town import ADA, GRACE, TOM, Town, key_of, words

PLANNER = "component:default/restock-planner"
BACK = "`/retire restore RET-1 REASON`"


def dark(town: Town) -> None:
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=49)
    assert town.retirement().state is State.DISABLED


def heard(town: Town, person: str) -> list[str]:
    return [words(one) for one in town.slack.messages(person) if "/missed/" in key_of(one)]


def test_a_caller_nobody_knew_is_told_once_to_the_coordinator_and_the_endpoints_owners(town: Town):
    dark(town)
    sees(town, "night-scorer/1.2")
    sees(town, "night-scorer/1.2", "night-scorer/1.3", name="copy.log")
    for person in (TOM, ADA):
        (told,) = heard(town, person)
        assert "1 caller was seen calling what is dark, or going dark" in told
        assert "*night-scorer* calls churn-v1-prod: 1 call a day" in told
        assert f"bring service back: {BACK}" in told
    assert heard(town, GRACE) == []
    assert town.thread().count("*night-scorer*; told") == 1
    assert town.retirement().missed_by == (SCORER,)
    assert "is coming back" in town.command(TOM, "restore RET-1 the scorer needs it")


def test_a_consumer_that_said_to_have_moved_and_calls_on_a_later_day_is_told(town: Town):
    dark(town)
    sees(town, PLANNER, days_ago=1)
    assert heard(town, TOM) == [], "it may have been before"
    town.pass_time(days=2)
    sees(town, PLANNER, name="later.log")
    (told,) = heard(town, TOM)
    assert "*restock-planner* calls churn-v1-prod" in told
    assert duty(town, "restock-planner") is Duty.MIGRATED


def test_whom_somebody_vouched_for_is_missed_by_nobody(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    sees(town, "night-scorer/1.2")
    town.command(TOM, "waive RET-1 night-scorer a scanner")
    town.pass_time(days=52)
    assert town.retirement().state is State.DISABLED
    sees(town, "night-scorer/1.2", name="later.log")
    assert heard(town, TOM) == []


def test_service_that_is_coming_back_is_asked_back_of_nobody(town: Town):
    dark(town)
    (town.endpoints.folder("churn-v1-prod") / "weights.json").unlink()
    town.command(TOM, "restore RET-1 the shop is down")
    sees(town, "night-scorer/1.2")
    assert heard(town, TOM) == []
