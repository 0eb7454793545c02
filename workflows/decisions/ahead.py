"""Who will hear what, and when, if nobody does anything? The engine's own decisions, run on ahead.

What runs here is what runs when the time has come: the same timers ring, the same decisions answer, the same rules hold
a message until somebody's morning. So what is told ahead is what will be, unless somebody answers, a date moves, or
people, their hours or the catalog change. Steps of the plan are left out: none goes past a consumer that has not moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from data import events
from data.records.base import Record
from data.records.decision import Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.hours import Hours
from data.records.retirement import Retirement, State, StepKind
from workflows.commands import AnyCommand, Escalate, Remind, RunStep, decoded
from workflows.decisions import escalating, reminders, steps
from workflows.decisions.decided import RetirementDecision, folded
from workflows.rules import messages, overtaken
from workflows.rules.approval import announced_at
from workflows.rules.asked import busy_until
from workflows.rules.obligations import people_of
from workflows.rules.windows import next_window

RINGS: dict[type[Any], Callable[[Retirement, Any, Facts, datetime], RetirementDecision]] = {
    Remind: reminders.remind,
    Escalate: escalating.escalate,
}
"""What time alone brings, of all that people are told."""

TURNS_MAX = 10_000
"""More than the reminders and escalations of any policy: beyond, something goes round in circles."""


class Hearing(Record, frozen=True, kw_only=True):
    """One message as it will go: what it says is in `body`, as the outbox has it; `zone` is empty for a channel."""

    at: datetime
    place: str
    notice: str
    zone: str = ""
    body: dict[str, str] = {}

    @property
    def consumer_ids(self) -> tuple[str, ...]:
        return tuple(filter(None, self.body.get("consumer_ids", "").split("\n")))


Held = tuple[Effect, datetime | None]
"""A message that is wanted, and when the working hours begin that it waits for; None where nobody has looked."""


class People(Record, frozen=True, kw_only=True):
    """What is known of people now, and taken to stay.

    facts     what a decision is given at an instant, but for who has had their request for long enough
    hours     somebody's working hours at an instant; None where people are written to at any hour
    since     when a request reached somebody, as far as it did
    """

    facts: Callable[[AnyCommand, Retirement, datetime], Facts]
    hours: Callable[[str, datetime], Hours] | None
    since: Mapping[str, datetime]


def ahead(
    state: Retirement,
    people: People,
    now: datetime,
    *,
    timers: Iterable[Timer] = (),
    held: Iterable[Held] = (),
) -> tuple[Hearing, ...]:
    """Everything that people and channels will be told, in order; nothing while it is paused, or once it has ended.

    timers    those that are set       held    messages that are on their way
    """
    if state.paused_at is not None or state.state not in (State.PROPOSED, State.APPROVED, State.MIGRATING):
        return ()
    run = _Run(state, people)
    if state.state in (State.PROPOSED, State.APPROVED):
        run.announces(now)
    run.sets(timers)
    for effect, opens_at in held:
        if opens_at is None:
            run.wants(effect, now)
        else:
            run.holds(effect, opens_at)
    for _ in range(TURNS_MAX):
        if not run.goes_on(now):
            return tuple(sorted(run.heard, key=lambda one: (one.at, one.place)))
    raise AssertionError(f"{state.id} is told of without end")


class _Run:
    """How far it has come: how it would stand then, what is set, what waits, and what was heard."""

    def __init__(self, state: Retirement, people: People) -> None:
        self._state, self._people = state, people
        self._since = dict(people.since)
        self._timers: dict[str, Timer] = {}
        self._waiting: dict[str, tuple[datetime, Effect]] = {}
        self.heard: list[Hearing] = []

    def announces(self, now: datetime) -> None:
        """As the plan has it; what is voted on, as if it were agreed to. Where a gate holds it, nobody is told."""
        plan = self._state.plan
        assert plan is not None
        if self._state.round is not None and self._state.state is State.PROPOSED:
            digest, number = plan.digest, self._state.round.number
            agreed_at = max(self._state.round.review_until, now)
            agreed = events.Approved(
                at=agreed_at, by=events.EMERITUS, round_number=number, plan_digest=digest
            )
            self._state = folded(self._state, (agreed,))
        at = announced_at(self._state, now)
        command = RunStep(by=events.EMERITUS, step=StepKind.ANNOUNCE)
        facts = self._people.facts(command, self._state, at)
        self._follows(steps.run_step(self._state, command, facts, at), at)

    def sets(self, timers: Iterable[Timer]) -> None:
        self._timers |= {timer.name: timer for timer in timers if type(decoded(timer.command)) in RINGS}

    def wants(self, effect: Effect, now: datetime) -> None:
        """It goes at once, or is held until that person's working hours."""
        is_told = effect.kind is EffectKind.POST and "slack_id" in effect.body
        if not is_told or effect.key in self._waiting:
            return
        hours = (
            self._hours(effect.place, now) if messages.is_held_for_hours(effect.place, effect.body) else None
        )
        opens_at = next_window(now, hours, since=now) if hours else now
        if opens_at > now:
            self.holds(effect, opens_at)
        else:
            self._hears(effect, effect.body, now)

    def holds(self, effect: Effect, opens_at: datetime) -> None:
        self._waiting[effect.key] = (opens_at, effect)

    def goes_on(self, now: datetime) -> bool:
        """The next thing that happens. At one instant what falls due is decided before what waited is sent."""
        ringing = min(self._timers.values(), key=lambda timer: timer.due_at, default=None)
        opening = min(self._waiting.values(), key=lambda waits: waits[0], default=None)
        if ringing is not None and (opening is None or ringing.due_at <= opening[0]):
            del self._timers[ringing.name]
            self._ring(ringing, max(ringing.due_at, now))
        elif opening is not None:
            at, effect = opening
            del self._waiting[effect.key]
            body = overtaken.left(self._state, effect.key, effect.body)
            if body is not None:
                self._hears(effect, body, at)
        return ringing is not None or opening is not None

    def _ring(self, timer: Timer, at: datetime) -> None:
        command = decoded(timer.command)
        facts = self._people.facts(command, self._state, at)
        self._follows(RINGS[type(command)](self._state, command, self._with_busy(facts, at), at), at)

    def _follows(self, decision: RetirementDecision, at: datetime) -> None:
        self._state = folded(self._state, decision.events)
        self.sets(decision.timers)
        for effect in decision.effects:
            self.wants(effect, at)

    def _with_busy(self, facts: Facts, at: datetime) -> Facts:
        waiting = (effect for _, effect in self._waiting.values())
        asked = {one.place for one in waiting if messages.asks(self._state, one.key)}
        owing = people_of(duty for duty in self._state.obligations if not duty.is_settled)
        since = {one: at if one in asked else self._since.get(one) for one in owing}
        known = {one: when for one, when in since.items() if when and one not in self._state.unreached}
        hours = {one: found for one in known if (found := self._hours(one, at))}
        busy = busy_until({one: known[one] for one in hours}, hours, at)
        return replace(facts, busy_until=busy)

    def _hears(self, effect: Effect, body: Mapping[str, str], at: datetime) -> None:
        hours = self._hours(effect.place, at) if messages.is_person(effect.place) else None
        if messages.asks(self._state, effect.key) and hours:
            self._since[effect.place] = at
        self.heard.append(
            Hearing(
                at=at,
                place=effect.place,
                notice=effect.body["notice"],
                zone=hours.zone if hours else "",
                body=dict(body),
            )
        )

    def _hours(self, person: str, at: datetime) -> Hours | None:
        return self._people.hours(person, at) if self._people.hours else None
