"""How every decision ends: the events are folded, and what must be told follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data import events
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from workflows.commands import EndRead, Escalate, MeetOwners, Remind, RunStep, encoded
from workflows.commands.brownouts import AnnounceBrownout, PrepareBrownout
from workflows.rules.folding import evolve
from workflows.rules.gating.readiness import has_failed_early
from workflows.rules.lifecycle import ENDED
from workflows.rules.plans import browned
from workflows.rules.telling import milestones, notices

RetirementDecision = Decision[events.RetirementEvent]


def folded(state: Retirement, happened: Iterable[events.RetirementEvent]) -> Retirement:
    for event in happened:
        state = evolve(state, event)
    return state


def decided(
    state: Retirement,
    *happened: events.RetirementEvent,
    timers: tuple[Timer, ...] = (),
    cancels: tuple[str, ...] = (),
    effects: tuple[Effect, ...] = (),
    reserves: tuple[str, ...] = (),
    reply: str = "",
    after: Retirement | None = None,
) -> RetirementDecision:
    """The events with their notices. An ended retirement drops its timers; its endpoints are free again.

    Its archive stays, and so does the end of whatever was granted on that.

    after   the state they lead to, where that is known already
    """
    after = after or folded(state, happened)
    if why := browned.ends_with(state, after):
        cut = browned.cut_short(state, happened[0], why)
        happened, after = (cut, *happened), folded(state, (cut, *happened))
    if why or browned.is_called_off(state, after):
        effects = (*effects, lifting(after))
    has_ended = after.state in ENDED and after.state is not state.state
    return Decision(
        events=happened,
        timers=grant_timers(after) if has_ended else timers,
        cancels=("*",) if has_ended else cancels,
        effects=(*effects, *notices.for_events(after, happened, before=state)),
        reserves=reserves,
        releases=has_ended,
        resumes=state.paused_at is not None,
        reply=reply,
    )


def lifting(state: Retirement) -> Effect:
    """What holds brownouts is told at once how it stands by now: that there is none, or whom it spares."""
    return Effect(
        key=f"{state.id}/brownout/now/{state.version}", kind=EffectKind.BROWNOUT, body={"number": "0"}
    )


def nothing(reply: str = "") -> RetirementDecision:
    """Asked twice, or overtaken: nothing changes."""
    return Decision(reply=reply)


def grant_timers(state: Retirement) -> tuple[Timer, ...]:
    """One for the end of each grant that has not ended yet."""
    return tuple(
        Timer(
            name=f"grant/{one.number}",
            due_at=one.until,
            command=encoded(EndRead(by=events.EMERITUS, number=one.number)),
        )
        for one in state.grants
        if one.ended_at is None
    )


def owners_timer(now: datetime) -> Timer:
    """Look at once what the catalog tells of owners, voters and callers."""
    return Timer(name="owners", due_at=now, command=encoded(MeetOwners(by=events.EMERITUS)))


def step_timer(kind: StepKind, due_at: datetime) -> Timer:
    return Timer(name=f"step/{kind}", due_at=due_at, command=encoded(RunStep(by=events.EMERITUS, step=kind)))


def step_timers(state: Retirement, now: datetime) -> tuple[Timer, ...]:
    """One for each step that is still to come, or held. What has failed is tried again, whatever its date."""
    assert state.plan is not None
    of_steps = tuple(
        step_timer(step.kind, now if has_failed_early(state, step.kind) else max(step.due_at, now))
        for step in state.plan.steps
        if step.kind is not StepKind.BROWNOUT
        and state.progress(step.kind).progress in (Progress.PENDING, Progress.HELD)
    )
    return (*of_steps, *brownout_timers(state, now))


def brownout_timers(state: Retirement, now: datetime) -> tuple[Timer, ...]:
    """Each is told of the day before, and prepared shortly before it begins; what is past is looked at, and skipped."""
    found = []
    for number, window in browned.ahead(state):
        told_at, at = window.starts_at - browned.TOLD_AHEAD, window.starts_at - browned.AHEAD
        tell, prepare = (
            kind(by=events.EMERITUS, number=number) for kind in (AnnounceBrownout, PrepareBrownout)
        )
        if now < at:
            name = f"step/brownout/{number}/told"
            found.append(Timer(name=name, due_at=max(told_at, now), command=encoded(tell)))
        found.append(Timer(name=f"step/brownout/{number}", due_at=max(at, now), command=encoded(prepare)))
    return tuple(found)


def held_again(state: Retirement, now: datetime) -> tuple[Timer, ...]:
    """What held a step may be over: whatever is held is looked at again at once."""
    assert state.plan is not None
    return tuple(
        step_timer(step.kind, now if has_failed_early(state, step.kind) else max(step.due_at, now))
        for step in state.plan.steps
        if state.progress(step.kind).progress is Progress.HELD
    )


def running_timers(state: Retirement, now: datetime) -> tuple[Timer, ...]:
    """Every timer an announced retirement needs from `now` on: its steps, reminders and escalations."""
    told = reminder_timers((*milestones.reminders(state), *milestones.moving(state)), now)
    return (*step_timers(state, now), *told, *escalation_timers(state, now))


def reminder_timers(told: tuple[milestones.Milestone, ...], now: datetime) -> tuple[Timer, ...]:
    """For those of these reminders that are still to come."""
    return tuple(
        Timer(
            name=f"remind/{milestone.name}",
            due_at=milestone.due_at,
            command=encoded(Remind(by=events.EMERITUS, milestone=milestone.name)),
        )
        for milestone in milestones.ahead(told, now)
    )


def escalation_timers(state: Retirement, now: datetime) -> tuple[Timer, ...]:
    """For whoever does not answer, or move, in time."""
    return tuple(
        escalation_timer(milestone.name, milestone.level, max(milestone.due_at, now))
        for milestone in milestones.to_escalate(state, now)
    )


def escalation_timer(milestone: str, level: int, due_at: datetime) -> Timer:
    command = encoded(Escalate(by=events.EMERITUS, milestone=milestone, level=level))
    return Timer(name=f"escalate/{milestone}/{level}", due_at=due_at, command=command)
