"""What a decision needs beyond the state, gathered just before the commit and handed in as a value."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from data.records.base import Record, Words
from data.records.callers import Calls
from data.records.catalog import Impacted, Owners
from data.records.checks import Declared
from data.records.delegation import Account, Delegation
from data.records.hours import Hours
from data.records.parts import Part
from data.records.plan import Subject
from data.records.policy import Policy, Review


class Reading(Record, frozen=True, kw_only=True):
    """What one endpoint's meter and adapter say. Unknown is never zero.

    calls     over the policy's `zero_traffic_days`; -1 when there is no meter or it cannot tell
    days      how many whole days of that window the meter really covers
    status    "serving", "disabled", "absent", or "unknown"
    why       what keeps us from knowing, and what to do about it, as the adapter says it
    """

    endpoint_id: str
    calls: int = -1
    days: int = 0
    status: str = "unknown"
    callers: tuple[str, ...] = ()
    why: str = ""


class ChannelSeen(Record, frozen=True, kw_only=True):
    """A channel as Slack tells of it. One the bot may not know of is not seen at all."""

    has_bot: bool
    is_archived: bool = False
    is_governance: bool = False


class UserGroup(Record, frozen=True, kw_only=True):
    """A user group of Slack. `why_nobody`: why it has no members."""

    members: tuple[str, ...] = ()
    why_nobody: str = ""


class Pauses(Record, frozen=True, kw_only=True):
    """Of one plan, those that ended: how long they were in all, and by how many days they have moved its dates."""

    total: timedelta = timedelta(0)
    moved_days: int = 0


class Facts(Record, frozen=True, kw_only=True):
    """Gathered by `workflows/gathering.py`; each command uses the parts it needs.

    members       role -> Slack ids entitled to vote in it, as the groups stand now
    no_colleagues  who is in a role and has no vote, or whom else a command takes -> whose account it is by Slack
    nobody_in     user group of Slack that the policy names -> why it has no members
    owners        Slack ids of the model's owning team now
    endpoint_owners  Slack ids of the teams that own the subject's endpoints now
    managers      Slack id -> manager's Slack id, where the catalog has one: from the owners all the way up
    hours         person -> their working hours, where what is decided goes by them; "": the company's
    groups        group that the policy's escalation names -> Slack ids of its members now
    snooze_days   for how long one press keeps reminders away
    busy_until    consumer -> owner -> when they will have had their request for the policy's working hours; all
                  others have
    named_person  Slack id of the person a command names, if the catalog knows them and they have not left
    taken         endpoint of the subject, or the model where it has none -> another retirement that has it already
    meets         another retirement under way that the plan has to do with -> the channel of its card
    unseen_meets  those of them and of itself that are restricted: no other thread tells of these
    alike         retirements that were reviewed and are like the one proposed, the most alike first
    successor_from  its first day, as the catalog has it now; empty where it tells none
    guide         address of a page that says how to move; empty where none is named
    successor_trouble  why the named successor cannot be one; empty when it can
    card_waits    why the card does not show the round that is open; empty when it does
    has_unheard   somebody asked something of this retirement that is not decided yet
    calls         what was seen of the impacted consumers calling what retires
    ids           consumer that was voted on, asked or vouched for -> the id under which it stands by now, where the
                  record has another one
    joined        caller that was asked about -> what the catalog says it is by now
    staying       the same of callers that are an endpoint of the model which the plan does not have
    unowned       the same of callers of which the catalog says what they are, and nobody who can be reached for that
    shared        caller nobody declares -> what is called so by a file shared in Slack, which declares nobody
    parts         of the model now, and not of its plan
    not_alone     endpoint of the plan that adapters can switch, and by the catalog only people may by now -> the other
                  models that it serves; empty where none is known
    of_shared     consumers of whose dependence only files shared in Slack tell
    teams         whom the person of a claim can speak for
    review        when the policy itself is to be looked through again; `reviewers`: Slack ids of who does
    zone          whose clock a reader of the digest goes by; empty where nobody can say
    channel       where a digest is to be sent; None for a person, and where the bot may not know of it
    in_governance whether the person of a command is in the governance channel
    attesters     attestation of the policy -> Slack ids of who may put their name to it
    glass_breakers  Slack ids of those two of whom may shorten the notice; `holders`: of who may release a legal hold
    granters      Slack ids of those whom the policy lets grant the reading of an archive
    delegations   person -> whom what is asked of them goes to, where that counts now
    account       whose Slack account the person is that a command names, or whose own name is to count
    tier, regulated  of the model, as its catalog has it now; None where nobody looked
    proved        "yes" or "no" of the second factor, empty where none is asked for; `proof`: what it said
    leave         first and last day of each leave of whoever would answer
    delegate_days_max  for how many days at most somebody else may answer
    like          the playbook a proposal follows; `like_name`: what it is called, where everybody may know of it
    namesake      another playbook of the name a command has, of those that the person may see
    checks        consumer that is asked to move -> the checks that are declared for it
    pauses        those before the one that lasts
    brownouts_at  endpoint of the plan -> why no brownout can be held there, empty where one can; None where nobody
                  looked
    kept_with     another retirement whose archive lies at the same place and is kept -> what is said of that
    archive_holds "yes" when the archive of the retirement is there with the recorded digest, else why not
    """

    observed_at: datetime
    catalog_version: int = 0
    policy: Policy | None = None
    subject: Subject | None = None
    taken: dict[str, str] = {}
    meets: dict[str, str] = {}
    unseen_meets: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    successor_name: str = ""
    successor_from: str = ""
    guide: str = ""
    successor_trouble: str = ""
    impact: tuple[Impacted, ...] = ()
    impact_notes: tuple[Words, ...] = ()
    members: dict[str, tuple[str, ...]] = {}
    nobody_in: dict[str, str] = {}
    no_colleagues: dict[str, Account] = {}
    owners: tuple[str, ...] = ()
    endpoint_owners: tuple[str, ...] = ()
    managers: dict[str, str] = {}
    busy_until: dict[str, dict[str, datetime]] = {}
    hours: dict[str, Hours] = {}
    groups: dict[str, tuple[str, ...]] = {}
    snooze_days: int = 3
    named_person: str = ""
    readings: tuple[Reading, ...] = ()
    calls: tuple[Calls, ...] = ()
    ids: dict[str, str] = {}
    joined: dict[str, str] = {}
    staying: dict[str, str] = {}
    unowned: dict[str, str] = {}
    shared: dict[str, str] = {}
    parts: tuple[Part, ...] = ()
    not_alone: dict[str, str] = {}
    of_shared: tuple[str, ...] = ()
    teams: tuple[Owners, ...] = ()
    pauses: Pauses = Pauses()
    brownouts_at: dict[str, str] | None = None
    kept_with: dict[str, str] = {}
    archive_holds: str = ""
    card_waits: str = ""
    has_unheard: bool = False
    review: Review = Review()
    reviewers: tuple[str, ...] = ()
    zone: str = ""
    channel: ChannelSeen | None = None
    in_governance: bool = False
    attesters: dict[str, tuple[str, ...]] = {}
    glass_breakers: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    granters: tuple[str, ...] = ()
    delegations: dict[str, Delegation] = {}
    account: Account = Account.MEMBER
    like: str = ""
    like_name: str = ""
    namesake: str = ""
    checks: dict[str, tuple[Declared, ...]] = {}
    leave: tuple[tuple[date, date], ...] = ()
    delegate_days_max: int = 60
    tier: int | None = None
    regulated: str | None = None
    proved: str = ""
    proof: str = ""
