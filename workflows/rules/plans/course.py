"""How far did each dated step of a retirement come, event by event? Of people and reasons nothing is kept.

Less than a retirement's state: what the public schedule is drawn from, for every moment there was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from data import events
from data.events.brownouts import BrownoutBegun, BrownoutSkipped
from data.records.base import Record
from data.records.facts import Pauses
from data.records.plan import Plan
from data.records.progress import StepKind
from workflows.rules.plans.pauses import after_pause

DONE_BY: Mapping[type[events.AnyEvent], StepKind] = {
    events.Announced: StepKind.ANNOUNCE,
    events.ArchiveStored: StepKind.ARCHIVE,
    events.DrillPassed: StepKind.DRILL,
    events.MigrationClosed: StepKind.MIGRATE,
    BrownoutBegun: StepKind.BROWNOUT,
    BrownoutSkipped: StepKind.BROWNOUT,
    events.Disabled: StepKind.DISABLE,
    events.Closed: StepKind.CLOSE,
}
ENDS = (events.Cancelled, events.RolledBack)
OF_ANOTHER_PLAN = (StepKind.ARCHIVE, StepKind.DRILL)
"""What is done stays so under a new plan for the same files."""


class Course(Record, frozen=True, kw_only=True):
    """A plan and what became of it.

    began_at   when it was proposed first      done   step -> when it was done
    is_announced   whether this plan was, and is not called off
    """

    plan: Plan
    began_at: datetime
    done: dict[StepKind, datetime] = {}
    held: frozenset[StepKind] = frozenset()
    paused_at: datetime | None = None
    pauses: Pauses = Pauses()
    is_announced: bool = False


def after(  # noqa: PLR0911 - one case per event
    course: Course | None, event: events.AnyEvent
) -> Course | None:
    """None before anything was proposed."""
    if isinstance(event, events.Proposed):
        return Course(plan=event.plan, began_at=event.at)
    if course is None:
        return None
    pauses = after_pause(course.pauses, course.plan, course.paused_at, event)
    course = replace(course, pauses=pauses)
    match event:
        case events.Revised():
            kept = OF_ANOTHER_PLAN if event.plan.subject.preserved == course.plan.subject.preserved else ()
            done = {kind: at for kind, at in course.done.items() if kind in kept}
            return Course(plan=event.plan, began_at=course.began_at, done=done)
        case events.Amended():
            done = {
                kind: at for kind, at in course.done.items() if not _is_later(kind, course.plan, event.plan)
            }
            return replace(course, plan=event.plan, done=done)
        case events.StepStarted():
            return replace(course, held=course.held - {event.step})
        case events.StepHeld() | events.StepFailed():
            return replace(course, held=course.held | {event.step})
        case events.ArchiveLost():
            done = {kind: at for kind, at in course.done.items() if kind not in OF_ANOTHER_PLAN}
            return replace(course, done=done, held=course.held | {event.step})
        case events.Paused():
            return replace(course, paused_at=event.at)
        case events.Resumed():
            return replace(course, paused_at=None)
        case _ if isinstance(event, ENDS):
            return replace(course, is_announced=False, paused_at=None)
        case _ if (kind := DONE_BY.get(type(event))) is not None:
            is_announced = course.is_announced or kind is StepKind.ANNOUNCE
            # Of brownouts the first is the one whose day was announced.
            is_known = kind is StepKind.BROWNOUT and kind in course.done
            done = course.done if is_known else {**course.done, kind: event.at}
            return replace(course, done=done, held=course.held - {kind}, is_announced=is_announced)
        case _:
            return course


def _is_later(kind: StepKind, before: Plan, now: Plan) -> bool:
    """Then it is done again."""
    return now.has(kind) and before.has(kind) and now.step(kind).due_at > before.step(kind).due_at
