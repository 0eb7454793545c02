"""Keeping archives for as long as the record says, and letting go what two people agreed on. Both may run twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from data.archive.keeping import Keeping, longest
from data.archive.kept import class_of, classes_of
from data.archive.manifest import payload_manifest, sha256_id
from data.archive.results import StoredFile
from data.errors import Corrupt, EmeritusError, Unavailable
from data.events import EMERITUS
from data.records.archived import Archived
from data.records.decision import Claim, Done, Result
from data.records.retention import EVERYTHING_ELSE
from data.records.retirement import Retirement
from data.store import Then
from workflows import commands as cmd
from workflows.decisions.pruning import still_kept
from workflows.effects.workshop import QUIET_TRIES, Workshop, again, then, until_mended
from workflows.preserving import keeping_of, planned
from workflows.rules.keeping import pruning
from workflows.rules.keeping.retention import Term


def keep(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Every class is locked until its day, and held while a legal hold is on it, as the record stands now.

    Where others have their archive at the same place, it is kept as long as for any of them.
    """
    state = shop.retirement(claim)
    if state.archived is None:
        return Done(), None
    try:
        there = by_class(state, shop.archive.files(state.archived))
        others = pruning.beside(state, shop.engine.retirements())
        classes = [
            (keeping_for_all(state, term, others), [file.path for file in files])
            for term in pruning.left(state)
            if (files := there.get(term.kept.of))
        ]
        is_held = any(one.holds for one in (state, *others))
        described = longest([Keeping(held=is_held), *(keeping for keeping, _ in classes)])
        for keeping, paths in [*classes, (described, [])]:
            shop.archive.keep(state.archived, keeping, paths=paths)
            if shop.second is not None:
                shop.second.keep(state.archived, keeping, paths=paths)
            shop.world.point("after keep")
    except EmeritusError as error:
        return until_mended(claim, error, shop.world), None
    return Done(), None


def prune(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Class by class, with a tombstone in its place. Nothing goes that is held by then, or not asked for any more."""
    assert claim.effect is not None
    state, number = shop.retirement(claim), int(claim.effect.body["number"])
    asked = state.prune
    if state.archived is None or asked is None or asked.number != number:
        return Done(), None
    gone: dict[str, tuple[int, int, str]] = {}
    try:
        there = by_class(state, shop.archive.files(state.archived))
        for term in pruning.left(state):
            if term.kept.of not in asked.classes:
                continue
            # A hold that came since counts up to the last moment.
            every = shop.engine.retirements()
            if kept := still_kept(shop.retirement(claim), every, shop.world.now()):
                return Done(), then(
                    claim, cmd.RecordPruned(by=EMERITUS, number=number, gone=gone, trouble=kept)
                )
            files = there.get(term.kept.of, ())
            stone = tombstone(state, term, files, asked.asked_at)
            paths = [file.path for file in files]
            # The copy first: where it refuses, nothing was removed anywhere.
            if shop.second is not None:
                shop.second.prune(state.archived, paths, stone, shop.world.now())
            shop.archive.prune(state.archived, paths, stone, Keeping(), shop.world.now())
            gone[term.kept.of] = (term.kept.files, term.kept.bytes, sha256_id(stone))
            shop.world.point("after prune")
    except EmeritusError as error:
        if isinstance(error, Unavailable) and claim.attempt < QUIET_TRIES:
            return again(claim, error, shop.world), None
        return Done(), then(
            claim, cmd.RecordPruned(by=EMERITUS, number=number, gone=gone, trouble=str(error))
        )
    return Done(), then(claim, cmd.RecordPruned(by=EMERITUS, number=number, gone=gone))


def keeping_for_all(state: Retirement, term: Term, others: Sequence[Retirement]) -> Keeping:
    """How one class is kept for the retirement and for others whose archive lies at the same place."""
    own = keeping_of(state, term)
    theirs = [keeping_of(one, of) for one in others for of in pruning.left(one) if of.kept.of == term.kept.of]
    held = [Keeping(held=bool(one.holds)) for one in others]
    return replace(longest([own, *theirs, *held]), storage=own.storage)


def by_class(state: Retirement, files: Sequence[StoredFile]) -> Mapping[str, Sequence[StoredFile]]:
    """The files of each class. Raises `Corrupt` where they are not those that the record has."""
    assert state.archived is not None
    require_recorded(state.archived, files)
    classes = classes_of(planned(state))
    known = {one.of for one in state.archived.kept}
    found: dict[str, list[StoredFile]] = {}
    for file in files:
        of = class_of(file.path, classes)
        found.setdefault(of if of is not None and of in known else EVERYTHING_ELSE, []).append(file)
    return found


def require_recorded(archived: Archived, files: Sequence[StoredFile]) -> None:
    """Raises `Corrupt` where a manifest lists something else than what was archived."""
    if sha256_id(payload_manifest(files)) != archived.manifest_digest:
        raise Corrupt(
            f"The manifest of {archived.location} is not the one on record. Bring it back from a second copy"
        )


def tombstone(state: Retirement, term: Term, files: Sequence[StoredFile], asked_at: datetime) -> bytes:
    """What stands in the place of a class: what it was, and every file with its digest; by which rule it went, and
    before which minimum.

    The same whenever it is written. Who let it go, and why, is on the record, which can forget what people wrote.
    """
    assert state.archived is not None
    said = {
        "retirement": state.id,
        "preservation_id": state.archived.preservation_id,
        "class": term.kept.of,
        "rule": term.rule.id if term.rule else "",
        "policy": state.policy.digest if state.policy else "",
        "asked_at": asked_at.astimezone(UTC).isoformat(),
        "files": {file.path: file.artifact_id for file in files},
    }
    if overridden := pruning.overridden(state, term, asked_at):
        said["overrides"] = overridden
    return json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"
