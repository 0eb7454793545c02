"""What is on the public schedule of one retirement: which dated steps, do their days hold, how often have they changed?

Nobody's name is on it, nor why the model retires or what holds it: anybody may read it, and a reason such as security
is not for all. No day of it is past but those on which something was done: what is held moves along from day to day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from data import events
from data.records.base import Record
from data.records.plan import Window
from data.records.policy import Policy
from data.records.progress import StepKind
from workflows.rules.hours import day_of
from workflows.rules.plans.course import Course, after
from workflows.rules.plans.pauses import days_to_move, lasted

WAITS_FOR: Mapping[StepKind, tuple[StepKind, ...]] = {
    StepKind.DRILL: (StepKind.ARCHIVE,),
    StepKind.BROWNOUT: (StepKind.DRILL, StepKind.MIGRATE),
    StepKind.DISABLE: (StepKind.DRILL, StepKind.MIGRATE, StepKind.BROWNOUT),
    StepKind.CLOSE: (StepKind.DISABLE,),
}
"""No step comes before these; readiness.py says when it comes."""
NEWS_OF = (StepKind.MIGRATE, StepKind.BROWNOUT, StepKind.DISABLE, StepKind.CLOSE)
"""What others plan by: when the archive is made is on the schedule, and no news."""


class Standing(StrEnum):
    """What a step's day is: of the first two the day itself, of all others the first that it may be."""

    DONE = "done"
    PLANNED = "planned"
    PAUSED = "paused"
    HELD = "held"
    LATE = "late"
    WAITING = "waiting"


class ScheduledStep(Record, frozen=True, kw_only=True):
    """`uid` stays the same wherever its date goes, and is nobody else's. `planned_on` is the plan's day."""

    uid: str
    kind: StepKind
    on: date
    planned_on: date
    standing: Standing = Standing.PLANNED
    windows: tuple[Window, ...] = ()

    @property
    def is_sure(self) -> bool:
        return self.standing in (Standing.DONE, Standing.PLANNED)


class Scheduled(Record, frozen=True, kw_only=True):
    """One announced retirement, as its schedule stands on some day.

    sequence     counts up whenever a day on it moves or does not hold any more: what is higher is later
    news         counts what of that readers should hear of, which is not each day that something is held
    changed_at   when there was anything last
    is_moved     whether the last day of service is another one than was announced
    is_called_off  its steps will not happen; those that did are on the record
    paused_on    since when all days wait; None where they do not
    recheck_hours  how often what is held is tried again
    """

    retirement_id: str
    model_name: str
    successor_name: str
    steps: tuple[ScheduledStep, ...]
    sequence: int
    changed_at: datetime
    news: int = 0
    is_moved: bool = False
    is_called_off: bool = False
    paused_on: date | None = None
    recheck_hours: int = 24

    def step(self, kind: StepKind) -> ScheduledStep:
        return next(step for step in self.steps if step.kind is kind)

    @property
    def last_day(self) -> date:
        return self.step(StepKind.DISABLE).on


class Announced(Record, frozen=True, kw_only=True):
    """What was announced and what came of it, whenever it is looked at.

    counted   the sequence but for the days that dates have moved along with what holds them
    first_day  the last day of service that was announced first
    off       the course it had when it was called off; None where it was not
    """

    retirement_id: str
    course: Course
    changed_at: datetime
    first_day: date
    counted: int = 0
    news: int = 0
    off: Course | None = None


def announced(retirement_id: str, happened: Iterable[events.AnyEvent], policy: Policy) -> Announced | None:
    """None where nothing was. `happened` is all that did, oldest first."""
    course: Course | None = None
    found: Announced | None = None
    for event in happened:
        at, before, course = event.at, course, after(course, event)
        if course is None or (found is None and not course.is_announced):
            continue
        if found is None:
            found = Announced(
                retirement_id=retirement_id,
                course=course,
                changed_at=at,
                first_day=day_of(course.plan.step(StepKind.DISABLE).due_at, policy),
            )
            found = replace(found, counted=-_days_along(found, policy, at))
        else:
            found = _after(found, before, course, policy, at)
    return found


