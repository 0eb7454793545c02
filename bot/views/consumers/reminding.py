"""What does a person still owe, and how near is the day? What a reminder says, in the words of the day it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.views import limits
from bot.views.blocks import Payload, message, safe, section
from bot.views.card.proposal import name_of
from bot.views.card.steps import zone_of
from bot.views.consumers import duties
from bot.views.consumers.obligations import OWNER_ROWS_MAX, about_all, may_wait, without
from bot.views.telling import audiences
from data.catalog.snapshot import Snapshot
from data.records.retirement import Duty, Obligation, Retirement
from workflows.rules.hours import zoned_day
from workflows.rules.telling.milestones import concerned
from workflows.rules.telling.nearness import Near, nearest
from workflows.rules.wording import counted


def reminder(
    retirement: Retirement,
    slack_id: str,
    milestone: str,
    *,
    zone: str = "",
    was: date | None = None,
    whose: str = "",
    left_out: Sequence[str] = (),
    there: Snapshot | None = None,
    now: datetime | None = None,
) -> Payload:
    """What one person still owes, said again. `milestone` names the date it is about.

    zone     on whose clock it is read: their day counts; where nobody knows it, the policy's
    was      the last day they had been told of, where it is another one now
    whose, left_out, there   as in `owner_dm`
    """
    still = concerned(retirement, milestone)
    mine = without(left_out, duties.of_person(retirement, slack_id))
    owed = [one for one in mine if one in still]
    lines = duties.lines(owed, retirement, now=now)
    today = zoned_day(now, zone or zone_of(retirement)) if now is not None else None
    moved = f"Dates of {safe(name_of(retirement))} moved. " if was else ""
    head = f":alarm_clock: *{retirement.id}* {moved}{_nearness(owed, retirement, today)}"
    told = audiences.told(retirement, slack_id, owed, press="Show all and Migrated", was=was, there=there)
    blocks = [
        section(head),
        *map(section, told),
        *([section(limits.joined(lines, limits.SECTION_MAX, at_most=OWNER_ROWS_MAX))] if lines else []),
        about_all(
            retirement,
            has_open=any(one.duty is Duty.OPEN for one in owed),
            can_wait=may_wait(owed, retirement, now),
            whose=whose,
        ),
    ]
    return message(head, blocks)


def _nearness(owed: Sequence[Obligation], retirement: Retirement, today: date | None) -> str:
    """How near the day is by which they have moved, and the one before, by which they have answered."""
    near = nearest(owed, retirement, today) if today is not None else {}
    model = safe(name_of(retirement))
    whose = f"{counted(len(owed), 'consumer')} of yours"
    if (moving := near.get("migrate")) is None:
        said = f"{whose} still {'depends' if len(owed) == 1 else 'depend'} on {model}"
    else:
        of = whose if moving.first == len(owed) else f"{moving.first:,} of {whose}"
        said = _said(moving, f"move {of} off {model}")
    if (reading := near.get("acknowledge")) is not None:
        of = "" if reading.first == len(owed) else f" for {reading.first:,} of them"
        said += f". {_said(reading, f'acknowledge that you have read this{of}')}"
    return said


def _said(near: Near, what: str) -> str:
    on = f"{near.on:%a %Y-%m-%d}"
    if near.days > 0:
        return f"*{counted(near.days, 'day')} left* to {what}, by {on}"
    if not near.days:
        return f"*Today is the last day* to {what}, {on}"
    return f"*{counted(-near.days, 'day')} overdue*: {what}, which was due on {on}"
