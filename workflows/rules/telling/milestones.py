"""When somebody is reminded, and when it goes to their manager: the dates of a running retirement.

A milestone's name carries its date, so a moved date is a new milestone and always told again, and the same
notice never goes out twice.
"""

from __future__ import annotations

from datetime import date, datetime

from data import events
from data.records.base import Record
from data.records.escalation import Deadline
from data.records.hours import Hours
from data.records.progress import StepKind
from data.records.retirement import Duty, Obligation, Retirement
from workflows.rules.consumers.obligations import is_asked_late
from workflows.rules.hours import days_later, late_at
from workflows.rules.people import escalation
from workflows.rules.people.escalation import Late, Told

ACKNOWLEDGE = "acknowledge"
MIGRATE = "migrate"
MOVED = "moved@"
SNOOZED = "snoozed@"
MOVING = "moving@"
AHEAD = "ahead"
UNANSWERED = (Duty.OPEN, Duty.NOT_MINE)
UNSETTLED = (*UNANSWERED, Duty.ACKNOWLEDGED, Duty.MIGRATING, Duty.NEEDS_TIME)
NOT_CHASED = (Duty.NOT_MINE, Duty.OBJECTS)


class Milestone(Record, frozen=True, kw_only=True):
    """`due_at` is when it fires. `name` is "migrate-30d@2027-01-05", `level` is 0 for a reminder."""

    name: str
    due_at: datetime
    level: int = 0


def reminders(state: Retirement) -> tuple[Milestone, ...]:
    """Reminders before the migration date, at the policy's offsets, earliest first."""
    assert state.policy is not None
    assert state.plan is not None
    by = state.plan.step(StepKind.MIGRATE).due_at
    return tuple(
        Milestone(name=f"{MIGRATE}-{days}d@{by:%Y-%m-%d}", due_at=days_later(by, -days, state.policy))
        for days in sorted(state.policy.reminder_days, reverse=True)
    )


def moving(state: Retirement) -> tuple[Milestone, ...]:
    """The day after each by which somebody says that they will have moved."""
    assert state.policy is not None
    days = sorted({duty.moves_on for duty in state.obligations if duty.moves_on is not None})
    return tuple(Milestone(name=_moves(on), due_at=late_at(on, state.policy)) for on in days)


def _moves(on: datetime) -> str:
    return f"{MOVING}{on:%Y-%m-%d}"


def moved(state: Retirement) -> str:
    """Under which name people are told of the last day as it is now."""
    assert state.plan is not None
    return f"{MOVED}{state.plan.step(StepKind.DISABLE).due_at:%Y-%m-%d}"


def snoozed(day: date) -> str:
    """Under which name those are reminded who wanted to be so on this day."""
    return f"{SNOOZED}{day:%Y-%m-%d}"


def deadlines(state: Retirement) -> dict[str, datetime]:
    """Escalation begins once one of these is over: the day to have moved by, and the days to acknowledge by.

    Who took something over has a day of their own to acknowledge by.
    """
    assert state.plan is not None
    by = state.plan.step(StepKind.MIGRATE).due_at
    found = {f"{MIGRATE}@{by:%Y-%m-%d}": by}
    for duty in state.obligations:
        if not duty.is_settled:
            name = _to_acknowledge(duty)
            found[name] = max(duty.acknowledge_by, found.get(name, duty.acknowledge_by))
    return dict(sorted(found.items()))


class Courses:
    """Who is told when that a duty missed its day, for each way in which a duty can stand; each walked once.

    Of a day that has moved nobody is. `hours`: those of a duty's owners; None where nobody has looked.
    """

    def __init__(self, state: Retirement) -> None:
        self._state, self._deadlines = state, deadlines(state)
        self._worked: escalation.Worked = {}
        self._found: dict[tuple[str, Duty, tuple[Hours, ...] | None], tuple[Told, ...]] = {}

    def of(self, milestone: str, duty: Duty, hours: tuple[Hours, ...] | None = ()) -> tuple[Told, ...]:
        """In order; the last is whoever hears when the tree is exhausted."""
        key = (milestone, duty, hours)
        if key not in self._found:
            self._found[key] = self._walked(milestone, duty, hours)
        return self._found[key]

    def _walked(self, milestone: str, duty: Duty, hours: tuple[Hours, ...] | None) -> tuple[Told, ...]:
        assert self._state.policy is not None
        assert self._state.plan is not None
        at = self._deadlines.get(milestone)
        if at is None:
            return ()
        late = Late(
            tier=self._state.plan.subject.tier,
            deadline=Deadline.ACKNOWLEDGE if milestone.startswith(ACKNOWLEDGE) else Deadline.MIGRATE,
            at=late_at(at, self._state.policy),
            migrate_by=self._state.plan.step(StepKind.MIGRATE).due_at,
            duty=duty,
        )
        return escalation.course(self._state.policy, late, hours, self._worked)

    def possible(
        self, milestone: str, hours: tuple[Hours, ...] | None = None
    ) -> dict[int, tuple[datetime, ...]]:
        """Level -> the instants at which somebody may have to be told, however the duties stand by then."""
        found: dict[int, set[datetime]] = {}
        for duty in UNANSWERED if milestone.startswith(ACKNOWLEDGE) else UNSETTLED:
            for told in self.of(milestone, duty, hours):
                found.setdefault(told.level, set()).add(told.due_at)
        return {level: tuple(sorted(found[level])) for level in sorted(found)}

    def overtaken_at(
        self, milestone: str, level: int, duty: Obligation, hours: tuple[Hours, ...] = ()
    ) -> datetime | None:
        """When as much of the later deadline's course has fallen due: whoever had to answer by then had to move.

        None where this level comes after that, or nothing overtakes it.
        """
        if not milestone.startswith(ACKNOWLEDGE) or is_asked_late(duty):
            return None
        mine = self.of(milestone, duty.duty, hours)
        later = next((name for name in self._deadlines if name.startswith(MIGRATE)), "")
        theirs = self.of(later, duty.duty, hours)
        number = next((number for number, told in enumerate(mine) if told.level == level), None)
        if number is None:
            return None
        at = theirs[min(number, len(theirs) - 1)].due_at
        return at if mine[number].due_at <= at else None


