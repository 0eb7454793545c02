"""Whom silence goes to, and when: the escalation tree of a policy. Read from TOML by `data/policies/escalation.py`.

A tree is a list of steps, gone through from the day an answer was due. Whom a step names is looked up when it is due.
"""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record


class Deadline(StrEnum):
    """Which day was missed: the one to acknowledge by, or the one to have moved by."""

    ACKNOWLEDGE = "acknowledge"
    MIGRATE = "migrate"


class Notify(Record, frozen=True, kw_only=True, tag="notify"):
    """Tell these: "owner", "delegate", "lead", "manager(2)", "group:NAME", "channel:#NAME", "coordinator", ..."""

    to: tuple[str, ...]


class WaitDays(Record, frozen=True, kw_only=True, tag="wait days"):
    days: int


class WaitHours(Record, frozen=True, kw_only=True, tag="wait hours"):
    """So many working hours of the owners; with 0 until their next working hours begin."""

    hours: int


class When(Record, frozen=True, kw_only=True):
    """What must hold, all of it; an empty tuple says nothing. `days_left_max`: days until the day to have moved by."""

    tiers: tuple[int, ...] = ()
    deadline: Deadline | None = None
    duties: tuple[str, ...] = ()
    days_left_max: int | None = None


class Branch(Record, frozen=True, kw_only=True, tag="branch"):
    when: When
    then: tuple[TreeStep, ...]
    otherwise: tuple[TreeStep, ...] = ()


class Repeat(Record, frozen=True, kw_only=True, tag="repeat"):
    """All of it so many times, one after the other."""

    times: int
    steps: tuple[TreeStep, ...]


TreeStep = Notify | WaitDays | WaitHours | Branch | Repeat


class Escalation(Record, frozen=True, kw_only=True):
    """The tree, and who is told when it is exhausted: "channel" or "coordinator"."""

    steps: tuple[TreeStep, ...]
    on_exhausted: str = "channel"
