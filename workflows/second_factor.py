"""Is it really them? An operator's own program may be asked before somebody's word ends what cannot be had again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from data.errors import EmeritusError
from data.records.base import Record
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import Command
from workflows.deciding import DECISIONS


class Proof(Record, frozen=True, kw_only=True):
    """`said`: what is kept of it where it holds; what the person is told, such as where to prove it, otherwise."""

    holds: bool
    said: str = ""


class SecondFactor(Protocol):
    def proof(self, about: Mapping[str, str]) -> Proof:
        """Has the person proved it lately? Answers within seconds; safe to ask again.

        about   EMERITUS_PERSON, their Slack id; EMERITUS_RETIREMENT, EMERITUS_MODEL; EMERITUS_STEP, what it is for
        """
        ...


def proved(known: Facts, factor: SecondFactor, command: Command, state: Retirement, now: datetime) -> Facts:
    """The same facts, with what it says of whoever gave this command.

    It is not asked where they are refused whatever it says: strangers would keep everybody waiting for it.
    """
    assert state.plan is not None
    try:
        DECISIONS[type(command)](state, command, replace(known, proved="yes"), now)
    except EmeritusError:
        return known
    found = factor.proof(
        {
            "EMERITUS_PERSON": command.by,
            "EMERITUS_RETIREMENT": state.id,
            "EMERITUS_MODEL": state.plan.subject.model_id,
            "EMERITUS_STEP": str(command.__struct_config__.tag),
        }
    )
    return replace(known, proved="yes" if found.holds else "no", proof=found.said)
