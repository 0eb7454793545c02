"""Who has not had what they were asked for long enough that anybody above them may hear of it?

Of each consumer by itself: what somebody was handed later, or what came back to them, they have had for less long. The
engine and the dry run both go by this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from data.records.hours import Hours
from data.records.progress import StepKind
from data.records.retirement import Obligation, Retirement
from workflows.rules.people.delegating import InForce, answers_since, receiver
from workflows.rules.people.due import is_over
from workflows.rules.people.windows import had_hours
from workflows.rules.telling import messages

Busy = dict[str, dict[str, datetime]]
"""Consumer -> owner -> when they will have had it for the policy's working hours; who has had it is left out."""


class Request(NamedTuple):
    """A message that asks a person to move: of these consumers, or of all that are theirs.

    reader    who got it, or will; told_at: when they did, None while nobody has
    is_left_out  it was not sent, as whoever answers for this person was asked otherwise
    """

    key: str
    person: str
    consumer_ids: tuple[str, ...] = ()
    reader: str = ""
    told_at: datetime | None = None
    is_left_out: bool = False


class Line(NamedTuple):
    """Who answers for whom at an instant; person -> when their last delegation was over, where it is."""

    delegations: InForce
    over: Mapping[str, datetime]


def request_of(key: str, body: Mapping[str, str]) -> Request:
    """One that is on its way."""
    ids = tuple(filter(None, body.get("consumer_ids", "").split("\n")))
    return Request(key, body["slack_id"], ids, reader=body["slack_id"])


def busy_until(
    state: Retirement,
    requests: Iterable[Request],
    hours: Callable[[str], Hours | None],
    line: Line,
    now: datetime,
) -> Busy:
    """`hours`: of whoever answers for an owner; None where people are written to at any hour.

    What nobody was told yet counts from now, whatever it waits for. Nor have they had a day that no owner was at work
    on, but leave does not count: whoever stands in for them, or is above, is to know.
    """
    asked: dict[str, list[Request]] = {}
    for one in requests:
        if one.consumer_ids or one.key == messages.dm_key(state, one.person):
            asked.setdefault(one.person, []).append(one)
    had: dict[tuple[str, datetime], datetime | None] = {}

    def until(person: str, since: datetime) -> datetime | None:
        known = hours(person)
        if known is None or not known.windows.owner_hours:
            return None
        return had_hours(since, known, known.windows.owner_hours)

    def works_again(person: str) -> datetime | None:
        """Once the day to have moved is over, when they will have been at work since the reminder of that day."""
        known = hours(person)
        assert state.plan is not None
        by = state.plan.step(StepKind.MIGRATE).due_at
        if known is None or not known.windows.owner_hours or not is_over(by, state, now):
            return None
        return had_hours(by, replace(known, away=()), 1)

    found: Busy = {}
    at_work: dict[str, datetime | None] = {}
    for duty in state.obligations:
        if duty.is_settled:
            continue
        about = [one for person in duty.asked for one in asked.get(person, ()) if _is_about(one, duty, state)]
        for person in duty.asked:
            if person in state.unreached:
                continue
            since = _since(person, about, line, now)
            if since is not None and (person, since) not in had:
                had[person, since] = until(person, since)
            if person not in at_work:
                at_work[person] = works_again(person)
            waits = (had[person, since] if since is not None else None, at_work[person])
            if ahead := [at for at in waits if at is not None and at > now]:
                found.setdefault(duty.consumer.consumer_id, {})[person] = max(ahead)
    return found


def _is_about(request: Request, duty: Obligation, state: Retirement) -> bool:
    """Ids may be others by now."""
    ids = request.consumer_ids
    return not ids or duty.consumer.consumer_id in map(state.id_of, ids)


def _since(person: str, about: Iterable[Request], line: Line, now: datetime) -> datetime | None:
    """Since when whoever answers for this person has had it; None where nothing tells.

    about    what asks for it, of all its owners
    """
    about = tuple(about)
    begun = answers_since(person, *line)
    reader = receiver(person, line.delegations)
    is_left_out = any(one.is_left_out for one in about if one.person == person)
    counted = [
        one
        for one in about
        if not one.is_left_out
        and (one.person == person or (is_left_out and receiver(one.person, line.delegations) == reader))
    ]
    since = [
        max(one.told_at, begun) if begun is not None and one.reader != reader else one.told_at
        for one in counted
        if one.told_at is not None
    ]
    if len(since) < len(counted):
        return now
    return max(since) if since else (begun if is_left_out else None)
