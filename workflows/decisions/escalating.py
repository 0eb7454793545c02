"""Silence goes where the policy's tree sends it: each step once, and nobody hears while it is paused.

The tree is that of the policy the retirement was approved under; whom its steps name is looked up when they are due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from data import events
from data.records.decision import Timer
from data.records.escalation import Escalation
from data.records.facts import Facts
from data.records.hours import Hours
from data.records.retirement import Duty, Obligation, Retirement
from workflows.commands import Escalate
from workflows.decisions.decided import RetirementDecision, decided, escalation_timer, nothing
from workflows.rules.consumers.obligations import people_of
from workflows.rules.people.contacts import STANDS_IN, contacts, last_resort
from workflows.rules.people.escalation import COMPANY, Told, above_owners
from workflows.rules.people.lines import next_above
from workflows.rules.permissions import check
from workflows.rules.telling import milestones

EXHAUSTED, NOBODY = "exhausted", "nobody"


def escalate(state: Retirement, command: Escalate, facts: Facts, now: datetime) -> RetirementDecision:
    """Tell those whom one step of the tree names, each once.

    A manager hears of the consumers of people they manage, and of no other; who cannot be reached is passed over for
    the next one above, and nobody is their own manager. Where a step finds nobody for a consumer, as nobody is known
    above its owners or it was handed back, whoever hears at last does so now and not on their own date only.
    After downtime each is told what is due by its own date, once: of a deadline that another has overtaken, and
    of what the last one is told of at this moment anyway, nothing is said.
    Nobody above hears of what no owner has had for the policy's working hours: it is looked at again when one will.
    """
    check("escalate", command.by, state, facts)
    if not state.is_migrating or state.paused_at is not None:
        return nothing()
    look = _Look(state, command, facts, now)
    untold = milestones.to_tell(command.milestone, command.level, state)
    for duty in untold:
        look.at(duty)
    turned, early = frozenset(_ids(look.turned)), frozenset(_ids(look.early))
    waiting = [duty for duty in untold if duty.consumer.consumer_id not in turned]
    timers = look.later(waiting)
    if not look.to:
        return RetirementDecision(timers=timers)
    silent = people_of(duty for duty in look.turned if duty.duty is not Duty.NOT_MINE)
    event = events.Escalated(
        at=now,
        by=events.EMERITUS,
        milestone=command.milestone,
        level=command.level,
        consumer_ids=_ids(look.turned),
        to={place: _ids(duties) for place, duties in look.to.items()},
        unreachable=tuple(one for one in silent if not next_above(one, facts.managers, state.unreached)),
        handed_back=_ids(duty for duty in look.turned if duty.duty is Duty.NOT_MINE),
        left=_ids(look.early),
        later=tuple(one for one in _ids(waiting) if one not in early),
        told_as=look.told_as,
        ahead=_ids(look.ahead),
    )
    return decided(state, event, timers=timers)


class _Look:
    """One look at one level of the tree: whose turn it is, and who is told of them.

    to       place -> of what it is told; `told_as` what the tree calls it
    turned   of which it was the turn      early   the same, though no owner has had them for long enough
    ahead    what whoever hears at last is told of now, as nobody else could be
    """

    def __init__(self, state: Retirement, command: Escalate, facts: Facts, now: datetime) -> None:
        self.state, self.command, self.facts, self.now = state, command, facts, now
        self._courses = milestones.Courses(state)
        self.to: dict[str, list[Obligation]] = {}
        self.told_as: dict[str, str] = {}
        self.turned: list[Obligation] = []
        self.early: list[Obligation] = []
        self.ahead: list[Obligation] = []

    @property
    def _tree(self) -> Escalation:
        assert self.state.policy is not None
        return self.state.policy.tree

    def at(self, duty: Obligation) -> None:
        """Whom to tell of this one, if it is its turn: not where its way through the tree leads elsewhere."""
        name, level, hours = self.command.milestone, self.command.level, self._hours(duty)
        course = self._courses.of(name, duty.duty, hours)
        told = next((told for told in course if told.level == level and told.due_at <= self.now), None)
        overtaken_at = self._courses.overtaken_at(name, level, duty, hours)
        if told is None or (overtaken_at is not None and overtaken_at <= self.now):
            return
        named = self._named(duty, told, is_over=course[-1].due_at <= self.now)
        if named is None:
            self.early.append(duty)
            return
        self.turned.append(duty)
        for place, target in named.items():
            self.to.setdefault(place, []).append(duty)
            self.told_as.setdefault(place, target)

    def _named(self, duty: Obligation, told: Told, *, is_over: bool) -> dict[str, str] | None:
        """Place -> as what it is told; None while its owners have not had it for long enough."""
        if above_owners(told.to) and self._is_early(duty):
            return None
        named: dict[str, str] = {}
        for target in told.to:
            for place in contacts(target, duty, self.state, self.facts, without=self._busy(duty)):
                named.setdefault(place, target)
        if not named and any(contacts(target, duty, self.state, self.facts) for target in told.to):
            return None  # those above the owners who have had it are not known
        if told.is_last and (not named or told.to == (self._tree.on_exhausted,)):
            return {last_resort(self.state): EXHAUSTED}
        is_told = is_over or milestones.is_told_ahead(self.command.milestone, duty, self.state)
        if named or is_told or set(told.to) == {STANDS_IN}:
            return named
        self.ahead.append(duty)
        return {last_resort(self.state): NOBODY}

    def _is_early(self, duty: Obligation) -> bool:
        """Has none of its owners had it for long enough? Of what was handed back nobody has to have it."""
        reached = self._reached(duty)
        is_asked = bool(reached) and duty.duty is not Duty.NOT_MINE
        return is_asked and all(one in self._busy(duty) for one in reached)

    def _busy(self, duty: Obligation) -> dict[str, datetime]:
        """Owners who have not had it for long enough, and when they will."""
        return self.facts.busy_until.get(duty.consumer.consumer_id, {})

    def later(self, waiting: Sequence[Obligation]) -> tuple[Timer, ...]:
        """When to look again: once the first of these owners will have had it for long enough, or it is a turn.

        Each level looks for itself: where the tree waits for working hours, the first look is at the earliest instant
        it could be, and finds the one it is.
        """
        name, level = self.command.milestone, self.command.level
        instants = {at for duty in self.early for at in self._busy(duty).values()}
        for hours in dict.fromkeys(map(self._hours, waiting)):
            instants |= set(self._courses.possible(name, hours).get(level, ()))
        ahead = [at for at in instants if at > self.now]
        return (escalation_timer(name, level, min(ahead)),) if ahead else ()

    def _hours(self, duty: Obligation) -> tuple[Hours, ...]:
        """The working hours of its owners who can be reached; where nobody can, those of the company."""
        known = tuple(self.facts.hours[one] for one in self._reached(duty) if one in self.facts.hours)
        return known or tuple(self.facts.hours[one] for one in (COMPANY,) if one in self.facts.hours)

    def _reached(self, duty: Obligation) -> tuple[str, ...]:
        return tuple(one for one in duty.asked if one not in self.state.unreached)


def _ids(duties: Iterable[Obligation]) -> tuple[str, ...]:
    return tuple(duty.consumer.consumer_id for duty in duties)
