"""Commands about endpoints that nobody but people can switch."""

from __future__ import annotations

from data.records.base import Prose
from workflows.commands.command import Command


class ReportManual(Command, frozen=True, kw_only=True, tag="report manual"):
    """A person says they switched an endpoint we cannot drive; `action` is "disable" or "restore"."""

    endpoint_id: str
    action: str
    evidence: Prose


class CheckManual(Command, frozen=True, kw_only=True, tag="check manual"):
    """A second person has looked, and it is so."""

    endpoint_id: str
    action: str


class ContradictManual(Command, frozen=True, kw_only=True, tag="contradict manual"):
    """Somebody has looked, and it is not so; or takes their own report back."""

    endpoint_id: str
    action: str


class AskAgain(Command, frozen=True, kw_only=True, tag="ask again"):
    """People were asked to switch endpoints by hand, and days have passed. `level`: 1 people, 2 the channel."""

    action: str
    level: int
