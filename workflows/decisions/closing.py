"""Two people say by its name that a retirement may be closed: each for themselves, and nobody twice."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Refused
from data.records.facts import Facts
from data.records.retirement import Retirement, State
from workflows.commands import ConfirmClose
from workflows.decisions.decided import RetirementDecision, decided, folded, held_again, nothing
from workflows.rules.gating import closing
from workflows.rules.permissions import check
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.voting.proving import check_proof
from workflows.rules.voting.two_people import check_apart, check_named
from workflows.rules.wording import named


def confirm(state: Retirement, command: ConfirmClose, facts: Facts, now: datetime) -> RetirementDecision:
    """With the second of them it is closed on its day, or at once where that is past."""
    check("confirm close", command.by, state, facts, doing="confirm the end of")
    check_can_confirm(state, command.by)
    entitled = closing.entitled(state, facts)
    if command.by not in entitled:
        raise Refused(
            f"You may not confirm the end of {state.id} in somebody's place",
            reasons=["it takes two people whose own it is: a delegate is none of them"],
            next_step=f"Ask one of them; /retire show {state.id} names the coordinator and owners",
        )
    assert state.plan is not None
    check_named(state, command.model, does="retires", command=f"/retire confirm {state.id} ")
    if any(one.by == command.by for one in state.confirmed):
        return nothing("You confirmed that already: it takes somebody else as well.")
    void = [one.by for one in state.confirmed if one.by not in entitled or one.by in facts.no_colleagues]
    others = [one.by for one in state.confirmed if one.by not in void]
    third = f"Ask a third person; /retire show {state.id} names the coordinator and owners"
    check_apart(command.by, others, facts.delegations, did="confirmed", next_step=third)
    check_is_colleague(facts, "What you confirm")
    proof = check_proof(facts)
    event = events.CloseConfirmed(at=now, by=command.by, entitled=entitled, proof=proof, void=tuple(void))
    after = folded(state, (event,))
    due_on = f"{max(state.plan.steps[-1].due_at, now):%Y-%m-%d}"
    closes = f"it is closed on {due_on}, once all else holds"
    then = "somebody else has to as well" if closing.missing(after) else closes
    if void:
        counts_no_more = named([f"<@{one}>" for one in void])
        then = f"{then}, since what {counts_no_more} confirmed does not count any more"
    reply = f"You confirm the end of {state.id}; {then}."
    return decided(state, event, after=after, timers=held_again(after, now), reply=reply)


def check_can_confirm(state: Retirement, by: str) -> None:
    """Raises `Refused` where its end waits for nobody."""
    has_confirmed = any(one.by == by for one in state.confirmed)
    if closing.is_asked(state) or (state.state is State.DISABLED and has_confirmed):
        return
    if state.state is State.DISABLED and state.confirmed:
        raise Refused(
            f"Two people have confirmed the end of {state.id}", next_step=f"/retire show {state.id}"
        )
    raise Refused(
        f"Nobody has to confirm the end of {state.id}: it is {state.state}",
        reasons=["that is asked while it is dark, where its policy asks for it at its tier"],
        next_step=f"See where it stands: /retire show {state.id}",
    )
