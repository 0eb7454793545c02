"""What happened to each retirement since an instant? Read back from the end of its stream, so old ones cost little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from data import events
from data.records.base import Record
from data.records.retirement import Plan, Retirement
from data.store import Store

WEEK = timedelta(days=7)
AT_ONCE = 8
"""Entries read first; four times as many each time further back is needed."""


class History(Record, frozen=True, kw_only=True):
    """A retirement as it stands, and what happened to it since an instant, oldest first.

    plan   the plan that was in force at that instant; None when it was not proposed yet
    """

    retirement: Retirement
    plan: Plan | None = None
    events: tuple[events.AnyEvent, ...] = ()


def histories(store: Store, states: Iterable[Retirement], since: datetime) -> tuple[History, ...]:
    """Each of these retirements with its events after `since`."""
    return tuple(_history(store, state, since) for state in states)


def last_week(store: Store, states: Iterable[Retirement], now: datetime) -> tuple[History, ...]:
    """For the digest whoever asks for it reads, any day."""
    return histories(store, states, now - WEEK)


def _history(store: Store, state: Retirement, since: datetime) -> History:
    first, at_once = state.version, AT_ONCE
    while True:
        first, at_once = max(0, first - at_once), at_once * 4
        told = [entry.event for entry in store.events(state.id, after=first)]
        lately = tuple(event for event in told if event.at > since)
        plan = _in_force(told[: len(told) - len(lately)])
        is_whole = len(lately) < len(told) and (plan is not None or not _amends(lately))
        if is_whole or not first:
            return History(retirement=state, plan=plan, events=lately)


def _amends(happened: Sequence[events.AnyEvent]) -> bool:
    return any(isinstance(event, events.Amended) for event in happened)


def _in_force(happened: Sequence[events.AnyEvent]) -> Plan | None:
    plans = (
        event.plan
        for event in reversed(happened)
        if isinstance(event, events.Proposed | events.Revised | events.Amended)
    )
    return next(plans, None)
