"""What is there to say of one retirement? What blocks it, who is silent, its dates, and how it came to what it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from data import events
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from workflows import second_people
from workflows.home import ANSWERED_IN
from workflows.questions.answers import Point, What
from workflows.questions.entries import DATED, OPENS_A_VOTE, Told
from workflows.rules.consumers import checking, objecting
from workflows.rules.gating import attesting, by_hand, check_gates, closing
from workflows.rules.gating.ahead_gates import HELD_LATER, gates_ahead
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import ENDED, MOVING
from workflows.rules.people.due import UNANSWERED, is_overdue, is_waiting, steps_ahead
from workflows.rules.plans import break_glass
from workflows.rules.voting.quorum import awaited, open_round
from workflows.rules.wording import counted

STORY: tuple[type[events.Event], ...] = (
    *MOVING,
    events.Voted,
    events.ArchiveStored,
    events.Attested,
    events.BreakGlassConfirmed,
    events.BreakGlassReviewed,
    events.CloseConfirmed,
    events.RestoreStarted,
)
"""What is told of a retirement's past: its plans, who decided what and why, and what became of it."""
OPENS: dict[str, type[events.Event]] = {
    objecting.PENDING: events.ObjectionProposed,
    objecting.UPHELD: events.ObjectionEnded,
    attesting.GATE: events.DrillPassed,
    closing.GATE: events.Disabled,
    check_gates.GATE: events.CheckEnded,
}
"""Since when a gate is shut, by what its name begins with."""


def blocking(state: Retirement, told: Told, now: datetime) -> Iterator[Point]:
    """All that has to happen before it goes on, what stands in front of everything else first."""
    if state.state in ENDED:
        yield Point(what=What.ENDED, state=state, entry=told.last(*MOVING))
        return
    if state.paused_at is not None:
        yield Point(what=What.PAUSED, state=state, entry=told.last(events.Paused))
    if state.delays or state.restoring:
        kinds = (events.SwitchDelayed, events.RestoreStarted)
        yield Point(what=What.SWITCHING, state=state, entry=told.last(*kinds))
    yield from _votes(state, told)
    for step in state.steps:
        if step.progress is Progress.HELD:
            yield Point(what=What.HELD, state=state, about=step.kind, entry=told.held(step.kind))
    yield from _by_hand(state, told)
    if waits := checking.awaited(state):
        yield Point(what=What.GATE, state=state, about=waits, entry=told.last(events.ChecksStarted))
    yield from _owed(state, told)
    yield from _gates(state, told, now)
    yield Point(what=What.NEXT, state=state, entry=told.last(*DATED))


def checks(state: Retirement, told: Told, _now: datetime) -> Iterator[Point]:
    """How those ended that were run last, by the record: which of them count depends on what is declared."""
    for run in checking.current(state):
        yield Point(what=What.CHECK, state=state, run=run, entry=told.ran(run))


def silent(state: Retirement, told: Told, now: datetime) -> Iterator[Point]:
    """Who owes an answer, a vote, their name or their hands."""
    yield from _votes(state, told)
    yield from _by_hand(state, told)
    yield from _seconds(state, told)
    for point in _owed(state, told):
        duty = state.obligation(point.about)
        if duty is not None and duty.duty in UNANSWERED:
            yield point
    asks_nobody = (check_gates.GATE, objecting.PENDING, objecting.UPHELD)
    yield from (one for one in _gates(state, told, now, said=()) if not one.gate.startswith(asks_nobody))


def ahead(state: Retirement, told: Told, now: datetime) -> Iterator[Point]:
    """Its dates: first the steps whose day is past, which come whenever nothing is in their way."""
    for step in () if is_waiting(state) else steps_ahead(state):
        if is_overdue(state, step, now):
            entry = told.held(step.kind) or told.last(*DATED)
            yield Point(what=What.HELD, state=state, about=step.kind, entry=entry)
    yield Point(what=What.DUE, state=state, entry=told.last(*DATED))


def story(state: Retirement, told: Told, _now: datetime) -> Iterator[Point]:
    """How it came to what it is."""
    for one in told.happened:
        if isinstance(one.event, STORY) and not isinstance(one.event, events.OtherEvent):
            yield Point(what=What.HAPPENED, state=state, event=one.event, entry=told.entry(one.version))


def _votes(state: Retirement, told: Told) -> Iterator[Point]:
    if open_round(state) is not None and awaited(state):
        yield Point(what=What.VOTE, state=state, entry=told.last(*OPENS_A_VOTE))


def _by_hand(state: Retirement, told: Told) -> Iterator[Point]:
    """Endpoints that people switch, and that wait for them or for a second one's look."""
    for hand in by_hand.waiting(state):
        assert state.policy is not None
        begun = told.by_hand(hand)
        since = f", since {day_of(begun.event.at, state.policy)}" if begun else ""
        entry = told.entry(begun.version) if begun else None
        yield Point(what=What.GATE, state=state, about=f"{hand.why}{since}", gate=hand.gate, entry=entry)


def _seconds(state: Retirement, told: Told) -> Iterator[Point]:
    if second_people.is_asked(state):
        why = "what was asked of it takes two people, and the second has to confirm it"
        if (glass := break_glass.request(state)) is not None:
            why = f"break-glass, {counted(glass.notice_days, 'day')} of notice, waits for a second person"
        entry = told.last(events.BreakGlassAsked, events.PruneAsked)
        yield Point(what=What.GATE, state=state, about=why, gate=second_people.GATE, entry=entry)


def _gates(
    state: Retirement, told: Told, now: datetime, *, said: Collection[StepKind] = HELD_LATER
) -> Iterator[Point]:
    """What waits for somebody's name, or for a check that failed. `said`: steps whose reasons are told already."""
    for gate in gates_ahead(state, now, said=said):
        kind = next(kind for start, kind in OPENS.items() if gate.name.startswith(start))
        yield Point(what=What.GATE, state=state, about=gate.why, gate=gate.name, entry=told.last(kind))


def _owed(state: Retirement, told: Told) -> Iterator[Point]:
    for duty in state.obligations if state.state in ANSWERED_IN else ():
        if not duty.is_settled:
            consumer_id = duty.consumer.consumer_id
            yield Point(
                what=What.OWED,
                state=state,
                about=consumer_id,
                asked=duty.asked,
                entry=told.about(consumer_id),
            )
