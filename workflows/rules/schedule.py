"""What is on the public schedule of one retirement: which dated steps, how often they have moved, do they still hold?

Nobody's name is on it, nor why the model retires: anybody may read it, and a reason such as security is not for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from data import events
from data.records.base import Record
from data.records.policy import Policy
from data.records.retirement import Plan, StepKind
from workflows.rules.hours import day_of


class ScheduledStep(Record, frozen=True, kw_only=True):
    """`uid` stays the same wherever its date goes, and is nobody else's."""

    uid: str
    kind: StepKind
    on: date


class Scheduled(Record, frozen=True, kw_only=True):
    """One announced retirement.

    sequence     counts up whenever dates move or the whole is called off: what is higher is later
    changed_at   when that was last
    is_called_off  its steps will not happen; those that did are on the record
    """

    retirement_id: str
    model_name: str
    successor_name: str
    steps: tuple[ScheduledStep, ...]
    sequence: int
    changed_at: datetime
    is_called_off: bool = False

    @property
    def last_day(self) -> date:
        return next(step.on for step in self.steps if step.kind is StepKind.DISABLE)


ENDS = (events.Cancelled, events.RolledBack)


def scheduled(retirement_id: str, happened: Iterable[events.AnyEvent], policy: Policy) -> Scheduled | None:
    """None where nothing was announced. `happened` is all that did, oldest first."""
    plan: Plan | None = None
    found: Scheduled | None = None
    began_at: datetime | None = None
    for event in happened:
        began_at = began_at or event.at
        if isinstance(event, events.Proposed | events.Revised | events.Amended):
            plan = event.plan
        stands = found is not None and not found.is_called_off
        is_moved = isinstance(event, events.Amended) and stands
        is_over = isinstance(event, (*ENDS, events.Revised)) and stands
        if isinstance(event, events.Announced) or is_moved or is_over:
            assert plan is not None
            # A plan that is only proposed takes the place of what was announced once it is announced itself.
            steps = found.steps if is_over and found else _steps(retirement_id, plan, policy, began_at)
            found = Scheduled(
                retirement_id=retirement_id,
                model_name=found.model_name if is_over and found else plan.subject.model_name,
                successor_name=found.successor_name if is_over and found else plan.successor_name,
                steps=steps,
                sequence=found.sequence + 1 if found else 0,
                changed_at=event.at,
                is_called_off=is_over,
            )
    return found


def _steps(retirement_id: str, plan: Plan, policy: Policy, began_at: datetime) -> tuple[ScheduledStep, ...]:
    """Two installations both have a RET-1; the instant it was proposed at tells them apart."""
    told = f"{retirement_id}\n{began_at.isoformat()}\n{plan.subject.model_id}"
    digest = hashlib.sha256(told.encode(errors="backslashreplace")).hexdigest()[:16]
    return tuple(
        ScheduledStep(
            uid=f"{retirement_id}-{step.kind}-{digest}@emeritus",
            kind=step.kind,
            on=day_of(step.due_at, policy),
        )
        for step in plan.steps
    )
