"""How short is the notice where two people shorten it, which dates does that lead to, and who has to look back on it?

The vote, the proven archive and everybody's answer are asked for as ever: what is shorter is said here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.records.break_glass import BreakGlass
from data.records.plan import Step
from data.records.policy import Policy
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, State
from data.records.rounds import Purpose, Round
from workflows.rules.gating.gates import Gate
from workflows.rules.hours import day_of, first_at_or_after, instant_on
from workflows.rules.lifecycle import is_going_dark, is_living
from workflows.rules.plans import plan as plans
from workflows.rules.voting import weighing

ASKED_IN = (State.PROPOSED, State.APPROVED, State.MIGRATING, State.BROWNOUT)
"""While there is a notice that could be shorter."""


def standing(state: Retirement) -> BreakGlass | None:
    """What two people have agreed on; None where nobody asked, or a second person has not confirmed."""
    found = state.break_glass
    return found if found is not None and found.confirmed_by else None


def request(state: Retirement) -> BreakGlass | None:
    """What waits for a second person."""
    found = state.break_glass
    if found is None or found.confirmed_by or state.state not in ASKED_IN or is_going_dark(state):
        return None
    return found


def notice_days(state: Retirement) -> int:
    """From the announcement to the last day of service, at least."""
    shortened = standing(state)
    return shortened.notice_days if shortened else weighing.notice_days(state)


def zero_traffic_days(state: Retirement) -> int:
    """For how long nobody has called what is to be switched off."""
    assert state.policy is not None
    policy = state.policy
    return policy.break_glass_zero_traffic_days if standing(state) else policy.zero_traffic_days


def review_lasts(state: Retirement, round_: Round) -> timedelta:
    """How long a vote of this purpose stays open at least."""
    assert state.policy is not None
    if round_.purpose is not Purpose.RETIRE:
        return timedelta(0)
    if standing(state):
        return timedelta(hours=state.policy.break_glass_review_hours)
    return timedelta(days=state.policy.review_days)


def reviewed_at(now: datetime, policy: Policy) -> datetime:
    """When the vote on the plan with the earlier dates may close."""
    return now + timedelta(hours=policy.break_glass_review_hours)


def dated_steps(days: int, now: datetime, policy: Policy) -> tuple[Step, ...]:
    """The steps with this much notice, after the shortest review from now."""
    announce_at = first_at_or_after(reviewed_at(now, policy), policy)
    last_day = day_of(announce_at, policy) + timedelta(days=days)
    return plans.steps_between(announce_at, instant_on(last_day, policy), policy)


def look_back_at(state: Retirement) -> datetime | None:
    """By when somebody else looks back on it; None where nobody has to, has to yet, or has to any more."""
    switched_off = state.progress(StepKind.DISABLE)
    found = standing(state)
    if found is None or found.reviewed_by or switched_off.progress is not Progress.DONE:
        return None
    if not is_living(state):  # of what was rolled back nothing is to be closed
        return None
    assert state.policy is not None
    assert switched_off.at is not None
    return first_at_or_after(
        switched_off.at + timedelta(days=state.policy.break_glass_look_back_days), state.policy
    )


def gates(state: Retirement) -> list[Gate]:
    """What the end of the dark window waits for."""
    due_at = look_back_at(state)
    if due_at is None:
        return []
    why = (
        f"nobody has looked back on its break-glass, which is due by {due_at:%Y-%m-%d}: "
        f"somebody else than the two runs /retire look-back {state.id} TEXT"
    )
    return [Gate("break-glass", why)]


def after(
    state: Retirement,
    event: events.BreakGlassAsked | events.BreakGlassConfirmed | events.BreakGlassReviewed,
) -> Retirement:
    """The retirement once one of these has happened."""
    match event:
        case events.BreakGlassAsked():
            asked = BreakGlass(
                number=state.version,
                notice_days=event.notice_days,
                why=event.why,
                asked_by=event.by,
                asked_at=event.at,
            )
            return replace(state, break_glass=asked)
        case events.BreakGlassConfirmed():
            return replace(state, break_glass=event.break_glass)
        case events.BreakGlassReviewed():
            if state.break_glass is None:
                return state
            reviewed = replace(
                state.break_glass, reviewed_by=event.by, reviewed_at=event.at, review=event.review
            )
            return replace(state, break_glass=reviewed)
