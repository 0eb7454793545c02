"""Who will hear what, and when, if nobody does anything? The engine's own decisions, run on ahead.

What runs here is what runs when the time has come: the same timers ring, the same decisions answer, the same rules hold
a message until somebody's morning. So what is told ahead is what will be, unless somebody answers, a date moves, or
people, their hours or the catalog change. No step goes past a consumer that has not moved; once all have, the last that
people hear is told of the day on which it is closed by the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from data import events
from data.records.decision import Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.hours import Hours
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from workflows.commands import Escalate, Remind, RunStep, decoded
from workflows.commands.brownouts import AnnounceBrownout
from workflows.decisions import brownouts, escalating, reminders, steps
from workflows.decisions.decided import RetirementDecision, decided, folded
from workflows.decisions.hearings import Hearing, Held, People
from workflows.rules.lifecycle import LIVING
from workflows.rules.people.asked import Line, busy_until, request_of
from workflows.rules.people.delegating import InForce, line, receiver, stands_in_for
from workflows.rules.people.windows import next_window
from workflows.rules.telling import messages, overtaken, standing_in, together
from workflows.rules.voting.approval import announced_at

RINGS: dict[type[Any], Callable[[Retirement, Any, Facts, datetime], RetirementDecision]] = {
    Remind: reminders.remind,
    Escalate: escalating.escalate,
    AnnounceBrownout: brownouts.announce,
}
"""What time alone brings, of all that people are told."""

TURNS_MAX = 10_000
"""More than the reminders and escalations of any policy: beyond, something goes round in circles."""


AGAIN = timedelta(minutes=1)
"""Until a message is looked at again that stands behind the same for somebody else."""


def ahead(
    state: Retirement,
    people: People,
    now: datetime,
    *,
    timers: Iterable[Timer] = (),
    held: Iterable[Held] = (),
) -> tuple[Hearing, ...]:
    """Everything that people and channels will be told, in order; nothing while it is paused, or once it has ended.

    timers    those that are set       held    messages that are on their way, those of one lane in order
    """
    if state.paused_at is not None or state.state not in LIVING:
        return ()
    run = _Run(state, people, now)
    run.sets(timers)
    run.holds(held)
    for _ in range(TURNS_MAX):
        if not run.goes_on():
            return tuple(sorted(run.heard, key=lambda one: (one.at, one.place)))
    raise AssertionError(f"{state.id} is told of without end")


def _agreed(state: Retirement, now: datetime) -> Retirement | None:
    """As it stands before the announcement: what is voted on, as if it were agreed to. None once it was announced."""
    if state.state is State.APPROVED:
        return state
    if state.state is not State.PROPOSED or state.round is None or state.plan is None:
        return None
    agreed = events.Approved(
        at=max(state.round.review_until, now),
        by=events.EMERITUS,
        round_number=state.round.number,
        plan_digest=state.plan.digest,
    )
    return folded(state, (agreed,))


class _Run:
    """How far it has come: how it would stand then, what is set, what waits, and what was heard.

    Of each lane only the first is looked at: what was wanted later never overtakes it.
    """

    def __init__(self, state: Retirement, people: People, now: datetime) -> None:
        self._state, self._people, self._at = state, people, now
        self._requests = {one.key: one for one in people.requests}
        self._timers: dict[str, Timer] = {}
        self._waiting: dict[str, Held] = {}
        self._lanes: dict[str, dict[str, None]] = {}
        self._told = {(standing_in.telling(effect), reader) for effect, reader in people.told}
        self._told_with: set[str] = set()
        self.heard: list[Hearing] = []
        self._approved = _agreed(state, now)
        self._announces_at = announced_at(self._approved, now) if self._approved is not None else None

    def _announces(self) -> None:
        """Where a gate holds it, nobody is told."""
        assert self._approved is not None
        self._state, self._announces_at = self._approved, None
        command = RunStep(by=events.EMERITUS, step=StepKind.ANNOUNCE)
        facts = self._people.facts(command, self._state, self._at)
        self._follows(steps.run_step(self._state, command, facts, self._at))

    def sets(self, timers: Iterable[Timer]) -> None:
        self._timers |= {timer.name: timer for timer in timers if type(decoded(timer.command)) in RINGS}

    def holds(self, every: Iterable[Held]) -> None:
        """What can go goes at once. All of them are there before any goes: who is told alike is told once."""
        every = [one for one in every if _is_told(one.effect) and one.effect.key not in self._waiting]
        for one in every:
            self._waiting[one.effect.key] = one
            if messages.asks(self._state, one.effect.key):
                self._requests[one.effect.key] = request_of(one.effect.key, one.effect.body)
            if one.opens_at is not None:
                self._waits(one, one.reader, one.opens_at)
            self._lanes.setdefault(_lane(one.effect), {})[one.effect.key] = None
        for one in every:
            if one.opens_at is None and self._is_first(one.effect):
                self._looks(one)

    def goes_on(self) -> bool:
        """The next thing that happens. At one instant what falls due is decided before what waited is sent."""
        ringing = min(self._timers.values(), key=lambda timer: timer.due_at, default=None)
        firsts = (self._waiting[next(iter(lane))] for lane in self._lanes.values())
        opening = min(firsts, key=self._opens_at, default=None)
        nexts = [ringing.due_at] if ringing is not None else []
        nexts += [self._opens_at(opening)] if opening is not None else []
        if self._announces_at is not None and all(self._announces_at <= at for at in nexts):
            self._at = max(self._announces_at, self._at)
            self._announces()
            return True
        if ringing is not None and (opening is None or ringing.due_at <= self._opens_at(opening)):
            del self._timers[ringing.name]
            self._at = max(ringing.due_at, self._at)
            self._ring(ringing)
        elif opening is not None:
            self._at = self._opens_at(opening)
            self._looks(opening)
        else:
            return self._closes()
        return True

    def _closes(self) -> bool:
        """Where nobody has to move any more, on the plan's day; what may hold a step up is not known yet."""
        state = self._state
        if state.state not in (State.MIGRATING, State.BROWNOUT, State.DISABLED) or state.plan is None:
            return False
        if any(not duty.is_settled for duty in state.obligations):
            return False
        self._at = max(state.plan.step(StepKind.CLOSE).due_at, self._at)
        if state.is_migrating:
            self._state = folded(state, (events.Disabled(at=self._at, by=events.EMERITUS),))
        self._follows(decided(self._state, events.Closed(at=self._at, by=events.EMERITUS)))
        return True

    def _opens_at(self, waits: Held) -> datetime:
        return max(waits.look_at or waits.since, self._at)

    def _is_first(self, effect: Effect) -> bool:
        return effect.key in self._waiting and next(iter(self._lanes[_lane(effect)])) == effect.key

    def _ring(self, timer: Timer) -> None:
        command = decoded(timer.command)
        facts = self._people.facts(command, self._state, self._at)
        self._follows(RINGS[type(command)](self._state, command, self._with_busy(facts), self._at))

    def _follows(self, decision: RetirementDecision) -> None:
        self._state = folded(self._state, decision.events)
        self.sets(decision.timers)
        self.holds(Held(effect, self._at) for effect in decision.effects)

    def _with_busy(self, facts: Facts) -> Facts:
        line = Line(self._people.delegations(self._at), self._people.over(self._at))

        def hours(person: str) -> Hours | None:
            return self._hours(receiver(person, line.delegations))

        busy = busy_until(self._state, self._requests.values(), hours, line, self._at)
        return replace(facts, busy_until=busy)

    def _looks(self, waits: Held) -> None:
        """As whoever sends it does: it goes to whoever is to have it by then, is left out, or waits on."""
        effect, there = waits.effect, self._people.delegations(self._at)
        person = effect.body["slack_id"]
        reader = standing_in.reader_of(effect.body, there) or effect.place
        body = dict(effect.body)
        if reader != effect.place:
            body = standing_in.as_read(self._state, body, reader, there)
            telling = standing_in.telling(effect)
            is_wanted = standing_in.says_something(self._state, body, there)
            if not is_wanted or (telling and self._has(reader, telling)):
                self._is_over(effect)
                return
            if telling and (first := self._before(person, reader, telling, there)):
                self._waiting[effect.key] = waits._replace(look_at=max(first, self._at + AGAIN))
                return
        others = self._beside(effect)
        body = together.with_those(body, others)
        is_looked_at = self._people.hours is not None
        left = overtaken.left(self._state, effect.key, body, self._at) if is_looked_at else body
        if left is None or effect.key in self._told_with:
            self._is_over(effect)
            return
        if (opens_at := self._window(waits, reader)) > self._at:
            self._waits(waits, reader, opens_at)
            return
        self._is_over(effect)
        self._told_with |= {one.key for one in others}
        self._hears(effect, left, reader)

    def _beside(self, effect: Effect) -> list[Effect]:
        """What goes in one message with it: of the same person, so in the same lane."""
        if not together.stem_of(effect):
            return []
        return together.beside(effect, (self._waiting[key].effect for key in self._lanes[_lane(effect)]))

    def _window(self, waits: Held, reader: str) -> datetime:
        """When it may go to this reader: looked at anew, as their hours may have changed while it was held."""
        hours = self._hours(reader) if messages.is_held_for_hours(reader, waits.effect.body) else None
        return next_window(self._at, hours, since=waits.since) if hours else self._at

    def _waits(self, waits: Held, reader: str, opens_at: datetime) -> None:
        """Until then, or until somebody else is to have it."""
        through = line(waits.effect.body["slack_id"], self._people.delegations(self._at))
        look_at = min((opens_at, *(one.until for one in through if one.until is not None)))
        self._waiting[waits.effect.key] = waits._replace(reader=reader, opens_at=opens_at, look_at=look_at)

    def _is_over(self, effect: Effect) -> None:
        """Unless somebody hears it, it is left out."""
        if (asks := self._requests.get(effect.key)) is not None:
            self._requests[effect.key] = asks._replace(is_left_out=True)
        del self._waiting[effect.key]
        del self._lanes[_lane(effect)][effect.key]
        if not self._lanes[_lane(effect)]:
            del self._lanes[_lane(effect)]

    def _has(self, reader: str, telling: standing_in.Telling) -> bool:
        """Has the reader the same already, or will they, for themselves?"""
        own = self._waiting.get(f"{telling.stem}{reader}")
        return (telling, reader) in self._told or (
            own is not None and standing_in.telling(own.effect) == telling
        )

    def _before(
        self, person: str, reader: str, telling: standing_in.Telling, there: InForce
    ) -> datetime | None:
        """When the reader may have the same for somebody else, who comes first."""
        for whose in stands_in_for(reader, there):
            other = self._waiting.get(f"{telling.stem}{whose}")
            is_same = other is not None and standing_in.telling(other.effect) == telling
            if other and is_same and whose < person and receiver(whose, there) == reader:
                return self._opens_at(self._waiting[next(iter(self._lanes[_lane(other.effect)]))])
        return None

    def _hears(self, effect: Effect, body: dict[str, str], reader: str) -> None:
        hours = self._hours(reader) if messages.is_person(reader) else None
        if (asks := self._requests.get(effect.key)) is not None:
            self._requests[effect.key] = asks._replace(reader=reader, told_at=self._at, is_left_out=False)
        self._told.add((standing_in.telling(effect), reader))
        self.heard.append(
            Hearing(
                at=self._at,
                place=reader,
                notice=effect.body["notice"],
                zone=hours.zone if hours else "",
                body=body,
            )
        )

    def _hours(self, person: str) -> Hours | None:
        return self._people.hours(person, self._at) if self._people.hours else None


def _is_told(effect: Effect) -> bool:
    return effect.kind is EffectKind.POST and "slack_id" in effect.body


def _lane(effect: Effect) -> str:
    return effect.lane or effect.key
