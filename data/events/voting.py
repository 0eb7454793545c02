"""A retirement is proposed, voted on, changed, called off."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event
from data.records.base import NO_PROSE, Prose, Words
from data.records.catalog import Impacted
from data.records.plan import LaterDates, Plan
from data.records.policy import Policy
from data.records.rounds import Ballot, Round


class Proposed(Event, frozen=True, kw_only=True, tag="proposed/4"):
    """`like`: the playbook it follows; `like_name`: what that was called, empty where not everybody may know of it."""

    plan: Plan
    why: Prose
    interim: Prose = NO_PROSE
    policy: Policy
    coordinator_id: str
    impact: tuple[Impacted, ...]
    impact_notes: tuple[Words, ...]
    round: Round
    like: str = ""
    like_name: Prose = NO_PROSE


class Revised(Event, frozen=True, kw_only=True, tag="revised/2"):
    """Another plan took the place of the old one: its votes are void, a new round opens."""

    plan: Plan
    why: Prose
    interim: Prose = NO_PROSE
    impact: tuple[Impacted, ...]
    impact_notes: tuple[Words, ...]
    round: Round


class Voted(Event, frozen=True, kw_only=True, tag="voted"):
    """A ballot in the role its voter fills.

    eligible_roles   what the voter's group memberships allowed at that moment
    reseated         voter -> role, for earlier voters of this round who fill another role from now on
    """

    round_number: int
    ballot: Ballot
    eligible_roles: tuple[str, ...]
    reseated: dict[str, str] = {}


class Approved(Event, frozen=True, kw_only=True, tag="approved/2"):
    """`missing`: role -> approvals that nobody gave, where the policy takes silence for consent."""

    round_number: int
    plan_digest: str
    missing: dict[str, int] = {}


class ApprovalLapsed(Event, frozen=True, kw_only=True, tag="approval lapsed"):
    """The plan was not announced for longer than an approval keeps; `Revised` opens a round in the same commit."""

    approved_at: datetime


class Rejected(Event, frozen=True, kw_only=True, tag="rejected"):
    """A veto: a rejection in a role that has it."""

    round_number: int
    role: str


class RoundExtended(Event, frozen=True, kw_only=True, tag="round extended"):
    """The card could not show the round when it was opened: its days are counted from now on."""

    round_number: int
    review_until: datetime
    expires_at: datetime


class RoundProlonged(Event, frozen=True, kw_only=True, tag="round prolonged"):
    """It would have expired; instead whoever is missing hears of it, once, and may vote for some days more.

    missing   role -> approvals still needed
    voters    role -> whose votes could fill it
    leads     role -> who is above most of them, where somebody is
    """

    round_number: int
    expires_at: datetime
    missing: dict[str, int]
    voters: dict[str, tuple[str, ...]]
    leads: dict[str, str]


class RoundReopened(Event, frozen=True, kw_only=True, tag="round reopened"):
    """Somebody takes their approval back before anything was announced: people vote again, on the same plan.

    expires_at   when the round ends now; all other votes stand
    """

    round_number: int
    expires_at: datetime


class VotersChanged(Event, frozen=True, kw_only=True, tag="voters changed"):
    """The catalog names others for these roles: role -> who may vote in it from now on. What was cast stands."""

    round_number: int
    members: dict[str, tuple[str, ...]]


class Expired(Event, frozen=True, kw_only=True, tag="expired"):
    round_number: int
    missing: dict[str, int]


class Withdrawn(Event, frozen=True, kw_only=True, tag="withdrawn"):
    why: Prose = Prose()


class CancellationProposed(Event, frozen=True, kw_only=True, tag="cancellation proposed/2"):
    why: Prose
    round: Round


class CancellationDropped(Event, frozen=True, kw_only=True, tag="cancellation dropped"):
    """The round on cancelling ended without approval; the retirement goes on."""

    round_number: int


class Cancelled(Event, frozen=True, kw_only=True, tag="cancelled"):
    round_number: int


class ExtensionProposed(Event, frozen=True, kw_only=True, tag="extension proposed"):
    """Consumers were found that need more time: a round opens on moving the dates ahead later."""

    dates: LaterDates
    round: Round


class ExtensionAgreed(Event, frozen=True, kw_only=True, tag="extension agreed"):
    """The plan with these dates is the approved one from now on; `Amended` puts it in place in the same commit."""

    round_number: int
    plan_digest: str


class ExtensionDropped(Event, frozen=True, kw_only=True, tag="extension dropped"):
    """The dates stay. `because`: why nobody votes on it any more; empty where the round ended without approval."""

    round_number: int
    because: str = ""
