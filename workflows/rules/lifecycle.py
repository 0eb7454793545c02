"""Which state follows which event, and what each permits. The README's diagram is drawn from this table."""

from __future__ import annotations

from data import events
from data.errors import Refused
from data.events.brownouts import BrownoutAborted, BrownoutBegun
from data.records.base import Record
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, State


class Permits(Record, frozen=True, kw_only=True):
    """A state is two permissions: may new consumers attach, are existing ones served."""

    attach: str
    serve: str
    meaning: str


PERMITS: dict[State, Permits] = {
    State.ACTIVE: Permits(attach="yes", serve="yes", meaning="in service; nobody retires it"),
    State.PROPOSED: Permits(attach="warned", serve="yes", meaning="a plan is being voted on"),
    State.APPROVED: Permits(attach="no", serve="yes", meaning="voted; announced on the plan's date"),
    State.MIGRATING: Permits(attach="no", serve="yes", meaning="announced; consumers are moving"),
    State.BROWNOUT: Permits(
        attach="no", serve="but for planned outages", meaning="everybody has moved; outages show who has not"
    ),
    State.DISABLED: Permits(attach="no", serve="no", meaning="dark; configuration and weights are kept"),
    State.ARCHIVED: Permits(attach="no", serve="no", meaning="closed; the archive can be read"),
    State.PRUNED: Permits(
        attach="no", serve="no", meaning="nothing is left of the archive but its tombstones"
    ),
    State.WITHDRAWN: Permits(attach="yes", serve="yes", meaning="taken back before the vote closed"),
    State.REJECTED: Permits(attach="yes", serve="yes", meaning="vetoed"),
    State.EXPIRED: Permits(attach="yes", serve="yes", meaning="the round closed without quorum"),
    State.CANCELLED: Permits(attach="yes", serve="yes", meaning="called off by a vote"),
    State.ROLLED_BACK: Permits(attach="yes", serve="yes", meaning="was dark, service was restored"),
}

TRANSITIONS: dict[tuple[State, type[events.Event]], State] = {
    (State.ACTIVE, events.Proposed): State.PROPOSED,
    (State.PROPOSED, events.Approved): State.APPROVED,
    (State.PROPOSED, events.Rejected): State.REJECTED,
    (State.PROPOSED, events.Expired): State.EXPIRED,
    (State.PROPOSED, events.Withdrawn): State.WITHDRAWN,
    (State.PROPOSED, events.Revised): State.PROPOSED,
    (State.APPROVED, events.Announced): State.MIGRATING,
    (State.APPROVED, events.Revised): State.PROPOSED,
    (State.APPROVED, events.RoundReopened): State.PROPOSED,
    (State.APPROVED, events.Cancelled): State.CANCELLED,
    (State.MIGRATING, BrownoutBegun): State.BROWNOUT,
    (State.MIGRATING, events.Disabled): State.DISABLED,
    (State.MIGRATING, events.Revised): State.PROPOSED,
    (State.MIGRATING, events.Cancelled): State.CANCELLED,
    (State.BROWNOUT, BrownoutBegun): State.BROWNOUT,
    (State.BROWNOUT, BrownoutAborted): State.MIGRATING,
    (State.BROWNOUT, events.Disabled): State.DISABLED,
    (State.BROWNOUT, events.Revised): State.PROPOSED,
    (State.BROWNOUT, events.Cancelled): State.CANCELLED,
    (State.DISABLED, events.Closed): State.ARCHIVED,
    (State.ARCHIVED, events.ArchivePruned): State.PRUNED,
    (State.DISABLED, events.RolledBack): State.ROLLED_BACK,
    # Some of several endpoints may be dark already when somebody asks for service back.
    (State.MIGRATING, events.RolledBack): State.ROLLED_BACK,
    (State.BROWNOUT, events.RolledBack): State.ROLLED_BACK,
}

MOVING = frozenset(event for _, event in TRANSITIONS)
CLOSED = frozenset({State.ARCHIVED, State.PRUNED})
"""The model is gone, and its retirement is complete."""
CALLED_OFF = frozenset(PERMITS) - CLOSED - {state for state, _ in TRANSITIONS}
"""It has come to nothing: the model stays, and nobody has to move."""
ENDED = CLOSED | CALLED_OFF
LIVING = frozenset(PERMITS) - ENDED - {State.ACTIVE}


def moved(state: State, event: type[events.Event]) -> State:
    """The state after the event; the same state for events that move nothing.

    Raises `Refused` for a move the table does not have.
    """
    if event not in MOVING:
        return state
    if (state, event) not in TRANSITIONS:
        possible = sorted({to.value for (come_from, _), to in TRANSITIONS.items() if come_from is state})
        raise Refused(
            f"A retirement that is {state} cannot become {events.name_of(event)}",
            next_step=f"From {state} it can become {', '.join(possible)}" if possible else "It has ended",
        )
    return TRANSITIONS[state, event]


def is_living(state: Retirement) -> bool:
    """Between proposal and its end."""
    return state.state in LIVING


def dark(state: Retirement) -> frozenset[str]:
    """Endpoints that serve nobody any more: switched off, or gone before they could be."""
    return frozenset((*state.disabled_ids, *state.gone_ids))


def maybe_dark(state: Retirement) -> frozenset[str]:
    """Endpoints that are off, that are being switched and nobody can say how it came out, or that somebody reported

    as switched off and nobody has brought back since.
    """
    reported = {check.endpoint_id for check in state.manual if check.action == "disable"}
    back = {check.endpoint_id for check in state.manual if check.action == "restore" and check.checked_by}
    return unserved(state) | (reported - back - frozenset(state.gone_ids))


def unserved(state: Retirement) -> frozenset[str]:
    """Endpoints that are off, or may be: what was begun to switch them has not come to its end."""
    return frozenset((*state.disabled_ids, *(delay.endpoint_id for delay in state.delays)))


def is_coming_back(state: Retirement) -> bool:
    """Is service awaited: asked back, or dark although its plan was called off or changed?"""
    is_dark_in_vain = bool(unserved(state)) and state.state not in (
        State.MIGRATING,
        State.BROWNOUT,
        State.DISABLED,
        *CLOSED,
    )
    return bool(state.restoring) or is_dark_in_vain


def may_be_asked_off(state: Retirement) -> bool:
    """Have people or adapters been asked to switch off? One may have failed while others still go dark."""
    begun = state.progress(StepKind.DISABLE).progress in (Progress.RUNNING, Progress.HELD)
    return state.is_migrating and begun


def is_going_dark(state: Retirement) -> bool:
    """Has switching off begun? From then on there are two ways out: to the end, or back by a restore."""
    is_running = state.progress(StepKind.DISABLE).progress is Progress.RUNNING
    return state.is_migrating and (is_running or bool(maybe_dark(state)))


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> active"]
    for (come_from, event), to in TRANSITIONS.items():
        lines.append(f"    {_node(come_from)} --> {_node(to)}: {events.name_of(event)}")
    lines += [f"    {_node(state)} --> [*]" for state in PERMITS if state in ENDED - {State.ARCHIVED}]
    return "\n".join(lines)


def _node(state: State) -> str:
    return state.value.replace(" ", "_")
