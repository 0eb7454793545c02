"""Commands about what is archived, and what people wrote."""

from __future__ import annotations

from data.records.base import Prose
from workflows.commands.command import Command


class PlaceHold(Command, frozen=True, kw_only=True, tag="place hold"):
    """Nothing of the archive is to go."""

    why: Prose


class ReleaseHold(Command, frozen=True, kw_only=True, tag="release hold"):
    """`number`: of the hold, as the card shows it."""

    number: int
    why: Prose


class AskPrune(Command, frozen=True, kw_only=True, tag="ask prune"):
    """Parts of the archive are to go for good. `what`: a class of artifacts, or "all" that may go."""

    what: str
    why: Prose


class ConfirmPrune(Command, frozen=True, kw_only=True, tag="confirm prune"):
    """`number`: of what was asked; `model`: its name, as typed."""

    number: int
    model: str


class DropPrune(Command, frozen=True, kw_only=True, tag="drop prune"):
    number: int


class RecordPruned(Command, frozen=True, kw_only=True, tag="record pruned"):
    """What went: class -> (files, bytes, SHA-256 of the tombstone); or `trouble` says why nothing did."""

    number: int
    gone: dict[str, tuple[int, int, str]] = {}
    trouble: str = ""


class Erase(Command, frozen=True, kw_only=True, tag="erase"):
    """What people wrote in `entry` is to go for good; `answers`: who answers for it. Others as in `Erased`."""

    answers: str
    entry: int
    texts: int
    because: str
    in_spite_of: tuple[int, ...] = ()
