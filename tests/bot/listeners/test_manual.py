"""What a person did by hand is reported with evidence, and checked by pressing a button."""

from __future__ import annotations

import pytest

from data.records.base import Prose
from tests.bot.listeners.desk import ELENA, MINA, TOM, Desk
from workflows.commands import CheckManual, ContradictManual, ReportManual

ENDPOINT = "component:default/churn-v1-prod"
VALUE = f"RET-1|{ENDPOINT}|disable"


def test_a_report_is_kept_with_its_evidence(desk: Desk) -> None:
    desk.propose()
    desk.accepts_everything()
    desk.press("manual.report", VALUE, user=MINA)
    desk.modal(MINA)

    desk.slack.submit(MINA, {"manual.evidence": "console shows no instance"})

    reported = ReportManual(
        by=MINA, endpoint_id=ENDPOINT, action="disable", evidence=Prose(prose="console shows no instance")
    )
    assert desk.kept() == [("RET-1", reported)]


def test_evidence_of_blanks_is_none(desk: Desk) -> None:
    desk.propose()
    desk.accepts_everything()
    desk.press("manual.report", VALUE, user=MINA)
    desk.modal(MINA)

    answer = desk.slack.submit(MINA, {"manual.evidence": " \n "})

    assert answer.body["errors"] == {"manual.evidence": "say what you did and where it can be seen"}


def test_a_check_is_kept(desk: Desk) -> None:
    desk.press("manual.check", VALUE, user=MINA)

    assert desk.kept() == [("RET-1", CheckManual(by=MINA, endpoint_id=ENDPOINT, action="disable"))]


def test_a_contradiction_is_kept(desk: Desk) -> None:
    desk.press("manual.contradict", VALUE, user=MINA)

    assert desk.kept() == [("RET-1", ContradictManual(by=MINA, endpoint_id=ENDPOINT, action="disable"))]


@pytest.mark.parametrize(
    ("user", "why"),
    [
        pytest.param(ELENA, "You may not report manual RET-1", id="outsider"),
        pytest.param(TOM, "No manual endpoint of RET-1", id="an endpoint Emeritus drives itself"),
    ],
)
def test_who_may_not_report_is_told_why_before_being_asked_for_evidence(
    desk: Desk, user: str, why: str
) -> None:
    desk.propose()

    assert desk.press("manual.report", VALUE, user=user).ok

    assert why in desk.told()
    assert "views.open" not in [call.method for call in desk.slack.calls]
