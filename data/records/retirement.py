"""A retirement as it stands: its plan, its round of votes, its obligations and how far its steps have come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.archived import Archived
from data.records.attestations import Statement
from data.records.base import NO_PROSE, Prose, Record, Words
from data.records.break_glass import BreakGlass
from data.records.brownouts import BrownoutSeen
from data.records.callers import Caller
from data.records.catalog import Impacted
from data.records.checks import CheckRun, CheckSeen
from data.records.closing import Confirmed
from data.records.fixity import Audit
from data.records.grants import Grant
from data.records.keeping import Hold, Prune, Pruned
from data.records.parts import Part
from data.records.plan import LaterDates, Plan
from data.records.policy import Policy
from data.records.progress import StepKind, StepProgress
from data.records.rounds import Round
from data.records.switches import Delay, ManualCheck
from data.records.waivers import Waiver


class State(StrEnum):
    """Two permissions: may new consumers attach, are existing ones served. `ACTIVE` is a model nobody retires."""

    ACTIVE = "active"
    PROPOSED = "proposed"
    APPROVED = "approved"
    MIGRATING = "migrating"
    BROWNOUT = "brownout"
    DISABLED = "disabled"
    ARCHIVED = "archived"
    PRUNED = "pruned"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled back"


class Weight(Record, frozen=True, kw_only=True):
    """What the policy goes by: how much depends on a model, and which regulation names it."""

    tier: int
    regulated: str = ""


class Duty(StrEnum):
    """Where a consumer stands. `NEEDS_TIME` and `OBJECTS` wait for a vote; `NOT_MINE` waits for an owner."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    MIGRATING = "migrating"
    NEEDS_TIME = "needs more time"
    OBJECTS = "objects"
    NOT_MINE = "not mine"
    MIGRATED = "migrated"
    WAIVED = "waived"


class Extension(Record, frozen=True, kw_only=True):
    """A request for a later date, by one owner for one consumer."""

    number: int
    asked_by: str
    asked_at: datetime
    until: datetime
    reason: Prose
    before: Duty


class Objection(Record, frozen=True, kw_only=True):
    """An owner says that the plan must not go on. `before`: where the duty stood; `stands`: a vote upheld it."""

    number: int
    reason: Prose
    before: Duty
    plan_digest: str
    stands: bool = False


