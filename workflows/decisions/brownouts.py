"""Brownouts: told the day before, begun where every gate holds, ended by their own clock, a press, or what is seen.

What holds one is told shortly before, and says itself that it goes by it. Nothing here begins one late.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutAnnounced,
    BrownoutBegun,
    BrownoutCounted,
    BrownoutEnded,
    BrownoutSkipped,
    ConsumerExempted,
)
from data.records.callers import Caller, Calls
from data.records.catalog import SEEN, Impacted, Owners
from data.records.decision import Effect, EffectKind
from data.records.facts import Facts
from data.records.progress import StepKind
from data.records.retirement import Duty, Retirement
from workflows.commands.brownouts import (
    AbortBrownout,
    AnnounceBrownout,
    BeginBrownout,
    CountBrownout,
    EndBrownout,
    ExemptConsumer,
    PrepareBrownout,
    SkipBrownout,
)
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    folded,
    held_again,
    lifting,
    nothing,
    owners_timer,
)
from workflows.rules.consumers import callers, obligations
from workflows.rules.consumers.obligations import people_of
from workflows.rules.gating import brownout_gates
from workflows.rules.gating.readiness import Readiness, readiness
from workflows.rules.people.delegating import answers_as
from workflows.rules.permissions import check
from workflows.rules.plans import brownouts
from workflows.rules.plans.browned import ahead, is_on, running, seen, uncounted, window
from workflows.rules.plans.brownouts import lasting

LATE = "Emeritus was not there when it was to begin"
NOBODY_THERE = "when nobody works who could end it, by [windows] of the policy"
Over = BrownoutEnded | BrownoutAborted | BrownoutCounted
"""Each tells who was refused."""


def announce(state: Retirement, command: AnnounceBrownout, facts: Facts, now: datetime) -> RetirementDecision:
    """The day before: whoever answers for a consumer is told, so that they can look, or have theirs spared."""
    check("announce brownout", command.by, state, facts)
    if command.number not in dict(ahead(state)) or not is_on(state):
        return nothing()
    told = BrownoutAnnounced(
        at=now, by=events.EMERITUS, number=command.number, to=people_of(state.obligations)
    )
    return decided(state, told)


def prepare(state: Retirement, command: PrepareBrownout, facts: Facts, now: datetime) -> RetirementDecision:
    """Have it held, or say everything that keeps it from being begun."""
    check("prepare brownout", command.by, state, facts)
    if command.number not in dict(ahead(state)) or not is_on(state):
        return nothing()
    found = window(state, command.number)
    assert found is not None
    if now >= found.starts_at:
        return _skipped(state, command.number, (LATE,), (), now)
    ready = _readiness(state, command.number, found.starts_at, facts)
    if ready.unmet:
        return _skipped(state, command.number, ready.reasons, ready.gates, now)
    if not brownouts.is_at_work(found, facts):
        # Where dates moved by days that are no working days.
        return _skipped(state, command.number, (f"it would begin {NOBODY_THERE}",), ("hours",), now)
    return decided(state, effects=(holding(state, command.number),))


def _readiness(state: Retirement, number: int, at: datetime, facts: Facts) -> Readiness:
    """All gates of one of them. `at`: when it is to be."""
    assert state.plan is not None
    ready = readiness(state, state.plan.step(StepKind.BROWNOUT), facts, at)
    return replace(ready, unmet=(*ready.unmet, *brownout_gates.before_one(state, number)))


def _skipped(
    state: Retirement, number: int, reasons: tuple[str, ...], gates: tuple[str, ...], now: datetime
) -> RetirementDecision:
    """It will not begin any more; whatever was told about it is taken back."""
    event = BrownoutSkipped(at=now, by=events.EMERITUS, number=number, reasons=reasons, gates=gates)
    after = folded(state, (event,))
    return decided(state, event, timers=held_again(after, now), effects=(lifting(after),))


def begin(state: Retirement, command: BeginBrownout, facts: Facts, now: datetime) -> RetirementDecision:
    """It has begun, as what holds it says. What came between since it was told ends it at once."""
    check("begin brownout", command.by, state, facts)
    found = window(state, command.number)
    if found is None or seen(state, command.number) or not is_on(state) or now >= found.ends_at:
        return nothing()
    ready = _readiness(state, command.number, now, facts)
    if ready.unmet:
        return _skipped(state, command.number, ready.reasons, ready.gates, now)
    begun = BrownoutBegun(
        at=now, by=events.EMERITUS, number=command.number, before=command.before, evidence=ready.evidence
    )
    return decided(state, begun)


def skip(state: Retirement, command: SkipBrownout, facts: Facts, now: datetime) -> RetirementDecision:
    check("skip brownout", command.by, state, facts)
    if command.number not in dict(ahead(state)):
        return nothing()
    return _skipped(state, command.number, (command.reason,), (), now)


def end(state: Retirement, command: EndBrownout, facts: Facts, now: datetime) -> RetirementDecision:
    """Its time is over. Who called is on the record, and who of them nobody declares is asked about."""
    check("end brownout", command.by, state, facts)
    one = running(state)
    if one is None or one.number != command.number:
        return nothing()
    ended = BrownoutEnded(at=now, by=events.EMERITUS, number=command.number, refused=command.refused)
    return _over(state, ended, command.names, now)


def abort(state: Retirement, command: AbortBrownout, facts: Facts, now: datetime) -> RetirementDecision:
    """End it at once. Doing so twice changes nothing."""
    check("abort brownout", command.by, state, facts)
    one = running(state)
    if one is None or one.number != command.number:
        return nothing(f"No brownout of {state.id} runs. /retire show {state.id} lists them.")
    aborted = BrownoutAborted(
        at=now,
        by=command.by,
        number=command.number,
        because=command.because,
        why=command.why,
        refused=command.refused,
    )
    return _over(state, aborted, command.names, now, reply=f"Brownout {one.number} of {state.id} is over.")


def count(state: Retirement, command: CountBrownout, facts: Facts, now: datetime) -> RetirementDecision:
    """Who called in one that was ended early, whoever ended it: what follows is as of one that was held."""
    check("count brownout", command.by, state, facts)
    one = uncounted(state)
    if one is None or one.number != command.number:
        return nothing()
    counted = BrownoutCounted(at=now, by=events.EMERITUS, number=one.number, refused=command.refused)
    return _over(state, counted, command.names, now)


def _over(
    state: Retirement,
    event: Over,
    names: dict[str, str],
    now: datetime,
    *,
    reply: str = "",
) -> RetirementDecision:
    is_asked = state.is_migrating  # what was called off asks nobody anything
    found = _found(state, event, names, now) if is_asked else ()
    again = _not_moved(state, event, now) if is_asked else ()
    after = folded(state, (event, *found, *again))
    timers = (*held_again(after, now), *((owners_timer(now),) if found else ()))
    # One that ended by its clock is lifted, too: its own may be late, and nobody looks at it any more.
    effects = () if isinstance(event, BrownoutCounted) else (lifting(after),)
    return decided(state, event, *found, *again, timers=timers, effects=effects, reply=reply)


def _found(
    state: Retirement, event: Over, names: dict[str, str], now: datetime
) -> tuple[events.CallersSeen, ...]:
    """Whoever called, and nobody declares, is asked about like all others, unless they were asked about before."""
    assert state.plan is not None
    known = {one.consumer.consumer_id for one in callers.open_ones(state)}
    known |= {one.consumer.consumer_id for one in state.obligations}
    fresh = tuple(
        Caller(
            consumer=Impacted(
                consumer_id=one,
                name=names.get(one, one.removeprefix(SEEN)),
                owners=Owners(),
                distance=1,
                path=(one, state.plan.subject.model_id),
            ),
            calls=_calls(state, event, one, state.plan.subject.model_id, now),
        )
        for one in event.refused
        if one.startswith(SEEN) and one not in known
    )
    return (events.CallersSeen(at=now, by=events.EMERITUS, callers=fresh),) if fresh else ()


def _not_moved(state: Retirement, event: Over, now: datetime) -> tuple[events.Reopened, ...]:
    """An answer that calls speak against is none; whoever vouched for a consumer by name is believed."""
    return tuple(
        events.Reopened(
            at=now,
            by=events.EMERITUS,
            calls=_calls(state, event, one, duty.consumer.path[-1] if duty.consumer.path else "", now),
            owners=duty.consumer.owners,
            answer_by=obligations.answer_by(state, now),
        )
        for one in event.refused
        if (duty := state.obligation(one)) is not None and duty.duty is Duty.MIGRATED
    )


def _calls(state: Retirement, event: Over, consumer_id: str, to_id: str, now: datetime) -> Calls:
    """Those that were refused, as a catalog would tell of them."""
    day = now.date().isoformat()
    return Calls(
        consumer_id=consumer_id,
        to_id=to_id,
        seen_in=f"brownout {event.number} of {state.id}",
        sources=("brownout",),
        first_seen=day,
        last_seen=day,
    )


def exempt(state: Retirement, command: ExemptConsumer, facts: Facts, now: datetime) -> RetirementDecision:
    """No brownout refuses this consumer any more. Its owners may say so, and the coordinator."""
    check("exempt consumer", command.by, state, facts)
    consumer_id = command.consumer_id
    duty = state.obligation(consumer_id)
    found = [one for one in callers.open_ones(state) if one.consumer.consumer_id == consumer_id]
    if duty is None and not found:
        raise NotFound(
            f"consumer of {state.id}", consumer_id, next_step=f"/retire show {state.id} lists them"
        )
    name = duty.consumer.name if duty is not None else found[0].consumer.name
    whose = answers_as(duty.asked, command.by, facts.delegations) if duty is not None else ""
    is_coordinator = bool(answers_as((state.coordinator_id,), command.by, facts.delegations))
    if not whose and not is_coordinator:
        raise Refused(
            f"{name} is not yours to exempt",
            reasons=["its owners may, and the coordinator"],
            next_step=f"Ask <@{state.coordinator_id}>, or an owner of it",
        )
    if consumer_id in state.exempt:
        return nothing(f"{name} is exempt already.")
    if state.plan is None or not state.plan.windows or not state.is_migrating:
        raise Refused(f"{state.id} has no brownout ahead", next_step=f"/retire show {state.id}")
    event = ConsumerExempted(
        at=now,
        by=command.by,
        consumer_id=consumer_id,
        on_behalf_of=whose if whose not in ("", command.by) else "",
    )
    after = folded(state, (event,))
    return decided(
        state, event, effects=(lifting(after),), reply=f"No brownout refuses calls of {name} any more."
    )


def holding(state: Retirement, number: int) -> Effect:
    """Looked at until it is over. Of another plan, or once it was skipped, it has nothing to do."""
    assert state.plan is not None
    found = window(state, number)
    assert found is not None
    return Effect(
        key=f"{state.id}/brownout/{state.plan.digest[-12:]}/{number}/{found.starts_at:%Y%m%dT%H%M}",
        kind=EffectKind.BROWNOUT,
        body={"number": str(number), "plan": state.plan.digest, "lasts": lasting(found)},
    )
