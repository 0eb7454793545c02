"""The policy in force was to be looked through by now: the governance channel hears of each such day once.

The digest has it every week until another day is set (decisions/digests.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from data import events
from data.records.decision import Decision, Timer
from data.records.digests import DigestState
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import RemindPolicyReview, encoded
from workflows.rules.hindsight import policy_review
from workflows.rules.hours import day_of, instant_on
from workflows.rules.permissions import check
from workflows.rules.telling.messages import in_channel


def timers(facts: Facts, now: datetime) -> tuple[Timer, ...]:
    """The day after the one by which it was to be done; nothing where the policy has no such day."""
    if not facts.review.review_by or facts.policy is None:
        return ()
    first_late = date.fromisoformat(facts.review.review_by) + timedelta(days=1)
    due_at = max(instant_on(first_late, facts.policy), now)
    return (
        Timer(name="policy review", due_at=due_at, command=encoded(RemindPolicyReview(by=events.EMERITUS))),
    )


def remind(
    _state: DigestState, command: RemindPolicyReview, facts: Facts, now: datetime
) -> Decision[events.AnyEvent]:
    """Once for each day: its key is the day, so that looking again tells nothing twice."""
    check("remind policy review", command.by, Retirement(id=""), facts)
    assert facts.policy is not None
    if not policy_review.is_overdue(facts.review, day_of(now, facts.policy)):
        return Decision()
    told = in_channel(
        f"policy/review/{facts.review.review_by}",
        "policy review",
        facts,
        lane="policy",
        said=policy_review.words(facts.review, facts.policy.name, day_of(now, facts.policy)),
        who=policy_review.who(facts.review),
        people="\n".join(facts.reviewers),
    )
    return Decision(effects=(told,))
