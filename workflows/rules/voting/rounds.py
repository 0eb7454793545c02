"""How does a round go on? What happens to it, and from when on its days count.

They count from when its card could show it: before, nobody could vote.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.records.policy import Policy
from data.records.retirement import Retirement
from data.records.rounds import Round
from workflows.rules.hours import first_at_or_after

LATE = timedelta(days=1)
"""Ours, because rounds are counted in days: what takes less than one costs nobody their vote."""


def went_on(
    state: Retirement,
    event: events.Voted
    | events.RoundExtended
    | events.RoundProlonged
    | events.RoundReopened
    | events.VotersChanged,
) -> Retirement:
    """The retirement after something happened to its open round."""
    round_ = state.round
    assert round_ is not None
    match event:
        case events.Voted():
            cast = replace(event.ballot, eligible_roles=event.eligible_roles)
            return replace(state, round=round_.with_ballot(cast, event.reseated))
        case events.RoundExtended():
            longer = replace(round_, review_until=event.review_until, expires_at=event.expires_at)
            return replace(state, round=longer)
        case events.RoundProlonged():
            longer = replace(round_, expires_at=event.expires_at)
            return replace(state, round=longer, prolonged=event.round_number)
        case events.RoundReopened():
            longer = replace(round_, expires_at=event.expires_at)
            # No dates bind that a pause could hold.
            unbound = replace(state, approved_digest="", approved_at=None, paused_at=None, paused_by="")
            return replace(unbound, round=longer)
        case events.VotersChanged():
            return replace(state, round=replace(round_, members={**round_.members, **event.members}))


def is_unseen(round_: Round, *, tried_at: datetime) -> bool:
    """Is an edit of the card that was first tried then, and is still to come, the first to show this round?

    The first round came up with the card itself, and where somebody has voted, it was seen. Of an edit that is
    tried later, another one may have shown the round before.
    """
    return round_.number > 1 and not round_.ballots and tried_at < round_.opened_at + LATE


def is_late(round_: Round, now: datetime) -> bool:
    """Have voters lost a day or more when the card shows the round only now?"""
    return now >= round_.opened_at + LATE


def anew(round_: Round, policy: Policy, now: datetime, *, review_lasts: timedelta) -> Round:
    """The same round with its review and its end as if it had been opened now."""
    review_until = first_at_or_after(now + review_lasts, policy) if review_lasts else now
    return replace(
        round_, review_until=review_until, expires_at=now + timedelta(days=policy.round_expires_days)
    )
