"""From when until when does an approval stand? People may take theirs back at first, and it does not keep for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from data.records.rounds import Choice, Purpose
from workflows.rules.gating.gates import Gate
from workflows.rules.voting.quorum import digest_on_ballot


def given(state: Retirement, event: events.Approved) -> Retirement:
    """The retirement once its plan is approved. Since when is kept where the policy counts from it."""
    asked = tuple(one.consumer.consumer_id for one in state.callers)
    policy = state.policy
    is_counted = policy is not None and (policy.cool_off_hours or policy.approval_days)
    approved_at = event.at if is_counted else None
    return replace(state, approved_digest=event.plan_digest, approved_at=approved_at, known_callers=asked)


def cools_until(state: Retirement) -> datetime | None:
    """Before this nothing is announced, and who approved may take it back; None where no approval stands."""
    if state.approved_at is None or state.policy is None or state.state is not State.APPROVED:
        return None
    return state.approved_at + timedelta(hours=state.policy.cool_off_hours)


def is_cooling(state: Retirement) -> bool:
    """Is there such a time at all? Whether it is over by now is for the clock to say."""
    return cools_until(state) not in (None, state.approved_at)


def cooling(state: Retirement, now: datetime) -> list[Gate]:
    """What keeps a plan from being announced while that lasts."""
    until = cools_until(state)
    if until is None or now >= until:
        return []
    return [
        Gate("cool-off", f"who approved may take it back until {until:%Y-%m-%d %H:%M} UTC: wait for that")
    ]


def lapses_at(state: Retirement) -> datetime | None:
    """From then on the plan has to be voted on anew, unless it was announced; None where approvals keep."""
    if state.approved_at is None or state.policy is None or state.state is not State.APPROVED:
        return None
    if not state.policy.approval_days:
        return None
    return state.approved_at + timedelta(days=state.policy.approval_days)


def announced_at(state: Retirement, now: datetime) -> datetime:
    """When an approved plan is announced: on its day, or as soon after that as may be."""
    assert state.plan is not None
    return max(state.plan.step(StepKind.ANNOUNCE).due_at, cools_until(state) or now, now)


def may_take_back(state: Retirement, voter_id: str, at: datetime) -> bool:
    """Does this person's approval count, and is it not too late?"""
    until = cools_until(state)
    return until is not None and at < until and voter_id in takers_back(state)


def takers_back(state: Retirement) -> tuple[str, ...]:
    """Whose approvals made the plan the approved one; nobody's once another vote has taken the place of that one."""
    if state.round is None or state.round.purpose is not Purpose.RETIRE:
        return ()
    digest = digest_on_ballot(state)
    return tuple(
        cast.voter_id
        for cast in state.round.ballots
        if cast.choice is Choice.APPROVE and cast.plan_digest == digest
    )