def escalations(state: Retirement) -> tuple[Milestone, ...]:
    """Every level of either deadline, at the earliest instant at which it may be due, and at the later ones."""
    courses = Courses(state)
    return tuple(
        Milestone(name=name, due_at=due_at, level=level)
        for name in deadlines(state)
        for level, instants in courses.possible(name).items()
        for due_at in instants
    )


def ahead(milestones: tuple[Milestone, ...], now: datetime) -> tuple[Milestone, ...]:
    """Those still to come: offsets already past when an obligation is created are skipped."""
    return tuple(milestone for milestone in milestones if milestone.due_at > now)


def mark(milestone: str, level: int) -> str:
    """Under which name it stands in `Retirement.escalated` once it was told."""
    return f"{milestone}/{level}"


def marks(event: events.Escalated) -> tuple[str, ...]:
    """The names under which it stands there: while some are left, one for each consumer that was told of.

    And one for each of which the last was told ahead of its turn, so that it hears of it once before that comes.
    """
    whole = mark(event.milestone, event.level)
    is_part = event.left or event.later
    told = tuple(f"{whole}/{consumer_id}" for consumer_id in event.consumer_ids) if is_part else (whole,)
    return (*told, *(_ahead(event.milestone, consumer_id) for consumer_id in event.ahead))


def _ahead(milestone: str, consumer_id: str) -> str:
    return f"{milestone}/{AHEAD}/{consumer_id}"


def is_told_ahead(milestone: str, duty: Obligation, state: Retirement) -> bool:
    """Was whoever hears when the tree is exhausted told of it already, as nobody else could be?"""
    return _ahead(milestone, duty.consumer.consumer_id) in state.escalated


def is_begun(milestone: str, level: int, state: Retirement) -> bool:
    """Was anybody told at this level, of some of its consumers at least?"""
    whole = mark(milestone, level)
    return any(one == whole or one.startswith(f"{whole}/") for one in state.escalated)


def to_tell(milestone: str, level: int, state: Retirement) -> tuple[Obligation, ...]:
    """The obligations nobody was told of yet at this level."""
    whole = mark(milestone, level)
    if whole in state.escalated:
        return ()
    told, late = frozenset(state.escalated), concerned(state, milestone)
    return tuple(duty for duty in late if f"{whole}/{duty.consumer.consumer_id}" not in told)


def to_escalate(state: Retirement, now: datetime) -> tuple[Milestone, ...]:
    """Those still to come, and those a pause may have lain over, once each.

    Of these the later levels of what others were told, and what those above were not told yet, as the owners had
    not had it for long enough.
    """
    found: dict[str, Milestone] = {}
    for one in escalations(state):
        if one.due_at > now or _is_missed(one, state):
            found.setdefault(mark(one.name, one.level), one)
    return tuple(found.values())


def _is_missed(one: Milestone, state: Retirement) -> bool:
    is_begun_before = any(is_begun(one.name, level, state) for level in range(1, one.level))
    return (is_begun_before and mark(one.name, one.level) not in state.escalated) or any(
        duty.duty is not Duty.NOT_MINE for duty in to_tell(one.name, one.level, state)
    )


def is_overtaken(milestone: str, state: Retirement, now: datetime) -> bool:
    """Has a later reminder fallen due meanwhile? After downtime, overdue ones collapse to the last."""
    names = [later.name for later in reminders(state) if later.due_at <= now]
    return milestone not in names or names[-1] != milestone


def _to_acknowledge(duty: Obligation) -> str:
    return f"{ACKNOWLEDGE}@{duty.acknowledge_by.date().isoformat()}"


def concerned(state: Retirement, milestone: str) -> tuple[Obligation, ...]:
    """The obligations this milestone is about: those unanswered by this day, or unsettled ones.

    Who was asked when the day to migrate was past did not miss it: they are held to their day to acknowledge. Of
    what somebody handed back nobody is reminded: the coordinator finds whose it is; nor who objects, as others vote.
    """
    if milestone.startswith(ACKNOWLEDGE):
        unanswered = (duty for duty in state.obligations if duty.duty in UNANSWERED)
        return tuple(duty for duty in unanswered if _to_acknowledge(duty) == milestone)
    unsettled = (duty for duty in state.obligations if not duty.is_settled)
    if milestone.startswith(MOVING):
        return tuple(duty for duty in unsettled if duty.moves_on and _moves(duty.moves_on) == milestone)
    if milestone.startswith(f"{MIGRATE}@"):
        missed = (duty for duty in unsettled if duty.duty is not Duty.OBJECTS)
        return tuple(duty for duty in missed if not is_asked_late(duty))
    return tuple(duty for duty in unsettled if duty.duty not in NOT_CHASED)
