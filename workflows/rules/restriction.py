"""Is a retirement for few to see, and in which channel then? How its model is marked now: workflows/audiences.py."""

from __future__ import annotations

from data.records.retirement import Retirement


def is_restricted(state: Retirement) -> bool:
    """As its catalog had it when the plan was frozen."""
    return state.plan is not None and state.plan.subject.restricted_to is not None


def channel_of(state: Retirement) -> str:
    """Where its card is posted, and whatever else the policy has told to a channel."""
    assert state.policy is not None
    return state.policy.restricted_channel if is_restricted(state) else state.policy.governance_channel
