"""Commands about brownouts. `number`: their place among the windows of the plan."""

from __future__ import annotations

from data.records.base import NO_PROSE, Prose
from data.records.brownouts import Counted
from workflows.commands.command import Command


class AnnounceBrownout(Command, frozen=True, kw_only=True, tag="announce brownout"):
    number: int


class PrepareBrownout(Command, frozen=True, kw_only=True, tag="prepare brownout"):
    """Shortly before it begins: have it held, where every gate holds."""

    number: int


class BeginBrownout(Command, frozen=True, kw_only=True, tag="begin brownout"):
    """What holds it says that it does. See `BrownoutBegun`."""

    number: int
    before: tuple[Counted, ...]


class EndBrownout(Command, frozen=True, kw_only=True, tag="end brownout"):
    """It is over by itself. `names`: consumer -> how it called itself, of those that no catalog declares."""

    number: int
    refused: dict[str, int]
    names: dict[str, str] = {}


class SkipBrownout(Command, frozen=True, kw_only=True, tag="skip brownout"):
    """It could not be held."""

    number: int
    reason: str


class AbortBrownout(Command, frozen=True, kw_only=True, tag="abort brownout"):
    """End it at once. By a person with `why`, or by what was counted; see `BrownoutAborted` and `EndBrownout`."""

    number: int
    because: str = ""
    why: Prose = NO_PROSE
    refused: dict[str, int] = {}
    names: dict[str, str] = {}


class CountBrownout(Command, frozen=True, kw_only=True, tag="count brownout"):
    """Who had called in one that was ended early. See `EndBrownout`."""

    number: int
    refused: dict[str, int]
    names: dict[str, str] = {}


class ExemptConsumer(Command, frozen=True, kw_only=True, tag="exempt consumer"):
    consumer_id: str


OfBrownouts = (
    AnnounceBrownout
    | PrepareBrownout
    | BeginBrownout
    | EndBrownout
    | SkipBrownout
    | AbortBrownout
    | CountBrownout
    | ExemptConsumer
)
