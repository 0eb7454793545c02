"""When is a round decided, and how?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.policy import OnExpiry, Policy
from data.records.rounds import Ballot, Choice, Round
from workflows.rules.voting.quorum import tally


class Verdict(StrEnum):
    OPEN = "open"
    VETOED = "vetoed"
    APPROVED = "approved"
    PROLONGED = "prolonged"
    EXPIRED = "expired"


def verdict(
    round_: Round,
    *,
    policy: Policy,
    plan_digest: str,
    now: datetime,
    on_expiry: OnExpiry = OnExpiry.EXPIRE,
) -> Verdict:
    """How the round stands at `now`: whatever came first of a veto, quorum with the review over, and expiry.

    on_expiry   what the end of this round leads to, see rules/voting/expiry.py
    No ballot is taken after expiry, so a quorum that stands then stood before: a round looked at late, after
    downtime, is approved.
    """
    for ballot in round_.ballots:
        if is_veto(ballot, policy=policy, plan_digest=plan_digest):
            return Verdict.VETOED
    counted = tally(
        round_.ballots, quorum=policy.quorum, proposer_id=round_.opened_by, plan_digest=plan_digest
    )
    if counted.is_quorate and round_.review_until <= min(now, round_.expires_at):
        return Verdict.APPROVED
    if now < round_.expires_at:
        return Verdict.OPEN
    if on_expiry is OnExpiry.ESCALATE:
        return Verdict.PROLONGED
    is_consented = any(counted.approvals.values()) and not _rejections(round_, plan_digest)
    return Verdict.APPROVED if on_expiry is OnExpiry.APPROVE and is_consented else Verdict.EXPIRED


def _rejections(round_: Round, plan_digest: str) -> list[Ballot]:
    return [
        cast for cast in round_.ballots if cast.choice is Choice.REJECT and cast.plan_digest == plan_digest
    ]


def is_veto(ballot: Ballot, *, policy: Policy, plan_digest: str) -> bool:
    """A rejection in a role that has the veto. Any other rejection only withholds approval."""
    return (
        ballot.choice is Choice.REJECT
        and ballot.role in policy.veto_roles
        and ballot.plan_digest == plan_digest
    )
