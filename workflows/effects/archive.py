"""Copying a model's artifacts into the archive, and reading the copy back. Both may run twice."""

from __future__ import annotations

from msgspec.structs import replace

from data.archive.auditing import Turn
from data.archive.kept import by_class
from data.errors import Corrupt, EmeritusError, Stale
from data.events import EMERITUS
from data.records.decision import Claim, Done, Result
from data.records.progress import StepKind
from data.store import Then
from workflows import commands as cmd
from workflows.effects.mending import mended
from workflows.effects.workshop import Workshop, failed, started, step_of, then
from workflows.preserving import not_had, planned, wrapping


def archive(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Copy every artifact the plan froze."""
    state = shop.retirement(claim)
    assert state.plan is not None
    artifacts = planned(state)
    there = shop.engine.gatherer.catalog.snapshot()
    try:
        stored = shop.archive.put(
            state.plan.subject.model_name,
            artifacts,
            wrapping(state, there, shop.world.now, shop.sign),
            shop.world.now,
            shop.ending.is_set,
        )
        if shop.second is not None:
            shop.second.keep_up(stored.archived, Turn(), shop.world.now, shop.ending.is_set)
    except EmeritusError as error:
        return failed(claim, error, shop)
    archived = replace(
        stored.archived,
        kept=by_class(artifacts, stored.artifacts),
        only_described=not_had(artifacts, stored.artifacts),
    )
    shop.world.point("after copy")
    return Done(), then(claim, cmd.RecordArchive(by=EMERITUS, started=started(claim), archived=archived))


def drill(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Restore everything from the archive and compare each digest with what was recorded.

    As long as the model may still be written to, what is left of its artifacts is compared, too: after an early copy
    the newer ones would be lost. That may all take hours, so what the proof leads to is decided on facts gathered
    after it.
    """
    state = shop.retirement(claim)
    archived = state.archived
    if archived is None:
        # Lost or planned anew while this waited: whatever this was to prove is not wanted any more.
        return Done(), None
    assert state.plan is not None
    try:
        try:
            drilled = shop.archive.drill(archived, shop.world.now, shop.ending.is_set)
        except Corrupt as error:
            mended(state, error, shop)
            if (archived := shop.retirement(claim).archived) is None:
                return Done(), None
            drilled = shop.archive.drill(archived, shop.world.now, shop.ending.is_set)
        if step_of(claim) is not StepKind.CLOSE:
            # After the switch-off another model may live where this one did.
            shop.archive.require_current(archived, planned(state), shop.ending.is_set)
        shop.world.point("after drill")
        record = cmd.RecordDrill(
            by=EMERITUS,
            step=step_of(claim),
            started=started(claim),
            manifest_digest=drilled.manifest_digest,
            files=drilled.files,
            bytes=drilled.bytes,
            noticed=drilled.noticed,
        )
        facts = shop.engine.gatherer.facts(record, shop.retirement(claim), shop.world.now())
    except EmeritusError as error:
        return failed(claim, error, shop, is_archive_lost=isinstance(error, Corrupt | Stale))
    return Done(), then(claim, record, facts)
