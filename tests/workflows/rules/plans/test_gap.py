"""Between the last day of a model and the first of its successor somebody has to know what to do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from data.records.base import Prose
from data.records.progress import Progress, StepKind, StepProgress
from tests.builders import DISABLE_AT, a_migrated, facts_for
from workflows.rules.plans import gap, plan
from workflows.rules.plans.gap import Told

LAST = date(2027, 2, 17)
FACTS = facts_for()
MEANWHILE = Prose(prose="the rules of 2024")
STATE = a_migrated().state
assert STATE.plan is not None
PLANNED = replace(
    STATE, plan=replace(STATE.plan, successor_name="churn-2", successor_from="2027-03-01")
)  # 12 days later
OLD = replace(PLANNED, interim=MEANWHILE)
VOTED = replace(OLD, plan=replace(PLANNED.plan, gap_days=12))


NO_GAP = (
    "interim {0}: as far as anybody told, there is no day on which neither serves, so this would tell consumers "
    "nothing: leave it empty, or say from when on the successor can be called"
)


@pytest.mark.parametrize(
    ("said", "known", "interim", "expected"),
    [
        pytest.param("", "", "", "", id="nobody tells"),
        pytest.param("", "", "n/a", NO_GAP, id="nobody tells, and there is one all the same"),
        pytest.param("2027-02-17", "", "the rules of 2024", NO_GAP, id="on the last day, with one"),
        pytest.param("2027-02-17", "", "", "", id="on the last day"),
        pytest.param("2020-01-01", "", "", "", id="long before"),
        pytest.param("2027-03-01", "", "the rules of 2024", "", id="with a plan"),
        pytest.param("2027-03-01", "2027-03-01", "the rules of 2024", "", id="told twice"),
        pytest.param(
            "2027-02-18",
            "",
            " \n",
            "interim: churn-2 can be called from 2027-02-18 on, 1 day after the last day of service: say what "
            "consumers do meanwhile, or choose 2027-02-18 or later as the last day",
            id="blank",
        ),
        pytest.param(
            "",
            "2027-03-01",
            "",
            "interim: churn-2 can be called from 2027-03-01 on, 12 days after the last day of service: say what "
            "consumers do meanwhile, or choose 2027-03-01 or later as the last day",
            id="as the catalog has it",
        ),
        pytest.param(
            "2027-02-01",
            "2027-03-01",
            "the rules of 2024",
            "successor_from 2027-02-01: the catalog says that churn-2 can be called from 2027-03-01 on: leave this "
            "empty, or correct it there and import it",
            id="against the catalog",
        ),
    ],
)
def test_a_gap_needs_an_interim_plan(said: str, known: str, interim: str, expected: str) -> None:
    problems = Told("churn-2", said, known).problems("resource:default/churn-2", LAST, interim)
    assert "; ".join(map(str, problems)) == expected.format(interim)


def test_a_first_day_of_nothing_is_refused() -> None:
    (problem,) = Told("", "2027-03-01", "").problems("", LAST, "")
    assert problem.field == "successor_from"
    assert "choose one, or leave this empty" in problem.accepted


@pytest.mark.parametrize(
    ("state", "by_catalog", "days_late", "expected"),
    [
        pytest.param(STATE, "", 0, "", id="none told"),
        pytest.param(PLANNED, "", 0, "12 days", id="as planned, and somebody took the text out"),
        pytest.param(VOTED, "", 0, "", id="voted on with a plan"),
        pytest.param(VOTED, "2027-02-20", 0, "", id="sooner than it was voted on"),
        pytest.param(VOTED, "2027-03-02", 0, "13 days", id="a day later than it was voted on"),
        pytest.param(VOTED, "2027-03-02", 1, "", id="a day later, and so is the step"),
        pytest.param(replace(STATE, interim=MEANWHILE), "2027-02-20", 0, "3 days", id="a text for no gap"),
        pytest.param(OLD, "2027-03-01", 0, "", id="of before gaps were kept"),
        pytest.param(OLD, "2027-04-01", 0, "43 days", id="of before gaps were kept, and longer"),
        pytest.param(PLANNED, "2027-02-01", 0, "", id="serves sooner than planned"),
        pytest.param(STATE, "2027-02-20", 0, "3 days", id="later since the vote"),
        pytest.param(STATE, "2027-02-20", 2, "1 day", id="the step was held meanwhile"),
        pytest.param(STATE, "2027-02-20", 3, "", id="held for long enough"),
    ],
)
def test_nothing_goes_dark_before_its_successor_serves(state, by_catalog, days_late, expected) -> None:
    at = DISABLE_AT + timedelta(days=days_late)
    found = gap.gates(state, replace(FACTS, successor_from=by_catalog), at)
    assert len(found) == bool(expected)
    for gate in found:
        assert f", {expected} after the last day of service" in gate.why
        covered = gap.covered_days(state, state.plan)
        voted_on = f"the interim plan that was voted on says for {covered} days only"
        is_for = voted_on if covered else "no interim plan says"
        assert f"and {is_for} what consumers do meanwhile" in gate.why
        assert "press Edit plan on the card for a new vote with an interim plan" in gate.why


def test_once_it_is_being_switched_off_the_way_is_back() -> None:
    begun = StepProgress(kind=StepKind.DISABLE, progress=Progress.RUNNING)
    going = replace(PLANNED, steps=(*(one for one in PLANNED.steps if one.kind != begun.kind), begun))
    (gate,) = gap.gates(going, FACTS, DISABLE_AT)
    assert gate.why.endswith("wait until then, or bring service back: /retire restore RET-1 REASON")


def test_the_first_day_is_part_of_what_is_voted_on() -> None:
    assert PLANNED.plan is not None
    assert STATE.plan is not None
    assert plan.digest(PLANNED.plan) != plan.digest(STATE.plan)
