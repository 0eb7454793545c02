"""An approval that was not acted on in time is asked for again, on the plan as it would be now."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data import events
from data.records.decision import LEASE, Decision, Timer
from data.records.facts import Facts
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retirement import Retirement
from data.records.rounds import Purpose
from workflows.commands import LapseApproval, encoded
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.decisions.rounds import begun_round, round_timers
from workflows.rules.hours import day_of
from workflows.rules.permissions import check
from workflows.rules.plans import brownouts
from workflows.rules.plans import plan as plans
from workflows.rules.plans.gap import interim_of
from workflows.rules.voting import approval
from workflows.rules.voting.quorum import vote_beside
from workflows.rules.voting.roles import as_weighed_now


def lapse_timers(state: Retirement) -> tuple[Timer, ...]:
    """When an approved plan is looked at again; nothing where approvals keep."""
    at = approval.lapses_at(state)
    return () if at is None else (_timer(at),)


def lapse_approval(
    state: Retirement, command: LapseApproval, facts: Facts, now: datetime
) -> RetirementDecision:
    """Open a round on the same plan with days of its own, for all consumers there are now. A pause is over with it."""
    check("lapse approval", command.by, state, facts)
    at = approval.lapses_at(state)
    if at is None or now < at:
        return nothing()
    if (voting := vote_beside(state)) is not None:
        # It may be called off anyway; that vote is ended by nobody but its voters.
        return Decision(timers=(_timer(max(voting.expires_at, now) + LEASE),))
    assert state.approved_at is not None
    assert state.policy is not None
    round_ = begun_round(
        number=state.rounds + 1,
        purpose=Purpose.RETIRE,
        opened_by=events.EMERITUS,
        review_until=plans.reviewed_at(now, state.policy),
        members=facts.members,
        policy=state.policy,
        now=now,
    )
    plan = _renewed(state, facts, now)
    lapsed = events.ApprovalLapsed(at=now, by=events.EMERITUS, approved_at=state.approved_at)
    revised = events.Revised(
        at=now,
        by=events.EMERITUS,
        plan=plan,
        why=state.why,
        interim=interim_of(state, plan),
        impact=facts.impact,
        impact_notes=state.impact_notes,
        round=round_,
    )
    return decided(
        state, lapsed, revised, timers=round_timers(round_), cancels=("round/*", "step/*", "approval/*")
    )


def _renewed(state: Retirement, facts: Facts, now: datetime) -> Plan:
    """What was approved, with days that lie ahead: the last one stays where review and notice still fit before it."""
    assert state.plan is not None
    assert state.policy is not None
    subject, policy = as_weighed_now(state.plan.subject, facts), state.policy
    last_day = day_of(state.plan.step(StepKind.DISABLE).due_at, policy)
    target_on = max(last_day, plans.earliest_target(proposed_at=now, subject=subject, policy=policy))
    outages = brownouts.wanted(subject, policy, facts)
    return plans.drawn(
        replace(
            state.plan,
            subject=subject,
            steps=plans.dated_steps(proposed_at=now, target_on=target_on, policy=policy, outages=outages),
            consumer_ids=tuple(sorted(one.consumer_id for one in facts.impact)),
            amends="",
        ),
        policy,
        facts,
    )


def _timer(at: datetime) -> Timer:
    return Timer(name="approval/lapse", due_at=at, command=encoded(LapseApproval(by=events.EMERITUS)))
