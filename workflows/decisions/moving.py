"""An owner says that they are moving, and by when they will have: no later than the day there is."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Invalid, Problem, Refused
from data.records.facts import Facts
from data.records.retirement import Duty, Retirement
from workflows.commands import ReportMigrating
from workflows.decisions.decided import RetirementDecision, decided, folded, reminder_timers
from workflows.decisions.duties import check_newest, check_open
from workflows.decisions.extensions import overtaken
from workflows.rules.consumers import answering, obligations
from workflows.rules.hours import day_of, instant_on
from workflows.rules.permissions import check
from workflows.rules.telling import milestones


def report_migrating(
    state: Retirement, command: ReportMigrating, facts: Facts, now: datetime
) -> RetirementDecision:
    """Whoever passes that day without having moved is reminded, and is overdue. A request for time is over by it."""
    check("report migrating", command.by, state, facts)
    check_open(state)
    check_newest(state, command.announced)
    duty = obligations.named(state, command.consumer_id)
    whose = answering.whose_answer(duty, command.by, state, facts.delegations)
    answering.check_their_word(duty, whose, command.by, state)
    assert state.policy is not None
    name = duty.consumer.name
    today, last = day_of(now, state.policy), day_of(duty.migrate_by, state.policy)
    if duty.is_settled:
        raise Refused(f"{name} is {duty.duty} already", next_step=f"/retire show {state.id}")
    if duty.objection is not None:
        raise Refused(f"{name} objects, and people vote on that", next_step="Take the objection back first")
    if last < today:
        raise Refused(
            f"{name} had to move by {last:%a %Y-%m-%d}, which is past",
            next_step="Press Need more time, or Migrated once it has moved",
        )
    if not today <= command.until <= last:
        accepted = f"a day from {today} to {last}, by when it has to have moved; for a later one press Need more time"
        raise Invalid([Problem(field="moves_on", value=command.until.isoformat(), accepted=accepted)])
    event = events.DutyChanged(
        at=now,
        by=command.by,
        consumer_id=duty.consumer.consumer_id,
        duty=Duty.MIGRATING,
        on_behalf_of=whose,
        moves_on=instant_on(command.until, state.policy),
    )
    after = folded(state, (event,))
    over = overtaken(after, now)
    timers = reminder_timers(milestones.moving(after), now) if state.paused_at is None else ()
    return decided(
        state,
        event,
        *over.events,
        timers=(*timers, *over.timers),
        cancels=over.cancels,
        reply=f"{name} is migrating, and will have moved by {command.until:%a %Y-%m-%d}. Press Migrated then.",
    )
