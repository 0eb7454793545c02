"""What did a retirement come to, as its events tell? Days, dates and proofs; how they are counted is in measures.py.

Only what was recorded counts. A call that meets a dark endpoint is seen by nobody here, so nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec.structs import replace

from data import events
from data.records.base import Record
from data.records.plan import Plan
from data.records.policy import Policy
from data.records.progress import StepKind
from data.records.reviews import Stage
from workflows.rules.hours import day_of

ENDS_STAGE: Mapping[type[events.Event], Stage] = {
    events.MigrationClosed: Stage.MIGRATION,
    events.DrillPassed: Stage.ARCHIVING,
    events.Disabled: Stage.SWITCH_OFF,
    **dict.fromkeys((events.Closed, events.RolledBack, events.Cancelled, events.Rejected), Stage.WHOLE),
    **dict.fromkeys((events.Expired, events.Withdrawn), Stage.WHOLE),
}
"""As in reviewing.py: a round on another plan may end a retirement that had been announced."""


class Outcome(Record, frozen=True, kw_only=True):
    """One retirement so far. Days are those of its policy's zone.

    first_last_day    the last day of service as it was first announced; None until then
    last_day          as it is planned now, or as it was
    dark_on           the day on which all of it was switched off; `all_dark_at`: the instant
    darkened_at       when the first of its endpoints was
    brought_back_at   when service was first asked back after that
    called_again_at   each time a consumer was seen calling after it was reported as migrated
    archived_at       when its archive was made; None where there is none, or it did not hold and is to be made anew
    read_back_at      when that was last read back in full
    holds             what that came to; None where nobody has read it back yet
    over_at           stage -> when it was over first; `reviewed`: those that somebody looked back on
    """

    retirement_id: str
    proposed_at: datetime | None = None
    first_last_day: date | None = None
    last_day: date | None = None
    dark_on: date | None = None
    all_dark_at: datetime | None = None
    darkened_at: datetime | None = None
    brought_back_at: datetime | None = None
    closed_at: datetime | None = None
    called_again_at: tuple[datetime, ...] = ()
    archived_at: datetime | None = None
    read_back_at: datetime | None = None
    holds: bool | None = None
    over_at: dict[Stage, datetime] = {}
    reviewed: tuple[Stage, ...] = ()

    @property
    def is_announced(self) -> bool:
        return self.first_last_day is not None

    @property
    def slipped_days(self) -> int:
        """How much later than first announced it was switched off, or is planned to be; 0 for not at all."""
        last_day = self.dark_on or self.last_day
        if self.first_last_day is None or last_day is None:
            return 0
        return max(0, (last_day - self.first_last_day).days)


def outcome(retirement_id: str, happened: Iterable[events.AnyEvent]) -> Outcome:
    """All its events, oldest first."""
    found = Outcome(retirement_id=retirement_id)
    policy: Policy | None = None
    for event in happened:
        if isinstance(event, events.Proposed):
            policy = event.policy
        if policy is not None:
            found = _looked_back_on(_after(found, event, policy), event)
    return found


def _looked_back_on(found: Outcome, event: events.AnyEvent) -> Outcome:
    if isinstance(event, events.Reviewed):
        return replace(found, reviewed=(*found.reviewed, event.stage))
    stage = ENDS_STAGE.get(type(event))
    if stage is None or stage in found.over_at or not found.is_announced:
        return found
    return replace(found, over_at={**found.over_at, stage: event.at})


def as_of(found: Outcome, today: date) -> Outcome:
    """With a last day that has passed while it still serves: it is today at the earliest."""
    is_late = found.dark_on is None and found.last_day is not None and found.last_day < today
    is_over = found.brought_back_at is not None
    return replace(found, last_day=today) if is_late and not is_over else found


def _after(found: Outcome, event: events.AnyEvent, policy: Policy) -> Outcome:  # noqa: PLR0911 - one case per event
    match event:
        case events.Proposed():
            return replace(found, proposed_at=event.at, last_day=_last_day(event.plan, policy))
        case events.Revised() | events.Amended():
            return replace(found, last_day=_last_day(event.plan, policy))
        case events.Announced():
            return replace(found, first_last_day=found.first_last_day or found.last_day)
        case events.EndpointDisabled():
            return replace(found, darkened_at=found.darkened_at or event.at)
        case events.Disabled():
            # What has no endpoint, or lost all of them before, is dark all the same.
            at = found.darkened_at or event.at
            return replace(
                found,
                darkened_at=at,
                dark_on=found.dark_on or day_of(event.at, policy),
                all_dark_at=found.all_dark_at or event.at,
            )
        case events.RestoreStarted():
            return replace(found, brought_back_at=found.brought_back_at or event.at)
        case events.Closed():
            return replace(found, closed_at=event.at)
        case events.Reopened():
            return replace(found, called_again_at=(*found.called_again_at, event.at))
        case events.ArchiveStored():
            # Until it is read back, what the one before came to is the last that is known.
            return replace(found, archived_at=event.at)
        case events.DrillPassed() | events.ArchiveConfirmed():
            return replace(found, read_back_at=event.at, holds=True)
        case events.ArchiveLost():
            return replace(found, read_back_at=event.at, holds=False)
        case _:
            return found


def _last_day(plan: Plan, policy: Policy) -> date:
    return day_of(plan.step(StepKind.DISABLE).due_at, policy)
