"""Looking back on a stage that is over."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Invalid, Problem, Refused
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import Review
from workflows.decisions.decided import RetirementDecision, decided
from workflows.rules.hindsight.reviewing import over
from workflows.rules.permissions import check


def review(state: Retirement, command: Review, facts: Facts, now: datetime) -> RetirementDecision:
    """One review of each person; whoever sends another one changes theirs."""
    check("review", command.by, state, facts)
    if command.stage not in over(state):
        so_far = ", ".join(over(state)) or "no stage"
        raise Refused(
            f"The {command.stage} of {state.id} is not over",
            reasons=[f"over by now: {so_far}"],
            next_step=f"Wait until its thread asks; /retire plan {state.id} has the dates",
        )
    if command.for_policy == "yes" and not command.change:
        wanted = "say what to do otherwise, as that is what is suggested for the policy"
        raise Invalid([Problem(field="change", value="", accepted=wanted)])
    if not (command.went_well or command.hurt or command.change):
        raise Invalid([Problem(field="went_well", value="", accepted="fill in at least one of the three")])
    said = events.Reviewed(
        at=now,
        by=command.by,
        stage=command.stage,
        went_well=command.went_well,
        hurt=command.hurt,
        change=command.change,
        for_policy=command.for_policy,
    )
    is_again = command.by in state.reviewed.get(command.stage, ())
    how = "is changed" if is_again else "is on the record"
    return decided(
        state,
        said,
        reply=f"Your review of the {command.stage} of {state.id} {how}; /retire lessons finds it.",
    )
