"""Taking back what was said of a consumer, while nothing is dark: that it has migrated, needs more time, or objects."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Refused
from data.records.facts import Facts
from data.records.retirement import Duty, Retirement
from workflows.commands import TakeBack
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    escalation_timers,
    folded,
    held_again,
    nothing,
)
from workflows.decisions.duties import check_newest, check_open
from workflows.decisions.extensions import overtaken
from workflows.decisions.objections import withdrawn
from workflows.rules.consumers import answering, obligations
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.permissions import check

DONE = {
    Duty.MIGRATED: "is open again: it has not migrated yet",
    Duty.NEEDS_TIME: "needs no more time: the request is taken back",
    Duty.OBJECTS: "objects no more: the objection is taken back",
}


def take_back(state: Retirement, command: TakeBack, facts: Facts, now: datetime) -> RetirementDecision:
    """Every owner may, also where somebody else had said it. They know the dates by then."""
    check("take back", command.by, state, facts)
    check_open(state)
    check_newest(state, command.announced)
    duty = obligations.named(state, command.consumer_id)
    name = duty.consumer.name
    whose = answering.whose_word(duty, command.by, state, facts.delegations)
    answering.check_their_word(duty, whose, command.by, state)
    if duty.duty not in DONE:
        return nothing(f"There is nothing to take back: {name} is {duty.duty}.")
    if is_going_dark(state):
        raise Refused(
            f"It is too late to take back that {name} is {duty.duty}: endpoints are being switched off",
            next_step=f"Ask the coordinator to bring service back: /retire restore {state.id} REASON",
        )
    event = events.DutyChanged(
        at=now,
        by=command.by,
        consumer_id=duty.consumer.consumer_id,
        duty=duty.objection.before if duty.objection is not None else Duty.ACKNOWLEDGED,
        on_behalf_of=whose,
        takes_back=duty.duty,
    )
    after = folded(state, (event,))
    over = withdrawn(after, now) if duty.objection is not None else overtaken(after, now)
    # Those whose day came while it counted as moved rang for nothing.
    timers = escalation_timers(after, now) if state.paused_at is None else ()
    return decided(
        state,
        event,
        *over.events,
        timers=(*timers, *(held_again(after, now) if duty.objection is not None else ()), *over.timers),
        cancels=over.cancels,
        reply=f"{name} {DONE[duty.duty]}.",
    )
