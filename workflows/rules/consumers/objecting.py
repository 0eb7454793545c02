"""Who objects, what is voted on now, and what holds the switch-off until it is settled?"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from data import events
from data.records.base import Prose
from data.records.retirement import Duty, Obligation, Retirement
from workflows.rules.gating.gates import Gate
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.voting.quorum import open_round
from workflows.rules.wording import named

PENDING, UPHELD = "objections/", "upheld/"
"""How the names of their gates begin."""
Outcome = Literal["overruled", "upheld", "dropped"]


def plan_of(state: Retirement) -> str:
    """The plan that is objected to: later dates are none of its own."""
    assert state.plan is not None
    return state.plan.amends or state.plan.digest


def objections(state: Retirement) -> tuple[Obligation, ...]:
    """Consumers that object now, whether people have voted on it or not."""
    return tuple(duty for duty in state.obligations if duty.duty is Duty.OBJECTS and duty.objection)


def voted_on(state: Retirement) -> Obligation | None:
    """Whose objection the vote that is open is about."""
    return next(
        (one for one in objections(state) if one.objection and one.objection.number == state.objected), None
    )


def to_vote_on(state: Retirement) -> Obligation | None:
    """The oldest nobody has voted on, while people can."""
    is_possible = (
        state.is_migrating and not state.restoring and not is_going_dark(state) and open_round(state) is None
    )
    waiting = [one for one in objections(state) if one.objection and not one.objection.stands]
    if not is_possible or not waiting:
        return None
    return min(waiting, key=lambda one: one.objection.number if one.objection else 0)


def after(state: Retirement, event: events.ObjectionProposed | events.ObjectionEnded) -> Retirement:
    match event:
        case events.ObjectionProposed():
            return replace(state, round=event.round, rounds=event.round.number, objected=event.number)
        case events.ObjectionEnded():
            owed = tuple(_ended(duty, event) for duty in state.obligations)
            return replace(state, round=None, objected=0, obligations=owed)


def _ended(duty: Obligation, event: events.ObjectionEnded) -> Obligation:
    objection = duty.objection
    if objection is None or objection.number != event.number:
        return duty
    if event.outcome == "upheld":
        return replace(duty, objection=replace(objection, stands=True))
    if event.outcome == "dropped":
        return duty
    return replace(duty, duty=objection.before, objection=None, overruled=objection.plan_digest, note=Prose())


def gates(state: Retirement) -> list[Gate]:
    """An objection holds the switch-off until people have voted that it goes on, and for good where they did not."""
    found = objections(state)
    upheld = [one for one in found if one.objection and one.objection.stands]
    pending = [one for one in found if one not in upheld]
    held = []
    if pending:
        names, verb = (
            named([one.consumer.name for one in pending]),
            "objects" if len(pending) == 1 else "object",
        )
        why = f"{names} {verb}, and people have not voted yet on whether it goes on: vote on its card"
        held.append(Gate(f"{PENDING}{_ids(pending)}", why))
    if upheld:
        names, verb = (
            named([one.consumer.name for one in upheld]),
            "objects" if len(upheld) == 1 else "object",
        )
        why = (
            f"{names} {verb}, and no vote overruled it: press Edit plan on the card for a new vote, call it off "
            f"(/retire cancel {state.id} REASON), or ask whoever objects to take it back"
        )
        held.append(Gate(f"{UPHELD}{_ids(upheld)}", why))
    return held


def _ids(duties: list[Obligation]) -> str:
    return ",".join(duty.consumer.consumer_id for duty in duties)
