"""Somebody answers for somebody else for a while, on the stream of whoever delegates."""

from __future__ import annotations

from datetime import date, datetime

from data.events.base import Event


class Delegated(Event, frozen=True, kw_only=True, tag="delegated"):
    """What is asked of `by` goes to `to` before `until`. `last_on`: its last day, on the calendar of `by`."""

    to: str
    until: datetime
    last_on: date


class DelegationEnded(Event, frozen=True, kw_only=True, tag="delegation ended"):
    """By either of the two, or by time. `why`: no message reaches who was to answer; empty otherwise."""

    why: str = ""
