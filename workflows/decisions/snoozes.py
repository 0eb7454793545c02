"""Being reminded later: for so many days, and never past the day on which an answer is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data import events
from data.errors import Refused
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.hours import Hours
from data.records.policy import Policy
from data.records.retirement import Duty, Retirement
from workflows.commands import Remind, Snooze, encoded
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.decisions.duties import check_newest, check_open
from workflows.rules.consumers import obligations
from workflows.rules.hours import day_of, instant_on
from workflows.rules.people.delegating import stands_in_for
from workflows.rules.people.due import put_off_until
from workflows.rules.people.windows import next_window
from workflows.rules.permissions import check
from workflows.rules.telling import milestones


def snooze(state: Retirement, command: Snooze, facts: Facts, now: datetime) -> RetirementDecision:
    """Nobody is reminded of it before that day, and nothing else waits for them: those above hear when it is due."""
    check_open(state)
    check_newest(state, command.announced)
    check("snooze", command.by, state, facts)
    assert state.policy is not None
    open_ones = [
        duty
        for duty in obligations.answered_by(state, command.by, facts.delegations)
        if not duty.is_settled and duty.duty is not Duty.NOT_MINE
    ]
    last = put_off_until(open_ones, state)
    if last is None:
        return nothing("Nothing of yours is open: you are reminded of nothing.")
    hours = facts.hours.get(command.by)
    on = _day(day_of(now, state.policy), facts.snooze_days, last, state.policy, hours)
    if on is None:
        raise Refused(
            f"{state.id} cannot be snoozed any more",
            reasons=[f"your answer is due on {last + timedelta(days=1)}"],
            next_step="Answer now, or press Need more time",
        )
    until = instant_on(on, state.policy)
    zone = hours.zone if hours else state.policy.zone
    comes_at = _comes_at(on, state.policy, hours).astimezone(ZoneInfo(zone))
    reply = (
        f"You are reminded of {state.id} again on {comes_at:%a %Y-%m-%d %H:%M} ({zone}), unless you have answered "
        "by then."
    )
    mine = {command.by, *stands_in_for(command.by, facts.delegations)}
    reminded = [one for one in obligations.people_of(open_ones) if one in mine]
    snoozed = tuple(
        events.Snoozed(
            at=now, by=command.by, until=until, on_behalf_of="" if person == command.by else person
        )
        for person in reminded
        if state.snoozed.get(person) != until
    )
    if not snoozed:
        return nothing(reply)
    name = milestones.snoozed(on)
    remind = encoded(Remind(by=events.EMERITUS, milestone=name))
    return decided(
        state,
        *snoozed,
        timers=(Timer(name=f"remind/{name}", due_at=until, command=remind),),
        reply=reply,
    )


def _day(today: date, days: int, last: date, policy: Policy, hours: Hours | None) -> date | None:
    """So many days later; earlier where it would wait for a morning beyond the last day. None where none is left.

    Where it waits over a weekend it is called by the day on which it comes.
    """
    for ahead in range(min(days, (last - today).days), 0, -1):
        on = today + timedelta(days=ahead)
        comes_on = day_of(_comes_at(on, policy, hours), policy)
        if comes_on <= last:
            is_the_same = day_of(_comes_at(comes_on, policy, hours), policy) == comes_on
            return comes_on if is_the_same else on
    return None


def _comes_at(on: date, policy: Policy, hours: Hours | None) -> datetime:
    """When the reminder of this day reaches whoever works at these hours."""
    at = instant_on(on, policy)
    return next_window(at, hours, since=at) if hours else at
