"""May a step run now? Every unmet gate is listed, with its values and what to do; unknown is never safe."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record
from data.records.facts import Facts
from data.records.plan import Step
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, Retirement, State
from data.records.rounds import Round
from workflows.rules.consumers import callers, objecting
from workflows.rules.consumers.vouching import vouched
from workflows.rules.gating import (
    archive_gates,
    attesting,
    brownout_gates,
    check_gates,
    closing,
    endpoint_gates,
)
from workflows.rules.gating.gates import Gate
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.plans import break_glass, gap, parts
from workflows.rules.plans import plan as plans
from workflows.rules.voting import weighing
from workflows.rules.voting.approval import cooling
from workflows.rules.voting.quorum import VOTES_ON, open_round, vote_beside
from workflows.rules.wording import counted, named

RUNS_IN = {
    StepKind.ANNOUNCE: (State.APPROVED,),
    StepKind.ARCHIVE: (State.APPROVED, State.MIGRATING, State.BROWNOUT, State.DISABLED),
    StepKind.DRILL: (State.APPROVED, State.MIGRATING, State.BROWNOUT, State.DISABLED),
    StepKind.MIGRATE: (State.MIGRATING, State.BROWNOUT),
    StepKind.BROWNOUT: (State.MIGRATING, State.BROWNOUT),
    StepKind.DISABLE: (State.MIGRATING, State.BROWNOUT),
    StepKind.CLOSE: (State.DISABLED,),
}
MAY_RUN_EARLY = frozenset({StepKind.ARCHIVE})
"""Archiving stops nothing, so a person may ask for it before its date."""
HELD_BY_A_VOTE = (StepKind.ANNOUNCE, StepKind.BROWNOUT, StepKind.DISABLE)
"""What people would feel, and what a vote on cancelling, or on more time, may be about to prevent."""

NEEDS_A_SUCCESSOR = (StepKind.ANNOUNCE, StepKind.BROWNOUT, StepKind.DISABLE)
"""What sends people to the successor, or leaves them nothing else."""


class Readiness(Record, frozen=True, kw_only=True):
    """`unmet` is empty when the step may run; `evidence` says which readings it rests on."""

    unmet: tuple[Gate, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(gate.why for gate in self.unmet)

    @property
    def gates(self) -> tuple[str, ...]:
        return tuple(gate.name for gate in self.unmet)


def readiness(  # noqa: PLR0912 - one case per step
    state: Retirement, step: Step, facts: Facts, now: datetime, *, early: bool = False
) -> Readiness:
    """All gates of one step.

    early   a person asks, and the step may run before its date
    """
    state = weighing.as_known(state, facts)
    unmet: list[Gate] = []
    evidence: list[str] = []
    is_early = now < step.due_at and early and step.kind in MAY_RUN_EARLY
    if state.state not in RUNS_IN[step.kind]:
        wanted = " or ".join(RUNS_IN[step.kind])
        unmet.append(
            Gate("state", f"the retirement is {state.state}, and {step.kind} needs it to be {wanted}")
        )
    if state.paused_at is not None:
        since = f"{state.paused_at:%Y-%m-%d %H:%M} UTC"
        unmet.append(Gate("paused", f"it is paused since {since}: /retire resume {state.id}"))
    if state.restoring:
        unmet.append(Gate("restoring", "service is being restored"))
    if now < step.due_at and not is_early:
        unmet.append(Gate("date", f"{step.kind} is due on {step.due_at:%Y-%m-%d %H:%M} UTC"))
    if not plans.binds(state):
        unmet.append(Gate("plan", _unbound(state)))
    if step.kind is not StepKind.CLOSE and state.state is not State.DISABLED and not is_early:
        # What is dark reaches nobody new, and a plan for them could not be voted on any more.
        unmet += [*_newcomers(state, facts), *callers.unknown(state, facts)]
    unmet += parts.gates(state, step.kind, facts)
    if step.kind in HELD_BY_A_VOTE and (voting := vote_beside(state)) is not None:
        what = VOTES_ON[voting.purpose]
        unmet.append(Gate("vote", f"a vote on {what} is open until {_end(voting)}: vote on its card"))
    if step.kind in NEEDS_A_SUCCESSOR:
        unmet += [
            *_successor(state, facts),
            *gap.gates(state, facts, now),
            *weighing.gates(state, facts, now),
        ]
    match step.kind:
        case StepKind.ANNOUNCE:
            unmet += cooling(state, now)
        case StepKind.ARCHIVE:
            unmet += archive_gates.listed(state)
        case StepKind.DRILL:
            unmet += archive_gates.made(state)
        case StepKind.MIGRATE:
            unmet += _after(state, StepKind.ANNOUNCE)
        case StepKind.BROWNOUT:
            unmet += _after(state, StepKind.MIGRATE)
            unmet += _before_outage(state, facts)
        case StepKind.DISABLE:
            unmet += _after(state, StepKind.MIGRATE)
            unmet += brownout_gates.held(state)
            unmet += _before_outage(state, facts)
            unmet += [*attesting.gates(state, now), *check_gates.gates(state, facts, now)]
            for reading in facts.readings:
                unmet += endpoint_gates.traffic(state, reading)
                evidence.append(endpoint_gates.evidence(state, reading))
            unmet += endpoint_gates.unread(state, facts)
        case StepKind.CLOSE:
            unmet += _after(state, StepKind.DISABLE)
            unmet += [
                *archive_gates.made(state),
                *archive_gates.proven(state, facts),
                *endpoint_gates.still_dark(state, facts),
            ]
            unmet += [*break_glass.gates(state), *closing.gates(state)]
    return Readiness(unmet=tuple(unmet), evidence=tuple(evidence))


def _before_outage(state: Retirement, facts: Facts) -> list[Gate]:
    """Before service ends, if only for minutes: all is preserved, and nobody is known to call any more."""
    return [
        *archive_gates.made(state),
        *archive_gates.proven(state, facts),
        *_obligations(state),
        *objecting.gates(state),
        *callers.not_moved(state, facts),
    ]


def _unbound(state: Retirement) -> str:
    if (voting := open_round(state)) is not None:
        return f"its plan is being voted on until {_end(voting)}: vote on its card"
    if not state.approved_digest:
        return "no vote has approved its plan"
    return "the plan is not the one that was voted on: vote on it first"


def _end(voting: Round) -> str:
    return f"{voting.expires_at:%Y-%m-%d %H:%M} UTC"


def has_failed_early(state: Retirement, kind: StepKind) -> bool:
    """Did it begin, as it may before its date, and not succeed? What a gate holds has not begun."""
    progress = state.progress(kind)
    return kind in MAY_RUN_EARLY and progress.progress is Progress.HELD and not progress.gates


def is_overtaken(state: Retirement, kind: StepKind) -> bool:
    """Does a step's timer ring for nothing? Whoever pauses, restores or changes the state sets it anew."""
    return state.state not in RUNS_IN[kind] or state.paused_at is not None or bool(state.restoring)


