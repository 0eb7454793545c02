"""Going dark and coming back: endpoints are switched one by one, and the last of them begins the dark window, or
ends the retirement.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.records.catalog import EndpointKind
from data.records.decision import Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.plan import Endpoint
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from workflows.commands import RecordDelayed, RecordDisabled
from workflows.decisions.break_glass import look_back_timers
from workflows.decisions.decided import RetirementDecision, decided, folded, nothing, step_timer
from workflows.rules.consumers.vouching import who_vouches
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import dark, may_be_asked_off, maybe_dark, unserved
from workflows.rules.permissions import check
from workflows.rules.plans import plan as plans

DAY = timedelta(days=1)


def record_disabled(
    state: Retirement, command: RecordDisabled, facts: Facts, now: datetime
) -> RetirementDecision:
    """One endpoint is dark; with the last one the retirement is disabled.

    When the plan was called off or changed while it was being switched off, it is brought back; that it was
    dark is on the record all the same.
    """
    check("record disabled", command.by, state, facts)
    endpoint = command.endpoint
    if endpoint.id in dark(state):
        return nothing()
    assert state.plan is not None
    is_wanted = may_be_asked_off(state) and endpoint in state.plan.subject.endpoints
    if command.was_gone:
        if not is_wanted:
            return nothing()
        vouched_by = who_vouches(state, endpoint.id)
        gone = events.EndpointGone(at=now, by=command.by, endpoint_id=endpoint.id, vouched_by=vouched_by)
        return as_dark_as_it_is(state, (gone,), now)
    if is_wanted:
        return went_dark(state, endpoint.id, command.by, now)
    went = events.EndpointDisabled(at=now, by=command.by, endpoint_id=endpoint.id)
    return decided(state, went, effects=(switching(state, EffectKind.RESTORE, endpoint),))


def record_delayed(
    state: Retirement, command: RecordDelayed, facts: Facts, now: datetime
) -> RetirementDecision:
    """It goes on by itself. People hear of it once, again when the reason is another one, and every day."""
    check("record delayed", command.by, state, facts)
    told = (command.endpoint_id, command.action, command.reason)
    if any((one.endpoint_id, one.action, one.reason) == told and now < one.at + DAY for one in state.delays):
        return nothing()
    return decided(
        state,
        events.SwitchDelayed(
            at=now,
            by=command.by,
            endpoint_id=command.endpoint_id,
            action=command.action,
            reason=command.reason,
        ),
    )


def went_dark(
    state: Retirement,
    endpoint_id: str,
    by: str,
    now: datetime,
    before: tuple[events.RetirementEvent, ...] = (),
) -> RetirementDecision:
    """`before` are events of the same decision, such as the second person's check."""
    went = events.EndpointDisabled(at=now, by=by, endpoint_id=endpoint_id)
    return as_dark_as_it_is(state, (*before, went), now)


def as_dark_as_it_is(
    state: Retirement,
    happened: tuple[events.RetirementEvent, ...],
    now: datetime,
    *,
    effects: tuple[Effect, ...] = (),
    timers: tuple[Timer, ...] = (),
    reply: str = "",
) -> RetirementDecision:
    """When nothing serves any more the retirement is disabled, and its dark window begins.

    Dark later than planned, it also ends later: the window is the time in which service can come back.
    """
    cancels = ("remind/*", "escalate/*")
    after = folded(state, happened)
    assert after.plan is not None
    assert after.policy is not None
    if not {endpoint.id for endpoint in after.plan.subject.endpoints} <= dark(after):
        return decided(state, *happened, effects=effects, timers=timers, cancels=cancels, reply=reply)
    happened = (*happened, events.Disabled(at=now, by=events.EMERITUS))
    window = timedelta(days=after.policy.dark_window_days)
    short = day_of(now, after.policy) + window - day_of(after.plan.step(StepKind.CLOSE).due_at, after.policy)
    if short > timedelta(0):
        because = f"it went dark late, and {window.days} days are owed in which service can come back"
        plan = plans.shifted(folded(state, happened), short)
        happened = (*happened, events.Amended(at=now, by=events.EMERITUS, plan=plan, because=because))
    else:
        plan = after.plan
    timers = (
        step_timer(StepKind.CLOSE, max(plan.step(StepKind.CLOSE).due_at, now)),
        *look_back_timers(folded(state, happened)),
    )
    return decided(state, *happened, timers=timers, effects=effects, cancels=cancels, reply=reply)


def came_back(
    state: Retirement,
    endpoint_id: str,
    by: str,
    now: datetime,
    before: tuple[events.RetirementEvent, ...] = (),
) -> RetirementDecision:
    """One endpoint serves again; with the last of them the retirement is rolled back."""
    # Dark after its plan was called off or changed: it is brought back without anybody asking.
    was_in_vain = state.state is not State.DISABLED and endpoint_id in unserved(state)
    if not state.restoring and not was_in_vain:
        return decided(state, *before) if before else nothing()
    back = events.EndpointRestored(at=now, by=by, endpoint_id=endpoint_id)
    return decided(state, *as_served_as_it_is(state, (*before, back), by, now))


def as_served_as_it_is(
    state: Retirement, happened: tuple[events.RetirementEvent, ...], by: str, now: datetime
) -> tuple[events.RetirementEvent, ...]:
    """These events, and the end of the retirement when nothing is left that service waits for."""
    if state.restoring and not maybe_dark(folded(state, happened)):
        return (*happened, events.RolledBack(at=now, by=by))
    return happened


def driven(state: Retirement) -> tuple[Endpoint, ...]:
    """Endpoints of the plan that adapters can switch; by_hand.endpoints are all others."""
    assert state.plan is not None
    return tuple(found for found in state.plan.subject.endpoints if found.kind is not EndpointKind.MANUAL)


def switching_off(state: Retirement) -> tuple[Effect, ...]:
    """One effect per endpoint we can drive and that is not dark; the others are asked of people."""
    return tuple(
        switching(state, EffectKind.DISABLE, endpoint)
        for endpoint in driven(state)
        if endpoint.id not in dark(state)
    )


def brought_back(state: Retirement) -> tuple[Effect, ...]:
    """One effect per endpoint we can drive and that is dark, or may be."""
    return tuple(
        switching(state, EffectKind.RESTORE, endpoint)
        for endpoint in driven(state)
        if endpoint.id in unserved(state)
    )


def switching(state: Retirement, kind: EffectKind, endpoint: Endpoint) -> Effect:
    """Turn one endpoint off or on. One lane, so that off and on never overtake each other.

    All there is to know of the endpoint goes along: a later plan may not have it any more.
    """
    started = state.progress(StepKind.DISABLE).started
    return Effect(
        key=f"{state.id}/{kind}/{state.version}/{endpoint.id}",
        kind=kind,
        lane=f"{state.id}/work",
        body={
            "step": StepKind.DISABLE,
            "started": str(started),
            "endpoint_id": endpoint.id,
            "name": endpoint.name,
            "kind": endpoint.kind,
            "ref": endpoint.ref,
        },
    )
