"""How retirements go, for whoever asks on any day: the digest of the last seven, and the numbers of all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.views.blocks import Payload
from bot.views.hindsight import playbooks as views
from bot.views.hindsight import stats
from bot.views.telling import digest
from data.records.policy import Policy, Review
from data.records.retirement import Retirement
from data.store import Store
from workflows.histories import WEEK, last_week
from workflows.measuring import outcomes
from workflows.playbooks import playbooks as found
from workflows.playbooks import went
from workflows.reviews import suggested
from workflows.rules.hindsight import policy_review
from workflows.rules.hindsight.measures import measures
from workflows.rules.hours import day_of


def overdue(review: Review, policy: Policy, now: datetime) -> str:
    """That nobody has looked through the policy in its time; empty where somebody has."""
    today = day_of(now, policy)
    return policy_review.words(review, policy.name, today) if policy_review.is_overdue(review, today) else ""


def this_week(
    store: Store, every: Sequence[Retirement], now: datetime, *, policy: Policy, review: Review
) -> digest.Digest:
    """`every`: all that whoever asks may know of."""
    said = overdue(review, policy, now)
    return digest.of(
        last_week(store, every, now),
        outcomes(store, every),
        since=now - WEEK,
        until=now,
        zone=policy.zone,
        is_asked=True,
        review=said,
        suggested=suggested(store, every, last=review.review_last) if said else (),
    )


def playbooks(store: Store, every: Sequence[Retirement], words: str, now: datetime) -> Payload:
    """Of all that whoever asks may know of, those in which all words stand."""
    shown, beyond = found(store, every, words, now, at_most=views.SHOWN_MAX)
    return views.found(shown, words, beyond=beyond)


def statistics(store: Store, every: Sequence[Retirement], state: Retirement | None, now: datetime) -> Payload:
    """Of all that whoever asks may know of; or of one, beside those of the same tier."""
    if state is None:
        return stats.everyone(measures(outcomes(store, every), now))
    like = next((one for one in every if one.id == state.like), None)
    follows = views.went(like, went(store, like, (), now)) if like else ""
    return stats.one(state, went(store, state, every, now), follows)
