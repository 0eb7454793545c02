"""Is there a time in which a model serves no more, and its successor not yet? Consumers need to know what to do."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from data.errors import Problem
from data.records.base import NO_PROSE, Prose
from data.records.facts import Facts
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.gating.gates import Gate
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.wording import counted


class Told(NamedTuple):
    """The first day of a successor, "2027-03-01": as whoever proposes says, and as the catalog does; empty for none."""

    name: str
    by_proposer: str
    by_catalog: str

    @property
    def first_day(self) -> str:
        return self.by_catalog or self.by_proposer

    def problems(self, successor_id: str, target_on: date, interim: str) -> list[Problem]:
        """What is wrong with that day in a proposal, and with a gap that nobody has a plan for."""
        said, known = self.by_proposer, self.by_catalog
        if said and not successor_id:
            accepted = "there is no successor whose first day this could be: choose one, or leave this empty"
            return [Problem(field="successor_from", value=said, accepted=accepted)]
        if said and known and said != known:
            accepted = (
                f"the catalog says that {self.name} can be called from {known} on: leave this empty, or correct it "
                "there and import it"
            )
            return [Problem(field="successor_from", value=said, accepted=accepted)]
        days = days_between(target_on, self.first_day)
        if bool(days) == bool(interim.strip()):
            return []
        if not days:
            accepted = (
                "as far as anybody told, there is no day on which neither serves, so this would tell consumers "
                "nothing: leave it empty, or say from when on the successor can be called"
            )
            return [Problem(field="interim", value=interim, accepted=accepted)]
        accepted = (
            f"{self.name} can be called from {self.first_day} on, {counted(days, 'day')} after the last day of "
            f"service: say what consumers do meanwhile, or choose {self.first_day} or later as the last day"
        )
        return [Problem(field="interim", value="", accepted=accepted)]


def told(by_proposer: date | None, facts: Facts) -> Told:
    said = by_proposer.isoformat() if by_proposer else ""
    return Told(facts.successor_name, said, facts.successor_from)


def days_between(last_day: date, first_day: str) -> int:
    """Days on which neither serves: the last day of one is the first without it."""
    return max(0, (date.fromisoformat(first_day) - last_day).days) if first_day else 0


def planned_days(state: Retirement, plan: Plan) -> int:
    """As the plan has it."""
    assert state.policy is not None
    return days_between(day_of(plan.step(StepKind.DISABLE).due_at, state.policy), plan.successor_from)


def covered_days(state: Retirement, plan: Plan) -> int:
    """For how many days those who voted knew what consumers do meanwhile."""
    if not state.interim:
        return 0
    return plan.gap_days or planned_days(state, plan)


def interim_of(state: Retirement, plan: Plan) -> Prose:
    """What was planned for the days between goes with another plan that has such days."""
    return state.interim if plan.gap_days else NO_PROSE


def gates(state: Retirement, facts: Facts, now: datetime) -> list[Gate]:
    """Nothing goes dark before its successor serves, unless those who voted knew what consumers do meanwhile."""
    plan, policy = state.plan, state.policy
    assert plan is not None
    assert policy is not None
    first_day = facts.successor_from or plan.successor_from
    # A step that was held may run after its day.
    last_day = max(day_of(plan.step(StepKind.DISABLE).due_at, policy), day_of(now, policy))
    days = days_between(last_day, first_day)
    covered = covered_days(state, plan)
    if days <= covered:
        return []
    remedy = "press Edit plan on the card for a new vote with an interim plan, or with a later last day"
    if is_going_dark(state):
        remedy = f"wait until then, or bring service back: /retire restore {state.id} REASON"
    is_for = f"the interim plan that was voted on says for {counted(covered, 'day')} only"
    if not covered:
        is_for = "no interim plan says"
    why = (
        f"{plan.successor_name} can be called from {first_day} on only, {counted(days, 'day')} after the last day of "
        f"service, and {is_for} what consumers do meanwhile: {remedy}"
    )
    return [Gate(f"gap/{first_day}", why)]
