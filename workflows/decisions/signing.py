"""Who signs the heads of the log: one key at a time, under one name for ever. Which keys those were stays on record."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.records.decision import Decision
from data.records.facts import Facts
from data.records.log import LogKeys
from data.records.retirement import Retirement
from workflows.commands import UseSigningKey
from workflows.rules.permissions import check


def evolve(state: LogKeys, event: events.SigningKeyUsed) -> LogKeys:
    return replace(state, version=state.version + 1, name=event.name, keys=(*state.keys, event.key))


def use_key(
    state: LogKeys, command: UseSigningKey, facts: Facts, now: datetime
) -> Decision[events.SigningKeyUsed]:
    """The key in use changes nothing. One that was in use before may come back: what it signed stays signed."""
    check("use signing key", command.by, Retirement(id=""), facts)
    if command.key == state.key:
        return Decision()
    if state.name and command.name != state.name:
        # Whoever kept a checkpoint knows the log by its name, and would take another for another log.
        raise Refused(
            f"The key is that of a log called {command.name}, and this one is called {state.name}",
            next_step=f"Make one with emeritus key new FILE --name {state.name}",
        )
    return Decision(
        events=(events.SigningKeyUsed(at=now, by=command.by, name=command.name, key=command.key),)
    )
