"""What serves a model that its plan does not have? Whoever switches off the rest would leave that to serve on, and

whoever closes would say that nothing does. It waits for a vote that has it, or for somebody who vouches that it may
go on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.records.catalog import Kind
from data.records.facts import Facts
from data.records.parts import Part
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from workflows.rules.gating.gates import Gate
from workflows.rules.lifecycle import is_going_dark, is_living
from workflows.rules.wording import counted, named, one_of

SwitchedOff = Literal["no", "begun", "yes"]
HELD = (StepKind.ANNOUNCE, StepKind.DISABLE, StepKind.CLOSE)
"""What tells people which service ends, ends it, and says that it has ended."""


def changed(state: Retirement, facts: Facts, now: datetime) -> tuple[events.PartsChanged, ...]:
    """What the model has more by now than was told, and what of that it has not any more."""
    was, is_there = {one.id for one in state.parts}, {one.id for one in facts.parts}
    added = tuple(one for one in facts.parts if one.id not in was)
    gone = tuple(one for one in state.parts if one.id not in is_there)
    if not is_living(state) or not (added or gone):
        return ()
    return (
        events.PartsChanged(
            at=now,
            by=events.EMERITUS,
            added=added,
            gone=gone,
            told=state.coordinator_id,
            switched_off=_switched_off(state),
        ),
    )


def known(state: Retirement, event: events.PartsChanged) -> tuple[Part, ...]:
    gone = {one.id for one in event.gone}
    added = (replace(one, since=event.at) for one in event.added)
    return (*(one for one in state.parts if one.id not in gone), *added)


def left_by(state: Retirement, plan: Plan) -> tuple[Part, ...]:
    """What a new plan leaves open: whoever draws up another subject has all endpoints before them."""
    if state.plan is None or plan.subject != state.plan.subject:
        return ()
    return tuple(
        one for one in state.parts if one.kind is Kind.ENDPOINT or one.consumer_id in plan.consumer_ids
    )


def unanswered(state: Retirement) -> tuple[Part, ...]:
    """Endpoints that serve the model beside the plan, and nobody vouches for."""
    return _open(state, state.parts) if is_living(state) else ()


def gates(state: Retirement, kind: StepKind, facts: Facts) -> list[Gate]:
    """What is to be switched off is all that serves the model, and serves nothing else."""
    return [*unplanned(state, kind, facts), *_not_alone(state, kind, facts)]


def _not_alone(state: Retirement, kind: StepKind, facts: Facts) -> list[Gate]:
    """Nobody voted on taking another model down."""
    if kind is not StepKind.DISABLE or not facts.not_alone:
        return []
    found = [f"{state.endpoint_name(one)}{_serving(others)}" for one, others in facts.not_alone.items()]
    do = f"bring service back: /retire restore {state.id} REASON"
    if not is_going_dark(state):
        do = "press Edit plan on the card for a new vote on that, or correct the catalog and import it"
    why = f"by the catalog only people may switch off {named(found)} by now: {do}"
    return [Gate(f"not alone/{','.join(facts.not_alone)}", why)]


def _serving(others: str) -> str:
    return f", which serves {others} as well," if others else ""


def unplanned(state: Retirement, kind: StepKind, facts: Facts) -> list[Gate]:
    """What is to be switched off is all that serves, or the step waits for a new vote."""
    found = _open(state, facts.parts)
    if kind not in HELD or not found:
        return []
    verb = "serves" if len(found) == 1 else "serve"
    why = (
        f"{counted(len(found), 'endpoint')} that the plan does not have {verb} it "
        f"({named([one.name for one in found])}): {remedy(state)}"
    )
    return [Gate(f"endpoints/{','.join(one.id for one in found)}", why)]


def remedy(state: Retirement) -> str:
    """What people can do about an endpoint that the plan does not have, as the retirement stands."""
    return remedies(state.id, _switched_off(state))


def remedies(retirement_id: str, switched_off: SwitchedOff) -> str:
    may_go_on = f"name who vouches that it may go on, /retire waive {retirement_id} ENDPOINT REASON"
    back = f"bring service back, /retire restore {retirement_id} REASON"
    match switched_off:
        case "no":
            return f"press Edit plan on the card for a new vote that includes it, or {may_go_on}"
        case "begun":
            return f"{may_go_on}, or {back}"
        case "yes":
            off = "switch it off where it runs and import a catalog in which it serves no model"
            return f"{off}, or {may_go_on}, or {back}"


def _switched_off(state: Retirement) -> SwitchedOff:
    if state.state is State.DISABLED:
        return "yes"
    return "begun" if is_going_dark(state) else "no"


def meant(state: Retirement, what: str) -> Part | None:
    """The endpoint beside the plan with this exact id or name. Raises `Refused` where anything else has the name."""
    endpoints = [one for one in state.parts if one.kind is Kind.ENDPOINT] if is_living(state) else []
    if (exact := next((one for one in endpoints if one.id == what), None)) is not None:
        return exact
    found = {one.id: one for one in endpoints if one.name == what}
    consumers = [duty.consumer for duty in state.obligations] + [one.consumer for one in state.callers]
    others = [one.consumer_id for one in consumers if one.name == what and one.consumer_id not in found]
    planned = state.plan.subject.endpoints if state.plan is not None else ()
    others += [one.id for one in planned if one.name == what]
    if found and len(found) + len(others) > 1:
        raise Refused(
            f'"{what}" names {len(found) + len(others)} things of {state.id}',
            next_step=f"Say which by its id: {one_of([*found, *others])}",
        )
    return next(iter(found.values()), None)


def _open(state: Retirement, found: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(one for one in found if one.kind is Kind.ENDPOINT and not is_vouched(state, one.id))


def is_vouched(state: Retirement, part_id: str) -> bool:
    """Does somebody say that this endpoint may go on? Not who went without a consumer before it served the model."""
    told = next((one for one in state.parts if one.id == part_id), None)
    if told is None:
        return False
    return any(
        state.id_of(one.what) == part_id and (told.since is None or one.at >= told.since)
        for one in state.waivers
    )
