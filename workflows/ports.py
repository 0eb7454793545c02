"""The edges as Protocols: what the product needs of the outside, with idempotence and errors stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from data.catalog.snapshot import Snapshot
from data.events import AnyEvent, Reviewed
from data.importers.report import ImportReport
from data.plan_file import PlanFile
from data.records.base import Record
from data.records.decision import Gate, NotDone, Result, Room
from data.records.delegation import Account
from data.records.deprecation import Deprecation
from data.records.facts import ChannelSeen, UserGroup
from data.records.hours import Hours
from data.records.imports import Scheduled
from data.records.retirement import Retirement
from workflows.decisions.hearings import Hearing
from workflows.histories import History
from workflows.home import Home
from workflows.questions.answers import Answer
from workflows.rules.hindsight.lessons import Lesson
from workflows.rules.hindsight.outcomes import Outcome


class World(Protocol):
    """Time, and the places where a crash may fall. `point` does nothing in production."""

    def now(self) -> datetime: ...

    def after(self, wall_seconds: float) -> datetime:
        """The instant that many real seconds from now, on a calendar that may run faster."""
        ...

    def point(self, name: str) -> None: ...


class Message(Record, frozen=True, kw_only=True):
    """What one message is about; the edge turns it into blocks.

    key        the outbox key; travels with the message so that it can be found again
    notice     which view draws it: card, lines, team, dm, reminder, escalation, picture, manual, digest, ...
    channel    a channel id, or a Slack user id for a direct message
    place      whose rate limit it counts to, where that is not `channel` as it stands
    thread_ts  the ts of the card, or of another message, for what belongs in its thread, else empty
    ts         of the message to edit; empty for a new one
    params     ids the view needs: team_id, user_id, consumer_id, milestone, ...
    retirement the state now; None for the digest
    other      for `meeting`, the retirement that meets this one; for `lesson`, one like it; where its card is, is in
               `params`
    events     for `lines`: the events to tell, in order
    histories  for the digest: every retirement that its reader is told of, with what happened to it
    outcomes   for the digest: what each retirement that its reader may know of came to
    reviews    for `lesson`: what people said of the other retirement
    suggested  for a policy that nobody has looked through in its time: what people suggested for it, the newest first
    there      the catalog, for what is drawn from it
    ahead      who will hear what and when, for the file that says so
    bundle     for `audit`: the file itself
    answer     for `answer`: what the record says to a question
    now        when it is drawn; None where that is of no matter
    tried_at   when it may last have been posted, by whichever process; None where it surely was not
    """

    key: str
    notice: str
    channel: str
    place: str = ""
    thread_ts: str = ""
    ts: str = ""
    params: dict[str, str] = {}
    retirement: Retirement | None = None
    other: Retirement | None = None
    events: tuple[AnyEvent, ...] = ()
    histories: tuple[History, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    reviews: tuple[Reviewed, ...] = ()
    suggested: tuple[Lesson, ...] = ()
    there: Snapshot | None = None
    ahead: tuple[Hearing, ...] = ()
    bundle: bytes = b""
    answer: Answer | None = None
    now: datetime | None = None
    tried_at: datetime | None = None


class Messenger(Protocol):
    def room(self, begun: Iterable[tuple[Gate, str]], now: datetime) -> tuple[Room, datetime | None]:
        """What may be begun now besides what is under way (gate and place), and when that may be more.

        Rate limits are asked before anything is claimed: what waits for one holds no lease, no try and no worker.
        """
        ...

    def post(self, message: Message, now: datetime) -> Result:
        """Post once. NOT safe to repeat: after `Unknown`, ask `find` first. Done.found has channel and ts."""
        ...

    def edit(self, message: Message, now: datetime) -> Result:
        """Make the message at `ts` look like `message`. Safe to repeat."""
        ...

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        """Look the key up in history from `since` on. Done when it is there, NotDone when it surely is not."""
        ...

    def show_home(self, home: Home, seen: str, now: datetime) -> Result:
        """Make somebody's Home look so. Safe to repeat.

        seen   the hash of what it shows by all we know: raises `Stale` where something else is there. Without one
               whatever is there is covered
        Done.found has the hash and a digest of what it shows now; nothing where Slack has nobody to show it to.
        """
        ...


class Wording(Protocol):
    """Somebody who understands language, for what fits no wording we know. None is part of what is shipped."""

    def read(self, text: str, examples: Mapping[str, str]) -> Mapping[str, Any]:
        """Which of these questions it is, the names in it and the time: {"asks": ..., "names": [...], "period": ...}.

        It is only ever read by what it says of these; nothing else it says has an effect. Safe to repeat. Where
        it raises, whatever it is, the question is answered as one that nobody understood, and it is not asked again.
        """
        ...


class Timekeeper(Protocol):
    def hours_of(self, slack_id: str, now: datetime, *, is_ahead: bool = False) -> Hours | NotDone:
        """What is known of a person's working hours, asking anew for what is too old. Safe to repeat.

        `is_ahead`: they are not to be written to now; it is asked all the same when they rest.

        `NotDone` is what only waiting helps against, a rate limit. Whatever else fails leaves what everybody has.
        """
        ...

    def known(self, slack_id: str, now: datetime, *, zone: str = "") -> Hours:
        """The same without asking anybody. `zone`: on whose clock they were written to before."""
        ...


class Importer(Protocol):
    def read(self, source: Scheduled, now: datetime) -> object:
        """Bring the catalog up to a source, in one commit. Safe to repeat.

        Raises Invalid or Refused with what is wrong with it, Unavailable where it does not answer; then nothing
        has changed.
        """
        ...


class SharedFile(Record, frozen=True, kw_only=True):
    """A file somebody shared in a channel, as Slack tells of it.

    name       as the catalog knows it: one name, in which nothing leads elsewhere or hides
    url        where its content lies
    shared_ts  of the message it was shared with last; empty where Slack does not say yet
    thread_ts  the thread it was shared in, or that its message begins
    earlier    of messages it was shared with before in this channel, the latest first
    why_not    why it is not read, and what to do instead; empty where it can be
    """

    id: str
    channel: str
    name: str
    size_bytes: int = 0
    url: str = ""
    shared_ts: str = ""
    thread_ts: str = ""
    earlier: tuple[str, ...] = ()
    why_not: str = ""


class SharedFiles(Protocol):
    """Files shared in the import channel. All calls are safe to repeat.

    They raise Refused or Invalid where it is the file that must change, Unavailable where Slack does not answer to
    the end. `NotDone` is what only waiting helps against, a rate limit, or a person who runs Emeritus.
    """

    @property
    def channel(self) -> str: ...

    def look(self, channel: str, file_id: str, now: datetime) -> SharedFile | NotDone: ...

    def take(
        self, file: SharedFile, by: str, now: Callable[[], datetime], *, since: datetime | None
    ) -> ImportReport | NotDone:
        """Bring the catalog up to a file, in one commit, where exactly one format reads it.

        since   when it was first tried, if it was before: what that try did is reported as if it were this one's
        """
        ...

    def plan(self, file: SharedFile, now: datetime) -> PlanFile | NotDone:
        """What a plan's file says."""
        ...


