"""A round of votes: what is asked, who may answer, and what each of them said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from data.records.base import Prose, Record


class Choice(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"


class Ballot(Record, frozen=True, kw_only=True):
    """One person's vote, in the one role they fill this round.

    eligible_roles   what their group memberships allowed when they voted, in policy order; known once it is cast
    """

    voter_id: str
    role: str
    choice: Choice
    plan_digest: str
    cast_at: datetime
    comment: Prose = Prose()
    eligible_roles: tuple[str, ...] = ()


class Purpose(StrEnum):
    """What is asked: to retire it by this plan, to call that off, to move the dates ahead later, or to go on in spite

    of an objection.
    """

    RETIRE = "retire"
    CANCEL = "cancel"
    EXTEND = "extend"
    OVERRULE = "overrule"


class Round(Record, frozen=True, kw_only=True):
    """A round of votes. It closes on a veto, on expiry, or on quorum once `review_until` is past.

    opened_for   in whose place whoever opened it acted; empty for their own
    """

    number: int
    purpose: Purpose
    opened_at: datetime
    review_until: datetime
    expires_at: datetime
    opened_by: str
    members: dict[str, tuple[str, ...]]
    ballots: tuple[Ballot, ...] = ()
    opened_for: str = ""

    def with_ballot(self, ballot: Ballot, reseated: Mapping[str, str] | None = None) -> Round:
        """The same round with this ballot as the voter's only one; `reseated` voters fill another role."""
        seats = reseated or {}
        others = tuple(
            msgspec.structs.replace(cast, role=seats[cast.voter_id]) if cast.voter_id in seats else cast
            for cast in self.ballots
            if cast.voter_id != ballot.voter_id
        )
        return msgspec.structs.replace(self, ballots=(*others, ballot))
