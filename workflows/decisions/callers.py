"""Whose is a caller that nobody declares? Asked once, answered by a team's claim, a waiver, or the catalog."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import NotFound, Refused
from data.records.catalog import Owners
from data.records.facts import Facts
from data.records.retirement import Duty, Retirement
from workflows.commands import ClaimCaller
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    escalation_timers,
    folded,
    held_again,
    nothing,
)
from workflows.rules.consumers import callers, obligations
from workflows.rules.consumers.missing import missing
from workflows.rules.permissions import check


def met(state: Retirement, facts: Facts, now: datetime) -> tuple[events.RetirementEvent, ...]:
    """What the catalog tells by now of who calls: who was declared, who is not, who goes on after having moved."""
    if state.state not in callers.ASKED_IN:
        return ()
    consumers = {one.consumer_id: one for one in facts.impact}
    answer_by = obligations.answer_by(state, now)
    happened: list[events.RetirementEvent] = [
        events.CallerDeclared(
            at=now,
            by=events.EMERITUS,
            consumer_id=caller.consumer.consumer_id,
            declared_as=declared_as,
            consumer=consumers.get(declared_as),
            answer_by=answer_by,
        )
        for caller in callers.open_ones(state)
        if (declared_as := facts.joined.get(caller.consumer.consumer_id, ""))
    ]
    after = folded(state, happened)
    if found := callers.to_ask(after, facts):
        happened.append(events.CallersSeen(at=now, by=events.EMERITUS, callers=found))
    return (*happened, *reopened(after, facts, now))


def reopened(state: Retirement, facts: Facts, now: datetime) -> tuple[events.Reopened, ...]:
    """An answer that calls speak against is none; whoever vouched for a consumer by name is believed."""
    if not state.is_migrating:
        return ()
    answer_by = obligations.answer_by(state, now)
    owners = {duty.consumer.consumer_id: duty.consumer.owners for duty in state.obligations}
    owners |= {consumer.consumer_id: consumer.owners for consumer in facts.impact}
    return tuple(
        events.Reopened(
            at=now,
            by=events.EMERITUS,
            calls=calls,
            owners=owners[calls.consumer_id],
            answer_by=answer_by,
        )
        for calls in callers.seen_since(state, facts)
    )


def missed(state: Retirement, facts: Facts, now: datetime) -> tuple[events.ServiceMissed, ...]:
    """Whoever may bring service back hears at once of who calls what is dark, of each once."""
    found = missing(state, facts)
    to = tuple(dict.fromkeys((state.coordinator_id, *facts.endpoint_owners)))
    return (events.ServiceMissed(at=now, by=events.EMERITUS, callers=found, to=to),) if found else ()


def claim(state: Retirement, command: ClaimCaller, facts: Facts, now: datetime) -> RetirementDecision:
    """A team takes a caller on. Saying so twice changes nothing."""
    check("claim caller", command.by, state, facts)
    if state.state not in callers.ASKED_IN:
        raise Refused(
            f"{state.id} asks nothing of callers now: it is {state.state}",
            next_step=f"/retire show {state.id}",
        )
    caller = callers.named(state, command.caller)
    owners = _team(state, command, facts)
    duty = state.obligation(caller.consumer.consumer_id)
    is_handed_back = duty is not None and duty.duty is Duty.NOT_MINE
    if caller.team_id == owners.team_id and not is_handed_back:
        return nothing(f"{caller.consumer.name} is {owners.team_name}'s already.")
    if caller.team_id and not is_handed_back:
        raise Refused(
            f"{caller.consumer.name} is claimed already",
            reasons=[f"<@{caller.claimed_by}> said it is theirs"],
            next_step="Settle it with them; once they press Not mine, it can be claimed anew",
        )
    is_asked = state.is_migrating
    event = events.CallerClaimed(
        at=now,
        by=command.by,
        consumer_id=caller.consumer.consumer_id,
        owners=owners,
        answer_by=obligations.answer_by(state, now) if is_asked else None,
    )
    after = folded(state, (event,))
    escalations = escalation_timers(after, now) if is_asked and state.paused_at is None else ()
    follows = (
        "its owners are asked to move" if is_asked else "its owners are asked to move once it is announced"
    )
    return decided(
        state,
        event,
        timers=(*held_again(after, now), *escalations),
        reply=f"{caller.consumer.name} is {owners.team_name}'s: {follows}.",
    )


def _team(state: Retirement, command: ClaimCaller, facts: Facts) -> Owners:
    """The team a person speaks for: the one they name, or the only one they are in."""
    wanted = command.team.casefold()
    fits = [one for one in facts.teams if not wanted or wanted in (one.team_id, one.team_name.casefold())]
    names = tuple(one.team_name for one in facts.teams)
    if not facts.teams:
        raise Refused(
            "You may not claim a caller",
            reasons=["the catalog does not know you"],
            next_step="Ask somebody of the team it belongs to, or the coordinator: "
            f"/retire waive {state.id} CALLER REASON",
        )
    if not fits:
        raise NotFound("team of yours", command.team, closest=names)
    if len(fits) > 1:
        raise Refused(
            "You are in several teams",
            reasons=[", ".join(names)],
            next_step=f'Say for which: /retire claim {state.id} "{command.caller}" TEAM',
        )
    return fits[0]
