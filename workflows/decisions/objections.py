"""Objections of owners: one opens a vote on whether the retirement goes on in spite of it, ended by people or events.

One vote at a time: what is objected to meanwhile waits, and holds the switch-off as one that is voted on does.
"""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Refused
from data.records.facts import Facts
from data.records.retirement import Duty, Objection, Retirement
from data.records.rounds import Purpose
from workflows.commands import Object
from workflows.decisions import extensions
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    escalation_timers,
    folded,
    held_again,
    nothing,
    owners_timer,
)
from workflows.decisions.duties import check_newest, check_open
from workflows.decisions.extensions import Ended, overtaken
from workflows.decisions.rounds import begun_round
from workflows.rules.consumers import answering, objecting, obligations
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.permissions import check
from workflows.rules.voting.verdicts import Verdict


def object_to(state: Retirement, command: Object, facts: Facts, now: datetime) -> RetirementDecision:
    """Object to the plan for one consumer. Who does has read it."""
    check("object", command.by, state, facts)
    check_open(state)
    check_newest(state, command.announced)
    duty = obligations.named(state, command.consumer_id)
    whose = answering.whose_answer(duty, command.by, state, facts.delegations)
    name = duty.consumer.name
    if not command.reason:
        raise Refused("An objection needs a reason", next_step="Say why, in words")
    if duty.objection is not None:
        return nothing(f"{name} objects already. Take that back first to say it otherwise.")
    if duty.is_settled:
        contest = "Press Contest where you were told of the waiver"
        not_yet = "Press Not yet first, if it has not moved"
        raise Refused(
            f"{name} is {duty.duty} already", next_step=contest if duty.duty is Duty.WAIVED else not_yet
        )
    answering.check_their_word(duty, whose, command.by, state)
    if is_going_dark(state):
        raise Refused(
            f"It is too late to object for {name}: endpoints are being switched off",
            next_step=f"Ask the coordinator to bring service back: /retire restore {state.id} REASON",
        )
    digest = objecting.plan_of(state)
    if duty.overruled == digest:
        raise Refused(
            f"People have voted that it goes on in spite of an objection of {name} to this plan",
            next_step="Move, ask for more time, or ask the coordinator for another plan (Edit plan)",
        )
    objection = Objection(
        number=state.version + 1,
        reason=command.reason,
        before=Duty.ACKNOWLEDGED if duty.duty is Duty.OPEN else duty.duty,
        plan_digest=digest,
    )
    if duty.extension is not None:
        objection = Objection(
            number=objection.number, reason=command.reason, before=duty.extension.before, plan_digest=digest
        )
    event = events.DutyChanged(
        at=now,
        by=command.by,
        consumer_id=duty.consumer.consumer_id,
        duty=Duty.OBJECTS,
        note=command.reason,
        objection=objection,
        on_behalf_of=whose,
    )
    over = overtaken(folded(state, (event,)), now)
    reply = f"{name} objects. People vote on the card on whether it goes on in spite of that; until then it waits."
    if duty.extension is not None:
        reply += " The request for more time is over by that."
    return decided(
        state,
        event,
        *over.events,
        timers=(*over.timers, owners_timer(now)),
        cancels=over.cancels,
        reply=reply,
    )


def met(state: Retirement, facts: Facts, now: datetime) -> tuple[events.RetirementEvent, ...]:
    """Close the vote that is open where nobody objects any more, and open one on the next objection.

    Nobody is there to hear a refusal: as with more time, the card says where a role has nobody to vote in it.
    """
    over = withdrawn(state, now).events
    after = folded(state, over)
    duty = objecting.to_vote_on(after)
    if duty is None or duty.objection is None:
        return over
    assert state.policy is not None
    round_ = begun_round(
        number=after.rounds + 1,
        purpose=Purpose.OVERRULE,
        opened_by=events.EMERITUS,
        review_until=now,
        members=facts.members,
        policy=state.policy,
        now=now,
    )
    opened = events.ObjectionProposed(
        at=now,
        by=events.EMERITUS,
        consumer_id=duty.consumer.consumer_id,
        number=duty.objection.number,
        round=round_,
    )
    return (*over, opened)


def withdrawn(state: Retirement, now: datetime) -> Ended:
    """What people vote on is no objection any more: it was taken back, or its consumer moved or is another team's."""
    if not state.objected or objecting.voted_on(state) is not None:
        return Ended()
    return _dropped(state, now, "nobody objects any more")


def set_aside(state: Retirement, now: datetime, because: str) -> Ended:
    """The vote on an objection, or on more time, ends undecided; it is held anew once it can be."""
    return _dropped(state, now, because) if state.objected else extensions.set_aside(state, now, because)


def _dropped(state: Retirement, now: datetime, because: str) -> Ended:
    event = _ended(state, now, "dropped", because)
    return Ended((event,), (*held_again(folded(state, (event,)), now), owners_timer(now)), ("round/*",))


def _ended(
    state: Retirement, now: datetime, outcome: objecting.Outcome, because: str = ""
) -> events.ObjectionEnded:
    assert state.round is not None
    duty = objecting.voted_on(state)
    return events.ObjectionEnded(
        at=now,
        by=events.EMERITUS,
        consumer_id=duty.consumer.consumer_id if duty is not None else "",
        number=state.objected,
        round_number=state.round.number,
        outcome=outcome,
        because=because,
    )


def settled(
    state: Retirement,
    happened: tuple[events.RetirementEvent, ...],
    verdict: Verdict,
    now: datetime,
    reply: str,
) -> RetirementDecision:
    """With approval it goes on, and the duty stands as before; else it is upheld, and holds the switch-off."""
    after = folded(state, happened)
    is_overruled = verdict is Verdict.APPROVED
    if objecting.voted_on(after) is None:
        ended = _ended(after, now, "dropped", "nobody objects any more")
    elif is_overruled:
        ended = _ended(after, now, "overruled")
    else:
        silence = "the vote ended without the approvals that going on needs"
        ended = _ended(after, now, "upheld", "" if verdict is Verdict.VETOED else silence)
    last = folded(after, (ended,))
    timers = (*held_again(last, now), owners_timer(now))
    if is_overruled and state.paused_at is None:
        timers += escalation_timers(last, now)
    return decided(state, *happened, ended, timers=timers, cancels=("round/*",), reply=reply, after=last)
