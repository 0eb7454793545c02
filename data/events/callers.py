"""Callers are seen that nobody declares; somebody says whose they are; calls are seen of who said to have moved, and of

what is dark.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from data.events.base import Event
from data.records.callers import Caller, Calls
from data.records.catalog import Impacted, Owners


class CallersSeen(Event, frozen=True, kw_only=True, tag="callers seen"):
    """Nobody declares these, and they call what retires: the thread asks whose they are."""

    callers: tuple[Caller, ...]


class CallerClaimed(Event, frozen=True, kw_only=True, tag="caller claimed"):
    """Somebody says that a caller is their team's, who answer for it from now on.

    answer_by   when they acknowledge, where consumers are asked to move already
    """

    consumer_id: str
    owners: Owners
    answer_by: datetime | None = None


class CallerDeclared(Event, frozen=True, kw_only=True, tag="caller declared/2"):
    """The catalog says what a caller is.

    consumer    what it is now; None where that depends on nothing here
    answer_by   when whoever answers for it acknowledges
    asks        who is asked to move, where consumers are: "all" it may turn out to be, with what somebody vouched
                for as it was; "owing": only those that owed something by the name they were seen as
    """

    consumer_id: str
    declared_as: str
    consumer: Impacted | None = None
    answer_by: datetime | None = None
    asks: Literal["all", "owing"] = "all"


class Reopened(Event, frozen=True, kw_only=True, tag="reopened"):
    """Calls were seen on days after a consumer said to have moved: it has to move, after all.

    owners   who answers for it now: nobody looks who owns what has moved
    """

    calls: Calls
    owners: Owners
    answer_by: datetime


class ServiceMissed(Event, frozen=True, kw_only=True, tag="service missed"):
    """These were seen calling what is dark, or is going dark. `to`: who may bring it back, and is told at once."""

    callers: tuple[Caller, ...]
    to: tuple[str, ...]
