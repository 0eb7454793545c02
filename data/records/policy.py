"""The policy as a record: who must approve, how much notice, which reminders. data/policies/policy.py reads it."""

from __future__ import annotations

from enum import StrEnum

from msgspec.structs import replace

from data.records.artifacts import ArtifactClass
from data.records.attestations import Attestation
from data.records.base import Record
from data.records.escalation import Escalation, Notify, WaitDays
from data.records.notices import Addressed, NoticeText
from data.records.retention import EVERYTHING_ELSE, Retention

USER_GROUP = "slack:"
"""Begins the name of a user group of Slack where teams of the catalog are named: `slack:S0614TZR7`."""


class Criterion(StrEnum):
    """What may speak for retiring a model. The most telling first, unless a policy says otherwise."""

    SUPPORT = "support"
    DEPRECATED = "deprecated"
    IDLE = "idle"
    CALLS = "calls"
    DECAY = "decay"
    DRIFT = "drift"
    COST = "cost"
    DEPENDANTS = "dependants"
    SUCCESSOR = "successor"


class OnExpiry(StrEnum):
    """What the end of a round without a quorum leads to; rules/voting/expiry.py says where each holds."""

    EXPIRE = "expire"
    ESCALATE = "escalate"
    APPROVE = "approve"


class Criteria(Record, frozen=True, kw_only=True):
    """What is looked at to say which models are worth retiring. No retirement depends on it, so none keeps it.

    looks_at       the most telling first
    cost_currency  of `cost_per_month_max`; empty: the one that all costs are told in
    """

    looks_at: tuple[Criterion, ...]
    calls_per_day_max: int
    idle_days: int
    support_days: int
    decay_share_max: float
    drift_psi_max: float
    cost_per_month_max: float
    cost_currency: str = ""
    measured_days: int


class Review(Record, frozen=True, kw_only=True):
    """When the policy itself is to be looked through again, and by whom. No retirement depends on it.

    review_by     a day, "2027-05-01"; empty for none
    review_last   the day it was last looked through; what was suggested up to then is settled
    """

    review_by: str = ""
    review_last: str = ""
    review_groups: tuple[str, ...] = ()
    review_people: tuple[str, ...] = ()


NO_REVIEW = Review()
"""It is looked through on no day in particular."""


class Role(Record, frozen=True, kw_only=True):
    """Who may cast a ballot in this role, and how many approvals it owes.

    name      as shown on the card
    groups    catalog group references or names, and user groups of Slack; "model.owner" is the team that owns the model
    people    Slack user ids
    tiers     whose models need it; all where there are none. Of an unknown tier every model does
    regulated  "yes": models under a regulation need it, and others only where `tiers` has theirs
    """

    name: str
    approvals: int = 1
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    veto: str = "no"
    tiers: tuple[int, ...] = ()
    regulated: str = "no"

    def is_needed(self, tier: int, *, is_regulated: bool, is_known: bool) -> bool:
        """`is_known`: whether the policy knows the tier."""
        if self.regulated == "yes":
            return is_regulated or (bool(self.tiers) and (tier in self.tiers or not is_known))
        return not self.tiers or tier in self.tiers or not is_known


class Tier(Record, frozen=True, kw_only=True):
    """What consumers of such models are owed before anything is switched off.

    notice_days      for how long they are warned
    migration_guide  whether a page has to say how to move; as in every policy before there was one, it need not
    checks_required  whether each consumer has to have a check; so is this one
    closed_by_two    whether two people confirm the end by its name; so is this one
    brownouts        whether there are any before its switch-off; so is this one
    archive_classes  what has to be in the archive besides what every model's has
    """

    tier: int
    notice_days: int
    migration_guide: str = "no"
    checks_required: str = "no"
    closed_by_two: str = "no"
    brownouts: str = "no"
    archive_classes: tuple[ArtifactClass, ...] = ()


