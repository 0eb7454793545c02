"""Who performs which kind of effect: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from data.records.decision import Claim, EffectKind, Result
from data.store import Then
from workflows.effects import (
    anchors,
    archive,
    brownouts,
    catalogs,
    checks,
    endpoints,
    files,
    fixity,
    home,
    imports,
    keeping,
    notify,
)
from workflows.effects import digests as composing
from workflows.effects.workshop import Workshop

Perform = Callable[[Claim, Workshop], tuple[Result, Then | None]]

PERFORM: Mapping[EffectKind, Perform] = {
    EffectKind.POST: notify.post,
    EffectKind.EDIT: notify.edit,
    EffectKind.ARCHIVE: archive.archive,
    EffectKind.DRILL: archive.drill,
    EffectKind.DISABLE: endpoints.disable,
    EffectKind.RESTORE: endpoints.restore,
    EffectKind.IMPORT: imports.read,
    EffectKind.TAKE: files.take,
    EffectKind.WRITE: catalogs.write,
    EffectKind.HOME: home.show,
    EffectKind.COMPOSE: composing.compose,
    EffectKind.CHECK: checks.run,
    EffectKind.KEEP: keeping.keep,
    EffectKind.PRUNE: keeping.prune,
    EffectKind.AUDIT: fixity.go_round,
    EffectKind.ANCHOR: anchors.anchor,
    EffectKind.BROWNOUT: brownouts.hold,
}