def _after(
    found: Announced, before: Course | None, course: Course, policy: Policy, at: datetime
) -> Announced:
    """A plan that is only proposed takes the place of what was announced once it is announced itself."""
    off = None if course.is_announced else found.off or before
    now = replace(found, course=course, off=off)
    if found.off and course.is_announced:
        now = replace(now, first_day=day_of(course.plan.step(StepKind.DISABLE).due_at, policy))
    was, is_now = (scheduled(one, policy, at) for one in (found, now))
    is_other, is_news = _shows(was) != _shows(is_now), _shows(was, NEWS_OF) != _shows(is_now, NEWS_OF)
    return replace(
        now,
        # Never lower than a moment ago, whatever moved along with time until now.
        counted=was.sequence + is_other - _days_along(now, policy, at),
        news=found.news + is_news,
        changed_at=at if is_other else found.changed_at,
    )


def _shows(one: Scheduled, kinds: Iterable[StepKind] = tuple(StepKind)) -> object:
    """What somebody would see. That a step was done on its day is as it should be."""
    steps = [(step.on, step.is_sure or step.standing) for step in one.steps if step.kind in kinds]
    return one.is_called_off, one.model_name, one.successor_name, one.paused_on, steps


def scheduled(found: Announced, policy: Policy, now: datetime) -> Scheduled:
    """How it stands now."""
    course = found.off or found.course
    paused_at = None if found.off else course.paused_at
    last_day = day_of(course.plan.step(StepKind.DISABLE).due_at, policy)
    return Scheduled(
        retirement_id=found.retirement_id,
        model_name=course.plan.subject.model_name,
        successor_name=course.plan.successor_name,
        steps=_steps(found, course, policy, now),
        sequence=found.counted + _days_along(found, policy, now),
        changed_at=found.changed_at,
        news=found.news,
        is_moved=last_day != found.first_day,
        is_called_off=found.off is not None,
        paused_on=day_of(paused_at, policy) if paused_at else None,
        recheck_hours=policy.recheck_hours,
    )


def _steps(found: Announced, course: Course, policy: Policy, now: datetime) -> tuple[ScheduledStep, ...]:
    """In the order of the plan, in which each comes behind what it waits for."""
    today, moved = day_of(now, policy), timedelta(days=_days_paused(course, now))
    uid = f"{found.retirement_id}-{{}}-{_mark(found.retirement_id, course)}@emeritus"
    steps: dict[StepKind, ScheduledStep] = {}
    for step in course.plan.steps:
        planned_on, done_at = day_of(step.due_at, policy), course.done.get(step.kind)
        on, standing = planned_on, Standing.PLANNED
        if done_at is not None:
            on, standing = day_of(done_at, policy), Standing.DONE
        elif found.off is None:
            window = timedelta(days=policy.dark_window_days if step.kind is StepKind.CLOSE else 0)
            first = (kind for kind in WAITS_FOR.get(step.kind, ()) if kind not in course.done)
            before = (steps[kind] for kind in first if kind in steps)
            earliest = max((planned_on + moved, *(one.on + window for one in before)))
            on, standing = _expected(course, step.kind, planned_on, today=today, earliest=earliest)
        steps[step.kind] = ScheduledStep(
            uid=uid.format(step.kind),
            kind=step.kind,
            on=on,
            planned_on=planned_on,
            standing=standing,
            windows=step.windows,
        )
    return tuple(steps.values())


def _expected(
    course: Course, kind: StepKind, planned_on: date, *, today: date, earliest: date
) -> tuple[date, Standing]:
    """The first day that it can be, and whether that is its day."""
    on = max(today, earliest)
    if course.paused_at is not None:
        return on, Standing.PAUSED
    if kind in course.held and today >= planned_on:
        return on, Standing.HELD
    if on == planned_on:
        return on, Standing.PLANNED
    return on, Standing.LATE if today > planned_on else Standing.WAITING


def _days_paused(course: Course, now: datetime) -> int:
    """By how much its dates would move if it were resumed now."""
    return days_to_move(course.pauses, lasted(course.paused_at, now)) if course.paused_at else 0


def _days_along(found: Announced, policy: Policy, now: datetime) -> int:
    """How many days what is paused, held or late has moved along until now; it only grows until something happens."""
    if found.off is not None:
        return 0
    course, today = found.course, day_of(now, policy)
    left = [day_of(step.due_at, policy) for step in course.plan.steps if step.kind not in course.done]
    return _days_paused(course, now) + max(0, (today - min(left, default=today)).days)


def _mark(retirement_id: str, course: Course) -> str:
    """Two installations both have a RET-1; the instant it was proposed at tells them apart."""
    told = f"{retirement_id}\n{course.began_at.isoformat()}\n{course.plan.subject.model_id}"
    return hashlib.sha256(told.encode(errors="backslashreplace")).hexdigest()[:16]
