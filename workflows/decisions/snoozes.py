"""Being reminded later: for so many days, and never past the day on which an answer is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.errors import Refused
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.retirement import Duty, Retirement
from workflows.commands import Remind, Snooze, encoded
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.decisions.duties import check_newest, check_open
from workflows.rules.consumers import obligations
from workflows.rules.hours import day_of, instant_on
from workflows.rules.people.delegating import stands_in_for
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
    due = [duty.acknowledge_by if duty.duty is Duty.OPEN else duty.migrate_by for duty in open_ones]
    if not due:
        return nothing("Nothing of yours is open: you are reminded of nothing.")
    today, due_on = day_of(now, state.policy), day_of(min(due), state.policy)
    on = min(today + timedelta(days=facts.snooze_days), due_on - timedelta(days=1))
    if on <= today:
        raise Refused(
            f"{state.id} cannot be snoozed any more",
            reasons=[f"your answer is due on {due_on}"],
            next_step="Answer now, or press Need more time",
        )
    until = instant_on(on, state.policy)
    reply = (
        f"You are reminded of {state.id} again from {on} on, in your working hours, unless you have "
        "answered by then."
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
