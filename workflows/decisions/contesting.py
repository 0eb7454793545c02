"""A waiver is the coordinator's word over an owner's head: while there is time the owner may say that it is not so."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Refused
from data.records.facts import Facts
from data.records.retirement import Duty, Retirement
from workflows.commands import ContestWaiver
from workflows.decisions.decided import RetirementDecision, decided, escalation_timers, folded, nothing
from workflows.decisions.duties import check_newest, check_open
from workflows.rules.consumers import answering, obligations
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.permissions import check


def contest(state: Retirement, command: ContestWaiver, facts: Facts, now: datetime) -> RetirementDecision:
    """It is asked as before, and holds what it held. The coordinator is told, and may waive it with a better reason."""
    check("contest waiver", command.by, state, facts)
    check_open(state)
    check_newest(state, command.announced)
    duty = obligations.named(state, command.consumer_id)
    whose = answering.whose_word(duty, command.by, state, facts.delegations)
    if duty.duty is not Duty.WAIVED:
        return nothing(f"{duty.consumer.name} is not waived: it is {duty.duty}.")
    if is_going_dark(state):
        raise Refused(
            f"It is too late to contest the waiver of {duty.consumer.name}: endpoints are being switched off",
            next_step=f"Ask the coordinator to bring service back: /retire restore {state.id} REASON",
        )
    event = events.WaiverContested(
        at=now, by=command.by, consumer_id=duty.consumer.consumer_id, on_behalf_of=whose
    )
    after = folded(state, (event,))
    # Those whose day came while nobody had to hear of it rang for nothing.
    timers = escalation_timers(after, now) if state.paused_at is None else ()
    return decided(
        state,
        event,
        timers=timers,
        after=after,
        reply=f"{duty.consumer.name} is asked of you as before; <@{state.coordinator_id}> is told.",
    )
