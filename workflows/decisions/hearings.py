"""What somebody will hear, and what has to be known of people to say so ahead (ahead.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from data.records.base import Record
from data.records.decision import Effect
from data.records.facts import Facts
from data.records.hours import Hours
from data.records.retirement import Retirement
from workflows.commands import AnyCommand
from workflows.rules.people.asked import Request
from workflows.rules.people.delegating import InForce
from workflows.rules.telling import messages


class Hearing(Record, frozen=True, kw_only=True):
    """One message as it will go: what it says is in `body`, as the outbox has it; `zone` is empty for a channel.

    place   who gets it, for themselves or for `instead_of`
    is_assumed  nobody could tell in time on whose clock they live
    """

    at: datetime
    place: str
    notice: str
    zone: str = ""
    is_assumed: bool = False
    body: dict[str, str] = {}

    @property
    def instead_of(self) -> str:
        return self.body["slack_id"] if messages.READER in self.body else ""

    @property
    def consumer_ids(self) -> tuple[str, ...]:
        return tuple(filter(None, self.body.get("consumer_ids", "").split("\n")))


class Held(NamedTuple):
    """A message that is wanted since then, and until when it waits for the working hours of this reader, if for any.

    look_at   when it is looked at again: once they begin, or somebody else is to have it
    """

    effect: Effect
    since: datetime
    reader: str = ""
    opens_at: datetime | None = None
    look_at: datetime | None = None


class People(Record, frozen=True, kw_only=True):
    """What is known of people now, and taken to stay.

    facts        what a decision is given at an instant, but for who has had their request for long enough
    hours        somebody's working hours at an instant; None where people are written to at any hour
    requests     what asks owners to move, told or on its way
    delegations  who answers for whom at an instant: those that count now end when their time is over
    over         since when whose delegations are over by an instant
    told         what has been said already, and to whom
    """

    facts: Callable[[AnyCommand, Retirement, datetime], Facts]
    hours: Callable[[str, datetime], Hours] | None
    requests: Iterable[Request]
    delegations: Callable[[datetime], InForce]
    over: Callable[[datetime], Mapping[str, datetime]]
    told: Iterable[tuple[Effect, str]]
