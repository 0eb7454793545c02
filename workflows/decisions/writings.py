"""What was written where the catalog lives is told in the thread, once for all that it says. It is no event."""

from __future__ import annotations

from datetime import datetime

from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import TellWritten
from workflows.decisions.decided import RetirementDecision, nothing
from workflows.rules.permissions import check
from workflows.rules.plans import deprecation
from workflows.rules.telling import messages


def tell_written(state: Retirement, command: TellWritten, facts: Facts, now: datetime) -> RetirementDecision:  # noqa: ARG001
    """A line in the card's thread. Where nothing had to be lifted, there is nothing to say."""
    check("tell written", command.by, state, facts)
    if not command.places and not command.trouble:
        return nothing()
    places = "\n".join(command.places)
    said = (command.lifecycle, command.last_day, command.successor, places, command.trouble)
    key = deprecation.told_key(state, command.catalog, *said)
    effect = messages.in_thread(
        state,
        key,
        "catalog",
        catalog=command.catalog,
        lifecycle=command.lifecycle,
        last_day=command.last_day,
        successor=command.successor,
        places=places,
        trouble=command.trouble,
    )
    return RetirementDecision(effects=(effect,))
