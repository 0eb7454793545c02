"""Commands about whose a duty is, and whether somebody else may vouch for it."""

from __future__ import annotations

from workflows.command import Command


class TakeOver(Command, frozen=True, kw_only=True, tag="take over"):
    """What is asked of a consumer's owners is this person's from now on. `announced`: as in `ChangeDuty`."""

    consumer_id: str
    announced: int = 0


class ContestWaiver(Command, frozen=True, kw_only=True, tag="contest waiver"):
    """An owner does not accept that their duty was waived. `announced`: as in `ChangeDuty`."""

    consumer_id: str
    announced: int = 0
