"""Bugs in what is decided: on which plan, when, in which order, and how often it is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from data.events import Amended, AnyEvent, ExtensionAgreed
from data.records.decision import Decision, EffectKind, Timer
from data.records.facts import Facts
from data.records.plan import Plan
from tests.simulation.asleep import Everywhere
from tests.simulation.mutants.wrapped import Wrapped
from tests.simulation.process import Parts
from workflows import commands as cmd
from workflows.machine import retirement_of
from workflows.rules.plans.plan import digest as plan_digest
from workflows.rules.plans.plan import sealed
from workflows.rules.telling import milestones


class NoRefresh(Wrapped):
    """What is redrawn once is never redrawn again."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        decision = super().decide(stream, state, command, facts, now)
        return replace(decision, effects=tuple(replace(one, refresh=False) for one in decision.effects))


class NoLanes(Wrapped):
    """Messages of one thread overtake each other."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        decision = super().decide(stream, state, command, facts, now)
        loose = (
            replace(one, lane="", batch="") if one.kind is EffectKind.POST else one
            for one in decision.effects
        )
        return replace(decision, effects=tuple(loose))


class ManagersFirst(Wrapped):
    """Those above hear on the day itself, whether an owner has had it or not."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        known = replace(facts, busy_until={}) if facts is not None else None
        return super().decide(stream, state, command, known, now)


class HalfADay(Wrapped):
    """Those above hear in the morning of the day that somebody has."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        is_early = isinstance(cmd.decoded(command), cmd.Escalate)
        decision = super().decide(stream, state, command, facts, now + timedelta(days=1) if is_early else now)
        happened = (replace(event, at=now) if is_early else event for event in decision.events)
        timers = (
            replace(one, due_at=one.due_at - timedelta(days=1)) if one.name.startswith("escalate/") else one
            for one in decision.timers
        )
        return replace(decision, events=tuple(happened), timers=tuple(timers))


class EveryReminder(Wrapped):
    """After downtime every reminder that was missed is told, as if it were its day."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        asked = cmd.decoded(command)
        known = retirement_of(stream, state)
        if isinstance(asked, cmd.Remind) and known is not None:
            due = [one.due_at for one in milestones.reminders(known) if one.name == asked.milestone]
            decision = super().decide(stream, state, command, facts, due[0] if due else now)
            late = tuple(replace(event, at=now) for event in decision.events)
            return replace(decision, events=late)
        return super().decide(stream, state, command, facts, now)


class AnyPlan(Wrapped):
    """A vote counts on whatever plan is on the table, whichever the card showed."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        asked = cmd.decoded(command)
        known = retirement_of(stream, state)
        if isinstance(asked, cmd.Cast) and known is not None and known.plan and known.round:
            digest = known.approved_digest or plan_digest(known.plan)
            digest = known.later.plan_digest if known.later else digest
            asked = replace(asked, plan_digest=digest, round_number=known.round.number)
            command = cmd.encoded(asked)
        return super().decide(stream, state, command, facts, now)


class OtherDates(Wrapped):
    """More time that people agreed on is a day more than they voted on."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        decision = super().decide(stream, state, command, facts, now)
        is_agreed = any(isinstance(event, ExtensionAgreed) for event in decision.events)
        happened = tuple(
            replace(event, plan=_a_day_later(event.plan))
            if isinstance(event, Amended) and is_agreed
            else event
            for event in decision.events
        )
        return replace(decision, events=happened)


def _a_day_later(plan: Plan) -> Plan:
    steps = tuple(replace(step, due_at=step.due_at + timedelta(days=1)) for step in plan.steps)
    return sealed(replace(plan, steps=steps))


class LateTimers(Wrapped):
    """Every timer is set three days late."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[AnyEvent]:
        decision = super().decide(stream, state, command, facts, now)
        timers: Iterable[Timer] = decision.timers
        late = tuple(replace(timer, due_at=timer.due_at + timedelta(days=3)) for timer in timers)
        return replace(decision, timers=late)


MUTANTS: dict[str, Parts] = {
    "no-refresh": Parts(machine=NoRefresh),
    "no-lanes": Parts(machine=NoLanes),
    "managers-first": Parts(machine=ManagersFirst, timekeeper=Everywhere),
    "half-a-day": Parts(machine=HalfADay),
    "every-reminder": Parts(machine=EveryReminder),
    "any-plan": Parts(machine=AnyPlan),
    "other-dates": Parts(machine=OtherDates),
    "late-timers": Parts(machine=LateTimers),
}
