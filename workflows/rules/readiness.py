"""May a step run now? Every unmet gate is listed, with its values and what to do; unknown is never safe."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record
from data.records.facts import Facts, Reading
from data.records.retirement import Progress, Retirement, State, Step, StepKind
from workflows.rules import plan as plans

RUNS_IN = {
    StepKind.ANNOUNCE: (State.APPROVED,),
    StepKind.ARCHIVE: (State.APPROVED, State.MIGRATING),
    StepKind.DRILL: (State.APPROVED, State.MIGRATING),
    StepKind.MIGRATE: (State.MIGRATING,),
    StepKind.DISABLE: (State.MIGRATING,),
    StepKind.CLOSE: (State.DISABLED,),
}
MAY_RUN_EARLY = frozenset({StepKind.ARCHIVE})
"""Archiving stops nothing, so a person may ask for it before its date."""


class Readiness(Record, frozen=True, kw_only=True):
    """`unmet` is empty when the step may run; `evidence` says which readings it rests on."""

    unmet: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def readiness(
    state: Retirement, step: Step, facts: Facts, now: datetime, *, early: bool = False
) -> Readiness:
    """All gates of one step.

    early   a person asks, and the step may run before its date
    """
    unmet: list[str] = []
    evidence: list[str] = []
    if state.state not in RUNS_IN[step.kind]:
        wanted = " or ".join(RUNS_IN[step.kind])
        unmet.append(f"the retirement is {state.state}, and {step.kind} needs it to be {wanted}")
    if state.paused_at is not None:
        unmet.append(f"it is paused since {state.paused_at:%Y-%m-%d %H:%M} UTC: /retire resume {state.id}")
    if state.restoring:
        unmet.append("service is being restored")
    if now < step.due_at and not (early and step.kind in MAY_RUN_EARLY):
        unmet.append(f"{step.kind} is due on {step.due_at:%Y-%m-%d %H:%M} UTC")
    if not plans.binds(state):
        unmet.append("the plan is not the one that was voted on: vote on it first")
    if step.kind is not StepKind.CLOSE:
        unmet += _newcomers(state, facts)
    match step.kind:
        case StepKind.ARCHIVE:
            unmet += _artifacts(state)
        case StepKind.DRILL:
            unmet += _archive(state)
        case StepKind.MIGRATE:
            unmet += _after(state, StepKind.ANNOUNCE)
        case StepKind.DISABLE:
            unmet += _after(state, StepKind.MIGRATE)
            unmet += [*_archive(state), *_drill(state, facts), *_obligations(state)]
            for reading in facts.readings:
                unmet += _traffic(state, reading)
                evidence.append(_evidence(state, reading))
            unmet += _unread(state, facts)
        case StepKind.CLOSE:
            unmet += _after(state, StepKind.DISABLE)
            unmet += _still_dark(facts)
        case StepKind.ANNOUNCE:
            pass
    return Readiness(unmet=tuple(unmet), evidence=tuple(evidence))


def _after(state: Retirement, kind: StepKind) -> list[str]:
    return [] if state.progress(kind).progress is Progress.DONE else [f"{kind} is not done"]


def _newcomers(state: Retirement, facts: Facts) -> list[str]:
    """Consumers at execution are a subset of those voted on, or the step waits for a new vote."""
    assert state.plan is not None
    new = sorted({found.consumer_id for found in facts.impact} - set(state.plan.consumer_ids))
    if not new:
        return []
    return [
        f"{len(new)} consumers appeared after the vote ({', '.join(new[:5])}): "
        "press Edit plan on the card for a new vote that includes them"
    ]


def _artifacts(state: Retirement) -> list[str]:
    assert state.plan is not None
    if state.plan.subject.artifacts:
        return []
    name = state.plan.subject.model_name
    return [
        f"the catalog lists no artifacts of {name}: add the annotation emeritus.dev/artifacts and import again"
    ]


def _archive(state: Retirement) -> list[str]:
    return [] if state.archived else ["the artifacts are not archived"]


def _drill(state: Retirement, facts: Facts) -> list[str]:
    if state.drilled_at is None:
        return ["the archive is not proven by a restore drill"]
    return (
        []
        if facts.archive_holds == "yes"
        else [f"the archive cannot be confirmed: {facts.archive_holds or 'not looked at'}"]
    )


def _obligations(state: Retirement) -> list[str]:
    waiting = [duty for duty in state.obligations if not duty.is_settled]
    if not waiting:
        return []
    names = ", ".join(duty.consumer.name for duty in waiting[:5])
    more = f" and {len(waiting) - 5} more" if len(waiting) > 5 else ""
    return [
        f"{len(waiting)} consumers are not migrated ({names}{more}): "
        f"/retire show {state.id} to chase, /retire waive {state.id} to waive"
    ]


def _traffic(state: Retirement, reading: Reading) -> list[str]:
    assert state.policy is not None
    needed = state.policy.zero_traffic_days
    if reading.status == "unknown":
        return [f"{reading.endpoint_id} does not answer: nobody can say whether it serves"]
    if reading.status != "serving":
        return []
    if reading.calls < 0:
        if any(waiver.what == "traffic" for waiver in state.waivers):
            return []
        return [
            f"{reading.endpoint_id} has no meter: name who vouches that nobody calls it, "
            f"/retire waive {state.id} traffic REASON"
        ]
    if reading.calls > 0:
        callers = f" by {', '.join(reading.callers)}" if reading.callers else ""
        return [f"{reading.endpoint_id} was called {reading.calls} times{callers} in the last {needed} days"]
    if reading.days < needed:
        return [
            f"{reading.endpoint_id} is metered for {reading.days} days only, and {needed} without a call are needed"
        ]
    return []


def _unread(state: Retirement, facts: Facts) -> list[str]:
    """An endpoint of the plan that nobody looked at blocks, too."""
    assert state.plan is not None
    read = {reading.endpoint_id for reading in facts.readings}
    return [
        f"{endpoint.id} was not looked at"
        for endpoint in state.plan.subject.endpoints
        if endpoint.id not in read
    ]


def _evidence(state: Retirement, reading: Reading) -> str:
    assert state.policy is not None
    if reading.calls < 0:
        return f"{reading.endpoint_id}: no meter, waived by name"
    return f"{reading.endpoint_id}: {reading.calls} calls in {state.policy.zero_traffic_days} days"


def _still_dark(facts: Facts) -> list[str]:
    return [
        f"{reading.endpoint_id} serves again" for reading in facts.readings if reading.status == "serving"
    ]
