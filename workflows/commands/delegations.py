"""Commands about who answers for somebody else for a while."""

from __future__ import annotations

from datetime import date

from workflows.commands.command import Command


class Delegate(Command, frozen=True, kw_only=True, tag="delegate"):
    """What is asked of `by` goes to `to` from now on, up to and including the day `until` on the clock of `by`."""

    to: str
    until: date


class EndDelegation(Command, frozen=True, kw_only=True, tag="end delegation"):
    """`person` answers for themselves again: they say so, or who was to answer does, or its time is over.

    why   no message reaches who was to answer; else empty
    """

    person: str
    why: str = ""
