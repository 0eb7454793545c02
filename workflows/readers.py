"""What is to be known of whoever wants the weekly digest: by the catalog, and by what Slack tells of them."""

from __future__ import annotations

from datetime import datetime

from data.catalog.snapshot import Snapshot
from data.records.delegation import Account
from data.records.facts import Facts
from data.records.policy import Policy
from workflows.commands import Subscribe
from workflows.membership import members
from workflows.ports import Readers
from workflows.rules.voting.quorum import seats


def facts(
    command: Subscribe, policy: Policy, there: Snapshot, readers: Readers | None, now: datetime
) -> Facts:
    """Slack is asked only what the decision looks at. Raises `Unavailable` where it does not answer."""
    roles = members(there, policy, ())
    is_channel = command.place[:1] in ("C", "G")
    if readers is None:
        return Facts(observed_at=now, policy=policy, members=roles)
    channel = readers.channel(command.place) if is_channel else None
    return Facts(
        observed_at=now,
        policy=policy,
        members=roles,
        zone=readers.zone(command.by, now) if command.often == "weekly" else "",
        channel=channel,
        account=readers.account(command.by) if is_channel else Account.MEMBER,
        in_governance=is_channel and not seats(command.by, roles) and readers.is_in_governance(command.by),
    )