class Policy(Record, frozen=True, kw_only=True):
    """One version of the rules. `digest` is computed over everything else and names the version.

    restricted_channel  where cards of restricted models go, and nothing else; empty: none of them retires
    extension_days   0, as in every policy before there was such a vote: none is held
    escalation       None, as in every policy before there were trees
    break_glass_groups  nobody, as in every policy before notice could be shortened; so are those after it
    on_expiry        as it was in every policy before it could be said; so are those after it
    texts            none, as in every policy before there were such: everybody is told the same
    regulated_notice_days  0, as in every policy before a model could be regulated; so is `Role.regulated`
    checks_valid_hours  0, as in every policy before there were checks: none is run
    retention        none, as in every policy before it said how long archives are kept: nothing of them goes
    holds_groups     nobody, as in every policy before there were legal holds
    grants_groups    nobody, as in every policy before archives could be read for a while: their owners let people
    audiences        of those that are somebody whatever they own, or that are told besides the owners
    archive_classes  nothing, as in every policy before it was said what an archive has to have
    archive_described  classes that are never copied; none, as in every policy before
    brownout_minutes none, as in every policy before there were brownouts
    """

    name: str
    digest: str = ""
    governance_channel: str
    restricted_channel: str = ""
    roles: tuple[Role, ...]
    tiers: tuple[Tier, ...]
    review_days: int
    round_expires_days: int
    acknowledge_days: int
    reminder_days: tuple[int, ...]
    escalate_again_days: int
    archive_lead_days: int
    migrate_lead_days: int
    zero_traffic_days: int
    dark_window_days: int
    recheck_hours: int
    step_hour: int
    zone: str
    digest_weekday: int
    digest_hour: int
    extension_days: int = 0
    escalation: Escalation | None = None
    on_expiry: OnExpiry = OnExpiry.EXPIRE
    prolong_days: int = 0
    reject_comment_chars: int = 1
    cool_off_hours: int = 0
    approval_days: int = 0
    texts: tuple[NoticeText, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    break_glass_groups: tuple[str, ...] = ()
    break_glass_people: tuple[str, ...] = ()
    break_glass_notice_days: int = 2
    break_glass_review_hours: int = 24
    break_glass_zero_traffic_days: int = 1
    break_glass_look_back_days: int = 14
    audiences: tuple[Addressed, ...] = ()
    checks_valid_hours: int = 0
    regulated_notice_days: int = 0
    regulated_keep_days: int = 0
    retention: tuple[Retention, ...] = ()
    holds_groups: tuple[str, ...] = ()
    holds_people: tuple[str, ...] = ()
    grants_groups: tuple[str, ...] = ()
    grants_people: tuple[str, ...] = ()
    grant_days_max: int = 30
    grant_link_minutes: int = 60
    archive_classes: tuple[ArtifactClass, ...] = ()
    archive_described: tuple[ArtifactClass, ...] = ()
    brownout_minutes: tuple[int, ...] = ()
    brownout_lead_days: int = 14
    brownout_moved_calls_max: int = 20
    brownout_errors_percent_max: int = 5

    def asking(self, tier: int, *, is_regulated: bool) -> Policy:
        """The same with those roles only whose approval such a model needs."""
        is_known = tier in {row.tier for row in self.tiers}
        roles = tuple(
            one for one in self.roles if one.is_needed(tier, is_regulated=is_regulated, is_known=is_known)
        )
        return self if roles == self.roles else replace(self, roles=roles)

    def notice_days_of(self, tier: int, *, is_regulated: bool) -> int:
        """Days of notice: those of its tier, and no fewer than a regulated one has."""
        return max(self.notice_days(tier), self.regulated_notice_days if is_regulated else 0)

    def notice_days(self, tier: int) -> int:
        """Days of notice for `tier`; an unknown tier counts as the strictest."""
        known = {row.tier: row.notice_days for row in self.tiers}
        return known.get(tier, max(known.values()))

    def needs_guide(self, tier: int) -> bool:
        """Has somebody to say how to move? Of an unknown tier, where the strictest asks for it."""
        known = {row.tier: row.migration_guide == "yes" for row in self.tiers}
        return known.get(tier, known[min(known)])

    def needs_checks(self, tier: int) -> bool:
        """Has each consumer to have one? Of an unknown tier, where the strictest asks for it."""
        known = {row.tier: row.checks_required == "yes" for row in self.tiers}
        return known.get(tier, known[min(known)])

    def is_closed_by_two(self, tier: int) -> bool:
        """Do two people confirm the end by its name? Of an unknown tier, where the strictest asks for it."""
        known = {row.tier: row.closed_by_two == "yes" for row in self.tiers}
        return known.get(tier, known[min(known)])

    def brownouts(self, tier: int) -> tuple[int, ...]:
        """How many minutes each of those of such a model lasts. Of an unknown tier, as where it is strictest."""
        known = {row.tier: row.brownouts == "yes" for row in self.tiers}
        return self.brownout_minutes if known.get(tier, known[min(known)]) else ()

    def kept_by(self, kind: str) -> Retention | None:
        """The rule for artifacts of a class; None where no rule says how long they are kept."""
        rules = {rule.of: rule for rule in self.retention}
        return rules.get(kind, rules.get(EVERYTHING_ELSE))

    def archives(self, tier: int) -> tuple[ArtifactClass, ...]:
        """What the archive of such a model has to have. Of an unknown tier, what the strictest asks for."""
        known = {row.tier: row.archive_classes for row in self.tiers}
        wanted = {*self.archive_classes, *known.get(tier, known[min(known)])}
        return tuple(one for one in ArtifactClass if one in wanted)

    @property
    def tree(self) -> Escalation:
        """How silence is escalated; before there were trees, to the manager, and days later to the channel."""
        return self.escalation or Escalation(
            steps=(Notify(to=("manager",)), WaitDays(days=self.escalate_again_days))
        )

    @property
    def quorum(self) -> dict[str, int]:
        """Role -> approvals needed, in policy order."""
        return {role.name: role.approvals for role in self.roles}

    @property
    def veto_roles(self) -> frozenset[str]:
        return frozenset(role.name for role in self.roles if role.veto == "yes")
