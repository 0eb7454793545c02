"""Leading somebody through a proposal: what is chosen, and what the form would say to that. Nothing is proposed here.

How far they have come is in the question itself, so any step can be gone back to, on any day and after any restart.
What is looked at is what a decision would look at, and what speaks against it is what the form refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.catalog.snapshot import Snapshot
from data.errors import Refused
from data.records.base import Prose
from data.records.catalog import Entity
from data.records.plan import Reason
from data.records.policy import Policy
from data.records.retirement import Retirement
from workflows import proposing
from workflows.commands import Propose
from workflows.decisions.proposals import check_proposer
from workflows.questions.answers import Guide
from workflows.questions.choices import NO_SUCCESSOR
from workflows.questions.understanding import Question
from workflows.rules.hindsight.playbooks import for_reason
from workflows.rules.plans import plan
from workflows.rules.plans.gap import days_between, told

SUCCESSORS_MAX = 99
"""As many as a menu of Slack's has beside "no successor"; the form finds all others."""


def guided(
    question: Question,
    model: Entity | None,
    person_id: str,
    *,
    there: Snapshot,
    models: Sequence[Entity],
    every: Sequence[Retirement],
    policy: Policy,
    now: datetime,
) -> Guide:
    """`models` and `every` retirement: all there are that this person may know of."""
    if model is None:
        return Guide(own=tuple(one for one in models if person_id in there.owners_of(one).slack_ids))
    earliest_on = plan.earliest_target(proposed_at=now, subject=model, policy=policy)
    chosen = question.successor_id if question.successor_id != NO_SUCCESSOR else ""
    wish = Propose(
        by=person_id,
        model_id=model.id,
        successor_id=chosen,
        reason=question.reason or Reason.BUSINESS,
        why=Prose(prose="-"),
        target_on=earliest_on,
    )
    seen = proposing.facts(wish, model.id, policy, there, every=every, now=now)
    try:
        check_proposer(Retirement(id=""), person_id, model.name, seen)
    except Refused as error:
        why = f"{error.what}: {'; '.join(error.reasons)}"
        return Guide(refusal=why if seen.owners else f"{why}. {error.next_step}", ask=seen.owners)
    trouble = plan.problems(
        subject=seen.subject,
        taken=seen.taken,
        successor_id=chosen,
        successor_trouble=seen.successor_trouble,
        successor_from=told(None, seen),
        reason=wish.reason,
        why=str(wish.why),
        interim="-" if days_between(earliest_on, seen.successor_from) else "",  # the form asks for one
        guide=seen.guide,
        target_on=wish.target_on,
        proposed_at=now,
        policy=policy,
    )
    named = there.successor(model.id)
    others = (one for one in models if one.id != model.id and (named is None or one.id != named.id))
    successors = ([named] if named is not None and named in models else []) + list(others)
    return Guide(
        seen=seen,
        trouble=tuple(problem.accepted for problem in trouble),
        earliest_on=earliest_on,
        successors=tuple(successors[:SUCCESSORS_MAX]),
        successor=there.find(chosen) if chosen else None,
        playbooks=for_reason(every, question.reason),
    )