class Readers(Protocol):
    """Who somebody is, as Slack tells. All calls are safe to repeat; they raise Unavailable.

    What is not told to us is unknown: no zone, no channel, not in the governance channel.
    """

    def zone(self, slack_id: str, now: datetime) -> str:
        """The IANA zone of somebody's clock; empty where it is not told, or none that is known here."""
        ...

    def channel(self, channel_id: str) -> ChannelSeen | None:
        """None for a channel the bot may not know of."""
        ...

    def is_in_governance(self, slack_id: str) -> bool: ...

    def account(self, slack_id: str) -> Account: ...

    def user_group(self, group_id: str) -> UserGroup: ...


class EndpointControl(Protocol):
    """All calls are safe to repeat. Raises Unavailable (asked again later) or Refused (a person must act)."""

    def describe(self, ref: str) -> str:
        """ "serving", "disabled" (config and weights kept) or "absent"."""
        ...

    def disable(self, ref: str) -> None: ...

    def restore(self, ref: str) -> None: ...


class Metered(Protocol):
    @property
    def since(self) -> datetime: ...

    @property
    def days(self) -> int: ...


class TrafficMeter(Protocol):
    def calls(self, ref: str, *, since: datetime, until: datetime) -> int | None:
        """Calls in the window, or None when the meter cannot tell. None is never zero."""
        ...

    def metered(self, ref: str, *, days: int, until: datetime) -> Metered | None:
        """How far to look back for so many days in which it counted, up to `until`, and how many there are.

        A day on which nobody could have called is none of them. None when the meter cannot tell.
        """
        ...

    def callers(self, ref: str, since: datetime) -> dict[str, int]: ...


class CatalogWriter(Protocol):
    """Raises Unavailable (asked again later) or Refused (a person must act)."""

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        """Make the catalog say this, whatever it says now; what is not ours there stays. Safe to repeat.

        Returns where it says so; where it was lifted, where it does not any more.
        """
        ...

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        """Everything it does not say as it was written, in words; empty when it does. Changes nothing."""
        ...
