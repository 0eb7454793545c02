"""What happened to each retirement since an instant? Read back from the end of its stream, so old ones cost little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.records.base import Record
from data.records.plan import Plan
from data.records.retirement import Retirement
from data.store import Store
from workflows.rules.people import audience

WEEK = timedelta(days=7)
AT_ONCE = 8
"""Entries read first; four times as many each time further back is needed."""


class History(Record, frozen=True, kw_only=True):
    """A retirement as it stands, and what happened to it since an instant, oldest first.

    plan   the plan that was in force at that instant; None when it was not proposed yet
    since  that instant; None for whom the end of its archive's days does not concern
    """

    retirement: Retirement
    plan: Plan | None = None
    since: datetime | None = None
    events: tuple[events.AnyEvent, ...] = ()


def histories(store: Store, states: Iterable[Retirement], since: datetime) -> tuple[History, ...]:
    """Each of these retirements with its events after `since`."""
    return tuple(_history(store, state, since) for state in states)


def last_week(store: Store, states: Iterable[Retirement], now: datetime) -> tuple[History, ...]:
    """For the digest whoever asks for it reads, any day."""
    return histories(store, states, now - WEEK)


def concerning(told: Iterable[History], reader: audience.Reader) -> tuple[History, ...]:
    """What of these concerns one person: with the answers and consumers that are theirs, or all where they lead it."""
    found = []
    for history in told:
        seen = audience.concerning(history.retirement, reader)
        if seen is None:
            continue
        own = {owed.consumer.consumer_id for owed in seen.obligations}
        own |= {one for one, now in seen.reads_as.items() if now in own}
        of_theirs = replace(history, retirement=seen, since=None, events=tuple(_of(own, history.events)))
        found.append(history if seen is history.retirement else of_theirs)
    return tuple(found)


def _of(own: AbstractSet[str], happened: Iterable[events.AnyEvent]) -> Iterator[events.AnyEvent]:
    """Without what was said of consumers of others."""
    for event in happened:
        match event:
            case (
                events.DutyChanged(consumer_id=consumer)
                | events.ExtensionDecided(consumer_id=consumer)
                | events.TakenOver(consumer_id=consumer)
                | events.WaiverContested(consumer_id=consumer)
                | events.WaiverOutdated(consumer_id=consumer)
                | events.ChecksWaiverOutdated(consumer_id=consumer)
            ):
                is_seen = consumer in own
            case events.Waived(what=what):
                is_seen = what in own
            case events.Reopened(calls=calls):
                is_seen = calls.consumer_id in own
            case events.IdsChanged(ids=ids):
                is_seen = not own.isdisjoint(ids.values())
            case (
                events.CallersSeen()
                | events.CallerClaimed()
                | events.CallerDeclared()
                | events.ServiceMissed()
            ):
                is_seen = False
            case _:
                is_seen = True
        if is_seen:
            yield event


def _history(store: Store, state: Retirement, since: datetime) -> History:
    first, at_once = state.version, AT_ONCE
    while True:
        first, at_once = max(0, first - at_once), at_once * 4
        told = [entry.event for entry in store.events(state.id, after=first)]
        lately = tuple(event for event in told if event.at > since)
        plan = _in_force(told[: len(told) - len(lately)])
        is_whole = len(lately) < len(told) and (plan is not None or not _amends(lately))
        if is_whole or not first:
            return History(retirement=state, plan=plan, since=since, events=lately)


def _amends(happened: Sequence[events.AnyEvent]) -> bool:
    return any(isinstance(event, events.Amended) for event in happened)


def _in_force(happened: Sequence[events.AnyEvent]) -> Plan | None:
    plans = (
        event.plan
        for event in reversed(happened)
        if isinstance(event, events.Proposed | events.Revised | events.Amended)
    )
    return next(plans, None)
