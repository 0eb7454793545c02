"""Have two people said by its name that a retirement may be closed? From then on nobody brings service back."""

from __future__ import annotations

from msgspec.structs import replace

from data import events
from data.records.closing import Confirmed
from data.records.facts import Facts
from data.records.retirement import Retirement, State
from workflows.rules.gating.gates import Gate
from workflows.rules.voting.weighing import is_closed_by_two

PEOPLE = 2
GATE = "confirmed/"


def is_asked(state: Retirement) -> bool:
    """Does its end wait for somebody to confirm it?"""
    return is_standing(state) and missing(state) > 0


def is_standing(state: Retirement) -> bool:
    """Is it dark, and can still be restored, and nobody does?"""
    return state.state is State.DISABLED and not state.restoring


def missing(state: Retirement) -> int:
    """How many people have still to confirm it; 0 where the policy it was approved under asks for none."""
    if state.policy is None or state.plan is None:
        return 0
    return max(PEOPLE - len(state.confirmed), 0) if is_closed_by_two(state) else 0


def entitled(state: Retirement, facts: Facts) -> tuple[str, ...]:
    """Whoever may confirm by a role of their own: the coordinator, the owners, those who vote on it."""
    seated = (person for people in facts.members.values() for person in people)
    every = (state.coordinator_id, *facts.owners, *facts.endpoint_owners, *seated)
    return tuple(sorted(dict.fromkeys(every)))


def gates(state: Retirement) -> list[Gate]:
    """What the end of the dark window waits for."""
    left = missing(state)
    if not left:
        return []
    assert state.plan is not None
    people = f"{left} more {'person has' if left == 1 else 'people have'}"
    how = f"/retire confirm {state.id} {state.plan.subject.model_name}"
    why = f"{people} to confirm by its name that it may be closed, and nobody brings it back: {how}"
    return [Gate(f"{GATE}{len(state.confirmed)}", why)]


def after(state: Retirement, event: events.CloseConfirmed) -> Retirement:
    said = Confirmed(by=event.by, at=event.at, proof=event.proof)
    kept = (one for one in state.confirmed if one.by not in event.void)
    return replace(state, confirmed=(*kept, said))
