"""Copying a model's artifacts into the archive, and proving the copy. Both may run twice."""

from __future__ import annotations

from data.archives import named
from data.errors import EmeritusError
from data.events import EMERITUS
from data.records.decision import Claim, Done, Result
from data.records.retirement import StepKind
from workflows import commands as cmd
from workflows.effects.workshop import Then, Workshop, failed, then


def archive(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Copy every artifact the plan froze."""
    state = shop.retirement(claim)
    assert state.plan is not None
    subject = state.plan.subject
    info = {
        "Internal-Sender-Identifier": state.id,
        "Internal-Sender-Description": f"Retired model {subject.model_id}",
        "Emeritus-Plan-Digest": state.plan.digest,
    }
    try:
        stored = shop.archive.put(
            subject.model_name, named(subject.artifacts), info, shop.world.now, shop.ending.is_set
        )
    except EmeritusError as error:
        return failed(claim, StepKind.ARCHIVE, error, shop)
    shop.world.point("after copy")
    return Done(), then(claim, cmd.RecordArchive(by=EMERITUS, archived=stored.archived))


def drill(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Restore everything from the archive and compare each digest with what was recorded."""
    archived = shop.retirement(claim).archived
    assert archived is not None, "a drill starts only when something is archived"
    try:
        drilled = shop.archive.drill(
            archived.location, archived.manifest_digest, shop.world.now, shop.ending.is_set
        )
    except EmeritusError as error:
        return failed(claim, StepKind.DRILL, error, shop)
    record = cmd.RecordDrill(
        by=EMERITUS, manifest_digest=drilled.manifest_digest, files=drilled.files, bytes=drilled.bytes
    )
    return Done(), then(claim, record)