class Obligation(Record, frozen=True, kw_only=True):
    """One consumer's duty. Reminders and escalation follow `acknowledge_by` and `migrate_by`.

    changed_for   in whose place whoever changed it last answered; empty for themselves
    taken_by      who has made it theirs alone; empty while it is asked of all its owners
    before        where it stood before it was waived over its owners' heads
    named         whose it is by whoever handed it back; they answer for it once they have taken it over
    moves_on      by when they say that they will have moved
    overruled     digest of the plan to which its owners objected in vain
    lapsed        what it stood as under the plan before, where people were to vote on that
    """

    consumer: Impacted
    duty: Duty
    acknowledge_by: datetime
    migrate_by: datetime
    changed_by: str = ""
    changed_for: str = ""
    taken_by: str = ""
    before: Duty | None = None
    changed_at: datetime | None = None
    note: Prose = Prose()
    extension: Extension | None = None
    objection: Objection | None = None
    named: str = ""
    moves_on: datetime | None = None
    overruled: str = ""
    lapsed: Duty | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Who is to answer it."""
        return (self.taken_by,) if self.taken_by else self.consumer.owners.slack_ids

    @property
    def wish(self) -> Objection | Extension | None:
        """What an owner has people vote on: an objection, or more time."""
        return self.objection or self.extension

    @property
    def is_settled(self) -> bool:
        return self.duty in (Duty.MIGRATED, Duty.WAIVED)


class Retirement(Record, frozen=True, kw_only=True):
    """The folded state of one stream.

    drawn_by   who drew up the plan that stands, and in whose place; without the proposer
    weighed    the model as its catalog has it since, where that is otherwise than in the plan
    version    number of events folded in; `rounds`: of votes opened
    later      dates that are voted on, while they are; `extended`: who needed the time -> how that vote ended
    objected   number of the objection that is voted on; `snoozed`: who is reminded no sooner than when
    approved_at  when its plan was approved, for as long as that stands, where its policy counts from it
    prolonged  number of the round that did not expire in its time, as the policy prolongs it once
    announced  how many times a plan was announced; messages to owners are named after it
    unreached  Slack ids of people whom no direct message reaches, and of channels, since the last announcement
    callers    those that nobody declares, and that the thread asked about; `parts`: of the model, and not of its plan
    known_callers  ids of those that people knew of when the vote on the plan closed
    reads_as   id of what was voted on, asked or vouched for -> under which the catalog has it (rules/consumers/ids.py)
    stood_as   id under which an obligation stood -> under which one it does since, where nothing reads as that any more
    told_late  who was told of silence, people above and channels -> whose, since the last announcement
    left       who answered for something since the last announcement, and does not any more
    lost_id    preservation id of the archive that did not hold when last read back; `confirmed`: who confirmed its end
    audit      how far the archive that there is was checked since it was proven
    gone_ids   endpoints gone before they could be switched off; `interim`: what consumers do while neither serves
    attested   every statement under an attestation of the policy, oldest first; `checks`: the latest run of each
    checks_seen  every check that was declared for somebody who was asked to move, whoever declares it now
    brownouts  those that began or were skipped under this plan; `exempt`: consumers that none of them refuses
    brownouts_told  when those begin that people were told of
    missed_by  ids of those who were seen calling since it began to go dark, and were told of
    restoring  who asked for service back; `rolled_back_at`: when it was; `reviewed`: stage that is over -> by whom
    called_off_at   when it came to nothing
    grants     of each person who was ever let read the archive, the latest; `granted`: how many there were
    playbook   its name as an example for others; `like`: RET number of the one it follows
    """

    id: str
    version: int = 0
    state: State = State.ACTIVE
    plan: Plan | None = None
    approved_digest: str = ""
    why: Prose = Prose()
    interim: Prose = NO_PROSE
    policy: Policy | None = None
    proposer_id: str = ""
    drawn_by: tuple[str, ...] = ()
    weighed: Weight | None = None
    coordinator_id: str = ""
    proposed_at: datetime | None = None
    impact: tuple[Impacted, ...] = ()
    impact_notes: tuple[Words, ...] = ()
    round: Round | None = None
    later: LaterDates | None = None
    objected: int = 0
    extended: dict[str, str] = {}
    obligations: tuple[Obligation, ...] = ()
    steps: tuple[StepProgress, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    archived: Archived | None = None
    drilled_at: datetime | None = None
    audit: Audit | None = None
    lost_id: str = ""
    disabled_ids: tuple[str, ...] = ()
    gone_ids: tuple[str, ...] = ()
    manual: tuple[ManualCheck, ...] = ()
    delays: tuple[Delay, ...] = ()
    missed_by: tuple[str, ...] = ()
    restoring: str = ""
    rolled_back_at: datetime | None = None
    called_off_at: datetime | None = None
    paused_at: datetime | None = None
    paused_by: str = ""
    escalated: tuple[str, ...] = ()
    reminded: tuple[str, ...] = ()
    snoozed: dict[str, datetime] = {}
    unreached: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    told_late: dict[str, tuple[str, ...]] = {}
    reads_as: dict[str, str] = {}
    stood_as: dict[str, str] = {}
    callers: tuple[Caller, ...] = ()
    known_callers: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    announced: int = 0
    rounds: int = 0
    prolonged: int = 0
    approved_at: datetime | None = None
    attested: tuple[Statement, ...] = ()
    checks: tuple[CheckRun, ...] = ()
    checks_seen: tuple[CheckSeen, ...] = ()
    break_glass: BreakGlass | None = None
    brownouts: tuple[BrownoutSeen, ...] = ()
    brownouts_told: tuple[datetime, ...] = ()
    exempt: tuple[str, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()
    holds: tuple[Hold, ...] = ()
    holds_placed: int = 0
    prune: Prune | None = None
    pruned: tuple[Pruned, ...] = ()
    grants: tuple[Grant, ...] = ()
    granted: int = 0
    reviewed: dict[str, tuple[str, ...]] = {}
    playbook: str = ""
    like: str = ""
    like_name: str = ""

    @property
    def is_migrating(self) -> bool:
        """Announced, and not dark yet: consumers are asked to move, also while there are brownouts."""
        return self.state in (State.MIGRATING, State.BROWNOUT)

    def obligation(self, consumer_id: str) -> Obligation | None:
        return next((duty for duty in self.obligations if duty.consumer.consumer_id == consumer_id), None)

    def id_of(self, consumer_id: str) -> str:
        """The id under which the catalog has this consumer, as far as the record knows."""
        return self.reads_as.get(consumer_id, consumer_id)

    def endpoint_name(self, endpoint_id: str) -> str:
        """What the plan calls it; the id where no plan has it."""
        endpoints = self.plan.subject.endpoints if self.plan else ()
        return next((one.name for one in endpoints if one.id == endpoint_id), endpoint_id)

    def progress(self, kind: StepKind) -> StepProgress:
        return next((step for step in self.steps if step.kind == kind), StepProgress(kind=kind))
