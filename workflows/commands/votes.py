"""Commands that propose a retirement, vote on it, and call it off."""

from __future__ import annotations

from datetime import date, datetime

from data.records.base import NO_PROSE, Prose
from data.records.plan import Plan, Reason
from data.records.rounds import Choice
from workflows.commands.command import Command


class Propose(Command, frozen=True, kw_only=True, tag="propose"):
    """Open a retirement. No `endpoint_ids` means all endpoints the model has. `target_on`: last day of service.

    successor_from   the first day of its successor, where the catalog tells none
    interim          what consumers do between the two; `like`: RET number of the playbook it follows
    written          the plan as a file has it, which it has to be then, whole
    """

    model_id: str
    endpoint_ids: tuple[str, ...] = ()
    successor_id: str = ""
    successor_from: date | None = None
    reason: Reason
    why: Prose
    interim: Prose = NO_PROSE
    target_on: date
    like: str = ""
    written: Plan | None = None


class Revise(Command, frozen=True, kw_only=True, tag="revise"):
    """Put another plan in the place of this one: votes are void, a new round opens. `written`: as in `Propose`."""

    endpoint_ids: tuple[str, ...] = ()
    successor_id: str = ""
    successor_from: date | None = None
    reason: Reason
    why: Prose
    interim: Prose = NO_PROSE
    target_on: date
    written: Plan | None = None


class Cast(Command, frozen=True, kw_only=True, tag="cast"):
    """A vote on this plan, in this round. `cast_at`: when it was received; None: judged by when it is decided."""

    choice: Choice
    plan_digest: str
    round_number: int
    comment: Prose = Prose()
    cast_at: datetime | None = None


class CloseRound(Command, frozen=True, kw_only=True, tag="close round"):
    number: int


class LapseApproval(Command, frozen=True, kw_only=True, tag="lapse approval"):
    """An approval has kept for as long as it does."""


class RecordShown(Command, frozen=True, kw_only=True, tag="record shown"):
    """The card shows the round of this number only now."""

    number: int


class Cancel(Command, frozen=True, kw_only=True, tag="cancel"):
    why: Prose