def _after(state: Retirement, kind: StepKind) -> list[Gate]:
    return (
        []
        if state.progress(kind).progress is Progress.DONE
        else [Gate(f"after/{kind}", f"{kind} is not done")]
    )


def _newcomers(state: Retirement, facts: Facts) -> list[Gate]:
    """Consumers at execution are a subset of those voted on, or the step waits for a new vote.

    Once announced, those with an obligation count: one that had left by then and came back was never told.
    """
    assert state.plan is not None
    known = {*map(state.id_of, state.plan.consumer_ids), *callers.voted_on(state)}
    if state.progress(StepKind.ANNOUNCE).progress is Progress.DONE:
        known &= {duty.consumer.consumer_id for duty in state.obligations}
    known |= {one.consumer_id for one in callers.unclaimed(state, facts.impact)}  # these are asked about
    known |= vouched(state) | callers.moved(state)
    new = sorted({found.consumer_id for found in facts.impact} - known)
    if not new:
        return []
    remedy = "press Edit plan on the card for a new vote that includes them"
    if state.later is not None and set(new) <= callers.both_names(state, state.later.consumer_ids):
        remedy = f"approve more time for them on the card, or {remedy}"
    if is_going_dark(state):
        remedy = (
            f"its endpoints are being switched off, so bring service back: /retire restore {state.id} REASON"
        )
    why = f"{counted(len(new), 'consumer')} appeared after the vote ({named(new)}): {remedy}"
    return [Gate(f"newcomers/{','.join(new)}", why)]


def _successor(state: Retirement, facts: Facts) -> list[Gate]:
    """A successor that goes itself since the vote, or is not there any more, takes nobody over."""
    if not facts.successor_trouble:
        return []
    remedy = "Or press Edit plan on the card for a new vote on another successor"
    if is_going_dark(state):
        remedy = f"Or bring service back: /retire restore {state.id} REASON"
    return [Gate("successor", f"its successor cannot take over: {facts.successor_trouble}. {remedy}")]


def _obligations(state: Retirement) -> list[Gate]:
    waiting = [duty for duty in state.obligations if not duty.is_settled and duty.duty is not Duty.OBJECTS]
    if not waiting:
        return []
    names = named([duty.consumer.name for duty in waiting])
    remedy = f"/retire show {state.id} to chase, /retire waive {state.id} to waive"
    verb = "is" if len(waiting) == 1 else "are"
    why = f"{counted(len(waiting), 'consumer')} {verb} not migrated ({names}): {remedy}"
    return [Gate(f"consumers/{','.join(duty.consumer.consumer_id for duty in waiting)}", why)]
