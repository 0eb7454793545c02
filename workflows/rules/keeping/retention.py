"""Until when is what was archived kept? Class by class, by the policy its retirement was voted on with."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.records.archived import Kept
from data.records.base import Record
from data.records.progress import Progress, StepKind
from data.records.retention import EVERYTHING_ELSE, Retention, StartsFrom
from data.records.retirement import Retirement
from workflows.rules.voting.weighing import is_regulated

STARTED_BY = {
    StartsFrom.ARCHIVED: StepKind.ARCHIVE,
    StartsFrom.DISABLED: StepKind.DISABLE,
    StartsFrom.CLOSED: StepKind.CLOSE,
}


class Term(Record, frozen=True, kw_only=True):
    """For how long one class is kept.

    rule        None where no policy says; then nothing of it goes
    days_min    the rule's, or those of whatever is under a regulation where these are more
    starts_at   when the days began to count; None while what they count from has not happened
    free_at     from when it may be removed, holds aside; `due_at`: when it is due to go, None for never
    """

    kept: Kept
    rule: Retention | None = None
    days_min: int = 0
    starts_at: datetime | None = None
    free_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def is_contested(self) -> bool:
        """Is it due to go before it may? Then people decide, and say why."""
        return self.due_at is not None and self.free_at is not None and self.due_at < self.free_at


def terms(state: Retirement) -> tuple[Term, ...]:
    """One for each class that the archive has something of; none where there is no archive."""
    if state.archived is None:
        return ()
    whole = Kept(of=EVERYTHING_ELSE, files=state.archived.files, bytes=state.archived.bytes)
    return tuple(term(state, kept) for kept in state.archived.kept or (whole,))


def term(state: Retirement, kept: Kept) -> Term:
    """For how long this is kept, were it in the archive."""
    policy = state.policy
    rule = policy.kept_by(kept.of) if policy else None
    if policy is None or rule is None:
        return Term(kept=kept)
    days_min = max(rule.keep_days_min, policy.regulated_keep_days if is_regulated(state) else 0)
    starts_at = started_at(state, rule.starts_from)
    return Term(
        kept=kept,
        rule=rule,
        days_min=days_min,
        starts_at=starts_at,
        free_at=starts_at + timedelta(days=days_min) if starts_at else None,
        due_at=starts_at + timedelta(days=rule.keep_days_max) if starts_at and rule.keep_days_max else None,
    )


def locked_until(state: Retirement, term: Term) -> datetime | None:
    """Until when a store may let nobody remove it: from the planned day on, where what counts has not happened yet.

    What is due to go before it may is locked until it is due: people decide from then on.
    """
    if term.rule is None:
        return None
    return _counted(state, term, min(term.days_min, term.rule.keep_days_max or term.days_min))


def kept_until(state: Retirement, term: Term) -> datetime | None:
    """The same where nobody decides that it goes once it is due: until it may go."""
    return _counted(state, term, term.days_min)


def _counted(state: Retirement, term: Term, days: int) -> datetime | None:
    if term.rule is None or state.plan is None:
        return None
    starts_at = term.starts_at or state.plan.step(STARTED_BY[term.rule.starts_from]).due_at
    return starts_at + timedelta(days=days)


def started_at(state: Retirement, event: StartsFrom) -> datetime | None:
    """When what a rule counts from happened; None while it has not.

    Of what was called off it happens no more, and its days count from then on.
    """
    progress = state.progress(STARTED_BY[event])
    if progress.progress is Progress.DONE:
        return progress.at
    return state.called_off_at
