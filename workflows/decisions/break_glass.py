"""Two people shorten the notice where waiting would do harm; a third one looks back on it, or it is never closed.

Nothing else is shortened: votes given to the old plan are void, as with every other plan, everybody is asked anew,
and nothing is switched off before its archive is proven.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.records.decision import Decision, Timer
from data.records.facts import Facts
from data.records.plan import Plan, Step
from data.records.policy import Policy
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from data.records.rounds import Purpose
from workflows.commands import BreakGlass, ConfirmBreakGlass, RemindReview, ReviewBreakGlass, encoded
from workflows.decisions.decided import RetirementDecision, decided, folded, held_again, nothing
from workflows.decisions.rounds import opened_round, round_timers
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import is_going_dark, is_living
from workflows.rules.people.delegating import answers_for
from workflows.rules.permissions import NAMED_MAX, check
from workflows.rules.plans import break_glass, brownouts
from workflows.rules.plans import plan as plans
from workflows.rules.plans.gap import interim_of
from workflows.rules.telling import break_glass_notices
from workflows.rules.voting import quorum
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.voting.proving import check_proof
from workflows.rules.voting.roles import as_weighed_now
from workflows.rules.voting.two_people import check_apart

WEEK = timedelta(days=7)


def ask(state: Retirement, command: BreakGlass, facts: Facts, now: datetime) -> RetirementDecision:
    """The first person says how short the notice is to be, and why. Nothing changes yet."""
    policy = _check_may(state, "break glass", command.by, facts)
    if (standing := break_glass.standing(state)) is not None:
        two = " and ".join(f"<@{one}>" for one in standing.people)
        raise Refused(
            f"The notice of {state.id} is shortened already",
            reasons=[f"to {standing.notice_days} days, by {two}"],
            next_step="Vote on its card; Edit plan there puts one with the ordinary notice in its place",
        )
    _check_days(state, command.notice_days, policy, now)
    asked = break_glass.request(state)
    if asked is not None and (asked.asked_by, asked.notice_days) == (command.by, command.notice_days):
        return nothing("You asked for that already: a second person confirms it in the thread.")
    proof = check_proof(facts)
    event = events.BreakGlassAsked(
        at=now,
        by=command.by,
        notice_days=command.notice_days,
        why=command.why,
        entitled=facts.glass_breakers,
        proof=proof,
    )
    return decided(state, event, reply=f"A second person confirms it in the thread of {state.id}.")


def confirm(state: Retirement, command: ConfirmBreakGlass, facts: Facts, now: datetime) -> RetirementDecision:
    """The second person agrees: the plan has the earlier dates, and is voted on."""
    policy = _check_may(state, "confirm break-glass", command.by, facts)
    asked = break_glass.request(state)
    if asked is None or asked.number != command.number:
        raise Refused(
            f"This request about {state.id} is over",
            next_step=f"See where it stands: /retire show {state.id}; ask anew with /retire break-glass",
        )
    if command.by == asked.asked_by:
        raise Refused("You asked for it yourself", next_step=_others(facts, command.by))
    check_apart(
        command.by,
        (asked.asked_by,),
        facts.delegations,
        did="asked for",
        next_step=_others(facts, command.by, asked.asked_by),
    )
    account = facts.no_colleagues.get(asked.asked_by)
    if account is not None or asked.asked_by not in facts.glass_breakers:
        raise Refused(
            f"<@{asked.asked_by}>, who asked for it, may not any more",
            reasons=[f"by Slack this account is {account}"] if account is not None else [],
            next_step=f"Ask for it yourself: /retire break-glass {state.id} {asked.notice_days} REASON",
        )
    _check_days(state, asked.notice_days, policy, now)
    proof = check_proof(facts)
    round_ = opened_round(
        number=state.rounds + 1,
        purpose=Purpose.RETIRE,
        opened_by=asked.asked_by,
        barred=frozenset({state.proposer_id}),
        review_until=break_glass.reviewed_at(now, policy),
        facts=facts,
        policy=policy,
        now=now,
        instead="",
    )
    plan = _hastened(state, asked.notice_days, facts, now)
    revised = events.Revised(
        at=now,
        by=command.by,
        plan=plan,
        why=state.why,
        interim=interim_of(state, plan),
        impact=facts.impact,
        impact_notes=state.impact_notes,
        round=round_,
    )
    confirmed = events.BreakGlassConfirmed(
        at=now,
        by=command.by,
        break_glass=replace(asked, confirmed_by=command.by, confirmed_at=now),
        entitled=facts.glass_breakers,
        proof=proof,
    )
    # A pause ends with the plan it held up, and whoever paused it reads that.
    resumed = (events.Resumed(at=now, by=command.by),) if state.paused_at is not None else ()
    return decided(
        state,
        *resumed,
        revised,
        confirmed,
        timers=round_timers(round_),
        cancels=("round/*", "step/*", "remind/*", "escalate/*", "approval/*"),
        reply=f"{state.id} has a plan with {asked.notice_days} days of notice, and a vote on it is open.",
    )


def review(state: Retirement, command: ReviewBreakGlass, facts: Facts, now: datetime) -> RetirementDecision:
    """Somebody else than the two says what came of it; the end of the dark window waits for that."""
    check("review break-glass", command.by, state, facts)
    check_is_colleague(facts, "Your look back")
    standing = break_glass.standing(state)
    if standing is None:
        raise Refused(
            f"There is nothing to look back on in {state.id}",
            reasons=["its notice is not shortened"],
            next_step=f"See where it stands: /retire show {state.id}",
        )
    if standing.reviewed_by:
        return nothing(f"<@{standing.reviewed_by}> has looked back on it already.")
    if state.progress(StepKind.DISABLE).progress is not Progress.DONE:
        assert state.plan is not None
        last_day = state.plan.step(StepKind.DISABLE).due_at
        raise Refused(
            f"It is too early to look back on {state.id}",
            reasons=[f"it is to be switched off on {last_day:%Y-%m-%d}"],
            next_step="Look back on it once it is dark",
        )
    _check_looks_back(state, command.by, standing.people, facts)
    event = events.BreakGlassReviewed(at=now, by=command.by, review=command.review)
    after = folded(state, (event,))
    return decided(
        state,
        event,
        after=after,
        timers=held_again(after, now) if is_living(after) else (),
        cancels=("break-glass/*",),
        reply=f"Thank you: {state.id} can be closed once its dark window is over."
        if is_living(after)
        else f"Thank you: it is on the record of {state.id}.",
    )


def remind_review(
    state: Retirement, command: RemindReview, facts: Facts, now: datetime
) -> RetirementDecision:
    """The thread asks for somebody who looks back on it, from its day on and every week."""
    check("remind review", command.by, state, facts)
    due_at = break_glass.look_back_at(state)
    if due_at is None:
        return nothing()
    if now < due_at:
        return Decision(timers=(_timer(due_at),))
    return Decision(effects=(break_glass_notices.look_back(state, now),), timers=(_timer(now + WEEK),))


def look_back_timers(state: Retirement) -> tuple[Timer, ...]:
    """When somebody is asked for, of a retirement that has just gone dark."""
    due_at = break_glass.look_back_at(state)
    return () if due_at is None else (_timer(due_at),)


def _check_may(state: Retirement, command: str, by: str, facts: Facts) -> Policy:
    """The policy it is done by. Raises `Refused` for whoever may not, and where there is no notice to shorten."""
    assert state.policy is not None
    check(command, by, state, facts, doing="shorten the notice of", next_step=_others(facts))
    check_is_colleague(facts, "Your word on the notice")
    if state.state not in break_glass.ASKED_IN or is_going_dark(state):
        how = "its endpoints are being switched off" if is_going_dark(state) else f"it is {state.state}"
        raise Refused(
            f"The notice of {state.id} cannot be shortened: {how}",
            next_step=f"See where it stands: /retire show {state.id}",
        )
    if quorum.cancelling_round(state) is not None:
        raise Refused(
            f"The notice of {state.id} cannot be shortened: whether to call it off is being voted on",
            next_step=f"Vote on its card first, then run /retire break-glass {state.id} DAYS REASON",
        )
    return state.policy


def _others(facts: Facts, *but: str) -> str:
    people = [one for one in facts.glass_breakers if one not in but]
    if people:
        return f"Ask one of them: {', '.join(f'<@{one}>' for one in people[:NAMED_MAX])}"
    return "Nobody else may: have [break_glass] of the policy name groups or people for the next retirement"


def _check_days(state: Retirement, days: int, policy: Policy, now: datetime) -> None:
    """Raises `Refused` for a notice that is too short, or no shorter than what is planned."""
    assert state.plan is not None
    least = policy.break_glass_notice_days
    if days < least:
        raise Refused(
            f"{state.id} needs more notice than {days} days",
            reasons=[f"[break_glass] notice_days_min is {least}: its archive is proven, and consumers move"],
            next_step=f"Ask for {least} or more: /retire break-glass {state.id} {least} REASON",
        )
    ends = _ends(break_glass.dated_steps(days, now, policy))
    planned = _ends(state.plan.steps)
    if ends >= planned:
        raise Refused(
            f"{days} days of notice would not end {state.id} sooner",
            reasons=[f"it would end on {day_of(ends, policy)}, and it ends on {day_of(planned, policy)}"],
            next_step="Ask for fewer days, or leave it as it is planned",
        )


def _ends(steps: tuple[Step, ...]) -> datetime:
    return next(step.due_at for step in steps if step.kind is StepKind.DISABLE)


def _hastened(state: Retirement, days: int, facts: Facts, now: datetime) -> Plan:
    """What was planned, with the earlier dates, for all consumers there are now."""
    assert state.plan is not None
    assert state.policy is not None
    return plans.drawn(
        replace(
            state.plan,
            subject=as_weighed_now(state.plan.subject, facts),
            steps=break_glass.dated_steps(days, now, state.policy),
            consumer_ids=tuple(sorted(one.consumer_id for one in facts.impact)),
            brownouts_lack=brownouts.HASTENED if state.policy.brownouts(state.plan.subject.tier) else "",
            amends="",
        ),
        state.policy,
        facts,
    )


def _check_looks_back(state: Retirement, by: str, two: tuple[str, ...], facts: Facts) -> None:
    """Raises `Refused` for the two, for who stands in for one of them, and for who has no part in it."""
    voters = {person for people in facts.members.values() for person in people}
    reasons = []
    if by in two:
        reasons = ["you are one of the two who shortened its notice"]
    elif behind := answers_for(by, two, facts.delegations):
        reasons = [f"you and <@{behind}>, who shortened its notice, stand in for one another now"]
    elif by not in {*voters, *facts.owners, state.coordinator_id}:
        reasons = ["this is for the coordinator, the model's owners and the voting roles"]
    if reasons:
        people = [one for one in (state.coordinator_id, *facts.owners, *sorted(voters)) if one not in two]
        named = ", ".join(f"<@{one}>" for one in dict.fromkeys(people[:NAMED_MAX]))
        raise Refused(
            f"Somebody else looks back on {state.id}", reasons=reasons, next_step=f"Ask one of these: {named}"
        )


def _timer(due_at: datetime) -> Timer:
    return Timer(
        name="break-glass/look back", due_at=due_at, command=encoded(RemindReview(by=events.EMERITUS))
    )
