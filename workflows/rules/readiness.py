"""May a step run now? Every unmet gate is listed, with its values and what to do; unknown is never safe."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record
from data.records.catalog import EndpointKind
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


def readiness(  # noqa: PLR0912 - one case per step
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
            unmet += _still_dark(state, facts)
        case StepKind.ANNOUNCE:
            pass
    return Readiness(unmet=tuple(unmet), evidence=tuple(evidence))


def is_overtaken(state: Retirement, kind: StepKind) -> bool:
    """Does a step's timer ring for nothing? Whoever pauses, restores or changes the state sets it anew."""
    return state.state not in RUNS_IN[kind] or state.paused_at is not None or bool(state.restoring)


def _after(state: Retirement, kind: StepKind) -> list[str]:
    return [] if state.progress(kind).progress is Progress.DONE else [f"{kind} is not done"]


def _newcomers(state: Retirement, facts: Facts) -> list[str]:
    """Consumers at execution are a subset of those voted on, or the step waits for a new vote.

    Once announced, those with an obligation count: one that had left by then and came back was never told.
    """
    assert state.plan is not None
    known = set(state.plan.consumer_ids)
    if state.progress(StepKind.ANNOUNCE).progress is Progress.DONE:
        known &= {duty.consumer.consumer_id for duty in state.obligations}
    new = sorted({found.consumer_id for found in facts.impact} - known)
    if not new:
        return []
    which = ", ".join(new[:5])
    remedy = "press Edit plan on the card for a new vote that includes them"
    return [f"{len(new)} consumers appeared after the vote ({which}): {remedy}"]


def _artifacts(state: Retirement) -> list[str]:
    assert state.plan is not None
    if state.plan.subject.artifacts:
        return []
    name = state.plan.subject.model_name
    remedy = "add the annotation emeritus.dev/artifacts and import again"
    return [f"the catalog lists no artifacts of {name}: {remedy}"]


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
    remedy = f"/retire show {state.id} to chase, /retire waive {state.id} to waive"
    return [f"{len(waiting)} consumers are not migrated ({names}{more}): {remedy}"]


def _traffic(state: Retirement, reading: Reading) -> list[str]:
    assert state.policy is not None
    needed = state.policy.zero_traffic_days
    unmet = ""
    if reading.status == "unknown":
        unmet = "does not answer: nobody can say whether it serves"
    elif reading.status != "serving":
        pass
    elif reading.calls < 0:
        if not any(waiver.what == "traffic" for waiver in state.waivers):
            remedy = f"/retire waive {state.id} traffic REASON"
            unmet = f"has no meter: name who vouches that nobody calls it, {remedy}"
    elif reading.calls > 0:
        callers = f" by {', '.join(reading.callers)}" if reading.callers else ""
        unmet = f"was called {reading.calls} times{callers} in the last {needed} days"
    elif reading.days < needed:
        unmet = f"is metered for {reading.days} days only, and {needed} without a call are needed"
    return [f"{reading.endpoint_id} {unmet}"] if unmet else []


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
    if reading.status != "serving":
        return f"{reading.endpoint_id}: {reading.status} already"
    if reading.calls < 0:
        return f"{reading.endpoint_id}: no meter, waived by name"
    return f"{reading.endpoint_id}: {reading.calls} calls in {state.policy.zero_traffic_days} days"


def _still_dark(state: Retirement, facts: Facts) -> list[str]:
    """What two people vouched for by hand is dark by their word; everything else has to be seen."""
    assert state.plan is not None
    status = {reading.endpoint_id: reading.status for reading in facts.readings}
    unmet = []
    for endpoint in state.plan.subject.endpoints:
        if endpoint.kind is EndpointKind.MANUAL and endpoint.id in state.disabled_ids:
            continue
        match status.get(endpoint.id, ""):
            case "disabled" | "absent":
                pass
            case "serving":
                unmet.append(f"{endpoint.id} serves again")
            case "unknown":
                unmet.append(f"{endpoint.id} does not answer: nobody can say whether it is dark")
            case _:
                unmet.append(f"{endpoint.id} was not looked at")
    return unmet
