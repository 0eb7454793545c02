"""Making what is asked of several, or of somebody else, one's own: an owner of the consumer may, or the coordinator."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Refused
from data.records.facts import Facts
from data.records.retirement import Duty, Retirement
from workflows.commands import TakeOver
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.decisions.duties import check_newest, check_open
from workflows.rules.consumers import obligations
from workflows.rules.permissions import Hat, check, wears


def take_over(state: Retirement, command: TakeOver, facts: Facts, now: datetime) -> RetirementDecision:
    """From now on it is theirs alone, until another one who may takes it. Taking what is one's own changes nothing."""
    is_named = any(command.by == one.named for one in state.obligations)
    if not is_named:
        check("take over", command.by, state, facts)
    check_open(state)
    check_newest(state, command.announced)
    duty = obligations.named(state, command.consumer_id)
    owners = duty.consumer.owners
    may = command.by in (*owners.slack_ids, duty.named)
    if not may and not wears(Hat.COORDINATOR, command.by, state, facts):
        raise Refused(
            f"You may not take over {duty.consumer.name}",
            reasons=[f"it belongs to {owners.team_name or 'nobody (its owner is unresolved)'}"],
            next_step="Ask one of them, or the coordinator",
        )
    if duty.is_settled:
        raise Refused(
            f"{duty.consumer.name} is {duty.duty} already",
            next_step="Press Not yet beside it if it has not moved"
            if duty.duty is Duty.MIGRATED
            else "Press Contest where its owners were told of the waiver, if it must not lose the model yet",
        )
    if duty.asked == (command.by,):
        return nothing(f"{duty.consumer.name} is yours already.")
    before = tuple(one for one in duty.asked if one != command.by)
    taken = events.TakenOver(at=now, by=command.by, consumer_id=duty.consumer.consumer_id, before=before)
    return decided(
        state,
        taken,
        reply=f"{duty.consumer.name} is yours now: you answer for it, and are reminded. Whoever had it is told.",
    )
