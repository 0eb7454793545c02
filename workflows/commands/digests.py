"""Commands about the weekly digest: who reads it, that it is due, and that there is something to tell."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from workflows.commands.command import Command


class SendDigest(Command, frozen=True, kw_only=True, tag="send digest"):
    pass


class RemindPolicyReview(Command, frozen=True, kw_only=True, tag="remind policy review"):
    """The day is past by which the policy in force was to be looked through."""


class TellDigest(Command, frozen=True, kw_only=True, tag="tell digest"):
    """The digest was put together.

    since    what it begins at: told meanwhile, it is not told again
    tells    whether it says anything     draws   whether there is anything to draw a chart of
    zone     whose clock its reader goes by now; empty where nobody can say
    """

    since: datetime
    tells: bool
    draws: bool
    zone: str = ""


class Subscribe(Command, frozen=True, kw_only=True, tag="subscribe"):
    """Have the digest every week, or no more. `place`: the person themselves, or the channel it was said in."""

    place: str
    often: Literal["weekly", "off"] = "weekly"


class DropReader(Command, frozen=True, kw_only=True, tag="drop reader"):
    """No digest reaches this person or channel, and why."""

    why: str
