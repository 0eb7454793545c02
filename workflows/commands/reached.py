"""Commands about whom a retirement reaches: who answers, who is found, who is told, and what goes on without them."""

from __future__ import annotations

from data.records.base import Prose
from workflows.commands.command import Command


class MeetOwners(Command, frozen=True, kw_only=True, tag="meet owners"):
    """The catalog changed: whoever owns a consumer now answers for it, and whoever is in a role now may vote."""


class Waive(Command, frozen=True, kw_only=True, tag="waive"):
    """`what`: a consumer or endpoint, by id or name; a file, for all callers of whom it alone tells; or "traffic"."""

    what: str
    reason: Prose


class ClaimCaller(Command, frozen=True, kw_only=True, tag="claim caller"):
    """A caller nobody declares is a team's: `caller` by id or name; the only one `by` is in where `team` is empty."""

    caller: str
    team: str = ""


class Remind(Command, frozen=True, kw_only=True, tag="remind"):
    milestone: str


class Escalate(Command, frozen=True, kw_only=True, tag="escalate"):
    milestone: str
    level: int


class RecordUnreached(Command, frozen=True, kw_only=True, tag="record unreached"):
    """No message reaches this person, or gets into this channel, and why.

    unheard   what it told them of others: its notice and what that one needs, so that somebody hears it instead
    """

    person: str
    why: str
    unheard: dict[str, str] = {}
