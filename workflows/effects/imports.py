"""Reading a source on its schedule. Safe to repeat: what the catalog knew already changes nothing."""

from __future__ import annotations

from data.errors import EmeritusError, Unavailable
from data.events import EMERITUS
from data.printable import shortened
from data.records.decision import Claim, Done, Result
from data.store import Then
from workflows.commands import RecordImport
from workflows.decisions.imports import STREAM
from workflows.effects.workshop import QUIET_TRIES, Workshop, again, then
from workflows.machine import imports_of
from workflows.veiling import without_names

WHY_MAX = 1_500
"""Characters of what is wrong: a source may be wrong in a thousand places, and a message holds three thousand."""


def read(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Import it. Where that fails nothing has changed; what does not answer is asked again a few times first."""
    assert claim.effect is not None
    name = claim.effect.body["name"]
    one = imports_of(shop.engine.store.state(STREAM)).named(name)
    if one is None:
        return Done(), None
    why = ""
    try:
        shop.importer.read(one, shop.world.now())
    except EmeritusError as error:
        if isinstance(error, Unavailable) and claim.attempt < QUIET_TRIES:
            return again(claim, error, shop.world), None
        why = shortened(without_names(str(error), shop.engine.gatherer.catalog.snapshot()), WHY_MAX)
    command = RecordImport(by=EMERITUS, name=name, why=why)
    return Done(), then(claim, command, shop.engine.gatherer.facts(command, None, shop.world.now()))
