"""Owners of consumers are told, answer, are reminded; dates move."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from data.events.base import Event
from data.records.base import Prose
from data.records.catalog import Impacted, Owners
from data.records.plan import Plan
from data.records.retirement import Duty, Extension, Objection, Obligation


class Announced(Event, frozen=True, kw_only=True, tag="announced/2"):
    obligations: tuple[Obligation, ...]


class Amended(Event, frozen=True, kw_only=True, tag="amended/2"):
    """All remaining dates moved later; obligations stay, the plan's digest is chained to the approved one.

    answer_by   whether the dates to acknowledge by move, too: more time to move is none to read the notice
    """

    plan: Plan
    because: str
    answer_by: Literal["moves", "stays"] = "moves"


class DutyChanged(Event, frozen=True, kw_only=True, tag="duty changed/2"):
    """`on_behalf_of`: the owner in whose place `by` answers; empty for themselves.

    moves_on     by when they will have moved; `named`: whose it is, where it is not theirs
    takes_back   what it stood as until they took that back: a step further, or a request
    """

    consumer_id: str
    duty: Duty
    note: Prose = Prose()
    extension: Extension | None = None
    on_behalf_of: str = ""
    takes_back: Duty | None = None
    objection: Objection | None = None
    moves_on: datetime | None = None
    named: str = ""


class TakenOver(Event, frozen=True, kw_only=True, tag="taken over"):
    """`by` has made it theirs. `before`: who was asked until then, and is not any more."""

    consumer_id: str
    before: tuple[str, ...]


class OwnersChanged(Event, frozen=True, kw_only=True, tag="owners changed/3"):
    """The catalog names others for these consumers: consumer id -> who answers for it from now on.

    answer_by   when whoever is asked for the first time acknowledges; without it the date stays that of the first asked
    asks        who is asked for the first time: another team only, or new people of the same team, too; and with
                the latter, a request for more time does not outlive the team that made it
    """

    owners: dict[str, Owners]
    answer_by: datetime | None = None
    asks: Literal["teams", "people"] = "people"


class IdsChanged(Event, frozen=True, kw_only=True, tag="ids changed"):
    """The catalog has these consumers under other ids: several sources tell of one thing, or not of one any more.

    ids         as it was voted on, asked or vouched for -> under which it stands now; its own, where it is apart again
    consumers   what they are now, of those that depend on what retires
    merged_ids  of these each had an obligation, which is one with another's now: what is less finished counts
    apart_ids   these are asked for by themselves again, who acknowledge by `answer_by`
    """

    ids: dict[str, str]
    consumers: tuple[Impacted, ...] = ()
    merged_ids: tuple[str, ...] = ()
    apart_ids: tuple[str, ...] = ()
    answer_by: datetime | None = None


class ExtensionDecided(Event, frozen=True, kw_only=True, tag="extension decided"):
    consumer_id: str
    number: int
    granted: str


class Waived(Event, frozen=True, kw_only=True, tag="waived"):
    """A named person takes responsibility for a gate: a consumer id, or "traffic".

    told_by   "shared" where only files shared in Slack told of that consumer then
    """

    what: str
    reason: Prose
    told_by: Literal["", "shared"] = ""


class WaiverOutdated(Event, frozen=True, kw_only=True, tag="waiver outdated"):
    """A catalog tells by now of a consumer that was waived when only files shared in Slack did: it is asked as before.

    was_by   who had waived it, and why: `reason`
    owners   who answers for it now, and acknowledges by `answer_by`
    """

    consumer_id: str
    was_by: str
    reason: Prose
    owners: Owners
    answer_by: datetime


class WaiverContested(Event, frozen=True, kw_only=True, tag="waiver contested"):
    """An owner does not accept that it was waived: it is asked as before. `on_behalf_of` as in `DutyChanged`."""

    consumer_id: str
    on_behalf_of: str = ""


class Reminded(Event, frozen=True, kw_only=True, tag="reminded"):
    milestone: str
    people: tuple[str, ...]


class Snoozed(Event, frozen=True, kw_only=True, tag="snoozed/2"):
    """Of what is asked of whoever pressed, or of who they stand in for, is reminded no sooner than `until`."""

    until: datetime
    on_behalf_of: str = ""


class Unreached(Event, frozen=True, kw_only=True, tag="unreached"):
    """Slack takes no message for this person, or into this channel. `told`: who was told instead, if anybody."""

    person: str
    why: str
    told: str = ""


class Escalated(Event, frozen=True, kw_only=True, tag="escalated/5"):
    """Who was told about which consumers: `to` is a Slack id, or a channel -> consumer ids.

    level          which notification of the policy's tree it was
    consumer_ids   all it is about                unreachable   owners above whom the catalog knows nobody
    handed_back    those of them that somebody answered for: they are not theirs
    left           of these nobody is told yet: their owners have not had them for enough working hours
    later          nor of these: it is not their turn
    told_as        why each of `to` was told: the target in the tree, "exhausted", or "nobody" where it named nobody
    ahead          of these whoever hears at last was told before it was their turn, as nobody else could be
    """

    milestone: str
    level: int
    consumer_ids: tuple[str, ...]
    to: dict[str, tuple[str, ...]]
    unreachable: tuple[str, ...] = ()
    handed_back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    told_as: dict[str, str] = {}
    ahead: tuple[str, ...] = ()
