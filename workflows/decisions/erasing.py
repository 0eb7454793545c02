"""That what people wrote in an entry is gone for good is on record, with who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data import events
from data.errors import NotFound, Refused
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
    check_holds(state, command.in_spite_of)
    event = events.Erased(
        at=now,
        by=command.answers,
        entry=command.entry,
        texts=command.texts,
        because=command.because,
        in_spite_of=command.in_spite_of,
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


def check_holds(state: Retirement, in_spite_of: Sequence[int]) -> None:
    """A legal hold keeps what people wrote, too, unless whoever answers for it names each."""
    held = [one.number for one in state.holds]
    if unknown := [number for number in in_spite_of if number not in held]:
        raise NotFound("hold", str(unknown[0]), closest=[str(number) for number in held])
    if left := [str(number) for number in held if number not in in_spite_of]:
        raise Refused(
            f"Nothing of {state.id} is erased while a legal hold is on it ({', '.join(left)})",
            next_step="Have it released, or, where the duty to erase goes before it, add "
            + " ".join(f"--in-spite-of-hold {number}" for number in left)
            + ": that stays on record",
        )
