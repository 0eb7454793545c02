"""Which roles have to approve the retirement of a model? By its tier, and by whether a regulation names it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from msgspec.structs import replace

from data.records.facts import Facts
from data.records.policy import Policy
from data.records.retirement import Retirement, Subject
from workflows.rules.gating.gates import Gate


class Weighed(Protocol):
    """A model, as its catalog or its plan has it."""

    @property
    def tier(self) -> int: ...

    @property
    def regulated(self) -> str: ...


def asked(policy: Policy, subject: Weighed) -> Policy:
    """The policy with those roles only that vote on this."""
    return policy.asking(subject.tier, is_regulated=bool(subject.regulated))


def voting(state: Retirement) -> Policy:
    """The policy a retirement is voted on under, as far as it says who votes."""
    assert state.policy is not None
    return asked(state.policy, state.plan.subject) if state.plan is not None else state.policy


def notice_days(policy: Policy, subject: Weighed) -> int:
    """From the announcement to the last day of service, at least."""
    return policy.notice_days_of(subject.tier, is_regulated=bool(subject.regulated))


def as_weighed_now(subject: Subject, facts: Facts) -> Subject:
    """What is voted on anew is weighed anew."""
    if facts.subject is None:
        return subject
    return replace(subject, tier=facts.subject.tier, regulated=facts.subject.regulated)


class _Now(NamedTuple):
    """The model as its catalog has it now."""

    tier: int
    regulated: str


def gates(state: Retirement, facts: Facts) -> list[Gate]:
    """What it is by now may need more approvals, or more notice, than its plan was voted on with."""
    if facts.tier is None or facts.regulated is None or state.plan is None or state.policy is None:
        return []
    now, then, policy = _Now(facts.tier, facts.regulated), state.plan.subject, state.policy
    voted = asked(policy, then).quorum
    more = [role for role in asked(policy, now).quorum if role not in voted]
    is_hastened = state.break_glass is not None and bool(state.break_glass.confirmed_by)
    days = notice_days(policy, now)
    is_longer = days > notice_days(policy, then) and not is_hastened
    if not more and not is_longer:
        return []
    needs = [
        *(f"the approval of {role}" for role in more),
        *([f"{days} days of notice"] if is_longer else []),
    ]
    is_now = f"of tier {now.tier}" if now.tier else "of an unknown tier"
    bound = f", regulated by {now.regulated}," if now.regulated else ""
    why = (
        f"by the catalog {then.model_name} is {is_now}{bound} by now, and needs {' and '.join(needs)}: press Edit plan "
        "on the card for a new vote, or correct the catalog and import it"
    )
    return [Gate(f"stricter/{now.tier}/{now.regulated}", why)]
