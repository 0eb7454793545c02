"""Opening a retirement, and putting another plan in the place of one."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data import events
from data.errors import Invalid, Problem, Refused
from data.records.base import NO_PROSE, Prose
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.plan import Plan, Step
from data.records.policy import Policy
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from data.records.rounds import Purpose, Round
from workflows.commands import Propose, Revise
from workflows.decisions.decided import RetirementDecision, decided, folded, owners_timer
from workflows.decisions.rounds import opened_round, round_timers
from workflows.rules.consumers import callers
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.permissions import check
from workflows.rules.plans import brownouts, meeting, written
from workflows.rules.plans import plan as plans
from workflows.rules.plans.brownouts import Outages
from workflows.rules.plans.gap import told
from workflows.rules.telling import messages
from workflows.rules.voting.barring import in_place_of


def propose(state: Retirement, command: Propose, facts: Facts, now: datetime) -> RetirementDecision:
    """Open a round of votes on a frozen plan."""
    model_name = facts.subject.model_name if facts.subject else command.model_id
    check_proposer(state, command.by, model_name, facts)
    plan, round_ = _drawn(command, facts, now, number=1)
    assert facts.policy is not None
    event = events.Proposed(
        at=now,
        by=command.by,
        plan=plan,
        why=command.why,
        interim=command.interim,
        policy=facts.policy,
        coordinator_id=command.by,
        impact=facts.impact,
        impact_notes=facts.impact_notes,
        round=round_,
        like=facts.like,
        like_name=Prose(prose=facts.like_name) if facts.like_name else NO_PROSE,
    )
    after = folded(state, (event,))
    return decided(
        state,
        event,
        after=after,
        timers=(*round_timers(round_), *_asking(after, facts, now)),
        effects=(
            *meeting.told(after, facts.meets, unseen=facts.unseen_meets),
            *(messages.lesson(after, other) for other in facts.alike),
        ),
        reserves=plans.reserved(plan.subject),
        reply=f"{state.id} is proposed: {plan.subject.model_name} retires on {command.target_on:%a %Y-%m-%d} "
        "if the vote agrees.",
    )


def revise(state: Retirement, command: Revise, facts: Facts, now: datetime) -> RetirementDecision:
    """A new plan voids the votes given to the old one, and nothing runs until it is voted on."""
    check_reviser(state, command.by, facts)
    is_same_text = (command.why, command.interim) == (state.why, state.interim)
    is_same_file = command.written is not None and plans.digest(command.written) == _digest(state)
    if is_same_text and is_same_file:
        raise _unchanged(command)
    # A retirement keeps the policy it was proposed under, and says so with the digest in its plan.
    plan, round_ = _drawn(
        command,
        replace(facts, policy=state.policy),
        now,
        number=state.rounds + 1,
        barred=frozenset({state.proposer_id}),
        opened_for=in_place_of(command.by, state, facts.delegations),
    )
    is_asked = state.plan is not None and _asked(plan) == _asked(state.plan)
    if is_same_text and is_asked and command.written is None:
        raise _unchanged(command)
    event = events.Revised(
        at=now,
        by=command.by,
        plan=plan,
        why=command.why,
        interim=command.interim,
        impact=facts.impact,
        impact_notes=facts.impact_notes,
        round=round_,
    )
    # A pause ends with the plan it held up, and whoever paused it reads that.
    resumed = (events.Resumed(at=now, by=command.by),) if state.paused_at is not None else ()
    after = folded(state, (*resumed, event))
    return decided(
        state,
        *resumed,
        event,
        after=after,
        timers=(*round_timers(round_), *_asking(after, facts, now)),
        effects=meeting.told(after, facts.meets, unseen=facts.unseen_meets),
        cancels=("round/*", "step/*", "remind/*", "escalate/*"),
        reserves=plans.reserved(plan.subject),
        reply=f"{state.id} has a new plan; earlier votes are void.",
    )


def _digest(state: Retirement) -> str:
    return state.plan.digest if state.plan else ""


def _unchanged(command: Revise) -> Invalid:
    """Slack shows it on a field only; the day is what people change most, and it is beside the button."""
    accepted = (
        "nothing in the plan has changed: change what has to change, or close the form; its votes stand"
    )
    return Invalid([Problem(field="target", value=command.target_on.isoformat(), accepted=accepted)])


def _asking(after: Retirement, facts: Facts, now: datetime) -> tuple[Timer, ...]:
    """Callers nobody declares are asked about as after an import; of some the new plan may be the answer."""
    is_unknown = any(one.is_unknown for one in facts.impact) or callers.waiting(after)
    return (owners_timer(now),) if is_unknown else ()


def _asked(plan: Plan) -> tuple[object, ...]:
    """What somebody chose in a plan, and whom it hits; the days before the last one follow from when they did."""
    last_day = plan.step(StepKind.DISABLE).due_at
    successor = (plan.successor_id, plan.successor_from)
    return (plan.subject, successor, plan.reason, last_day, plan.consumer_ids, plan.policy_digest)


def check_proposer(state: Retirement, by: str, model_name: str, facts: Facts) -> None:
    """Raises `Refused` for anybody but the model's owners, naming them."""
    if not facts.owners:
        raise Refused(
            f"Cannot propose {model_name}",
            reasons=["nobody who can be reached owns it"],
            next_step="Give the model an owner in the catalog, with a Slack id, and import it again",
        )
    check("propose", by, state, facts, about=model_name, people=facts.owners)


