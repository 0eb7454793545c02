"""Which roles have to approve the retirement of a model? By its tier, and by whether a regulation names it."""

from __future__ import annotations

from typing import Protocol

from msgspec.structs import replace

from data.records.facts import Facts
from data.records.plan import Subject
from data.records.policy import Policy
from data.records.retirement import Retirement


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
