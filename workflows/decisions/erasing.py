"""That what people wrote in an entry is gone for good is on record, with who answers for it."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import NotFound
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import Erase
from workflows.decisions.decided import RetirementDecision, decided
from workflows.rules.permissions import check
from workflows.rules.wording import counted


def erase(state: Retirement, command: Erase, facts: Facts, now: datetime) -> RetirementDecision:
    """Comes from a shell of the operator's, never from Slack; the words themselves are no part of any event."""
    check("erase", command.by, state, facts)
    check_entry(state, command.entry)
    event = events.Erased(
        at=now, by=command.answers, entry=command.entry, texts=command.texts, because=command.because
    )
    said = counted(command.texts, "text")
    return decided(state, event, reply=f"{said} of entry {command.entry} of {state.id}")


def check_entry(state: Retirement, entry: int) -> None:
    """Raises `NotFound` for one that is not on its record."""
    if not 1 <= entry <= state.version:
        raise NotFound(
            f"entry of {state.id}",
            str(entry),
            next_step=f"It has entries 1 to {state.version}; emeritus erase {state.id} lists what people wrote in them",
        )