def check_channel(model_name: str, restricted_to: tuple[str, ...] | None, policy: Policy) -> None:
    """Raises `Refused` for a restricted model where no channel is private enough for its card."""
    if restricted_to is not None and not policy.restricted_channel:
        raise Refused(
            f"Cannot propose {model_name}",
            reasons=["it is restricted, and the policy names no private channel for its card"],
            next_step="Name one as [channels] restricted in the policy, invite Emeritus and all who vote, "
            "and restart Emeritus",
        )


def check_reviser(state: Retirement, by: str, facts: Facts) -> None:
    """Raises `Refused` for whoever may not change this plan, and when nobody can."""
    check("revise", by, state, facts)
    if state.state not in (State.PROPOSED, State.APPROVED, State.MIGRATING, State.BROWNOUT):
        raise Refused(
            f"The plan of {state.id} cannot change: it is {state.state}", next_step="Propose a new one"
        )
    if is_going_dark(state):
        raise Refused(
            f"The plan of {state.id} cannot change: its endpoints are being switched off",
            next_step=f"Bring service back first: /retire restore {state.id} REASON",
        )


def problems_with(command: Propose | Revise, facts: Facts, now: datetime) -> None:
    """Raises `Invalid` with every bad field, so that a modal can show each where it was made."""
    assert facts.policy is not None
    found = plans.problems(
        subject=facts.subject,
        taken=facts.taken,
        successor_id=command.successor_id,
        successor_trouble=facts.successor_trouble,
        successor_from=told(command.successor_from, facts),
        reason=command.reason,
        why=str(command.why),
        interim=str(command.interim),
        guide=facts.guide,
        target_on=command.target_on,
        proposed_at=now,
        policy=facts.policy,
    )
    if found:
        raise Invalid(found)


def _drawn(
    command: Propose | Revise,
    facts: Facts,
    now: datetime,
    *,
    number: int,
    barred: frozenset[str] = frozenset(),
    opened_for: str = "",
) -> tuple[Plan, Round]:
    """The frozen plan, and the round that decides on it."""
    problems_with(command, facts, now)
    assert facts.policy is not None
    assert facts.subject is not None
    check_channel(facts.subject.model_name, facts.subject.restricted_to, facts.policy)
    plan = plans.drawn(
        Plan(
            subject=facts.subject,
            successor_id=command.successor_id,
            successor_name=facts.successor_name,
            successor_from=told(command.successor_from, facts).first_day,
            reason=command.reason,
            steps=_steps(command, brownouts.wanted(facts.subject, facts.policy, facts), facts.policy, now),
            consumer_ids=tuple(sorted(found.consumer_id for found in facts.impact)),
            policy_digest=facts.policy.digest,
        ),
        facts.policy,
        facts,
    )
    if command.written is not None and (found := written.problems(plan, command.written, facts.policy)):
        raise Invalid(found)
    round_ = opened_round(
        number=number,
        purpose=Purpose.RETIRE,
        opened_by=command.by,
        opened_for=opened_for,
        barred=barred,
        review_until=plans.reviewed_at(now, facts.policy),
        facts=facts,
        policy=facts.policy,
        now=now,
    )
    return plan, round_


def _steps(command: Propose | Revise, outages: Outages, policy: Policy, now: datetime) -> tuple[Step, ...]:
    target_on = command.target_on
    if command.written is None:
        return plans.dated_steps(proposed_at=now, target_on=target_on, policy=policy, outages=outages)
    return written.steps(
        command.written, proposed_at=now, target_on=target_on, policy=policy, outages=outages
    )
