"""Who was found and needs more time, and what would the plan be then?

People vote on exact dates, so that what they approve is what runs: whatever moves the dates meanwhile ends that vote.
A vote goes on after a caller was claimed, or declared as a new consumer: only then does somebody know what has to
move. It is over once nobody it is about needs the time any more, as the dates of all others would move for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from data.records.callers import Caller
from data.records.policy import Policy
from data.records.progress import StepKind
from data.records.retirement import LaterDates, Plan, Retirement, State
from workflows.rules.consumers import callers
from workflows.rules.consumers.vouching import vouched
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.plans import plan as plans
from workflows.rules.voting.quorum import open_round


def needing(state: Retirement, found: Iterable[Caller]) -> tuple[Caller, ...]:
    """Those of these callers of whom there is still something to move, as far as anybody knows."""
    assert state.plan is not None
    settled = vouched(state)
    noticed = {*map(state.id_of, state.plan.consumer_ids), *callers.voted_on(state)}
    waiting = {duty.consumer.consumer_id for duty in state.obligations if not duty.is_settled}

    def needs_time(caller: Caller) -> bool:
        names = {caller.consumer.consumer_id, state.id_of(caller.declared_as)} - {""}
        if names & settled:
            return False
        if not caller.team_id and not caller.declared_as:
            return True
        # Whoever people had voted on has had all the notice there was.
        return not names & noticed and bool(names & waiting)

    return tuple(filter(needs_time, found))


def in_need(state: Retirement) -> tuple[Caller, ...]:
    """Those who need time of whom nobody has voted yet whether they get any."""
    return needing(state, (one for one in state.callers if one.consumer.consumer_id not in state.extended))


def to_vote_on(state: Retirement) -> tuple[Caller, ...]:
    """The same, while such a vote can be held: one at a time, on dates that count."""
    assert state.policy is not None
    is_possible = (
        bool(state.callers)
        and state.state is State.MIGRATING
        and state.policy.extension_days > 0
        and state.paused_at is None
        and not state.restoring
        and not is_going_dark(state)
        and open_round(state) is None
    )
    return in_need(state) if is_possible else ()


def voted_for(state: Retirement) -> tuple[Caller, ...]:
    """Whom the vote that is open is about."""
    ids = state.later.consumer_ids if state.later is not None else ()
    return tuple(one for one in state.callers if one.consumer.consumer_id in ids)


def is_overtaken(state: Retirement) -> bool:
    """Is more time voted on that nobody needs?"""
    return state.later is not None and not needing(state, voted_for(state))


def later_dates(state: Retirement, found: tuple[Caller, ...], now: datetime) -> LaterDates:
    """All dates ahead later by the policy's days; where the day to migrate is past, by so many from today."""
    assert state.plan is not None
    assert state.policy is not None
    migrate_on = day_of(state.plan.step(StepKind.MIGRATE).due_at, state.policy)
    past = max(day_of(now, state.policy) - migrate_on, timedelta(0))
    more = past + timedelta(days=state.policy.extension_days)
    dates = LaterDates(
        days=more.days,
        steps=plans.shifted(state, more, reopens=StepKind.MIGRATE).steps,
        consumer_ids=tuple(sorted(one.consumer.consumer_id for one in found)),
        plan_digest="",
    )
    return replace(dates, plan_digest=plan_with(state, dates).digest)


def open_until(dates: LaterDates, policy: Policy, now: datetime) -> datetime:
    """When a vote on these dates ends that begins now: with approval half of the days, at least, are still ahead.

    Whose dates were past, or nearly, would be asked, chased and switched off on one day. Dates are hours of a day,
    so what is given can be some hours less than its days: then it is half of those.
    """
    ahead = min(timedelta(days=policy.extension_days), migrate_by(dates) - now)
    return min(now + timedelta(days=policy.round_expires_days), migrate_by(dates) - ahead / 2)


def is_outdated(state: Retirement, now: datetime) -> bool:
    """Would a vote that is opened now be on later dates than the one that is open?"""
    return state.later is not None and later_dates(state, voted_for(state), now).days > state.later.days


def migrate_by(dates: LaterDates) -> datetime:
    return next(step.due_at for step in dates.steps if step.kind is StepKind.MIGRATE)


def plan_with(state: Retirement, dates: LaterDates) -> Plan:
    """What people vote on, in full: the plan with these dates and whom they are for, chained to the approved one."""
    assert state.plan is not None
    consumer_ids = tuple(sorted({*state.plan.consumer_ids, *dates.consumer_ids}))
    return plans.sealed(
        replace(state.plan, steps=dates.steps, consumer_ids=consumer_ids, amends=state.approved_digest)
    )
