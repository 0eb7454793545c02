"""What can be learned from reviews: which say something of these words, and which retirements were like this one?

Alike is what a person would call alike, and each likeness is said; numbers that nobody can follow are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data import events
from data.records.base import Record
from data.records.catalog import Impacted
from data.records.plan import Reason, Subject
from data.records.retirement import Retirement

SHOWN_MAX = 3
"""Ours: nobody reads more of them before the proposal itself."""
CONSUMERS_NAMED = 3
MEANT_MIN = 2
"""An endpoint of the same kind alone likens nearly all, so it takes more than that."""


class Lesson(Record, frozen=True, kw_only=True):
    """A review with the retirement it is of."""

    retirement: Retirement
    review: events.Reviewed


class Likeness(Record, frozen=True, kw_only=True):
    """What two retirements have in common, the heaviest first, each as it follows "both". Lighter ones weigh less."""

    because: tuple[str, ...]
    weight: int


def matching(lessons: Iterable[Lesson], words: str) -> tuple[Lesson, ...]:
    """Those in which all words stand, in any order and however they are written; the newest first."""
    wanted = words.casefold().split()
    found = (one for one in lessons if all(word in _text(one) for word in wanted))
    return tuple(sorted(found, key=lambda one: one.review.at, reverse=True))


def likeness(here: Retirement, other: Retirement) -> Likeness | None:
    """How the other one is like this one; None where it is not, or not enough to learn from."""
    if here.plan is None:
        return None
    return likened(here.plan.subject, here.plan.reason, here.impact, other)


def likened(
    subject: Subject, reason: Reason, impact: Sequence[Impacted], other: Retirement
) -> Likeness | None:
    """The same of what would retire, for this reason, with these consumers."""
    if other.plan is None:
        return None
    theirs = other.plan
    found: list[tuple[int, str]] = []
    if subject.model_id == theirs.subject.model_id:
        found.append((4, f"retire {theirs.subject.model_name}"))
    before = {other.id_of(one) for one in theirs.consumer_ids}
    named = sorted(one.name for one in impact if one.consumer_id in before)
    if named:
        more = f" and {len(named) - CONSUMERS_NAMED:,} more" if len(named) > CONSUMERS_NAMED else ""
        found.append((3, f"have {', '.join(named[:CONSUMERS_NAMED])}{more} to move"))
    if not set(subject.owners).isdisjoint(theirs.subject.owners):
        found.append((2, "are of the same owners"))
    if reason is theirs.reason:
        found.append((2, f"retire for the reason {reason}"))
    kinds = {one.kind for one in subject.endpoints} & {one.kind for one in theirs.subject.endpoints}
    if kinds:
        found.append((1, f"have {' and '.join(sorted(kinds))} endpoints"))
    weight = sum(one for one, _ in found)
    return Likeness(because=tuple(said for _, said in found), weight=weight) if weight >= MEANT_MIN else None


def alike(
    subject: Subject, reason: Reason, impact: Sequence[Impacted], every: Iterable[Retirement]
) -> tuple[str, ...]:
    """A few that anybody reviewed and that are like what is proposed: the most alike first, of equals the newest."""
    weights = {
        one.id: found.weight
        for one in every
        if one.reviewed and (found := likened(subject, reason, impact, one)) is not None
    }
    newest_first = sorted(weights, key=_number, reverse=True)
    return tuple(sorted(newest_first, key=lambda one: weights[one], reverse=True)[:SHOWN_MAX])


def _number(retirement_id: str) -> int:
    return int(retirement_id.rpartition("-")[2])


def _text(one: Lesson) -> str:
    """What a review is found by: its words, and what it is about."""
    review, plan = one.review, one.retirement.plan
    about = (plan.subject.model_name, plan.reason, plan.successor_name) if plan else ()
    said = (review.went_well, review.hurt, review.change)
    return "\n".join((one.retirement.id, review.stage, *about, *map(str, said))).casefold()
