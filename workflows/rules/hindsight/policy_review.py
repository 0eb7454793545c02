"""Has the policy been looked through in its time? Who is to do that is told once, and the digest says so each week."""

from __future__ import annotations

from datetime import date

from data.records.policy import Review
from workflows.rules.wording import counted, group_named


def is_overdue(review: Review, today: date) -> bool:
    """On its day it is still in time. One without a day never is."""
    return bool(review.review_by) and date.fromisoformat(review.review_by) < today


def words(review: Review, policy: str, today: date) -> str:
    """How that stands, in a sentence; empty where there is no day."""
    if not review.review_by:
        return ""
    by = date.fromisoformat(review.review_by)
    if not is_overdue(review, today):
        return f"{policy} is to be looked through by {by}"
    return f"{policy} was to be looked through by {by}, {counted((today - by).days, 'day')} ago"


def who(review: Review) -> str:
    """The teams that look through it; people are named where who reads can see them."""
    return " and ".join(map(group_named, review.review_groups))
