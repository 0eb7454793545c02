"""Who was found and needs more time, or asks for it, and what would the plan be then?

People vote on exact dates, so that what they approve is what runs: whatever moves the dates meanwhile ends that vote.
A vote goes on after a caller was claimed, or declared as a new consumer: only then does somebody know what has to
move. It is over once nobody it is about needs the time any more, as the dates of all others would move for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from data.records.callers import Caller
from data.records.plan import LaterDates, Plan
from data.records.policy import Policy
from data.records.progress import StepKind
from data.records.retirement import Obligation, Retirement
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


def _is_possible(state: Retirement) -> bool:
    """Can such a vote be held: one at a time, on dates that count?"""
    return (
        state.is_migrating
        and state.paused_at is None
        and not state.restoring
        and not is_going_dark(state)
        and open_round(state) is None
    )


def to_vote_on(state: Retirement) -> tuple[Caller, ...]:
    """Callers who need time, while people can vote on it."""
    assert state.policy is not None
    is_held = bool(state.callers) and state.policy.extension_days > 0 and _is_possible(state)
    return in_need(state) if is_held else ()


def wished(state: Retirement) -> tuple[Obligation, ...]:
    """Consumers whose owners ask for more time."""
    return tuple(duty for duty in state.obligations if duty.extension is not None)


def wishes_to_vote_on(state: Retirement) -> tuple[Obligation, ...]:
    """All of these that wait, in one vote."""
    return wished(state) if _is_possible(state) else ()


def lapsed(state: Retirement, now: datetime) -> tuple[Obligation, ...]:
    """Those no vote can give anything any more: their day is here, or the dates have moved that far."""
    assert state.plan is not None
    assert state.policy is not None
    numbers = state.later.wishes.values() if state.later is not None else ()
    after = max(day_of(state.plan.step(StepKind.MIGRATE).due_at, state.policy), day_of(now, state.policy))
    return tuple(
        duty
        for duty in wished(state)
        if duty.extension is not None
        and duty.extension.number not in numbers
        and day_of(duty.extension.until, state.policy) <= after
    )


def voted_for(state: Retirement) -> tuple[Caller, ...]:
    """Callers the vote that is open is about."""
    ids = state.later.consumer_ids if state.later is not None else ()
    return tuple(one for one in state.callers if one.consumer.consumer_id in ids)


def wished_for(state: Retirement) -> tuple[Obligation, ...]:
    """Consumers it is about whose owners still ask."""
    numbers = state.later.wishes.values() if state.later is not None else ()
    return tuple(duty for duty in wished(state) if duty.extension and duty.extension.number in numbers)


def is_overtaken(state: Retirement) -> bool:
    """Is more time voted on that nobody needs?"""
    return state.later is not None and not needing(state, voted_for(state)) and not wished_for(state)


def later_dates(
    state: Retirement, found: tuple[Caller, ...], now: datetime, wishes: tuple[Obligation, ...] = ()
) -> LaterDates:
    """All dates ahead later: by the policy's days for callers that were found, from today where the day to migrate is

    past; and so that the latest day that owners ask for is the one to migrate by.
    """
    assert state.plan is not None
    assert state.policy is not None
    migrate_on = day_of(state.plan.step(StepKind.MIGRATE).due_at, state.policy)
    asked = [duty.extension for duty in wishes if duty.extension is not None]
    more = [day_of(one.until, state.policy) - migrate_on for one in asked]
    if found:
        past = max(day_of(now, state.policy) - migrate_on, timedelta(0))
        more.append(past + timedelta(days=state.policy.extension_days))
    days = max(more, default=timedelta(0))
    dates = LaterDates(
        days=days.days,
        steps=plans.shifted(state, days, reopens=StepKind.MIGRATE).steps,
        consumer_ids=tuple(sorted(one.consumer.consumer_id for one in found)),
        plan_digest="",
        wishes={duty.consumer.consumer_id: duty.extension.number for duty in wishes if duty.extension},
        asked_by=tuple(
            dict.fromkeys(who for duty in wishes for who in (duty.changed_by, duty.changed_for) if who)
        ),
    )
    return replace(dates, plan_digest=plan_with(state, dates).digest)


def open_until(dates: LaterDates, policy: Policy, now: datetime) -> datetime:
    """When a vote on these dates ends that begins now: with approval half of the days, at least, are still ahead.

    Whose dates were past, or nearly, would be asked, chased and switched off on one day. Dates are hours of a day,
    so what is given can be some hours less than its days: then it is half of those.
    """
    given = timedelta(days=dates.days if dates.wishes else policy.extension_days)
    ahead = min(given, migrate_by(dates) - now)
    return min(now + timedelta(days=policy.round_expires_days), migrate_by(dates) - ahead / 2)


def is_outdated(state: Retirement, now: datetime) -> bool:
    """Would a vote that is opened now be on later dates than the one that is open, or are these past?"""
    if state.later is None:
        return False
    anew = later_dates(state, voted_for(state), now, wished_for(state))
    return anew.days > state.later.days or migrate_by(state.later) <= now


def migrate_by(dates: LaterDates) -> datetime:
    return next(step.due_at for step in dates.steps if step.kind is StepKind.MIGRATE)


def plan_with(state: Retirement, dates: LaterDates) -> Plan:
    """What people vote on, in full: the plan with these dates and whom they are for, chained to the approved one."""
    assert state.plan is not None
    consumer_ids = tuple(sorted({*state.plan.consumer_ids, *dates.consumer_ids}))
    return plans.sealed(
        replace(state.plan, steps=dates.steps, consumer_ids=consumer_ids, amends=state.approved_digest)
    )
