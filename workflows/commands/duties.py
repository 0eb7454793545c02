"""What people say of a consumer's duty: how it stands, whose it is, and whether somebody else may vouch for it."""

from __future__ import annotations

from datetime import date

from data.records.base import Prose
from data.records.retirement import Duty
from workflows.commands.command import Command


class ChangeDuty(Command, frozen=True, kw_only=True, tag="change duty"):
    """Acknowledge, report as migrated, or hand back. No `consumer_ids` means all that `by` answers for.

    named       whose it is, where it is handed back and they know
    whose       of whom all is meant, where that is not what `by` is asked themselves
    announced   in which announcement they were asked; 0 where that was not said
    """

    consumer_ids: tuple[str, ...] = ()
    whose: str = ""
    duty: Duty
    named: str = ""
    announced: int = 0


class Snooze(Command, frozen=True, kw_only=True, tag="snooze"):
    """Somebody wants to be reminded later of what this announcement asks of them."""

    announced: int = 0


class AskForTime(Command, frozen=True, kw_only=True, tag="ask for time"):
    """`announced`: as in `ChangeDuty`."""

    consumer_id: str
    until: date
    reason: Prose
    announced: int = 0


class DecideExtension(Command, frozen=True, kw_only=True, tag="decide extension"):
    consumer_id: str
    number: int
    granted: str


class ReportMigrating(Command, frozen=True, kw_only=True, tag="report migrating"):
    """An owner is moving, and will have by `until`. `announced`: as in `ChangeDuty`."""

    consumer_id: str
    until: date
    announced: int = 0


class Object(Command, frozen=True, kw_only=True, tag="object"):
    """An owner objects to the plan. `announced`: as in `ChangeDuty`."""

    consumer_id: str
    reason: Prose
    announced: int = 0


class TakeOver(Command, frozen=True, kw_only=True, tag="take over"):
    """What is asked of a consumer's owners is this person's from now on. `announced`: as in `ChangeDuty`."""

    consumer_id: str
    announced: int = 0


class TakeBack(Command, frozen=True, kw_only=True, tag="take back"):
    """An owner takes back what was said of theirs. `announced`: as in `ChangeDuty`."""

    consumer_id: str
    announced: int = 0


class ContestWaiver(Command, frozen=True, kw_only=True, tag="contest waiver"):
    """An owner does not accept that their duty was waived. `announced`: as in `ChangeDuty`."""

    consumer_id: str
    announced: int = 0
