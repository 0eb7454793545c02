"""What a decision wants to happen, what the store keeps of it, and what it hands back.

Rules return a `Decision`; a store commits all of it at once or nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

import msgspec

from data.records.base import Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EventT_co = TypeVar("EventT_co", covariant=True)


class Timer(Record, frozen=True, kw_only=True):
    """A command that falls due. One per (stream, name): setting it again moves it.

    command   the encoded command (workflows/commands/__init__.py), decided when the timer fires
    """

    name: str
    due_at: datetime
    command: str


class EffectKind(StrEnum):
    POST = "post"
    EDIT = "edit"
    ARCHIVE = "archive"
    DRILL = "drill"
    DISABLE = "disable"
    RESTORE = "restore"
    IMPORT = "import"
    TAKE = "take"
    WRITE = "write"
    HOME = "home"
    COMPOSE = "compose"
    CHECK = "check"
    KEEP = "keep"
    PRUNE = "prune"
    AUDIT = "audit"
    ANCHOR = "anchor"
    BROWNOUT = "brownout"


class OnUnknown(StrEnum):
    """What to do when nobody can tell whether the last attempt took: do it again, or stop for a person."""

    RESEND = "resend"
    PARK = "park"


class Gate(StrEnum):
    """What an effect needs a turn for: each is limited apart. `FIND` is for a post that may have been made already."""

    POST = "post"
    FIND = "find"
    EDIT = "edit"
    HOME = "home"
    WORK = "work"
    CHECK = "check"


_GATES = {
    EffectKind.POST: Gate.POST,
    EffectKind.EDIT: Gate.EDIT,
    EffectKind.HOME: Gate.HOME,
    EffectKind.CHECK: Gate.CHECK,
}


class Room(NamedTuple):
    """How much of the outbox may be begun at an instant. A gate that is not named is open.

    free      gate -> effects that may be begun
    patient   gate -> how many of these may have patience left: the others are kept for what somebody waits for
    shut      places where nothing may be posted yet
    """

    at: datetime
    free: Mapping[Gate, int] = {}
    patient: Mapping[Gate, int] = {}
    shut: frozenset[str] = frozenset()


class Effect(Record, frozen=True, kw_only=True):
    """Something to be done outside, written to the outbox in the commit that wants it.

    key       names the outcome, once and for all: the same key is never performed twice knowingly
    lane      what must keep its order, e.g. what one person is told; empty when free
    place     the channel or person whose own rate limit it counts to; empty when none does
    patience_seconds  how long whatever is wanted meanwhile may be done first; none for what somebody waits for
    body      what the performer needs, ids mostly: {"notice": "card", ...}
    after     key of an effect that must be done first (a thread line needs its card)
    batch     effects of one batch that wait together are performed as one
    refresh   only the latest matters: wanting it again while it waits adds nothing, while it runs it runs again
    forgets   what of the body is not kept once it is done, or never will be
    """

    key: str
    kind: EffectKind
    lane: str = ""
    place: str = ""
    patience_seconds: int = 0
    body: dict[str, str] = {}
    after: str = ""
    batch: str = ""
    refresh: bool = False
    forgets: tuple[str, ...] = ()
    on_unknown: OnUnknown = OnUnknown.RESEND

    @property
    def gate(self) -> Gate:
        """What it needs a turn for when it is first tried."""
        return _GATES.get(self.kind, Gate.WORK)


class Decision(msgspec.Struct, Generic[EventT_co], frozen=True, kw_only=True):
    """Everything a command leads to. Committed as one.

    cancels   names of this stream's timers to drop; a trailing "*" drops all with that beginning
    reserves  exact ids only one living stream may hold at a time, instead of all this one held before; with none
              it keeps them, unless `releases` gives them back
    wakes     people whose messages wait for somebody's working hours: it is looked at anew now whose those are
    resumes   what is set aside while this stream is paused is looked at anew now
    reply     a sentence for the person who asked; shown to them alone
    """

    events: tuple[EventT_co, ...] = ()
    timers: tuple[Timer, ...] = ()
    cancels: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    reserves: tuple[str, ...] = ()
    releases: bool = False
    wakes: tuple[str, ...] = ()
    resumes: bool = False
    reply: str = ""


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"


class Receipt(Record, frozen=True, kw_only=True):
    """What became of a command. The same key always gets the same receipt.

    version   of the stream after the command; `repeated` when the key was seen before
    reply     the decision's reply, or the refusal as shown to people
    """

    key: str
    stream: str
    outcome: Outcome
    version: int
    reply: str = ""
    repeated: bool = False


class ClaimKind(StrEnum):
    INBOX = "inbox"
    TIMER = "timer"
    EFFECT = "effect"


class Claim(Record, frozen=True, kw_only=True):
    """A due row this process may work on until `leased_until`. Settling is fenced by `attempt`.

    inbox     `command` and `reply_to` are set          timer   `command` is set, `key` is "stream/name"
    effect    `effect` is set; `merged` has the bodies of all effects performed together, oldest first
    turn_at   when an effect's turn came, or comes: when it was wanted, and its patience later
    kept      how many attempts ended at once, since a person's working hours had not begun
    set_at    version of the stream when a timer was set: set again for the same instant, it is another one
    wanted    how often a refreshing effect had been wanted when claimed
    found     what it found when it was last done, where it was done before
    tried_at  when an effect may last have happened, by whichever process: nobody knows whether it did. None where it
              surely has not
    """

    kind: ClaimKind
    key: str
    stream: str
    attempt: int
    first_tried: datetime
    leased_until: datetime
    command: str = ""
    reply_to: dict[str, str] = {}
    due_at: datetime | None = None
    set_at: int = 0
    effect: Effect | None = None
    merged: tuple[dict[str, str], ...] = ()
    wanted: int = 0
    found: dict[str, str] = {}
    tried_at: datetime | None = None
    turn_at: datetime = EPOCH
    kept: int = 0

    @property
    def tries(self) -> int:
        """Attempts that tried something, this one included."""
        return self.attempt - self.kept

    @property
    def tried_since(self) -> datetime | None:
        """When it was first tried, by whichever process; None where it never was before."""
        return self.first_tried if self.attempt > 1 else None


class Done(Record, frozen=True, kw_only=True, tag=True):
    """It happened. `found` is what others need of it: {"channel": ..., "ts": ...}."""

    found: dict[str, str] = {}


class HeldUp(StrEnum):
    """What a person has to mend before it can happen: something about this one place, or about Emeritus itself."""

    PLACE = "place"
    EMERITUS = "emeritus"


class NotDone(Record, frozen=True, kw_only=True, tag=True):
    """It did not happen, for sure; try again at `retry_at`, in vain as long as it is `held_up`.

    is_kept   it was not tried: it waits for the working hours of whom it is for, which nobody has to mend
    is_set_aside  the same while its stream is paused, however long: nothing of its lane stands behind it
    """

    retry_at: datetime
    why: str
    held_up: HeldUp | None = None
    is_kept: bool = False
    is_set_aside: bool = False


class Unknown(Record, frozen=True, kw_only=True, tag=True):
    """Nobody can tell whether it happened; look it up, then decide, from `retry_at` on.

    tried_at   when this attempt may have done it; None where it only looked, and an earlier one may have
    """

    retry_at: datetime
    why: str
    tried_at: datetime | None = None
    held_up: HeldUp | None = None


class Dead(Record, frozen=True, kw_only=True, tag=True):
    """It can never happen (a deactivated person, a channel that is gone). Shown to people, never silent."""

    why: str


Result = Done | NotDone | Unknown | Dead


def outcome_of(result: Result) -> str:
    """One word for how it ended, as it is counted and logged."""
    match result:
        case Done():
            return "done"
        case NotDone():
            return "again"
        case Unknown():
            return "unknown"
        case Dead():
            return "dead"


LEASE = timedelta(seconds=60)
