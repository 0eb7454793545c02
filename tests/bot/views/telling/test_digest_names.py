"""What will hold a step is at risk before it does: a check that failed, and names that nobody gave yet."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.views.telling import digest_lines
from data.records.checks import CheckEnd, CheckRun
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Duty, Retirement
from tests.bot.views.consumers.test_checks import WEB, a_run
from tests.bot.views.examples import NOW, a_policy, announced
from tests.bot.views.voting.test_attestations import WANTED, a_statement, attesting
from tests.builders import PAT, SELMA, a_dark
from tests.builders import days as lasting
from tests.workflows.decisions.test_closing import POLICY as BY_TWO
from tests.workflows.decisions.test_closing import typed
from workflows.rules.gating.ahead_gates import gates_ahead

MISSING = (
    "nobody has attested retention; an owner of the model or a member of legal may: /retire attest RET-1"
)
EARLIER = (StepKind.ANNOUNCE, StepKind.ARCHIVE, StepKind.DRILL)
TWO = "2 more people have to confirm by its name that it may be closed"


def said(state: Retirement, days_before: float) -> str:
    """What is at risk so long before the switch-off, where all else went well."""
    assert state.plan is not None
    steps = tuple(StepProgress(kind=kind, progress=Progress.DONE, at=NOW) for kind in EARLIER)
    moved = tuple(replace(one, duty=Duty.MIGRATED) for one in state.obligations)
    well = replace(state, steps=steps, obligations=moved)
    return str(digest_lines.at_risk(well, state.plan.step(StepKind.DISABLE).due_at - lasting(days_before)))


def checked(*runs: CheckRun) -> Retirement:
    return announced(policy=replace(a_policy(), checks_valid_hours=24), checks=runs)


def held(state: Retirement, *gates: str) -> Retirement:
    progress = StepProgress(
        kind=StepKind.DISABLE, progress=Progress.HELD, at=NOW, gates=gates, held_by=("so",) * len(gates)
    )
    return replace(state, steps=(*(one for one in state.steps if one.kind is not StepKind.DISABLE), progress))


def test_what_nobody_attested_is_at_risk_two_weeks_before_the_switch_off() -> None:
    assert MISSING in said(attesting(), 15)
    assert MISSING not in said(attesting(), 16)
    assert MISSING not in said(attesting(drilled_at=None), 3), "nobody is asked yet"
    assert MISSING not in said(attesting(a_statement()), 3)
    assert MISSING not in said(attesting(paused_at=NOW), 3), "its dates wait"


@pytest.mark.parametrize("end", [CheckEnd.FAILED, CheckEnd.SKIPPED, CheckEnd.NOT_RUN])
def test_a_check_that_did_not_pass_is_at_risk_however_long_before(end: CheckEnd) -> None:
    ran = checked(a_run(end, why="exit code 1"))
    assert f"checks of consumer-000: scoring {end} (exit code 1): /retire check RET-1" in said(ran, 20)


@pytest.mark.parametrize("end", [CheckEnd.PASSED, CheckEnd.RUNNING])
def test_a_check_that_passed_or_is_under_way_is_not(end: CheckEnd) -> None:
    assert "scoring" not in said(checked(a_run(end)), 20)


def test_an_end_that_waits_for_people_is_at_risk_as_long_as_it_waits() -> None:
    story = a_dark(policy=BY_TWO)
    assert TWO in str(digest_lines.at_risk(story.state, story.now))
    story.does(typed(PAT))
    assert "1 more person has to confirm" in str(digest_lines.at_risk(story.state, story.now))
    story.does(typed(SELMA))
    assert digest_lines.at_risk(story.state, story.now) is None


def test_what_holds_a_step_already_is_not_said_twice() -> None:
    policy = replace(a_policy(), checks_valid_hours=24, attestations=(WANTED,))
    state = attesting(policy=policy, checks=(a_run(CheckEnd.FAILED),))
    assert len(gates_ahead(state, NOW)) == 2
    (left,) = gates_ahead(held(state, "attestation/retention"), NOW)
    assert left.name == f"checks/{WEB}/scoring failed"
    assert gates_ahead(held(state, "attestation/retention", f"checks/{WEB}/scoring has not run"), NOW) == []
